//! What the importer takes, what it refuses, and what it leaves behind.

use std::{fs, path::Path};

use castgraph::import::{self, DataSet, Fault, Leftovers, Summary};
use entity::{character_link, credit, platform_name, show_link, source};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ActiveEnum, ConnectionTrait, DatabaseConnection, Iterable};

use crate::{
    cut,
    site::{self, Set, Site, on_both},
};

/// Replaces the first `old` in a file.
pub fn change(folder: &Path, file: &str, old: &str, new: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("the file");
    assert!(text.contains(old), "{file} has {old}");
    fs::write(path, text.replacen(old, new, 1)).expect("the change");
}

pub fn append(folder: &Path, file: &str, line: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("the file");
    fs::write(path, format!("{text}{line}\n")).expect("the change");
}

pub fn read(folder: &Path) -> DataSet {
    import::check(&import::folder(folder).expect("the folder")).unwrap_or_else(|faults| panic!("{faults}"))
}

pub async fn apply(site: &Site, set: &DataSet) -> Summary {
    site::import_set(site.store.write(), set, Leftovers::Keep).await.expect("the set goes in")
}

/// All that castgraph knows, as text.
pub async fn dump(db: &DatabaseConnection) -> String {
    let mut dump = String::new();
    for (table, columns) in [
        ("franchise", "id, slug, name"),
        (
            "show",
            "id, slug, franchise_id, code, title, title_key, format, medium, status, premiered_on, ended_on, genres, language, \
             runtime_minutes, official_site",
        ),
        ("season", "id, slug, show_id, number, premiered_on, finale_on, planned_episode_count"),
        ("episode", "id, slug, show_id, season_id, number, number_end, title, title_key, aired_on, runtime_minutes"),
        ("person", "id, slug, name, name_key, born, died"),
        ("character", "id, slug, name, name_key, species"),
        ("alias", "id, person_id, character_id, position, name, name_key"),
        ("show_link", "id, from_id, kind, to_id"),
        ("character_link", "id, from_id, kind, to_id"),
        ("credit", "id, person_id, show_id, season_id, character_id, job, billing, position, part, credited_as, rank"),
        ("appearance", "credit_id, episode_id, season_id, billing, position, credited_as"),
        ("territory", "id, slug, name, kind, iso_3166, everywhere, note"),
        ("territory_part", "group_id, country_id, excluded"),
        ("platform", "id, slug"),
        ("platform_name", "id, slug, platform_id, name, kind, territory_id, owner, launched_on, named_on, note"),
        ("home", "id, show_id, season_id, platform_name_id"),
        (
            "availability",
            "id, slug, show_id, season_id, platform_name_id, territory_id, starts_on, exclusive, cadence, delay, note",
        ),
        ("offer", "id, slug, platform_name_id, territory_id, plan, price, currency, period, trial, as_of, note"),
        (
            "funding",
            "id, slug, show_id, season_id, kind, grantor, programme, amount, currency, awarded_on, reported_on, note",
        ),
        ("media", "id, slug, kind, show_id, season_id, released_on, issuer, text, note"),
        ("source", "id, slug, publisher, title, author, published_on, address, kind, note, licence, fetched_on"),
        ("subject", "id, kind, row_id, general"),
        ("claim", "id, slug, subject_id, source_id, about, statement, claimed_on, status, superseded_by_id, note"),
        ("citation", "id, subject_id, source_id, field, claim_id"),
        ("episode_record", "episode_id, production_number, other_aired_on, other_source_id"),
        ("note", "id, subject_id, credit_id, episode_id, platform_name_id, text"),
        (
            "external_id",
            "id, show_id, season_id, episode_id, person_id, character_id, position, authority, kind, value, source_id",
        ),
        (
            "picture",
            "id, show_id, season_id, episode_id, person_id, character_id, position, kind, url, small_url, credit, licence",
        ),
        (
            "summary",
            "id, show_id, season_id, episode_id, person_id, character_id, position, language, text, licence, credit",
        ),
    ] {
        let cells: Vec<String> =
            columns.split(", ").map(|name| format!("coalesce(CAST({name} AS text), '')")).collect();
        let sql = format!("SELECT {} AS line FROM {table} ORDER BY {columns}", cells.join(" || '|' || "));
        for row in
            db.query_all_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql)).await.expect("rows")
        {
            let line: String = row.try_get("", "line").expect("a line");
            dump.extend([table, " ", &line, "\n"]);
        }
    }
    dump
}

#[tokio::test]
async fn both_engines_hold_the_same_rows_and_a_second_import_changes_nothing() {
    let mut dumps = Vec::new();
    for site in site::both(Set::Whole).await {
        let before = dump(site.store.write()).await;
        let again = apply(&site, &read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data")))).await;
        assert!(again.is_unchanged(), "{again}");
        assert!(again.tallies().iter().all(|(_, tally)| tally.unchanged > 0 && tally.left_over == 0));
        assert_eq!(dump(site.store.write()).await, before);
        dumps.push(before);
        site.remove().await;
    }
    assert!(dumps[0].lines().count() > 3000);
    assert!(dumps.iter().all(|dump| *dump == dumps[0]));
}

#[tokio::test]
async fn a_changed_cell_changes_one_row() {
    on_both(Set::Cut, |site: Site| async move {
        let before = dump(site.store.write()).await;
        let folder = cut::copy();
        change(folder.path(), "people.csv", "Alison Pill", "Alison P. Pill");
        let summary = apply(&site, &read(folder.path())).await;
        assert!(summary.line().contains("0 added, 1 changed"), "{summary}");
        let after = dump(site.store.write()).await;
        let changed: Vec<_> = before.lines().zip(after.lines()).filter(|(old, new)| old != new).collect();
        assert_eq!(changed.len(), 1, "{changed:?}");
        assert!(changed[0].1.contains("Alison P. Pill|alison p. pill"));
    })
    .await;
}

#[tokio::test]
async fn a_link_stated_from_its_other_end_is_the_same_link() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = cut::copy();
        let (old, new) =
            ("star-trek-picard,sequel_to,star-trek-nemesis", "star-trek-nemesis,has_sequel,star-trek-picard");
        change(folder.path(), "production_links.csv", old, new);
        change(folder.path(), "character_links.csv", "dahj-asha,twin_of,soji-asha", "soji-asha,twin_of,dahj-asha");
        let summary = apply(&site, &read(folder.path())).await;
        assert!(summary.line().contains("0 added, 2 changed"), "{summary}");
    })
    .await;
}

#[tokio::test]
async fn what_the_set_no_longer_has_is_kept_unless_told_otherwise() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = cut::copy();
        let path = folder.path().join("cast_films.csv");
        let text = fs::read_to_string(&path).expect("the file");
        let fewer: Vec<&str> = text.lines().filter(|line| !line.starts_with("star-trek-beyond,idris-elba")).collect();
        assert_eq!(fewer.len(), text.lines().count() - 1);
        fs::write(&path, fewer.join("\n") + "\n").expect("the change");
        change(folder.path(), "characters.csv", "Trip Tucker", "Trip; Commander Tucker");
        let kept = apply(&site, &read(folder.path())).await;
        assert!(kept.line().ends_with(", 1 kept"), "{kept}");
        let removed = site::import_set(site.store.write(), &read(folder.path()), Leftovers::Remove).await.expect("it goes in");
        assert!(removed.line().contains("0 added, 0 changed") && removed.line().ends_with(", 1 removed"), "{removed}");
        let data = site.data(r#"{ person(by: {slug: "idris-elba"}) { credits { totalCount } } character(by: {slug: "charles-tucker-iii"}) { aliases } }"#).await;
        assert_eq!(data["person"]["credits"]["totalCount"], 0);
        assert_eq!(data["character"]["aliases"], serde_json::json!(["Trip", "Commander Tucker"]));
    })
    .await;
}

/// A guest whom only an episode knows gets a credit of that season, about which sources can be.
#[tokio::test]
async fn a_guest_of_an_episode_gets_a_credit_of_the_season() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = cut::copy();
        append(folder.path(), "cast_episodes.csv", "pic-s02e04,kirk-thatcher,q,guest,3,voice,K. Thatcher,general,,");
        append(folder.path(), "cast_episodes.csv", "pic-s02e02,kirk-thatcher,q,co-star,,voice,,general,,");
        let summary = apply(&site, &read(folder.path())).await;
        assert!(summary.line().contains("4 added, 0 changed"), "{summary}");
        let data = site.data(r#"{ person(by: {slug: "kirk-thatcher"}) { credits(filter: {character: {slug: "q"}}) { nodes {
            billing position part season { slug } episodes { edges { billing position creditedAs node { slug } } } } } } }"#).await;
        assert_eq!(
            data["person"]["credits"]["nodes"],
            serde_json::json!([{ "billing": "CO_STAR", "position": null, "part": "VOICE", "season": { "slug": "star-trek-picard-s02" },
                "episodes": { "edges": [
                    { "billing": "CO_STAR", "position": null, "creditedAs": null, "node": { "slug": "pic-s02e02" } },
                    { "billing": "GUEST", "position": 3, "creditedAs": "K. Thatcher", "node": { "slug": "pic-s02e04" } } ] } }])
        );
    })
    .await;
}

/// A set written before castgraph knew of sources is a set still.
#[test]
fn files_of_facts_beyond_casts_may_be_missing() {
    let folder = cut::copy();
    for file in [
        "territories.csv",
        "platforms.csv",
        "platform_changes.csv",
        "availability.csv",
        "offers.csv",
        "funding.csv",
        "media.csv",
        "sources.csv",
        "claims.csv",
        "citations.csv",
        "external_ids.csv",
        "pictures.csv",
        "summaries.csv",
    ] {
        fs::remove_file(folder.path().join(file)).expect("the file goes");
    }
    let found = import::check(&import::folder(folder.path()).expect("the folder")).expect_err("rows name them");
    assert!(
        found
            .list()
            .iter()
            .all(|fault| ["verified", "platform", "home_platform", "alt_source"].contains(&fault.column.as_str()))
    );
    for file in fs::read_dir(folder.path()).expect("the folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|end| end == "csv") {
            without(&path, &["verified", "platform", "home_platform", "alt_source"]);
        }
    }
    read(folder.path());
}

/// Takes columns out of a file.
fn without(path: &Path, columns: &[&str]) {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("the file");
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    let kept: Vec<bool> = rows[0].iter().map(|name| !columns.contains(&name)).collect();
    let mut writer = csv::Writer::from_path(path).expect("the file");
    for row in rows {
        let cells = row.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell);
        writer.write_record(cells).expect("a row");
    }
}

/// A claim may begin to be superseded by one that comes with the same import.
#[tokio::test]
async fn a_claim_is_superseded_by_a_new_one() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = cut::copy();
        append(
            folder.path(),
            "claims.csv",
            "z01,seasons.csv,star-trek-picard-s02,filming_began,2021-02-16,,memory-alpha-pic-s2,confirmed,,",
        );
        change(
            folder.path(),
            "claims.csv",
            "2020-05-29,newsdio-2020-05-29,superseded,,",
            "2020-05-29,newsdio-2020-05-29,superseded,z01,",
        );
        let summary = apply(&site, &read(folder.path())).await;
        assert!(summary.line().contains("1 added, 1 changed"), "{summary}");
        let again = apply(&site, &read(folder.path())).await;
        assert!(again.is_unchanged(), "{again}");
    })
    .await;
}

/// A fault in a copy of the cut: file, old text, new text, and what the importer must say, without the line.
type Planted = (&'static str, &'static str, &'static str, &'static str);

const PLANTED: &[Planted] = &[
    ("franchises.csv", "star-trek,Star Trek", "star-trek,", "name: must not be empty"),
    (
        "productions.csv",
        "Enterprise,series",
        "Enterprise,serial",
        "kind: \"serial\" is not a known value; did you mean series? the values are series, miniseries, anthology, film",
    ),
    ("productions.csv", "1969-06-03", "1966-06-03", "end_date: 1966-06-03 is before premiere_date 1966-09-08"),
    (
        "productions.csv",
        "animation,star-trek,1973",
        "animation,star-wars,1973",
        "franchise: \"star-wars\" is not in franchises.csv",
    ),
    (
        "production_links.csv",
        "star-trek-picard,sequel_to,star-trek-nemesis",
        "star-trek-picard,sequel_to,star-trek-picard",
        "to: \"star-trek-picard\" is linked to itself",
    ),
    (
        "production_links.csv",
        "star-trek-picard,spin_off_of",
        "star-trek-picard,spun_off_from",
        "relation: \"spun_off_from\" is not a known value; the values are spin_off_of",
    ),
    (
        "seasons.csv",
        "star-trek-picard-s02,star-trek-picard,2",
        "star-trek-picard-s02,star-trek-picard,two",
        "number: \"two\" is not a number from 0 to 9999",
    ),
    (
        "seasons.csv",
        "star-trek-picard-s03,star-trek-picard,3",
        "star-trek-picard-s03,star-trek-picard,4",
        "slug: \"star-trek-picard-s03\" must be \"star-trek-picard-s04\"",
    ),
    ("seasons.csv", "2020-01-23", "2020-13-23", "premiere_date: \"2020-13-23\" is not a date"),
    (
        "episodes.csv",
        "pic-s01e02,star-trek-picard,star-trek-picard-s01",
        "pic-s01e02,star-trek-picard,star-trek-voyager-s01",
        "season: \"star-trek-voyager-s01\" belongs to \"star-trek-voyager\", not to the production of this row",
    ),
    (
        "episodes.csv",
        "pic-s01e04,star-trek-picard,star-trek-picard-s01,4",
        "pic-s01e04,star-trek-picard,star-trek-picard-s01,3",
        "number: the number is taken by the episode in line",
    ),
    (
        "episodes.csv",
        "tng-s01e01,star-trek-the-next-generation,star-trek-the-next-generation-s01,1,2",
        "tng-s01e01,star-trek-the-next-generation,star-trek-the-next-generation-s01,1,1",
        "number_end: must be greater than the number 1",
    ),
    ("episodes.csv", "1966-09-15", "1966-02-30", "air_date: \"1966-02-30\" is not a date"),
    ("episodes.csv", "star-trek-picard-s02,4,,Watcher,", "star-trek-picard-s02,4,,,", "title: must not be empty"),
    (
        "people.csv",
        "1962-07-07",
        "1962-7-7",
        "born: \"1962-7-7\" is not a date; write it like 2018-08-04, 2018-08 or 2018",
    ),
    ("people.csv", "Adele Pomerenke", " Adele Pomerenke", "name: \" Adele Pomerenke\" has spaces around it"),
    ("characters.csv", "Will Riker; Number One", "Will Riker; Will Riker", "aliases: \"Will Riker\" appears twice"),
    (
        "character_links.csv",
        "lore,sibling_of,data",
        "noonien-soong,creator_of,data",
        "relation: line 4 states the same link",
    ),
    (
        "cast_seasons.csv",
        "star-trek-the-original-series-s01,leonard-nimoy",
        "star-trek-the-original-series-s01,leonard-nimoi",
        "person: \"leonard-nimoi\" is not in people.csv; did you mean \"leonard-nimoy\"?",
    ),
    (
        "cast_seasons.csv",
        "james-t-kirk,main,1",
        "james-t-kirk,chief,1",
        "billing: \"chief\" is not a known value; the values are main, special-guest, supporting, recurring, guest, co-star, unspecified",
    ),
    (
        "cast_seasons.csv",
        "spock,main,2,screen",
        "spock,main,2,stage",
        "part: \"stage\" is not a known value; the values are screen, voice, body",
    ),
    (
        "cast_seasons.csv",
        "leonard-mccoy,supporting,,",
        "leonard-mccoy,supporting,0,",
        "order: \"0\" is not a number from 1 to 9998",
    ),
    (
        "cast_episodes.csv",
        "tos-s01e06,roger-c-carmel",
        "tos-s01e66,roger-c-carmel",
        "episode: \"tos-s01e66\" is not in episodes.csv",
    ),
    (
        "cast_episodes.csv",
        "tos-s01e00,jeffrey-hunter,christopher-pike,guest,,screen,,general",
        "tos-s01e00,jeffrey-hunter,christopher-pike,guest,,screen,general",
        "has 9 fields where the header has 10",
    ),
    (
        "cast_films.csv",
        "star-trek-beyond,chris-pine",
        "star-trek-discovery,chris-pine",
        "production: \"star-trek-discovery\" is not a film; its cast belongs in cast_seasons.csv",
    ),
    (
        "cast_films.csv",
        "star-trek-the-motion-picture,leonard-nimoy,spock",
        "star-trek-the-motion-picture,isa-briones,spock",
        "person: \"isa-briones\" was born on 1999-01-17, after 1979-12-07",
    ),
    (
        "crew.csv",
        "star-trek-picard-s01,pic-s01e01,akiva-goldsman",
        "star-trek-picard-s01,pic-s02e01,akiva-goldsman",
        "episode: \"pic-s02e01\" belongs to \"star-trek-picard-s02\", not to the season of this row",
    ),
    ("crew.csv", "hanelle-m-culpepper,director", "hanelle-m-culpepper,actor", "role: actors belong in the cast files"),
    (
        "crew.csv",
        "star-trek-picard,star-trek-picard-s02,pic-s02e01",
        "star-trek-picard,star-trek-voyager-s02,pic-s02e01",
        "season: \"star-trek-voyager-s02\" belongs to \"star-trek-voyager\", not to the production of this row",
    ),
    (
        "people.csv",
        "\nalex-diehl,",
        "\naaron-stanford,Twin,,,,general,\nalex-diehl,",
        "slug: \"aaron-stanford\" is already used in line",
    ),
    ("people.csv", "\nbrent-spiner,", "\nZZ_Top,ZZ Top,,,,general,\nbrent-spiner,", "slug: \"ZZ_Top\" is not a slug"),
    (
        "people.csv",
        "Joe Menendez,,,,source:trekmovie-2022-04-14",
        "Joe Menendez,,,,source:trekmovie-2022-04-24",
        "verified: \"trekmovie-2022-04-24\" is not in sources.csv",
    ),
    (
        "productions.csv",
        "1974-10-12,ended,nbc",
        "1974-10-12,ended,abc",
        "home_platform: \"abc\" is not in platforms.csv",
    ),
    ("seasons.csv", "1969-06-03,24,24,nbc", "1969-06-03,24,24,nbq", "platform: \"nbq\" is not in platforms.csv"),
    (
        "territories.csv",
        "gb,United Kingdom,country,GB",
        "gb,United Kingdom,country,UKR",
        "iso_3166: \"UKR\" is not a country code; use the two capital letters of ISO 3166-1, such as GB",
    ),
    ("territories.csv", "it,Italy,country,IT", "it,Italy,country,AU", "iso_3166: line 6 has the same code"),
    ("territories.csv", "fr,France,country,FR", "fr,France,country,", "iso_3166: must not be empty for a country"),
    ("territories.csv", "*,us;ca", "*,us;cb", "excludes: \"cb\" is not in territories.csv"),
    (
        "platforms.csv",
        "upn,UPN,broadcast-network",
        "upn,UPN,broadcast",
        "kind: \"broadcast\" is not a known value; the values are broadcast-network, syndication, cable-channel, streaming, cinema",
    ),
    (
        "platforms.csv",
        "prime-video,Amazon Prime Video,streaming,world-ex-us-ca",
        "prime-video,Amazon Prime Video,streaming,world",
        "territory: \"world\" is not in territories.csv",
    ),
    (
        "platform_changes.csv",
        "renamed,2021-03-04",
        "sold,2021-03-04",
        "change: \"sold\" is not a known value; the values are renamed",
    ),
    ("platform_changes.csv", "renamed,2019-09-12", "renamed,", "date: must not be empty"),
    (
        "availability.csv",
        "pic-s1-crave-ca,star-trek-picard,star-trek-picard-s01",
        "pic-s1-crave-ca,star-trek-picard,star-trek-voyager-s01",
        "season: \"star-trek-voyager-s01\" belongs to \"star-trek-voyager\", not to the production of this row",
    ),
    (
        "availability.csv",
        "star-trek-picard-s01,space-ca",
        "star-trek-picard-s01,space-cq",
        "platform: \"space-cq\" is not in platforms.csv; did you mean \"space-ca\"?",
    ),
    (
        "availability.csv",
        "latin-america,2023-02-16",
        "latin-amerika,2023-02-16",
        "territory: \"latin-amerika\" is not in territories.csv; did you mean \"latin-america\"?",
    ),
    ("availability.csv", "us,2022-03-03,yes", "us,2022-03-03,maybe", "exclusive: \"maybe\" is neither yes nor no"),
    ("availability.csv", "ca,2023-02-16", "ca,16.2.2023", "start_date: \"16.2.2023\" is not a date"),
    ("offers.csv", "lowest,5.99,USD", "lowest,5.9,USD", "price: \"5.9\" is not an amount of USD; write it like 5.99"),
    ("offers.csv", "Essential,4.99,USD", "Essential,4.99,usd", "currency: \"usd\" is not a currency code"),
    (
        "offers.csv",
        "99.99,USD,year",
        "99.99,USD,decade",
        "period: \"decade\" is not a known value; the values are day, week, month, year",
    ),
    ("funding.csv", "15600000,USD", "lots,USD", "amount: \"lots\" is not an amount of USD"),
    (
        "funding.csv",
        "star-trek-picard-s02,tax-credit",
        "star-trek-picard-s02,gift",
        "kind: \"gift\" is not a known value; the values are tax-credit, grant, loan",
    ),
    (
        "media.csv",
        "pic-s2-teaser-2021-06,trailer",
        "pic-s2-teaser-2021-06,teaser",
        "kind: \"teaser\" is not a known value; the values are announcement, trailer, poster, logline, summary",
    ),
    (
        "sources.csv",
        "deadline-2020-01-12,Deadline,,,2020-01-12",
        "deadline-2020-01-12,Deadline,,,2020-01-32",
        "published: \"2020-01-32\" is not a date",
    ),
    (
        "sources.csv",
        "https://www.slashfilm.com/star-trek-picard-season-2/",
        "www.slashfilm.com/star-trek-picard-season-2/",
        "address: \"www.slashfilm.com/star-trek-picard-season-2/\" does not begin with https:// or http://",
    ),
    (
        "claims.csv",
        "a01,seasons.csv,star-trek-picard-s02",
        "a01,seasons.csv,star-trek-picard-s92",
        "subject_key: \"star-trek-picard-s92\" is not in seasons.csv; did you mean \"star-trek-picard-s02\"?",
    ),
    (
        "claims.csv",
        "a03,productions.csv",
        "a03,returns.csv",
        "subject_file: \"returns.csv\" is not a file that sources can be about",
    ),
    (
        "claims.csv",
        "a07,seasons.csv,star-trek-picard-s01,episode_count,10,2019-12-16,space-2019-12-16,confirmed",
        "a07,seasons.csv,star-trek-picard-s01,episode_count,10,2019-12-16,space-2019-12-16,true",
        "status: \"true\" is not a known value; the values are confirmed, superseded, contradicted, unverified, false, opinion",
    ),
    (
        "claims.csv",
        "a08,seasons.csv,star-trek-picard-s01,premiere_date,2020-01-23,2019-12-16,space-2019-12-16,confirmed,",
        "a08,seasons.csv,star-trek-picard-s01,premiere_date,2020-01-23,2019-12-16,space-2019-12-16,confirmed,a09",
        "superseded_by: must be empty unless the status is superseded",
    ),
    ("claims.csv", "superseded,d05,", "superseded,b27,", "superseded_by: leads back to this claim"),
    (
        "citations.csv",
        "wilson-undated,people.csv,alison-pill,name,",
        "wilson-undated,people.csv,alison-pil,name,",
        "key: \"alison-pil\" is not in people.csv; did you mean \"alison-pill\"?",
    ),
    (
        "citations.csv",
        "wilson-undated,characters.csv,dahj-asha,twin,c31",
        "whattowatch-2022-02-02,characters.csv,dahj-asha,twin,c31",
        "claim: \"c31\" belongs to the source \"wilson-undated\"",
    ),
    (
        "citations.csv",
        "wilson-undated,characters.csv,data,painting,c26",
        "wilson-undated,characters.csv,q,painting,c26",
        "claim: \"c26\" is about another row",
    ),
    (
        "external_ids.csv",
        "people.csv,brent-spiner,imdb,person,nm0000653,1",
        "people.csv,brent-spinner,imdb,person,nm0000653,1",
        "key: \"brent-spinner\" is not in people.csv; did you mean \"brent-spiner\"?",
    ),
    (
        "external_ids.csv",
        "star-trek-picard,imdb,series,tt8806524",
        "star-trek-picard,imbd,series,tt8806524",
        "authority: \"imbd\" is not a known value; did you mean imdb? the values are imdb, tmdb",
    ),
    (
        "external_ids.csv",
        "star-trek-picard,tmdb,series,85949",
        "star-trek-picard,tmdb,season,85949",
        "kind: must be series or film for a row of productions.csv",
    ),
    (
        "external_ids.csv",
        "leonard-nimoy,imdb,person,nm0000559",
        "leonard-nimoy,imdb,person,nm559",
        "value: \"nm559\" is no imdb id of the kind person; it is nm and at least seven digits",
    ),
    (
        "external_ids.csv",
        "william-shatner,imdb,person,nm0000638",
        "william-shatner,imdb,person,nm0000408",
        "value: \"nm0000408\" is already used in line",
    ),
    (
        "productions.csv",
        ",Science fiction,en,,",
        ",Science fiction;Science fiction,en,,",
        "genres: \"Science fiction\" appears twice",
    ),
    (
        "productions.csv",
        ",Science fiction,en,,",
        ",Science fiction,en,0,",
        "runtime_minutes: \"0\" is not a number from 1 to 9999",
    ),
    (
        "productions.csv",
        ",Science fiction,en,,",
        ",Science fiction,en-us,,",
        "language: \"en-us\" must be written \"en-US\"",
    ),
    (
        "productions.csv",
        ",Science fiction,en,,",
        ",Science fiction,en,,startrek.example",
        "official_site: \"startrek.example\" does not begin with https:// or http://",
    ),
    (
        "pictures.csv",
        ",backdrop,",
        ",banner,",
        "kind: \"banner\" is not a known value; the values are poster, backdrop, still, portrait",
    ),
    (
        "pictures.csv",
        "GPN-2000-001363.jpg,https:",
        "GPN-2000-001363.jpg,ftp:",
        "small_url: \"ftp://commons.wikimedia.org/wiki/Special:FilePath/The_Shuttle_Enterprise_-_GPN-2000-001363.jpg?width=320\" \
         does not begin",
    ),
    ("pictures.csv", "320,NASA,", "320,,", "credit: must not be empty"),
    (
        "summaries.csv",
        "star-trek-picard-s02,en,\"Q changes",
        "star-trek-picard-s01,en,\"Q changes",
        "language: line 2 has a summary of this object with the same language and credit",
    ),
    (
        "summaries.csv",
        "star-trek-picard-s03,en,",
        "star-trek-picard-s03,English,",
        "language: \"English\" is not a language tag, such as en or pt-BR",
    ),
];

/// The place of a planted fault: the line of the changed text.
fn line_of(folder: &Path, file: &str, new: &str) -> u64 {
    let text = fs::read_to_string(folder.join(file)).expect("the file");
    let place = text.find(new).expect("the change") + usize::from(new.starts_with('\n'));
    1 + text[..place].matches('\n').count() as u64
}

#[tokio::test]
async fn every_planted_fault_is_told_at_once_and_nothing_is_written() {
    let site = site::sqlite(Set::Cut).await;
    let before = dump(site.store.write()).await;
    let folder = cut::copy();
    for (file, old, new, _) in PLANTED {
        change(folder.path(), file, old, new);
    }
    append(
        folder.path(),
        "cast_films.csv",
        "star-trek-beyond,simon-pegg,montgomery-scott-kelvin-timeline,main,,screen,,general,,",
    );
    let faults = import::check(&import::folder(folder.path()).expect("the folder")).expect_err("faults are found");
    let told = |file: &str, line: u64, text: &str| {
        faults.list().iter().any(|fault| {
            let place = fault.file == file && fault.line == line;
            place
                && fault
                    .to_string()
                    .strip_prefix(&format!("{file}:{line}: "))
                    .is_some_and(|rest| rest.starts_with(text))
        })
    };
    for (file, _, new, reason) in PLANTED {
        let line = line_of(folder.path(), file, new);
        assert!(told(file, line, reason), "{file}:{line}: {reason} is not among\n{faults}");
    }
    assert!(faults.to_string().contains("the same production, person, character, part"), "{faults}");
    let mut sorted: Vec<Fault> = faults.list().to_vec();
    sorted.sort();
    assert_eq!(sorted, faults.list());
    assert!(faults.to_string().ends_with("nothing was imported"));
    assert_eq!(dump(site.store.write()).await, before);
}

#[test]
fn one_fault_is_one_fault() {
    for (file, old, new, reason) in PLANTED {
        let folder = cut::copy();
        change(folder.path(), file, old, new);
        let faults = import::check(&import::folder(folder.path()).expect("the folder")).expect_err("a fault is found");
        assert_eq!(faults.list().len(), 1, "{file}: {reason}: {faults}");
    }
}

#[test]
fn files_of_the_wrong_form_are_refused() {
    for (file, content, reason) in [
        ("crew.csv", None, "crew.csv: is missing"),
        (
            "crew.csv",
            Some(&b""[..]),
            "crew.csv: has no header; begin it with production,season,episode,person,role,order",
        ),
        ("crew.csv", Some(b"production,season,episode,person,role\n"), "crew.csv:1: order: the column is missing"),
        (
            "crew.csv",
            Some(b"production,season,episode,person,role,order,colour\n"),
            "crew.csv:1: colour: is not a column of this file",
        ),
        (
            "crew.csv",
            Some(b"production,season,episode,person,role,order,order\n"),
            "crew.csv:1: order: the column appears twice",
        ),
        ("franchises.csv", Some(b"slug,name\nstar-trek,Star \xFF Trek\n"), "franchises.csv:2: is not UTF-8"),
    ] {
        let folder = cut::copy();
        match content {
            Some(content) => fs::write(folder.path().join(file), content).expect("the change"),
            None => fs::remove_file(folder.path().join(file)).expect("the change"),
        }
        let faults = import::check(&import::folder(folder.path()).expect("the folder")).expect_err("a fault is found");
        assert!(faults.to_string().contains(reason), "{reason}: {faults}");
    }
}

#[test]
fn the_form_of_a_file_may_vary_where_that_is_harmless() {
    let folder = cut::copy();
    let path = folder.path().join("franchises.csv");
    fs::write(path, "\u{FEFF}name,slug\r\nStar Trek,star-trek\r\n").expect("the change");
    assert_eq!(read(folder.path()), *cut::set());
}

#[tokio::test]
async fn a_failure_in_the_middle_leaves_nothing_behind() {
    on_both(Set::Cut, |site: Site| async move {
        let before = dump(site.store.write()).await;
        // A show that another program wrote has taken a number that the set needs; the database refuses it late.
        let folder = cut::copy();
        append(folder.path(), "people.csv", "zoe-z,Zoe Z,,,,general,");
        append(folder.path(), "cast_episodes.csv", "pic-s02e02,zoe-z,q,guest,,voice,,general,,");
        let refuse = match site.engine {
            "SQLite" => "CREATE TRIGGER refuse BEFORE INSERT ON appearance BEGIN SELECT RAISE(ABORT, 'refused'); END",
            _ => {
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$; \
                  CREATE TRIGGER refuse BEFORE INSERT ON appearance EXECUTE FUNCTION refuse()"
            }
        };
        site.store.write().execute_unprepared(refuse).await.expect("the trigger is made");
        let refused = site::import_set(site.store.write(), &read(folder.path()), Leftovers::Keep).await;
        assert!(refused.is_err_and(|reason| reason.to_string().contains("refused")));
        assert_eq!(dump(site.store.write()).await, before);
    })
    .await;
}

/// A subject ties sources, claims and notes to a record. A record without any of them needs no subject.
#[tokio::test]
async fn a_record_of_which_nothing_is_said_has_no_subject() {
    on_both(Set::Cut, |site: Site| async move {
        let folder = cut::copy();
        append(folder.path(), "people.csv", "zoe-z,Zoe Z,,,,,");
        append(folder.path(), "cast_episodes.csv", "pic-s02e02,zoe-z,q,guest,,voice,,,,");
        let summary = apply(&site, &read(folder.path())).await;
        let added: Vec<_> =
            summary.tallies().iter().filter(|(_, tally)| tally.added > 0).map(|(name, _)| *name).collect();
        assert_eq!(added, ["people", "credits", "appearances"], "{summary}");
        // Something that was said once may be taken back; then the subject stays.
        change(folder.path(), "people.csv", "zoe-z,Zoe Z,,,,,", "zoe-z,Zoe Z,,,,general,");
        let summary = apply(&site, &read(folder.path())).await;
        assert!(summary.line().contains("1 added, 0 changed"), "{summary}");
        change(folder.path(), "people.csv", "zoe-z,Zoe Z,,,,general,", "zoe-z,Zoe Z,,,,,A note");
        let summary = apply(&site, &read(folder.path())).await;
        assert!(summary.line().contains("1 added, 1 changed"), "{summary}");
        assert!(apply(&site, &read(folder.path())).await.is_unchanged());
    })
    .await;
}

/// What the database itself refuses, whoever writes.
#[tokio::test]
async fn the_database_keeps_its_rules() {
    on_both(Set::Cut, |site: Site| async move {
        let db = site.store.write();
        for (rule, statement) in [
            ("a credit cannot name another show's season", "INSERT INTO credit (person_id, show_id, season_id, character_id, job, billing, part) VALUES (1, 1, 40, 1, 0, 10, 'SCREEN')"),
            ("an appearance cannot name another season's episode", "INSERT INTO appearance (credit_id, episode_id, season_id) SELECT c.id, e.id, c.season_id FROM credit c JOIN episode e ON e.season_id <> c.season_id WHERE c.season_id IS NOT NULL LIMIT 1"),
            ("an episode's season is of its show", "INSERT INTO episode (slug, show_id, season_id, number, title, title_key) VALUES ('x', 1, 40, 99, 'x', 'x')"),
            ("a credit stands once", "INSERT INTO credit (person_id, show_id, season_id, character_id, job, billing, part) SELECT person_id, show_id, season_id, character_id, job, billing, part FROM credit WHERE season_id IS NULL AND job = 0 LIMIT 1"),
            ("crew plays nobody", "INSERT INTO credit (person_id, show_id, character_id, job) VALUES (1, 1, 1, 40)"),
            ("dates are dates", "UPDATE person SET born = '12.5.1960'"),
            ("days are of the calendar", "UPDATE person SET born = '1960-02-30' WHERE born IS NOT NULL"),
            ("years have leap days by rule", "UPDATE person SET born = '1900-02-29' WHERE born IS NOT NULL"),
            ("a year has twelve months", "UPDATE episode SET aired_on = '2020-13'"),
            ("no month has a day 0", "INSERT INTO person (slug, name, name_key, born) VALUES ('x', 'x', 'x', '1960-01-00')"),
            ("there is no year 0", "UPDATE claim SET claimed_on = '0000'"),
            ("a code is not empty", "UPDATE show SET code = ''"),
            ("jobs are known", "UPDATE credit SET job = 41 WHERE job = 40"),
            ("billings are known", "UPDATE credit SET billing = 11 WHERE billing = 10"),
            ("links are of a known kind", "UPDATE show_link SET kind = 'COUSIN_OF'"),
            ("platforms are of a known kind", "UPDATE platform_name SET kind = 'RADIO'"),
            ("nobody dies before birth", "UPDATE person SET born = '1960', died = '1950-01-01' WHERE id = 1"),
            ("nothing is linked to itself", "INSERT INTO show_link (from_id, to_id, kind) VALUES (1, 1, 'SEQUEL_TO')"),
            ("an alias has one owner", "INSERT INTO alias (person_id, character_id, position, name, name_key) VALUES (1, 1, 9, 'x', 'x')"),
            ("a set holds countries only", "INSERT INTO territory_part (group_id, country_id, excluded) SELECT g.id, h.id, 0 FROM territory g JOIN territory h ON g.kind = 'GROUP' AND h.kind = 'GROUP' LIMIT 1"),
            ("a country has its code", "UPDATE territory SET iso_3166 = NULL WHERE kind = 'COUNTRY'"),
            ("a season can be seen as one of its show", "UPDATE availability SET show_id = 1 WHERE season_id IS NOT NULL"),
            ("no amount is below nothing", "UPDATE funding SET amount = -1"),
            ("a logline has a text", "UPDATE media SET text = NULL WHERE kind = 'LOGLINE'"),
            ("a subject stands for one row", "INSERT INTO subject (kind, show_id, season_id, general) VALUES (2, 27, 1, 0)"),
            ("a subject is of its kind", "UPDATE subject SET kind = 3 WHERE kind = 2"),
            ("a claim is not superseded unless it says so", "UPDATE claim SET status = 'CONFIRMED' WHERE superseded_by_id IS NOT NULL"),
            ("a claim does not supersede itself", "UPDATE claim SET superseded_by_id = id WHERE status = 'SUPERSEDED'"),
            ("a citation's claim is of its source", "UPDATE citation SET source_id = (SELECT max(id) FROM source) WHERE claim_id IS NOT NULL"),
            ("a source with claims stays", "DELETE FROM source WHERE slug = 'wilson-undated'"),
            ("a person with credits stays", "DELETE FROM person WHERE id = (SELECT min(person_id) FROM credit)"),
        ] {
            assert!(db.execute_unprepared(statement).await.is_err(), "{}: {rule}", site.engine);
        }
        let gone = "DELETE FROM show WHERE slug = 'star-trek-picard'";
        db.execute_unprepared(gone).await.expect("a show goes with all that is its own");
        let data = site.data(r#"{ season(by: {slug: "star-trek-picard-s02"}) { id } person(by: {slug: "isa-briones"}) { credits { totalCount } }
            source(by: {slug: "whattowatch-2022-02-02"}) { claims { nodes { slug } } } }"#).await;
        assert_eq!(data, serde_json::json!({ "season": null, "person": { "credits": { "totalCount": 0 } },
            "source": { "claims": { "nodes": [{ "slug": "b20" }, { "slug": "b24" }, { "slug": "b25" }] } } }));
    })
    .await;
}

/// Every migration can be taken back on both engines, with rows in the tables.
#[tokio::test]
async fn the_schema_comes_and_goes() {
    on_both(Set::Cut, |site: Site| async move {
        let db = site.store.write();
        let before = dump(db).await;
        Migrator::down(db, None).await.expect("everything is taken back");
        Migrator::up(db, None).await.expect("nothing was left behind");
        apply(&site, cut::set()).await;
        assert_eq!(dump(db).await, before, "{}", site.engine);
    })
    .await;
}

/// What castgraph knows is what the database takes.
#[tokio::test]
async fn the_database_takes_all_that_castgraph_knows() {
    on_both(Set::Cut, |site: Site| async move {
        let db = site.store.write();
        let mut changes =
            vec!["UPDATE person SET born = '1960-02-29', died = NULL WHERE slug = 'brent-spiner'".to_owned()];
        let mut known = |table: &str, column: &str, value: String| {
            changes.push(format!("UPDATE {table} SET {column} = {value} WHERE id = (SELECT max(id) FROM {table})"));
        };
        show_link::Kind::iter().for_each(|kind| known("show_link", "kind", format!("'{}'", kind.to_value())));
        character_link::Kind::iter().for_each(|kind| known("character_link", "kind", format!("'{}'", kind.to_value())));
        platform_name::Kind::iter().for_each(|kind| known("platform_name", "kind", format!("'{}'", kind.to_value())));
        source::Kind::iter().for_each(|kind| known("source", "kind", format!("'{}'", kind.to_value())));
        let jobs = credit::Job::iter().filter(|job| *job != credit::Job::Actor);
        jobs.for_each(|job| known("credit", "job", i32::from(job).to_string()));
        for billing in credit::Billing::iter() {
            let billing = i32::from(billing);
            changes.push(format!("UPDATE credit SET billing = {billing} WHERE id = 1"));
            changes.push(format!("UPDATE appearance SET billing = {billing} WHERE billing IS NOT NULL"));
        }
        for change in changes {
            let done = db.execute_unprepared(&change).await;
            assert!(done.is_ok_and(|done| done.rows_affected() > 0), "{}: {change}", site.engine);
        }
    })
    .await;
}
