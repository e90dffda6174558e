//! The rows of the import format that records ask for: new rows, and rows with a changed cell.

use std::collections::HashSet;

use entity::{
    credit::{Billing, Coverage, Job, Part},
    external_id,
    show::Format as ShowFormat,
    subject::Kind,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{
    Adopted, Wanted, file,
    identity::{Id, Object, Objects, ids},
    language,
    values::Said,
};
use crate::{
    change::compose::{Cells, Composition, forget_sources, sources},
    import::{is_address, word_of},
    source::{About, Alias, Credit, Origin, Records, Season},
};

/// The files of objects whose fields sources give.
pub(super) const DESCRIBED: &[&str] =
    &["productions.csv", "seasons.csv", "episodes.csv", "people.csv", "characters.csv"];

/// Greatest position in a list of credits.
const MOST: u32 = 9998;

/// The rows, in the order in which the format has its files.
pub(super) async fn rows(
    tx: &DatabaseTransaction,
    records: &Records,
    objects: &Objects,
    said: &mut Said,
    adopted: &mut Adopted,
) -> Result<Vec<Wanted>, DbErr> {
    let origin = records.origin;
    said.source = source(origin);
    let mut rows =
        Rows { composition: Composition::new(tx), tx, wanted: Vec::new(), keys: HashSet::new(), said, adopted };
    rows.shows(records, objects).await?;
    rows.seasons(records, objects).await?;
    rows.episodes(records, objects).await?;
    rows.people(records, objects).await?;
    rows.characters(records, objects).await?;
    rows.credits(records, objects).await?;
    rows.external_ids(records, objects).await?;
    missing(tx, records, objects, rows.adopted).await?;
    if rows.wanted.is_empty() {
        return Ok(Vec::new());
    }
    let format = file("sources.csv")?;
    if rows.composition.find(format, std::slice::from_ref(&rows.said.source)).await?.is_none() {
        let cells = [
            ("key", rows.said.source.clone()),
            ("kind", "data".to_owned()),
            ("publisher", origin.authority.name().to_owned()),
            ("title", origin.authority.attribution().to_owned()),
            ("address", origin.authority.home().to_owned()),
            ("licence", origin.authority.licence().name.to_owned()),
            ("fetched", origin.fetched_on.to_string()),
        ];
        rows.wanted.push(Wanted::new(format, cells_of(cells)));
    }
    Ok(rows.wanted)
}

/// The slug of the source that the rows are cited to.
pub(super) fn source(origin: Origin) -> String {
    format!("{}-{}", origin.authority.word(), origin.fetched_on)
}

pub(super) struct Rows<'t, 'r> {
    pub(super) tx: &'t DatabaseTransaction,
    composition: Composition<'t>,
    pub(super) wanted: Vec<Wanted>,
    /// The rows of credits so far.
    keys: HashSet<(&'static str, Vec<String>)>,
    pub(super) said: &'r mut Said,
    pub(super) adopted: &'r mut Adopted,
}

/// A record with a slug, as a row.
struct Described<'r> {
    file: &'static str,
    kind: Kind,
    object: &'r Object,
    /// Cells that identify it, or that no source decides.
    fixed: Vec<(&'static str, String)>,
    /// What the source says.
    fields: Vec<(&'static str, String)>,
    /// The column with other names, and those that the source has.
    aliases: Option<(&'static str, Vec<String>)>,
    /// Its pictures and texts.
    about: &'r About,
}

impl Rows<'_, '_> {
    /// Adds a row if it is new or one of its cells changes.
    async fn add(&mut self, row: Described<'_>) -> Result<(), DbErr> {
        let format = file(row.file)?;
        let slug = row.object.slug.as_str();
        let is_depicted = Box::pin(self.depict(row.file, row.kind, row.object, row.about)).await?;
        let known = match row.object.id {
            Some(_) => self.composition.find(format, &[slug.to_owned()]).await?,
            None => None,
        };
        let is_new = known.is_none();
        let mut cells = known.unwrap_or_default();
        let cited = cells.get("verified").is_some_and(|cell| sources(cell).any(|source| source == self.said.source));
        let before = cells.clone();
        cells.insert("slug".to_owned(), slug.to_owned());
        for (column, value) in row.fixed {
            if cells.get(column).is_none_or(String::is_empty) {
                cells.insert(column.to_owned(), value);
            }
        }
        for (column, new) in row.fields {
            let shown = cells.get(column).cloned().unwrap_or_default();
            if new.is_empty() && self.said.before(row.kind, row.object.id, column).is_none() {
                continue;
            }
            let choice = self.said.choose((row.kind, row.object.id, slug), column, &shown, &new);
            if choice.is_curated && new != shown && !new.is_empty() {
                self.adopted.differences.insert(format!(
                    "{} {slug:?}: {column} stays {shown:?}; {} says {new:?}",
                    format.name, self.said.source
                ));
            }
            if choice.is_gone {
                let line = format!("{} {slug:?}: {column} {shown:?} is no longer at the source", format.name);
                self.adopted.missing.push(line);
            }
            if !choice.disagreeing.is_empty() {
                self.disagree(row.file, slug, column, &choice.value, &choice.disagreeing).await?;
            }
            cells.insert(column.to_owned(), choice.value);
        }
        if let Some((column, names)) = row.aliases {
            self.aliases(&mut cells, (row.kind, row.object.id, slug), column, &names);
        }
        // The row is cited for its pictures and texts too.
        if !is_new && cells == before && (cited || !is_depicted) {
            return Ok(());
        }
        forget_sources(&mut cells);
        if !cited {
            self.cite(&mut cells);
        }
        self.wanted.push(Wanted { format, cells, before });
        Ok(())
    }

    /// Adds this source to the sources of a row.
    fn cite(&self, cells: &mut Cells) {
        let verified = cells.entry("verified".to_owned()).or_default();
        if !verified.is_empty() {
            verified.push(';');
        }
        verified.push_str("source:");
        verified.push_str(&self.said.source);
    }

    /// Adds other names that the source has not named before. Names that somebody removed do not come back.
    fn aliases(
        &mut self,
        cells: &mut Cells,
        (kind, id, slug): (Kind, Option<i32>, &str),
        column: &'static str,
        names: &[String],
    ) {
        let list = |cell: &str| -> Vec<String> {
            cell.split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let before = list(self.said.before(kind, id, column).unwrap_or_default());
        let mut shown = list(cells.get(column).map(String::as_str).unwrap_or_default());
        let own = cells.get("name").cloned().unwrap_or_default();
        let mut said: Vec<String> = Vec::new();
        for name in names.iter().filter(|name| !name.is_empty() && !name.contains(';')) {
            if !said.contains(name) {
                said.push(name.clone());
            }
            if *name != own && !shown.contains(name) && !before.contains(name) {
                shown.push(name.clone());
            }
        }
        if said.is_empty() && before.is_empty() {
            return;
        }
        self.said.note(kind, slug, column, &said.join("; "));
        cells.insert(column.to_owned(), shown.join("; "));
    }

    /// Adds a claim of each source about a field on which they disagree.
    async fn disagree(
        &mut self,
        subject: &str,
        slug: &str,
        column: &str,
        shown: &str,
        values: &[(String, String, String)],
    ) -> Result<(), DbErr> {
        let format = file("claims.csv")?;
        let told: Vec<String> = values.iter().map(|(authority, value, _)| format!("{authority} {value:?}")).collect();
        self.adopted.differences.insert(format!("{slug:?}: {column} is {shown:?}; {}", told.join(", ")));
        for (authority, value, source) in values {
            let table = subject.trim_end_matches(".csv").replace('_', "-");
            let key = format!("{authority}-{table}-{slug}-{}", column.replace('_', "-"));
            let day = source.get(source.len().saturating_sub("2018-08-04".len())..).unwrap_or_default();
            let status = if value == shown { "unverified" } else { "contradicted" };
            let cells = cells_of([
                ("slug", key.clone()),
                ("subject_file", subject.to_owned()),
                ("subject_key", slug.to_owned()),
                ("predicate", column.to_owned()),
                ("value", value.clone()),
                ("claimed_on", day.to_owned()),
                ("source", source.clone()),
                ("status", status.to_owned()),
            ]);
            let known = self.composition.find(format, &[key]).await?;
            let is_same = |known: &Cells| cells.iter().all(|(column, cell)| known.get(column) == Some(cell));
            if !known.as_ref().is_some_and(is_same) {
                self.wanted.push(Wanted::new(format, cells));
            }
        }
        Ok(())
    }

    async fn shows(&mut self, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        for record in &records.shows {
            let Some(object) = objects.shows.get(&record.key) else { continue };
            let code = objects.codes.get(&record.key).cloned().unwrap_or_default();
            let has_episodes = records.episodes.iter().any(|episode| episode.show == record.key);
            let fixed = if has_episodes { vec![("code", code)] } else { Vec::new() };
            let fields = vec![
                ("title", clean(&record.title)),
                ("kind", word_of(&record.format, '-')),
                ("medium", record.medium.map(|medium| word_of(&medium, '-')).unwrap_or_default()),
                ("status", record.status.map(|status| word_of(&status, '-')).unwrap_or_default()),
                ("premiere_date", date(record.premiered_on.as_ref())),
                ("end_date", date(record.ended_on.as_ref())),
                ("genres", genres(&record.genres)),
                ("language", self.language(record.language.as_deref())),
                ("runtime_minutes", minutes(record.runtime_minutes)),
                ("official_site", record.official_site.clone().filter(|site| is_address(site)).unwrap_or_default()),
            ];
            let about = &record.about;
            self.add(Described {
                file: "productions.csv",
                kind: Kind::Show,
                object,
                fixed,
                fields,
                aliases: None,
                about,
            })
            .await?;
        }
        Ok(())
    }

    /// The tag of a language, if it is known.
    fn language(&mut self, language: Option<&str>) -> String {
        let Some(language) = language else { return String::new() };
        let tag = language::tag(language);
        if tag.is_none() {
            self.adopted.remarks.insert(format!("the language {language:?} has no known code and is not stored"));
        }
        tag.unwrap_or_default()
    }

    async fn seasons(&mut self, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        for record in &records.seasons {
            let (Some(show), Some(object)) = (objects.shows.get(&record.show), objects.seasons.get(&record.key)) else {
                continue;
            };
            let fixed = vec![("production", show.slug.clone()), ("number", record.number.to_string())];
            let planned = record.episode_count.filter(|count| *count > 0).map(|count| count.to_string());
            let fields = vec![
                ("premiere_date", date(record.premiered_on.as_ref())),
                ("finale_date", date(record.finale_on.as_ref())),
                ("counted_episodes", planned.unwrap_or_default()),
            ];
            let about = &record.about;
            self.add(Described {
                file: "seasons.csv",
                kind: Kind::Season,
                object,
                fixed,
                fields,
                aliases: None,
                about,
            })
            .await?;
        }
        Ok(())
    }

    async fn episodes(&mut self, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        for record in &records.episodes {
            let (Some(show), Some(season), Some(object)) = (
                objects.shows.get(&record.show),
                objects.seasons.get(&record.season),
                objects.episodes.get(&record.key),
            ) else {
                continue;
            };
            let number = objects.numbers.get(&record.key).copied().unwrap_or(record.number);
            let fixed = vec![
                ("production", show.slug.clone()),
                ("season", season.slug.clone()),
                ("number", number.to_string()),
            ];
            let fields = vec![
                ("number_end", record.number_end.map(|end| end.to_string()).unwrap_or_default()),
                ("title", clean(&record.title)),
                ("air_date", date(record.aired_on.as_ref())),
                ("production_number", record.production_number.as_deref().map(clean).unwrap_or_default()),
                ("runtime_minutes", minutes(record.runtime_minutes)),
            ];
            let about = &record.about;
            self.add(Described {
                file: "episodes.csv",
                kind: Kind::Episode,
                object,
                fixed,
                fields,
                aliases: None,
                about,
            })
            .await?;
        }
        Ok(())
    }

    async fn people(&mut self, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        for record in &records.people {
            let Some(object) = objects.people.get(&record.key) else { continue };
            // A credit knows only the name, which may be another than the person's own.
            if record.partial && object.id.is_some() {
                continue;
            }
            let fields = vec![
                ("name", clean(&record.name)),
                ("born", date(record.born.as_ref())),
                ("died", date(record.died.as_ref())),
            ];
            let aliases = Some(("also_known_as", names(&record.aliases)));
            let about = &record.about;
            self.add(Described {
                file: "people.csv",
                kind: Kind::Person,
                object,
                fixed: Vec::new(),
                fields,
                aliases,
                about,
            })
            .await?;
        }
        Ok(())
    }

    async fn characters(&mut self, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        for record in &records.characters {
            let Some(object) = objects.characters.get(&record.key) else { continue };
            let fields = vec![("name", clean(&record.name))];
            let aliases = Some(("aliases", names(&record.aliases)));
            self.add(Described {
                file: "characters.csv",
                kind: Kind::Character,
                object,
                fixed: Vec::new(),
                fields,
                aliases,
                about: &record.about,
            })
            .await?;
        }
        Ok(())
    }

    async fn credits(&mut self, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        for credit in &records.credits {
            if credit.archive {
                self.adopted.remarks.insert("credits for archive footage are not stored".to_owned());
                continue;
            }
            if credit.job == Job::Actor {
                self.cast(credit, records, objects).await?;
            } else {
                self.crew(credit, objects).await?;
            }
        }
        Ok(())
    }

    async fn cast(&mut self, credit: &Credit, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        let (Some(show), Some(person)) = (objects.shows.get(&credit.show), objects.people.get(&credit.person)) else {
            return Ok(());
        };
        let Some(character) = credit.character.as_ref().and_then(|key| objects.characters.get(key)) else {
            let remark = "acting credits without a character are not stored";
            self.adopted.remarks.insert(remark.to_owned());
            return Ok(());
        };
        let part = word_of(&credit.part.unwrap_or(Part::Screen), '-');
        let billing = |billing: Option<Billing>| word_of(&billing.unwrap_or(Billing::Unspecified), '-');
        let role =
            |place: (&'static str, String), of: Option<Billing>, position: Option<u32>, name: Option<&String>| {
                cells_of([
                    place,
                    ("person", person.slug.clone()),
                    ("character", character.slug.clone()),
                    ("part", part.clone()),
                    ("billing", billing(of)),
                    ("order", order(position)),
                    ("credited_as", name.map(|name| clean(name)).unwrap_or_default()),
                    ("portrayal", credit.portrayal.map(|portrayal| word_of(&portrayal, '-')).unwrap_or_default()),
                ])
            };
        let (named, position) = (credit.credited_as.as_ref(), credit.position);
        let record = records.shows.iter().find(|record| record.key == credit.show);
        if record.is_some_and(|record| record.format == ShowFormat::Film) {
            let cells = role(("production", show.slug.clone()), credit.billing, position, named);
            return self.credit("cast_films.csv", cells).await;
        }
        let whole: Vec<&Season> = match &credit.season {
            Some(season) => records.seasons.iter().filter(|record| record.key == *season).collect(),
            // A list of the whole series does not say in which seasons; each is possible.
            None => records.seasons.iter().filter(|record| record.show == credit.show && record.number > 0).collect(),
        };
        if whole.is_empty() {
            self.adopted.remarks.insert(format!("the cast of {:?} is not stored: no season is known", show.slug));
        }
        if credit.season.is_none() || credit.appearances.is_empty() || credit.position.is_some() {
            for season in &whole {
                let Some(season) = objects.seasons.get(&season.key) else { continue };
                let mut cells = role(("season", season.slug.clone()), credit.billing, position, named);
                let coverage = match credit.coverage {
                    Some(coverage) => Some(coverage),
                    None if credit.appearances.is_empty() => Some(Coverage::Unknown),
                    None => Some(Coverage::AtLeast),
                };
                cells.insert("coverage".to_owned(), coverage.map(|word| word_of(&word, '-')).unwrap_or_default());
                self.credit("cast_seasons.csv", cells).await?;
            }
        }
        for appearance in &credit.appearances {
            let Some(episode) = objects.episodes.get(&appearance.episode) else { continue };
            let named = appearance.credited_as.as_ref().or(named);
            let billing = appearance.billing.or(credit.billing);
            let cells = role(("episode", episode.slug.clone()), billing, appearance.position, named);
            self.credit("cast_episodes.csv", cells).await?;
        }
        Ok(())
    }

    async fn crew(&mut self, credit: &Credit, objects: &Objects) -> Result<(), DbErr> {
        let (Some(show), Some(person)) = (objects.shows.get(&credit.show), objects.people.get(&credit.person)) else {
            return Ok(());
        };
        let season = credit.season.as_ref().and_then(|season| objects.seasons.get(season));
        let season = season.map(|season| season.slug.clone()).unwrap_or_default();
        let job = |episode: String, position: Option<u32>, named: Option<&String>| {
            cells_of([
                ("production", show.slug.clone()),
                ("season", season.clone()),
                ("episode", episode),
                ("person", person.slug.clone()),
                ("role", word_of(&credit.job, '-')),
                ("order", order(position)),
                ("credited_as", named.map(|name| clean(name)).unwrap_or_default()),
            ])
        };
        if credit.appearances.is_empty() {
            let cells = job(String::new(), credit.position, credit.credited_as.as_ref());
            return self.credit("crew.csv", cells).await;
        }
        for appearance in &credit.appearances {
            let Some(episode) = objects.episodes.get(&appearance.episode) else { continue };
            let named = appearance.credited_as.as_ref().or(credit.credited_as.as_ref());
            let cells = job(episode.slug.clone(), appearance.position, named);
            self.credit("crew.csv", cells).await?;
        }
        Ok(())
    }

    /// Adds a row of a cast or crew unless it is there. One that is there stays as it is.
    async fn credit(&mut self, name: &'static str, mut cells: Cells) -> Result<(), DbErr> {
        let format = file(name)?;
        let key = crate::change::compose::key_cells(format, &cells);
        if !self.keys.insert((name, key.clone())) || self.composition.find(format, &key).await?.is_some() {
            return Ok(());
        }
        self.cite(&mut cells);
        self.wanted.push(Wanted::new(format, cells));
        Ok(())
    }

    async fn external_ids(&mut self, records: &Records, objects: &Objects) -> Result<(), DbErr> {
        for record in &records.shows {
            let own = ids(&record.about.ids, Some(record.format));
            self.ids_of("productions.csv", Kind::Show, objects.shows.get(&record.key), &own, objects).await?;
        }
        for record in &records.seasons {
            let own = ids(&record.about.ids, None);
            self.ids_of("seasons.csv", Kind::Season, objects.seasons.get(&record.key), &own, objects).await?;
        }
        for record in &records.episodes {
            let own = ids(&record.about.ids, None);
            self.ids_of("episodes.csv", Kind::Episode, objects.episodes.get(&record.key), &own, objects).await?;
        }
        for record in &records.people {
            let own = ids(&record.about.ids, None);
            self.ids_of("people.csv", Kind::Person, objects.people.get(&record.key), &own, objects).await?;
        }
        for record in &records.characters {
            let own = ids(&record.about.ids, None);
            self.ids_of("characters.csv", Kind::Character, objects.characters.get(&record.key), &own, objects).await?;
        }
        Ok(())
    }

    /// Adds the ids that no object has yet, behind those of the object. An id that sources of a lower rank gave has this one
    /// as its source from now on, so that the order of the runs does not matter.
    async fn ids_of(
        &mut self,
        name: &'static str,
        kind: Kind,
        object: Option<&Object>,
        own: &[Id],
        objects: &Objects,
    ) -> Result<(), DbErr> {
        let Some(object) = object else { return Ok(()) };
        let format = file("external_ids.csv")?;
        for id in own.iter().filter(|id| objects.source_of(id).is_some_and(|source| self.said.outranks(source))) {
            let key = [word_of(&id.authority, '-'), word_of(&id.kind, '-'), id.value.clone()];
            if let Some(before) = self.composition.find(format, &key).await? {
                let mut cells = before.clone();
                cells.insert("source".to_owned(), self.said.source.clone());
                self.wanted.push(Wanted { format, cells, before });
            }
        }
        let new: Vec<&Id> = own.iter().filter(|id| objects.with_id(id).is_none()).collect();
        if new.is_empty() {
            return Ok(());
        }
        let last = match object.id {
            Some(id) => {
                let there = external_id::Entity::find()
                    .filter(external_id::Column::OfKind.eq(kind))
                    .filter(external_id::Column::OfId.eq(id));
                there.all(self.tx).await?.iter().map(|row| row.position).max().unwrap_or_default()
            }
            None => 0,
        };
        for (position, id) in (last + 1..).zip(new) {
            let cells = cells_of([
                ("file", name.to_owned()),
                ("key", object.slug.clone()),
                ("authority", word_of(&id.authority, '-')),
                ("kind", word_of(&id.kind, '-')),
                ("value", id.value.clone()),
                ("order", position.to_string()),
                ("source", self.said.source.clone()),
            ]);
            if self.keys.insert((name, vec![word_of(&id.authority, '-'), word_of(&id.kind, '-'), id.value.clone()])) {
                self.wanted.push(Wanted::new(format, cells));
            }
        }
        Ok(())
    }
}

/// Episodes that have an id of the source and are no longer there. Only shows whose episodes the records have.
async fn missing(
    tx: &DatabaseTransaction,
    records: &Records,
    objects: &Objects,
    adopted: &mut Adopted,
) -> Result<(), DbErr> {
    let known: HashSet<i32> = objects.episodes.values().filter_map(|episode| episode.id).collect();
    for record in &records.shows {
        let has_episodes = records.episodes.iter().any(|episode| episode.show == record.key);
        let Some(show) = objects.shows.get(&record.key).and_then(|show| show.id).filter(|_| has_episodes) else {
            continue;
        };
        let authority = record.about.ids.iter().find(|id| id.authority == records.origin.authority);
        let Some(authority) = authority.and_then(|id| ids(std::slice::from_ref(id), None).pop()) else { continue };
        let there = entity::episode::Entity::find().filter(entity::episode::Column::ShowId.eq(show)).all(tx).await?;
        for episode in there.iter().filter(|episode| !known.contains(&episode.id)) {
            let own = external_id::Entity::find()
                .filter(external_id::Column::EpisodeId.eq(episode.id))
                .filter(external_id::Column::Authority.eq(authority.authority));
            if own.one(tx).await?.is_some() {
                adopted.missing.push(format!("episode {:?} is no longer at the source", episode.slug));
            }
        }
    }
    Ok(())
}

pub(super) fn cells_of<const N: usize>(cells: [(&str, String); N]) -> Cells {
    let cells = cells.into_iter().filter(|(_, cell)| !cell.is_empty());
    cells.map(|(column, cell)| (column.to_owned(), cell)).collect()
}

fn date(date: Option<&entity::PartialDate>) -> String {
    date.map(|date| date.as_str().to_owned()).unwrap_or_default()
}

fn order(position: Option<u32>) -> String {
    position.filter(|position| (1..=MOST).contains(position)).map(|position| position.to_string()).unwrap_or_default()
}

/// The genres as a cell has them.
fn genres(genres: &[String]) -> String {
    let mut own: Vec<String> = Vec::new();
    for genre in genres.iter().map(|genre| clean(genre)).filter(|genre| !genre.is_empty() && !genre.contains(';')) {
        if !own.contains(&genre) {
            own.push(genre);
        }
    }
    own.join("; ")
}

fn minutes(minutes: Option<u32>) -> String {
    minutes.filter(|minutes| (1..=9999).contains(minutes)).map(|minutes| minutes.to_string()).unwrap_or_default()
}

fn names(aliases: &[Alias]) -> Vec<String> {
    aliases.iter().map(|alias| clean(&alias.name)).collect()
}

/// A text as a cell can hold it: one line, with single spaces and without characters that cannot be seen.
pub(super) fn clean(text: &str) -> String {
    let seen = text.replace(['\u{AD}', '\u{180E}', '\u{200B}', '\u{2060}', '\u{FEFF}'], "");
    let words = seen.split(|letter: char| letter.is_whitespace() || letter.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
