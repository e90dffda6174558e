use std::{
    cell::RefCell,
    collections::{BTreeMap, HashSet},
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    build::build,
    item::{Entity, references},
    item_id,
};
use crate::source::{
    Progress, SourceError,
    document::decompressed,
    json::Report,
    record::{Authority, Records, Remarks},
};

/// Largest entity that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// How often a dump is read: for what is asked for and its parts, for their parts and people, and for what is left.
const PASSES: usize = 4;

/// Whether a file has one entity a line.
pub fn is_dump(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut reader = decompressed(BufReader::new(file));
    let mut first = Vec::new();
    for _ in 0..2 {
        first.clear();
        if reader.by_ref().take(LONGEST).read_until(b'\n', &mut first).is_err() {
            return false;
        }
        let line = String::from_utf8_lossy(&first);
        let line = line.trim_start_matches('\u{FEFF}').trim();
        if line.starts_with("{\"") {
            // An answer in one line has all entities in it, under their ids.
            return line.ends_with(['}', ',']) && !line.starts_with("{\"entities\"");
        }
        if line != "[" {
            return false;
        }
    }
    false
}

/// Reads a dump with one entity a line, plain or compressed by gzip: what it says about the items asked for.
pub fn read_dump(
    path: &Path,
    items: &[String],
    fetched_on: NaiveDate,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Records, SourceError> {
    let name = path.display().to_string();
    let size = std::fs::metadata(path).map_or(0, |file| file.len());
    let mut wanted = HashSet::new();
    for text in items {
        let id = text.trim().rsplit('/').next().and_then(item_id);
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
        let mut bytes = 0;
        lines(BufReader::with_capacity(1 << 16, open), &name, told, |number, line, told| {
            bytes += line.len() as u64;
            if number.is_multiple_of(1000) {
                progress(Progress { file: &name, rows: number, bytes: bytes.min(size), of_bytes: size });
            }
            match id_in(line) {
                Ok(id) if items.is_empty() || wanted.contains(id) || parent_in(line, &wanted) => {}
                Ok(_) => return,
                Err(error) => {
                    return told.skip(&name, number, format_args!("skipped: the line is not valid JSON ({error})"));
                }
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
    let records = build(&entities, &[], Records::new(Authority::Wikidata, fetched_on));
    Ok(records.after(shared.take()))
}

/// Calls `each` with the lines that hold an entity, without the comma behind it.
fn lines(raw: BufReader<File>, name: &str, remarks: &mut Remarks, mut each: impl FnMut(u64, &str, &mut Remarks)) {
    let mut reader = decompressed(raw);
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

/// The id of the entity of a line. Dumps have it near the beginning; in other lines it is looked for.
fn id_in(line: &str) -> Result<&str, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Identified<'a> {
        id: &'a str,
    }
    if let Some(id) = line.strip_prefix("{\"type\":\"item\",\"id\":\"").and_then(|rest| rest.split('"').next()) {
        return Ok(id);
    }
    serde_json::from_str::<Identified<'_>>(line).map(|line| line.id)
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
