use std::collections::BTreeMap;

use serde_json::Value;

use super::{Client, Found, Run, Target, encoded, list, year};
use crate::source::{SourceError, record::Authority};

/// Fetches a series with its seasons and their casts, or a film, and the people in them.
pub(super) fn title(run: &mut Run<'_, '_>, target: &Target) -> Result<(), SourceError> {
    let id = &target.id;
    if target.film {
        let path = format!("/movie/{id}?append_to_response=credits,external_ids,alternative_titles");
        run.required(&path, &format!("movie/{id}.json"), &format!("the film {target}"))?;
    } else {
        let path = format!("/tv/{id}?append_to_response=external_ids,alternative_titles");
        let series = run.required(&path, &format!("tv/{id}.json"), &format!("the series {target}"))?;
        let seasons: Vec<u64> =
            list(&series.value, "/seasons").filter_map(|season| season.get("season_number")?.as_u64()).collect();
        run.planned = 1 + seasons.len();
        for number in seasons {
            let path = format!("/tv/{id}/season/{number}?append_to_response=credits,aggregate_credits,external_ids");
            if !run.get(&path, &format!("tv/{id}/season/{number}.json"))? {
                run.remarks.missing(format_args!("season {number} of {target}"));
            }
        }
    }
    let mut people = BTreeMap::new();
    run.documents.iter().for_each(|document| visit(&document.value, &mut people));
    run.planned = run.documents.len() + people.len();
    for (person, name) in people {
        if !run.get(&format!("/person/{person}?append_to_response=external_ids"), &format!("person/{person}.json"))? {
            run.remarks.missing(format_args!("person tmdb:{person}, {name}"));
        }
    }
    Ok(())
}

pub(super) fn search(client: &mut Client<'_>, text: &str) -> Result<Vec<Found>, SourceError> {
    let answer = client.get(&format!("/search/multi?query={}", encoded(text)))?.unwrap_or_default();
    let found = |item: &Value| {
        let film = match item.get("media_type")?.as_str()? {
            "tv" => false,
            "movie" => true,
            _ => return None,
        };
        let (title, day) = if film { ("title", "release_date") } else { ("name", "first_air_date") };
        let id = item.get("id")?.as_u64()?.to_string();
        let kind = if film { "movie" } else { "tv" };
        Some(Found {
            page: Some(format!("{}/{kind}/{id}", Authority::Tmdb.home())),
            target: Target { authority: Authority::Tmdb, film, id },
            title: item.get(title)?.as_str()?.to_owned(),
            year: item.get(day).and_then(year),
        })
    };
    Ok(list(&answer, "/results").filter_map(found).collect())
}

/// The people of lists of credits: objects with a credit and a name.
fn visit(value: &Value, people: &mut BTreeMap<u64, String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, people)),
        Value::Object(fields) => {
            let credited = ["credit_id", "roles", "jobs"].iter().any(|name| fields.contains_key(*name));
            if let (true, Some(id), Some(name)) =
                (credited, fields.get("id").and_then(Value::as_u64), fields.get("name").and_then(Value::as_str))
            {
                people.insert(id, name.to_owned());
            }
            fields.values().for_each(|inside| visit(inside, people));
        }
        _ => {}
    }
}
