use std::{
    cell::RefCell,
    collections::{BTreeMap, HashSet},
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use chrono::NaiveDate;
use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::{
    build::build,
    entity::{Entity, references},
    item,
};
use crate::source::{
    SourceError,
    json::Report,
    record::{Authority, Records, Remarks},
};

/// Largest entity that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// How often a dump is read: for what is asked for and its parts, for their parts and people, and for what is left.
const PASSES: usize = 4;

/// Reads a dump with one entity a line, plain or compressed by gzip: what it says about the items asked for. `progress` is called
/// with the number of the pass and of lines.
pub fn read_dump(
    path: &Path,
    items: &[String],
    fetched_on: NaiveDate,
    progress: &mut dyn FnMut(usize, u64),
) -> Result<Records, SourceError> {
    let name = path.display().to_string();
    let mut wanted = HashSet::new();
    for text in items {
        let id = text.trim().rsplit('/').next().and_then(item);
        wanted.insert(
            id.ok_or_else(|| SourceError::Request(format!("{text:?} is no item of Wikidata; they look like Q42")))?
                .value,
        );
    }
    let mut remarks = Remarks::default();
    let mut kept: BTreeMap<String, Value> = BTreeMap::new();
    for pass in 1..=PASSES {
        let before = kept.len();
        let open = File::open(path).map_err(|error| SourceError::File { file: name.clone(), error })?;
        // Remarks about lines are the same in each pass.
        let mut ignored = Remarks::default();
        let told = if pass == 1 { &mut remarks } else { &mut ignored };
        lines(BufReader::with_capacity(1 << 16, open), &name, told, |number, line, told| {
            if number.is_multiple_of(1000) {
                progress(pass, number);
            }
            let mentions =
                items.is_empty() || id_in(line).is_some_and(|id| wanted.contains(id)) || parent_in(line, &wanted);
            if !mentions {
                return;
            }
            match serde_json::from_str::<Value>(line) {
                Ok(entity) => {
                    if let Some(id) = entity.get("id").and_then(Value::as_str).map(str::to_owned) {
                        kept.entry(id).or_insert(entity);
                    }
                }
                Err(error) => told.skip(&name, number, format_args!("skipped: the line is not valid JSON ({error})")),
            }
        });
        for (id, entity) in &kept {
            wanted.insert(id.clone());
            wanted.extend(references(entity));
        }
        if kept.len() == before || items.is_empty() {
            break;
        }
    }
    let shared = RefCell::new(remarks);
    let entities =
        kept.iter().map(|(id, value)| (id.clone(), Entity::new(Report::new(&name, &shared).root(value)))).collect();
    let mut records = build(&entities, &[], Records::new(Authority::Wikidata, fetched_on));
    drop(entities);
    let mut told = shared.take();
    told.extend(std::mem::take(&mut records.remarks));
    records.remarks = told;
    Ok(records)
}

/// Calls `each` with the lines that hold an entity, without the comma behind it.
fn lines(
    mut raw: impl BufRead + 'static,
    name: &str,
    remarks: &mut Remarks,
    mut each: impl FnMut(u64, &str, &mut Remarks),
) {
    let compressed = raw.fill_buf().is_ok_and(|start| start.starts_with(b"\x1F\x8B"));
    let mut reader: Box<dyn BufRead> = match compressed {
        true => Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(raw))),
        false => Box::new(raw),
    };
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Err(error) => {
                return remarks.skip(name, number, format_args!("the file ends early or is damaged ({error})"));
            }
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{FEFF}').trim().trim_end_matches(',');
        if text.starts_with('{') {
            each(number, text, remarks);
        }
    }
}

/// The id of the entity of a line, which comes before its statements.
fn id_in(line: &str) -> Option<&str> {
    line.split_once("\"id\":\"")?.1.split('"').next()
}

/// Whether a line is about a season or an episode of one of the items.
fn parent_in(line: &str, wanted: &HashSet<String>) -> bool {
    ["\"P179\":[", "\"P4908\":["].iter().any(|property| {
        let rest = line.split_once(property).map(|(_, rest)| rest.split("],\"P").next().unwrap_or(rest));
        rest.is_some_and(|rest| {
            rest.split("\"id\":\"").skip(1).any(|id| id.split('"').next().is_some_and(|id| wanted.contains(id)))
        })
    })
}
