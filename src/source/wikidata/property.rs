//! The properties and classes of Wikidata that castgraph reads.

use entity::{credit::Job, show::Format};

use crate::source::record::{Authority, IdKind};

/// Crew by property.
pub(super) const CREW: &[(&str, Job)] = &[
    ("P170", Job::Creator),
    ("P1431", Job::ExecutiveProducer),
    ("P57", Job::Director),
    ("P58", Job::Writer),
    ("P86", Job::Composer),
];

/// Properties with ids at other authorities.
pub(super) const IDS: &[(&str, Authority, IdKind)] = &[
    ("P8600", Authority::Tvmaze, IdKind::Show),
    ("P4983", Authority::Tmdb, IdKind::Show),
    ("P4947", Authority::Tmdb, IdKind::Film),
    ("P4985", Authority::Tmdb, IdKind::Person),
    ("P4835", Authority::Tvdb, IdKind::Show),
    ("P12196", Authority::Tvdb, IdKind::Film),
    ("P7043", Authority::Tvdb, IdKind::Episode),
];

const FILMS: &[&str] =
    &["Q11424", "Q24869", "Q202866", "Q506240", "Q24862", "Q20650540", "Q29168811", "Q226730", "Q18011172", "Q93204"];
const MINISERIES: &[&str] = &["Q1259759", "Q114474034"];
const ANTHOLOGIES: &[&str] = &["Q21188110", "Q14623351"];
const SERIES: &[&str] = &["Q5398426", "Q581714", "Q63952888", "Q117467246", "Q526877", "Q15416", "Q1366112"];
const ANIMATED: &[&str] = &["Q581714", "Q63952888", "Q117467246", "Q202866", "Q20650540", "Q29168811"];
pub(super) const SEASON: &[&str] = &["Q3464665", "Q100269041"];
pub(super) const EPISODE: &[&str] = &["Q21191270", "Q1983062", "Q21664088", "Q50062923"];
pub(super) const HUMAN: &[&str] = &["Q5"];
pub(super) const FRANCHISE: &[&str] = &["Q196600", "Q134556", "Q24856"];

/// The format of a production by its class.
pub(super) fn format(class: &str) -> Option<Format> {
    let is = |classes: &[&str]| classes.contains(&class);
    if is(FILMS) {
        Some(Format::Film)
    } else if is(MINISERIES) {
        Some(Format::Miniseries)
    } else if is(ANTHOLOGIES) {
        Some(Format::Anthology)
    } else {
        is(SERIES).then_some(Format::Series)
    }
}

pub(super) fn is_animated(class: &str) -> bool {
    ANIMATED.contains(&class)
}

/// Languages by their items, whose own entities are seldom at hand.
pub(super) fn language(item: &str) -> Option<&'static str> {
    let known = [
        ("Q1860", "en"),
        ("Q150", "fr"),
        ("Q188", "de"),
        ("Q1321", "es"),
        ("Q652", "it"),
        ("Q5287", "ja"),
        ("Q9176", "ko"),
        ("Q7737", "ru"),
        ("Q9027", "sv"),
        ("Q9035", "da"),
        ("Q9043", "no"),
        ("Q7411", "nl"),
        ("Q5146", "pt"),
        ("Q7850", "zh"),
        ("Q809", "pl"),
        ("Q256", "tr"),
        ("Q1568", "hi"),
    ];
    known.into_iter().find(|(known, _)| *known == item).map(|(_, code)| code)
}
