//! One cause, one fault: each case makes one change to the embedded set and lists all expected faults.

use std::io::Read;

use crate::import::{Faults, Folder, check, embedded, folder::Content};

/// The text of a file.
fn text(folder: &Folder, file: &str) -> String {
    let mut text = String::new();
    folder.0[file].open().expect("it is there").read_to_string(&mut text).expect("the set is UTF-8");
    text
}

/// The embedded set with the first `old` in `file` replaced; all of the file if `old` is empty.
fn changed(file: &str, old: &str, new: &str) -> Folder {
    let mut folder = embedded();
    let text = text(&folder, file);
    assert!(text.contains(old), "{file} has {old}");
    let text = if old.is_empty() { new.to_owned() } else { text.replacen(old, new, 1) };
    *folder.0.get_mut(file).expect("the file") = Content::Owned(text.into_bytes());
    folder
}

fn faults(folder: &Folder) -> Faults {
    check(folder).expect_err("a fault is found")
}

/// The faults after a change, without their lines.
fn told(file: &str, old: &str, new: &str) -> Vec<String> {
    let faults = faults(&changed(file, old, new));
    faults.list().iter().map(|fault| format!("{}: {}: {}", fault.file, fault.column, fault.reason)).collect()
}

#[test]
fn one_cause_is_told_once_however_much_refers_to_it() {
    for (file, old, new, fault) in ONE_CAUSE {
        assert_eq!(told(file, old, new), [*fault], "{file}: {new}");
    }
}

/// A file, a text in it, its replacement, and the only fault.
const ONE_CAUSE: &[(&str, &str, &str, &str)] = &[
    (
        "people.csv",
        "slug,name,born",
        "slug,name,birth,born",
        "people.csv: birth: is not a column of this file; its columns are slug, name, born, died, also_known_as, \
             verified, note",
    ),
    ("people.csv", "\npatrick-stewart,", "\npatrick-stewart,,", "people.csv: : has 8 fields where the header has 7"),
    (
        "people.csv",
        "\npatrick-stewart,",
        "\nPatrick Stewart,",
        "people.csv: slug: \"Patrick Stewart\" is not a slug; use lower case letters, digits and single hyphens \
             between them",
    ),
    (
        "people.csv",
        "\nalexander-siddig,Alexander",
        "\nalexander-siddig,\"Alexander",
        "people.csv: : has a quotation mark that is not closed on its line; the rest of the file was not read",
    ),
    (
        "cast_films.csv",
        "main,,screen,,general;source:jaimechurch-db,,\n",
        "main,,screen,,general,\"open\n",
        "cast_films.csv: : has a quotation mark that is not closed on its line; the rest of the file was not read",
    ),
    (
        "people.csv",
        "1940-07-13",
        "2040-13-13",
        "people.csv: born: \"2040-13-13\" is not a date; write it like 2018-08-04, 2018-08 or 2018",
    ),
    (
        "productions.csv",
        "star-trek-picard,PIC,",
        "star-trek-picard,,",
        "productions.csv: code: must not be empty: the show has episodes, and their slugs begin with it",
    ),
    (
        "productions.csv",
        "star-trek-picard,PIC,",
        "star-trek-picard,P.I.C,",
        "productions.csv: code: \"P.I.C\" may have only letters and digits; episode slugs begin with it",
    ),
    (
        "productions.csv",
        "Star Trek Beyond,film",
        "Star Trek Beyond,movie",
        "productions.csv: kind: \"movie\" is not a known value; the values are series, miniseries, anthology, film",
    ),
    (
        "seasons.csv",
        "star-trek-picard-s02,",
        "star-trek-picard-s2,",
        "seasons.csv: slug: \"star-trek-picard-s2\" must be \"star-trek-picard-s02\", from its show and numbers",
    ),
    (
        "seasons.csv",
        "star-trek-picard-s02,star-trek-picard,2,",
        "star-trek-picard-s02,star-trek-picard,+2,",
        "seasons.csv: number: \"+2\" is not a number from 0 to 9999",
    ),
    (
        "episodes.csv",
        "pic-s01e02,star-trek-picard,star-trek-picard-s01",
        "pic-s01e02,star-trek-picard,star-trek-voyager-s01",
        "episodes.csv: season: \"star-trek-voyager-s01\" belongs to \"star-trek-voyager\", not to the production \
             of this row",
    ),
    (
        "episodes.csv",
        "pic-s01e03,star-trek-picard,star-trek-picard-s01,3,",
        "pic-s01e03,star-trek-picard,star-trek-picard-s01,4,",
        "episodes.csv: slug: \"pic-s01e03\" must be \"pic-s01e04\", from its show and numbers",
    ),
    (
        "episodes.csv",
        "pic-s01e04,star-trek-picard,star-trek-picard-s01,4,",
        "pic-s01e04,star-trek-picard,star-trek-picard-s01,3,",
        "episodes.csv: number: the number is taken by the episode in line 795",
    ),
    (
        "episodes.csv",
        "\npic-s01e02,",
        "\npic-s01e01,star-trek-picard,star-trek-picard-s01,1,,Again,2020-01-23,,,,general,,,\npic-s01e02,",
        "episodes.csv: slug: \"pic-s01e01\" is already used in line 793",
    ),
    (
        "crew.csv",
        "star-trek-picard,star-trek-picard-s01,pic-s01e01,hanelle",
        "star-trek-picar,star-trek-picard-s01,pic-s01e01,hanelle",
        "crew.csv: production: \"star-trek-picar\" is not in productions.csv; did you mean \"star-trek-picard\"?",
    ),
    (
        "crew.csv",
        "star-trek-picard,star-trek-picard-s01,pic-s01e01,hanelle",
        "star-trek-picard,star-trek-picard-s91,pic-s01e01,hanelle",
        "crew.csv: season: \"star-trek-picard-s91\" is not in seasons.csv; did you mean \"star-trek-picard-s01\"?",
    ),
    (
        "crew.csv",
        "star-trek-picard,star-trek-picard-s01,pic-s01e01,hanelle",
        "star-trek-picard,,pic-s01e01,hanelle",
        "crew.csv: season: must be \"star-trek-picard-s01\", the season of the episode",
    ),
    (
        "crew.csv",
        "hanelle-m-culpepper,director",
        "hanelle-m-culpepper,directer",
        "crew.csv: role: \"directer\" is not a known value; did you mean director? the values are creator, showrunner, executive-producer, director, writer, \
             story, teleplay, composer",
    ),
    (
        "character_links.csv",
        "lore,sibling_of,data",
        "lore,sibling_of,zz",
        "character_links.csv: to: \"zz\" is not in characters.csv",
    ),
];

/// Searching for similar slugs compares each fault with all slugs.
#[test]
fn what_was_meant_is_looked_for_while_faults_are_few() {
    let file = "cast_films.csv";
    let text = text(&embedded(), file);
    let faults = faults(&changed(file, "", &text.replace("star-trek-", "star-trak-")));
    let hints = faults.list().iter().filter(|fault| fault.reason.contains("did you mean")).count();
    assert!(hints > 90 && hints <= 100, "{hints}");
    assert!(faults.list().len() > 150, "all faults are reported: {}", faults.list().len());
}

#[test]
fn a_missing_file_is_one_fault() {
    let mut folder = embedded();
    folder.0.remove("people.csv");
    assert_eq!(faults(&folder).list().len(), 1, "{}", faults(&folder));
}

/// PostgreSQL rejects text with NUL characters, and no name has a tab.
#[test]
fn control_characters_are_faults() {
    assert_eq!(
        told("franchises.csv", "Star Trek,", "Star\0Trek,"),
        ["franchises.csv: name: \"Star\\0Trek\" contains a control character"]
    );
}

/// PostgreSQL rejects rows whose indexed columns are too long.
#[test]
fn names_have_an_end() {
    let long = "x".repeat(1001);
    // One letter, which becomes eighteen letters in the key.
    let key = "\u{FDFA}".repeat(100);
    for (file, old, name, column) in [
        ("people.csv", "Majel Barrett", &long, "name"),
        ("people.csv", "Majel Barrett", &key, "name"),
        ("people.csv", "\nmajel-barrett,", &long, "slug"),
        ("characters.csv", ",El-Aurian,", &long, "species"),
        ("people.csv", "Majel Barrett,1932-02-23,2008-12-18,", &long, "also_known_as"),
        ("episodes.csv", "Remembrance", &long, "title"),
    ] {
        let new = match column {
            "slug" => format!("\n{name},"),
            "species" => format!(",{name},"),
            "also_known_as" => format!("{old}B;{name};"),
            _ => name.clone(),
        };
        let fault = format!("{file}: {column}: is longer than 1000 bytes (or its form without case and accents is)");
        assert!(told(file, old, &new).contains(&fault), "{column}: {:?}", told(file, old, &new));
    }
    assert!(check(&changed("people.csv", "Majel Barrett", &long[1..])).is_ok());
}

/// The API and the importer accept the same country codes.
#[test]
fn codes_of_countries_are_those_of_iso_3166() {
    let reason = "territories.csv: iso_3166: \"UK\" is not a country code; use the two capital letters of ISO 3166-1, \
                  such as GB";
    assert_eq!(told("territories.csv", ",country,GB,", ",country,UK,"), [reason]);
}

#[test]
fn a_circle_of_claims_is_told_once() {
    let old = "2020-05-29,newsdio-2020-05-29,superseded,,";
    let new = "2020-05-29,newsdio-2020-05-29,superseded,z01,";
    let claim = |slug, next| {
        format!("\n{slug},seasons.csv,star-trek-picard-s02,filming_began,2021,,memory-alpha-pic-s2,superseded,{next},")
    };
    let mut folder = changed("claims.csv", old, new);
    let text = text(&folder, "claims.csv");
    let line = text.lines().find(|line| line.contains("newsdio-2020-05-29,superseded,z01")).expect("the claim");
    let first = line.split(',').next().expect("its slug").to_owned();
    let text = format!("{}{}{}\n", text.trim_end(), claim("z01", "z02"), claim("z02", &first));
    *folder.0.get_mut("claims.csv").expect("the file") = Content::Owned(text.into_bytes());
    let told: Vec<String> = faults(&folder).list().iter().map(|fault| fault.reason.clone()).collect();
    assert_eq!(told, ["leads back to this claim"]);
}

#[test]
fn crew_is_not_credited_before_birth() {
    let born = |day| {
        let person = format!("Nick Zayas,{day},");
        check(&changed("people.csv", "Nick Zayas,,", &person)).map_err(|faults| faults.to_string())
    };
    assert!(born("2020-02-27").is_ok());
    assert!(born("2020-03").is_ok());
    assert!(born("2020-02-28").is_err_and(|faults| {
        faults.contains("crew.csv:21: person: \"nick-zayas\" was born on 2020-02-28, after 2020-02-27")
    }));
}

#[test]
fn lines_are_counted_as_editors_count_them() {
    for (text, line) in [
        ("slug,name\nstar-trek,Star Trek\nX,Y\n", 3),
        ("slug,name\r\nstar-trek,Star Trek\r\nX,Y\r\n", 3),
        ("slug,name\n\nstar-trek,Star Trek\n\n\nX,Y", 6),
        ("\u{FEFF}slug,name\r\n\r\nstar-trek,Star Trek\r\n\r\n\r\nX,Y", 6),
        ("slug,name\rstar-trek,Star Trek\rX,Y\r", 1),
        ("slug,name\n\"star-trek\",\"Star, Trek\"\n\"X\",Y\n", 3),
    ] {
        let faults = faults(&changed("franchises.csv", "", text));
        assert_eq!(faults.list().iter().map(|fault| fault.line).collect::<Vec<_>>(), [line], "{text:?}");
    }
}

#[test]
fn the_rules_of_shows_and_people_hold() {
    let film = "star-trek-beyond-s01,star-trek-beyond,1,,,,1,,general,,\nstar-trek-picard-s01,";
    for (file, old, new, fault) in [
        (
            "seasons.csv",
            "star-trek-picard-s01,",
            film,
            "seasons.csv: production: \"star-trek-beyond\" is a film, which has no seasons",
        ),
        (
            "seasons.csv",
            "2020-01-23,2020-03-26,10,10",
            "2020-01-23,2020-03-26,10,0",
            "seasons.csv: counted_episodes: \"0\" is not a number from 1 to 99999",
        ),
        ("seasons.csv", "2020-01-23,2020-03-26", "2020-01-23,2020-01", ""),
        (
            "seasons.csv",
            "2020-01-23,2020-03-26",
            "2020-01-23,2019",
            "seasons.csv: finale_date: 2019 is before premiere_date 2020-01-23",
        ),
        (
            "people.csv",
            "Majel Barrett,1932-02-23,2008-12-18",
            "Majel Barrett,1932-02-23,1908-12",
            "people.csv: died: 1908-12 is before born 1932-02-23",
        ),
        (
            "episodes.csv",
            "star-trek-picard-s01,2,,",
            "star-trek-picard-s01,2,3,",
            "episodes.csv: number: the number is taken by the episode in line 794",
        ),
    ] {
        if fault.is_empty() {
            assert!(check(&changed(file, old, new)).is_ok(), "{new}");
        } else {
            assert_eq!(told(file, old, new), [fault], "{file}: {new}");
        }
    }
}

/// Rows of casts and crews are not kept, so that the lines of rows that repeat each other are found by reading again.
#[test]
fn the_last_line_of_a_cast_may_repeat_another() {
    for (file, columns) in [
        ("cast_seasons.csv", "season, person, character, part"),
        ("cast_episodes.csv", "episode, person, character, part"),
        ("cast_films.csv", "production, person, character, part"),
        ("crew.csv", "production, season, episode, person, role"),
    ] {
        let all = text(&embedded(), file);
        let (number, row) = all.lines().enumerate().last().expect("a row");
        let repeated = format!("{}\n{row}\n", all.trim_end());
        let fault = format!("{file}: : line {} has the same {columns}", number + 1);
        assert_eq!(told(file, "", &repeated), [fault]);
        let faults = faults(&changed(file, "", &repeated));
        assert_eq!(faults.list().first().map(|fault| fault.line), Some(number as u64 + 2));
    }
}

#[test]
fn all_faults_are_counted_and_the_first_are_printed() {
    let rows: Vec<String> = (0..12_000).map(|number| format!("Slug {number},A name\n")).collect();
    let rows = rows.concat();
    let faults = faults(&changed("franchises.csv", "", &format!("slug,name\nstar-trek,Star Trek\n{rows}")));
    assert_eq!(faults.number(), 12_000);
    assert_eq!(faults.list().len(), 10_000);
    let printed = faults.to_string();
    assert!(printed.starts_with("franchises.csv:3: slug: \"Slug 0\" is not a slug"), "{printed}");
    assert!(printed.ends_with("\nand 11000 more\n12000 faults in 1 file; nothing was imported"));
    assert_eq!(printed.lines().count(), 1002);
    assert_eq!(faults.json().as_array().map(Vec::len), Some(1000));
}
