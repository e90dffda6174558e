//! Sources, their claims, and citations.

use std::collections::{HashMap, HashSet};

use entity::{claim::Status, source::Kind};

use super::{Known, subjects::Subjects};
use crate::import::{
    Faults,
    data_set::{Citation, Claim, Source, Support},
    row::Row,
    table::Table,
};

pub(super) fn sources(table: &Table, faults: &mut Faults) -> Vec<Source> {
    let mut sources = Vec::new();
    for row in table.rows() {
        row.needed("kind", faults);
        let address = row.text("address");
        if let Some(address) = &address
            && !(address.starts_with("https://") || address.starts_with("http://"))
        {
            row.fault(faults, "address", format!("{address:?} does not begin with https:// or http://"));
        }
        sources.push(Source {
            slug: row.get("key").to_owned(),
            publisher: row.text("publisher"),
            title: row.text("title"),
            author: row.text("author"),
            published_on: row.date("published", faults),
            address,
            kind: row.word("kind", '-', faults).unwrap_or(Kind::Article),
            note: row.text("note"),
            licence: row.text("licence"),
            fetched_on: row.date("fetched", faults),
        });
    }
    sources
}

pub(super) fn claims(table: &Table, subjects: &Subjects, known: &Known, faults: &mut Faults) -> Vec<Claim> {
    let mut claims = Vec::new();
    for row in table.rows() {
        let subject = subjects.find(row, "subject_file", "subject_key", faults);
        known.sources.needed(row, "source", "sources.csv", faults);
        row.needed("status", faults);
        let status = row.word("status", '-', faults);
        superseded(row, status, known, faults);
        let (about, statement) = (row.needed("predicate", faults), row.needed("value", faults));
        let claimed_on = row.date("claimed_on", faults);
        let Some(subject) = subject else { continue };
        claims.push(Claim {
            slug: row.get("slug").to_owned(),
            subject,
            source: row.get("source").to_owned(),
            about,
            statement,
            claimed_on,
            status: status.unwrap_or(Status::Unverified),
            superseded_by: row.text("superseded_by"),
            note: row.text("note"),
        });
    }
    claims
}

/// Checks that only superseded claims name a successor, and that there are no cycles.
fn superseded(row: Row<'_>, status: Option<Status>, known: &Known, faults: &mut Faults) {
    let next = known.claims.optional(row, "superseded_by", "claims.csv", faults);
    if !row.get("superseded_by").is_empty() && status.is_some_and(|status| status != Status::Superseded) {
        row.fault(faults, "superseded_by", "must be empty unless the status is superseded");
    }
    let (mut next, mut seen) = (next, HashSet::new());
    while let Some(claim) = next.filter(|claim| seen.insert(claim.line)) {
        next = known.claims.get(claim.get("superseded_by"));
    }
    // All claims in a cycle lead back to themselves; report only the first.
    if seen.contains(&row.line) && seen.iter().all(|line| row.line <= *line) {
        row.fault(faults, "superseded_by", "leads back to this claim");
    }
}

/// The citations in `citations.csv`.
pub(super) fn citations(
    table: &Table,
    subjects: &Subjects,
    claims: &[Claim],
    known: &Known,
    faults: &mut Faults,
) -> Vec<Citation> {
    let claims: HashMap<&str, &Claim> = claims.iter().map(|claim| (claim.slug.as_str(), claim)).collect();
    let mut lines = HashMap::new();
    let mut citations = Vec::new();
    for row in table.rows() {
        let subject = subjects.find(row, "file", "key", faults);
        known.sources.needed(row, "source", "sources.csv", faults);
        known.claims.optional(row, "claim", "claims.csv", faults);
        let field = row.needed("field", faults);
        let cells = ["source", "file", "key", "field", "claim"].map(|column| row.get(column));
        if let Some(line) = lines.insert(cells, row.line) {
            row.fault(faults, "", format!("line {line} has the same citation"));
        }
        let Some(subject) = subject else { continue };
        if let Some(claim) = claims.get(row.get("claim")) {
            if claim.source != row.get("source") && known.sources.get(row.get("source")).is_some() {
                row.fault(faults, "claim", format!("{:?} belongs to the source {:?}", claim.slug, claim.source));
            }
            if claim.subject != subject {
                row.fault(faults, "claim", format!("{:?} is about another row", claim.slug));
            }
        }
        let source = row.get("source").to_owned();
        citations.push(Citation { subject, source, field, claim: row.text("claim") });
    }
    let mut seen = HashSet::new();
    citations.retain(|citation| seen.insert(citation.clone()));
    citations
}

/// The sources in the column `verified` of all rows, each once, sorted by record. A citation of a field makes one of the
/// whole row unnecessary.
pub(super) fn supports(mut supports: Vec<Support>, citations: &[Citation], known: &Known) -> Vec<Support> {
    let cited = citations.iter().filter_map(|citation| {
        let source = known.sources.get(&citation.source)?.place;
        Some(Support { subject: citation.subject, source })
    });
    let cited: HashSet<Support> = cited.collect();
    supports.sort_by_key(|support| (i32::from(support.subject.kind), support.subject.place));
    let mut of = None;
    let mut sources = Vec::new();
    supports.retain(|support| {
        if of.replace(support.subject) != Some(support.subject) {
            sources.clear();
        }
        if sources.contains(&support.source) || cited.contains(support) {
            return false;
        }
        sources.push(support.source);
        true
    });
    supports.shrink_to_fit();
    supports
}

/// Checks the column `verified`.
pub(super) fn verified(row: Row<'_>, known: &Known, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for word in row.list("verified") {
        if !seen.insert(word) {
            row.fault(faults, "verified", format!("{word:?} appears twice"));
        } else if let Some(source) = word.strip_prefix("source:") {
            known.sources.find(row, "verified", source, "sources.csv", faults);
        } else if word != "general" {
            row.fault(faults, "verified", format!("{word:?} is neither general nor source: with a key of sources.csv"));
        }
    }
}
