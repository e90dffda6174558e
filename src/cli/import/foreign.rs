//! `castgraph import --from`: takes over the records of TVmaze, TMDB, IMDb or Wikidata.

use std::{
    error::Error,
    fmt::{self, Write as _},
    io::{IsTerminal, Write as _, stderr, stdin},
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::{Outcome, output};
use super::{Import, progress::ProgressLine};
use crate::{
    change::adopt::{self, Adopted, Candidate, Decision, Plan, RANK},
    source::{self, Authority, Records, fetch},
    store::Store,
};

/// A source of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Source {
    /// TVmaze: JSON as its API returns it
    Tvmaze,
    /// TMDB: JSON as its API, version 3, returns it
    Tmdb,
    /// IMDb: the files of its non-commercial data sets
    Imdb,
    /// Wikidata: JSON of entities
    Wikidata,
}

impl Source {
    fn authority(self) -> Authority {
        match self {
            Self::Tvmaze => Authority::Tvmaze,
            Self::Tmdb => Authority::Tmdb,
            Self::Imdb => Authority::Imdb,
            Self::Wikidata => Authority::Wikidata,
        }
    }
}

/// The arguments for foreign sources.
#[derive(Args, Debug)]
pub(super) struct Foreign {
    /// Read files of tvmaze, tmdb, imdb or wikidata
    #[arg(long, value_enum, hide_possible_values = true, value_name = "SOURCE")]
    pub(super) from: Option<Source>,
    /// Ask the service of the source for a show, by id or page
    #[arg(long, value_name = "ID|URL", requires = "from", conflicts_with_all = ["folder", "search"])]
    fetch: Option<String>,
    /// List the shows with this title at the source
    #[arg(long, value_name = "TEXT", requires = "from", conflicts_with = "folder")]
    search: Option<String>,
    /// IMDb titles, or items of a dump of Wikidata, to import, such as tt3230854
    #[arg(long, value_name = "ID", requires = "from", value_delimiter = ',', hide_short_help = true)]
    only: Vec<String>,
    /// Add objects that may be the same, ask, or read decisions from a CSV file
    #[arg(
        long = "match",
        value_name = "new|ask|FILE",
        default_value = "new",
        requires = "from",
        hide_short_help = true
    )]
    matching: String,
    /// Write nothing to the database, and print what would change
    #[arg(long, requires = "from")]
    dry_run: bool,
    /// Sources, most trusted first: which value is shown if they disagree
    #[arg(
        long,
        env = "CASTGRAPH_SOURCE_RANK",
        hide_short_help = true,
        value_enum,
        value_delimiter = ',',
        value_name = "SOURCES"
    )]
    source_rank: Vec<Source>,
    /// The day on which the files were fetched (default: today)
    #[arg(long, value_name = "DATE", requires = "from", hide_short_help = true)]
    fetched: Option<NaiveDate>,
    /// Address of the service, instead of the public one
    #[arg(long, env = "CASTGRAPH_SOURCE_URL", value_name = "URL", hide_short_help = true)]
    source_url: Option<String>,
    /// Key for the service; TMDB needs one
    #[arg(long, env = "CASTGRAPH_SOURCE_KEY", hide_env_values = true, value_name = "KEY", hide_short_help = true)]
    source_key: Option<String>,
    /// Folder for cached answers of services
    #[arg(
        long,
        env = "CASTGRAPH_SOURCE_CACHE",
        default_value = "castgraph-cache",
        value_name = "FOLDER",
        hide_short_help = true
    )]
    source_cache: PathBuf,
}

/// Imports from a foreign source.
pub(super) async fn import(import: &Import, from: Source) -> Outcome {
    let foreign = &import.foreign;
    let today = chrono::Utc::now().date_naive();
    if let Some(text) = &foreign.search {
        let (foreign, text) = (foreign.service(from)?, text.clone());
        let found = tokio::task::spawn_blocking(move || search(foreign, &text)).await??;
        return import.print(&found);
    }
    let records = match (&foreign.fetch, &import.folder) {
        (Some(target), _) => {
            let (service, target, quiet) = (foreign.service(from)?, target.clone(), import.quiet);
            tokio::task::spawn_blocking(move || fetched(service, &target, quiet)).await??
        }
        (None, Some(path)) => {
            let (path, only, day) = (path.clone(), foreign.only.clone(), foreign.fetched.unwrap_or(today));
            let quiet = import.quiet;
            tokio::task::spawn_blocking(move || read(from, &path, &only, day, quiet)).await??
        }
        (None, None) => return Err("name a file or folder, or use --fetch or --search".into()),
    };
    if records.shows.is_empty() {
        for line in records.remarks.lines() {
            output::notice(line);
        }
        return Err(format!("no show of {} was found; see --help for the files that it reads", from.authority()).into());
    }
    let mut plan = Plan { dry_run: foreign.dry_run, ..Plan::default() };
    if !foreign.source_rank.is_empty() {
        plan.rank = foreign.source_rank.iter().map(|source| source.authority()).collect();
        plan.rank.extend(RANK.iter().filter(|known| !foreign.source_rank.iter().any(|own| own.authority() == **known)));
    }
    if !["new", "ask"].contains(&foreign.matching.as_str()) {
        plan.decisions = decisions(Path::new(&foreign.matching))?;
    }
    let work = async |store: &Store| -> Result<Adopted, Box<dyn Error>> {
        if !plan.dry_run {
            store.migrate().await?;
        }
        if foreign.matching == "ask" {
            plan.decisions = ask(store, import, &records, &plan).await?;
        }
        let heading = import.heading(store, || title(&records)).await?;
        let adopted = adopt::adopt(store.write(), &records, &plan, heading).await?;
        if !plan.dry_run {
            store.analyze().await?;
        }
        Ok(adopted)
    };
    let adopted = if foreign.dry_run {
        import.database.on_trial(work).await?
    } else {
        let store = import.database.open().await?;
        let adopted = store.alone(work).await;
        store.close().await?;
        adopted?
    };
    import.print(&if import.json { told_json(&records, &adopted) } else { told(import, &records, &adopted) })
}

/// The usual title of the changeset.
fn title(records: &Records) -> String {
    let titles: Vec<&str> = records.shows.iter().map(|show| show.title.as_str()).take(3).collect();
    let more = records.shows.len().saturating_sub(titles.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("Import of {}{more} from {}", titles.join(", "), records.origin.authority)
}

/// Reads files.
fn read(
    from: Source,
    path: &Path,
    only: &[String],
    day: NaiveDate,
    quiet: bool,
) -> Result<Records, source::SourceError> {
    let line = ProgressLine::new(quiet);
    source::read(from.authority(), path, only, day, &mut |step| {
        let percent = step.bytes * 100 / step.of_bytes.max(1);
        line.show(format_args!("{}: {} rows, {percent}%", step.file, step.rows));
    })
}

impl Foreign {
    fn service(&self, from: Source) -> Result<fetch::Service, String> {
        let authority = from.authority();
        let service = fetch::Service::public(authority, self.source_key.clone(), self.source_cache.clone());
        let mut service = service.ok_or_else(|| format!("{authority} has no service to ask; import its files"))?;
        if let Some(base) = &self.source_url {
            service.base.clone_from(base);
        }
        Ok(service)
    }
}

fn fetched(service: fetch::Service, target: &str, quiet: bool) -> Result<Records, source::SourceError> {
    let target = fetch::Target::parse(service.authority, target)?;
    let clock = fetch::SystemClock;
    let mut client = fetch::Client::new(service, &clock)?;
    let line = ProgressLine::new(quiet);
    fetch::records(&mut client, &target, &mut |step| {
        line.show(format_args!("{} of {} {}", step.done, step.of, step.path));
    })
}

fn search(service: fetch::Service, text: &str) -> Result<String, source::SourceError> {
    let clock = fetch::SystemClock;
    let mut client = fetch::Client::new(service, &clock)?;
    let mut out = String::new();
    for found in fetch::search(&mut client, text)? {
        let year = found.year.map(|year| format!(" ({year})")).unwrap_or_default();
        let page = found.page.map(|page| format!("  {page}")).unwrap_or_default();
        // Writing to a string does not fail.
        let _ = writeln!(out, "--fetch {:<14} {}{year}{page}", found.target.to_string(), found.title);
    }
    Ok(if out.is_empty() { format!("nothing at the source is called {text:?}\n") } else { out })
}

/// The decisions in a CSV file with the columns kind, key, object and decision.
fn decisions(path: &Path) -> Result<Vec<Decision>, Box<dyn Error>> {
    let failed = |reason: &dyn fmt::Display| format!("{}: {reason}", path.display());
    let mut reader = csv::Reader::from_path(path).map_err(|reason| failed(&reason))?;
    let expected = ["kind", "key", "object", "decision"];
    let header = reader.headers().map_err(|reason| failed(&reason))?;
    if header.iter().take(expected.len()).ne(expected) {
        return Err(failed(&format!("the header must begin with {}", expected.join(","))).into());
    }
    let mut decisions = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|reason| failed(&reason))?;
        let cell = |place: usize| record.get(place).unwrap_or_default().trim().to_owned();
        let same = match cell(3).as_str() {
            "same" => true,
            "other" => false,
            "" => continue,
            word => return Err(failed(&format!("{word:?} is no decision; write same or other")).into()),
        };
        if !["show", "person", "character"].contains(&cell(0).as_str()) {
            return Err(failed(&format!("{:?} is no kind; write show, person or character", cell(0))).into());
        }
        decisions.push(Decision { kind: cell(0), key: cell(1), slug: cell(2), same });
    }
    Ok(decisions)
}

/// Asks at the terminal about each candidate.
async fn ask(store: &Store, import: &Import, records: &Records, plan: &Plan) -> Result<Vec<Decision>, Box<dyn Error>> {
    if !stdin().is_terminal() {
        return Err("--match ask needs a terminal; use --match FILE with decisions".into());
    }
    let trial = Plan { dry_run: true, ..plan.clone() };
    let heading = import.heading(store, || title(records)).await?;
    let tried = adopt::adopt(store.write(), records, &trial, heading).await?;
    let mut decisions = Vec::new();
    for candidate in &tried.candidates {
        output::notice(line(candidate));
        loop {
            let _ = write!(stderr(), "Are they the same? [y]es, [n]o, [l]ater: ");
            let mut answer = String::new();
            if stdin().read_line(&mut answer)? == 0 {
                return Ok(decisions);
            }
            let same = match answer.trim().to_lowercase().as_str() {
                "y" | "yes" => true,
                "n" | "no" => false,
                "l" | "later" => break,
                _ => continue,
            };
            let Candidate { kind, key, slug, .. } = candidate;
            decisions.push(Decision { kind: (*kind).to_owned(), key: key.clone(), slug: slug.clone(), same });
            break;
        }
    }
    Ok(decisions)
}

fn line(candidate: &Candidate) -> String {
    let Candidate { kind, key, name, slug, distance, reasons, .. } = candidate;
    format!("{kind} {key} {name:?} may be {slug:?} (distance {distance}: {})", reasons.join(", "))
}

/// The outcome, for people.
fn told(import: &Import, records: &Records, adopted: &Adopted) -> String {
    let mut out = adopted.summary.to_string();
    let mut list = |title: &str, lines: &mut dyn Iterator<Item = String>| {
        let lines: Vec<String> = lines.collect();
        if !lines.is_empty() {
            out.extend([title, "\n"]);
            for line in lines {
                out.extend(["  ", &line, "\n"]);
            }
        }
    };
    list("may be the same; decide with --match ask or --match FILE:", &mut adopted.candidates.iter().map(line));
    list("differences:", &mut adopted.differences.iter().cloned());
    list("missing at the source, and kept:", &mut adopted.missing.iter().cloned());
    list("left out:", &mut adopted.remarks.iter().cloned());
    list("remarks:", &mut records.remarks.lines().into_iter());
    match adopted.changeset {
        Some(_) if import.foreign.dry_run => out += "nothing was changed (--dry-run)\n",
        Some(number) => {
            let line = format!("changeset {number}; castgraph changeset undo {number} takes it back\n");
            out.push_str(&line);
        }
        None => out += "nothing changed\n",
    }
    out
}

/// The outcome, for scripts.
fn told_json(records: &Records, adopted: &Adopted) -> String {
    let mut out = adopted.summary.json();
    let candidate = |candidate: &Candidate| {
        json!({
            "kind": candidate.kind, "key": candidate.key, "name": candidate.name, "object": candidate.slug,
            "distance": candidate.distance, "reasons": candidate.reasons,
        })
    };
    if let Some(members) = out.as_object_mut() {
        members.insert("changeset".to_owned(), json!(adopted.changeset));
        members.insert("candidates".to_owned(), adopted.candidates.iter().map(candidate).collect());
        members.insert("differences".to_owned(), json!(adopted.differences));
        members.insert("missing".to_owned(), json!(adopted.missing));
        members.insert("leftOut".to_owned(), json!(adopted.remarks));
        members.insert("remarks".to_owned(), json!(records.remarks.lines()));
    }
    format!("{out}\n")
}
