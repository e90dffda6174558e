use entity::credit::{Billing, Job, Part};

use super::{
    gather::Gather,
    record::{About, Appearance, Character, Credit, Key},
    role::{Played, Role},
};

/// What a list of credits is of.
pub(super) struct Place {
    pub(super) show: Key,
    pub(super) season: Option<Key>,
    /// The episode, if the list is of one.
    pub(super) episode: Option<Key>,
}

impl Place {
    pub(super) fn of_show(show: Key) -> Self {
        Self { show, season: None, episode: None }
    }

    /// A credit here, without its appearances.
    fn credit(&self, person: Key, job: Job) -> Credit {
        Credit::new(self.show.clone(), self.season.clone(), person, job)
    }
}

/// The credit of a crew member, with the episode if the list is of one.
pub(super) fn crew(job: Job, place: &Place, person: Key, position: Option<u32>) -> Credit {
    let mut credit = place.credit(person, job);
    credit.position = position;
    credit.appearances.extend(place.episode.clone().map(|episode| Appearance {
        episode,
        billing: None,
        position,
        credited_as: None,
        uncredited: false,
    }));
    credit
}

/// A row of a cast list.
#[derive(Clone)]
pub(super) struct CastRow<'a> {
    pub(super) place: &'a Place,
    pub(super) person: &'a Key,
    /// The person's name, which they have as themselves.
    pub(super) name: &'a str,
    pub(super) billing: Option<Billing>,
    pub(super) position: Option<u32>,
    pub(super) episode_count: Option<u32>,
    /// Whether the source says in a field of its own that the person appears as themselves.
    pub(super) as_self: bool,
    /// Whether the source says in a field of its own that it is a voice.
    pub(super) voice: bool,
    /// The character, if the source numbers characters.
    pub(super) character: Option<(Key, About)>,
}

impl CastRow<'_> {
    /// Adds the characters of a row and a credit for each.
    pub(super) fn add(&self, role: &Role, gather: &mut Gather) {
        if role.absent {
            gather.records.remarks.unused("cast row", "credited without appearing");
            return;
        }
        let alone = role.characters.len() == 1;
        for played in &role.characters {
            let character = self.character(played, alone, gather);
            let mut credit = self.place.credit(self.person.clone(), Job::Actor);
            credit.character = character;
            if let Some(part) = played.part.or(self.voice.then_some(Part::Voice)) {
                credit.part = Some(part);
            }
            credit.portrayal = played.portrayal;
            credit.billing = self.billing;
            credit.position = self.position;
            credit.credited_as = role.credited_as.clone().filter(|name| name != self.name);
            credit.uncredited = role.uncredited;
            credit.archive = role.archive;
            credit.episode_count = self.episode_count;
            if let Some(episode) = &self.place.episode {
                credit.appearances.push(Appearance {
                    episode: episode.clone(),
                    billing: self.billing,
                    position: self.position,
                    credited_as: credit.credited_as.clone(),
                    uncredited: role.uncredited,
                });
            }
            gather.credit(credit);
        }
    }

    fn character(&self, played: &Played, alone: bool, gather: &mut Gather) -> Option<Key> {
        if played.as_self || self.as_self {
            return Some(gather.own_character(&self.place.show, self.person, self.name));
        }
        let name = played.name.as_deref()?;
        // The id of a row with several characters is none of any of them.
        let Some((key, about)) = self.character.clone().filter(|_| alone) else {
            return Some(gather.character_named(&self.place.show, name));
        };
        gather.character(Character {
            key: key.clone(),
            show: Some(self.place.show.clone()),
            name: name.to_owned(),
            aliases: Vec::new(),
            as_self: None,
            about,
        });
        Some(key)
    }
}
