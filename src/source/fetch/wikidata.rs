use std::collections::BTreeSet;

use serde_json::Value;

use super::{Client, Found, Run, Target, encoded};
use crate::source::{SourceError, record::Authority, wikidata::references};

/// Items in one request, as many as the service allows.
const BATCH: usize = 50;

/// How far the items are from the one asked for: its seasons, their episodes, and the people in them.
const STEPS: usize = 4;

/// Fetches an item and those that it refers to.
pub(super) fn item(run: &mut Run<'_, '_>, target: &Target) -> Result<(), SourceError> {
    let mut asked = BTreeSet::new();
    let mut next = BTreeSet::from([target.id.clone()]);
    for step in 0..STEPS {
        let batch: Vec<String> = next.iter().filter(|id| !asked.contains(*id)).cloned().collect();
        let first = run.documents.len();
        run.planned = first + batch.len().div_ceil(BATCH);
        for (place, ids) in batch.chunks(BATCH).enumerate() {
            let path = format!(
                "/w/api.php?action=wbgetentities&format=json&redirects=yes&props=info%7Clabels%7Caliases%7Cdescriptions%7Cclaims&ids={}",
                ids.join("%7C")
            );
            run.get(&path, &format!("entities/{step}-{place}.json"))?;
        }
        asked.extend(batch);
        next.clear();
        for document in run.documents.iter().skip(first) {
            let entities = document.value.get("entities").and_then(Value::as_object).into_iter().flatten();
            for (id, entity) in entities {
                if step == 0 && entity.get("missing").is_some() {
                    return Err(SourceError::Request(format!("the item {id} does not exist at the source")));
                }
                next.extend(references(entity));
            }
        }
    }
    Ok(())
}

pub(super) fn search(client: &mut Client<'_>, text: &str) -> Result<Vec<Found>, SourceError> {
    let path = format!("/w/api.php?action=wbsearchentities&format=json&language=en&type=item&search={}", encoded(text));
    let answer = client.get(&path)?.unwrap_or_default();
    let found = |item: &Value| {
        let id = item.get("id")?.as_str()?.to_owned();
        let label = item.get("label")?.as_str()?;
        let description = item.get("description").and_then(Value::as_str);
        Some(Found {
            page: Some(format!("{}/wiki/{id}", Authority::Wikidata.home())),
            target: Target { authority: Authority::Wikidata, film: false, id },
            title: description.map_or_else(|| label.to_owned(), |description| format!("{label} ({description})")),
            year: None,
        })
    };
    Ok(answer.get("search").and_then(Value::as_array).into_iter().flatten().filter_map(found).collect())
}
