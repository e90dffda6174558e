//! Topics of claims and citations. The data set names them in its own words, one word for each.

use async_graphql::Enum;

use crate::load::Condition;

/// What a claim or a citation is about. Names of fields are those of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Topic {
    /// Name.
    Name,
    /// Title.
    Title,
    /// Date of the first episode, or of the film: `premieredOn`.
    PremieredOn,
    /// When the premiere is expected, in words.
    Premiere,
    /// Date on which an episode first aired: `airedOn`.
    AiredOn,
    /// Date of the last episode of a show: `endedOn`.
    EndedOn,
    /// Date of the last episode of a season: `finaleOn`.
    FinaleOn,
    /// Date of a publication: `releasedOn`.
    ReleasedOn,
    /// Date of a publication, as its publisher gives it.
    Date,
    /// That something was published.
    Released,
    /// Number of episodes: `plannedEpisodeCount`.
    PlannedEpisodeCount,
    /// Titles of episodes.
    EpisodeTitles,
    /// Who plays a character: `role`.
    Role,
    /// An earlier show from which a character returns: `returns`.
    ReturningFrom,
    /// How shows or characters are linked: `links`.
    Links,
    /// What a work is based on.
    BasedOn,
    /// What a platform is home to: `homePlatform`.
    HomePlatform,
    /// Platform: `platform`.
    Platform,
    /// Where and since when something is available: `availability`.
    Availability,
    /// Whether only one platform has it: `exclusive`.
    Exclusive,
    /// Release pattern of the episodes: `cadence`.
    Cadence,
    /// Delay compared to other territories: `delay`.
    Delay,
    /// Price of a platform: `price`.
    Price,
    /// Amount of public funding: `amount`.
    Amount,
    /// A record that was set.
    Record,
    /// Cost of the production.
    Budget,
    /// Whether a further season was ordered.
    Renewal,
    /// Date on which a further season was confirmed.
    RenewalConfirmedOn,
    /// When it was first announced.
    FirstAnnounced,
    /// When it is due.
    Due,
    /// When filming was planned to start.
    PlannedStartOfFilming,
    /// When filming could start.
    PossibleStartOfFilming,
    /// When filming ended.
    FilmingEnded,
    /// What was filmed together with it.
    FilmedWith,
    /// Where it was filmed.
    Locations,
    /// Who worked on it.
    Staff,
    /// Plot.
    Plot,
    /// Who appears in the plot.
    PlotPersons,
    /// Text of a publication: `text`.
    Text,
    /// Publisher in a credit line: `issuers`.
    Issuers,
    /// How good it is.
    Quality,
    /// How popular it is.
    Popularity,
    /// What fans thought of it.
    FanReaction,
    /// An award.
    Award,
    /// Other work of a person.
    OtherWork,
    /// Date of birth: `born`.
    Born,
    /// Date of death: `died`.
    Died,
    /// Species of a character: `species`.
    Species,
    /// Status of a show, or of a character in the story.
    Status,
    /// Death of a character.
    Death,
    /// How a character died.
    CauseOfDeath,
    /// That a character retired.
    Retired,
    /// Whose enemy a character is.
    FoeOf,
    /// That a character is a twin.
    Twin,
    /// What a character does for a living.
    Work,
    /// Abilities of a character.
    Powers,
    /// Any other topic. `about` of the claim, or `field` of the citation, has its name in the data set.
    Other,
}

/// The topics, each with its word in the data set.
const WORDS: &[(Topic, &str)] = &[
    (Topic::Name, "name"),
    (Topic::Title, "title"),
    (Topic::PremieredOn, "premiere_date"),
    (Topic::Premiere, "premiere"),
    (Topic::AiredOn, "air_date"),
    (Topic::EndedOn, "ended_on"),
    (Topic::FinaleOn, "finale_date"),
    (Topic::ReleasedOn, "released_on"),
    (Topic::Date, "date"),
    (Topic::Released, "released"),
    (Topic::PlannedEpisodeCount, "episode_count"),
    (Topic::EpisodeTitles, "episode_titles"),
    (Topic::Role, "role"),
    (Topic::ReturningFrom, "returning_from"),
    (Topic::Links, "relation"),
    (Topic::BasedOn, "based_on"),
    (Topic::HomePlatform, "home_of"),
    (Topic::Platform, "platform"),
    (Topic::Availability, "available"),
    (Topic::Exclusive, "exclusive"),
    (Topic::Cadence, "cadence"),
    (Topic::Delay, "delay"),
    (Topic::Price, "price"),
    (Topic::Amount, "amount"),
    (Topic::Record, "record"),
    (Topic::Budget, "budget"),
    (Topic::Renewal, "renewed"),
    (Topic::RenewalConfirmedOn, "renewal_confirmed_on"),
    (Topic::FirstAnnounced, "first_announced"),
    (Topic::Due, "due"),
    (Topic::PlannedStartOfFilming, "planned_start_of_filming"),
    (Topic::PossibleStartOfFilming, "possible_start_of_filming"),
    (Topic::FilmingEnded, "filming_ended"),
    (Topic::FilmedWith, "filmed_with"),
    (Topic::Locations, "locations"),
    (Topic::Staff, "staff"),
    (Topic::Plot, "plot"),
    (Topic::PlotPersons, "plot_persons"),
    (Topic::Text, "text"),
    (Topic::Issuers, "issuer"),
    (Topic::Quality, "quality"),
    (Topic::Popularity, "popularity"),
    (Topic::FanReaction, "fan_reaction"),
    (Topic::Award, "award"),
    (Topic::OtherWork, "other_work"),
    (Topic::Born, "born"),
    (Topic::Died, "died"),
    (Topic::Species, "species"),
    (Topic::Status, "status"),
    (Topic::Death, "death"),
    (Topic::CauseOfDeath, "cause_of_death"),
    (Topic::Retired, "retired"),
    (Topic::FoeOf, "foe_of"),
    (Topic::Twin, "twin"),
    (Topic::Work, "work"),
    (Topic::Powers, "powers"),
];

impl Topic {
    /// The topic that the data set calls `word`.
    pub(super) fn of(word: &str) -> Self {
        WORDS.iter().find(|(_, known)| *known == word).map_or(Self::Other, |(topic, _)| *topic)
    }

    /// The condition that a row has this topic. `is` compares its word with one text, `is_none_of` with a list.
    pub(super) fn condition(self, is: &'static str, is_none_of: &'static str) -> Condition {
        if let Some((_, word)) = WORDS.iter().find(|(topic, _)| *topic == self) {
            return Condition::new(is, vec![(*word).into()]);
        }
        let known: Vec<String> = WORDS.iter().map(|(_, word)| (*word).to_owned()).collect();
        Condition::new(is_none_of, vec![known.into()])
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::EnumType;

    use super::*;

    #[test]
    fn every_topic_has_one_word() {
        for item in Topic::items() {
            let words: Vec<_> = WORDS.iter().filter(|(topic, _)| *topic == item.value).map(|(_, word)| *word).collect();
            assert_eq!(words.len(), usize::from(item.value != Topic::Other), "{}", item.name);
            assert!(words.iter().all(|word| Topic::of(word) == item.value), "{}", item.name);
        }
    }
}
