use std::collections::BTreeMap;

use serde_json::Value;

use super::{Client, Found, Run, Target, encoded, list, year};
use crate::source::{SourceError, record::Authority};

/// Fetches a show with its cast and crew, the episodes of each season with their guests, specials, and the people whose
/// dates the lists do not have.
pub(super) fn show(run: &mut Run<'_, '_>, target: &Target) -> Result<(), SourceError> {
    let id = &target.id;
    let embedded = ["seasons", "cast", "crew", "akas"].map(|part| format!("embed[]={part}")).join("&");
    let show =
        run.required(&format!("/shows/{id}?{embedded}"), &format!("shows/{id}.json"), &format!("the show {target}"))?;
    let value = show.value.clone();
    let seasons: Vec<u64> =
        list(&value, "/_embedded/seasons").filter_map(|season| season.get("id")?.as_u64()).collect();
    run.planned = 2 + seasons.len();
    for part in ["seasons", "cast", "crew"] {
        if value.pointer(&format!("/_embedded/{part}")).is_none() {
            run.get(&format!("/shows/{id}/{part}"), &format!("shows/{id}/{part}.json"))?;
        }
    }
    run.get(&format!("/shows/{id}/episodes?specials=1"), &format!("shows/{id}/episodes.json"))?;
    let seasons = if seasons.is_empty() { season_ids(run) } else { seasons };
    for season in seasons {
        let path = format!("/seasons/{season}/episodes?embed[]=guestcast&embed[]=guestcrew");
        if !run.get(&path, &format!("shows/{id}/seasons/{season}/episodes.json"))? {
            run.remarks.missing(format_args!("season tvmaze:{season}"));
        }
    }
    let people = incomplete_people(run);
    run.planned = run.documents.len() + people.len();
    for (person, name) in people {
        if !run.get(&format!("/people/{person}"), &format!("people/{person}.json"))? {
            run.remarks.missing(format_args!("person tvmaze:{person}, {name}"));
        }
    }
    Ok(())
}

pub(super) fn search(client: &mut Client<'_>, text: &str) -> Result<Vec<Found>, SourceError> {
    let answer = client.get(&format!("/search/shows?q={}", encoded(text)))?.unwrap_or_default();
    let found = |item: &Value| {
        let show = item.get("show")?;
        Some(Found {
            target: Target { authority: Authority::Tvmaze, film: false, id: show.get("id")?.as_u64()?.to_string() },
            title: show.get("name")?.as_str()?.to_owned(),
            year: show.get("premiered").and_then(year),
            page: show.get("url").and_then(Value::as_str).map(str::to_owned),
        })
    };
    Ok(answer.as_array().into_iter().flatten().filter_map(found).collect())
}

fn season_ids(run: &Run<'_, '_>) -> Vec<u64> {
    let lists = run.documents.iter().filter(|document| document.name.ends_with("/seasons.json"));
    lists.flat_map(|document| list(&document.value, "")).filter_map(|season| season.get("id")?.as_u64()).collect()
}

/// People in cast and crew lists who have no dates there, by their ids.
fn incomplete_people(run: &Run<'_, '_>) -> BTreeMap<u64, String> {
    let mut people = BTreeMap::new();
    run.documents.iter().for_each(|document| visit(&document.value, &mut people));
    people
}

fn visit(value: &Value, people: &mut BTreeMap<u64, String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, people)),
        Value::Object(fields) => {
            if let Some(person) = fields.get("person")
                && let Some(id) = person.get("id").and_then(Value::as_u64)
                && person.get("birthday").is_none()
            {
                people.insert(id, person.get("name").and_then(Value::as_str).unwrap_or_default().to_owned());
            }
            fields.values().for_each(|inside| visit(inside, people));
        }
        _ => {}
    }
}
