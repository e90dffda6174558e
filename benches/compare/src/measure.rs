//! The run: one question after the other, each to all contenders in turn.

use std::path::Path;

use crate::{
    Result, Settings,
    answer::values,
    contender::{Contender, Kind},
    database,
    drive::{Load, Outcome},
    handwritten,
    keys::{Keys, Order},
    question::Question,
    table::{self, Row},
};

/// The port of the first contender.
const PORT: u16 = 18_400;

/// How many answers of each contender to each question are compared with those of the hand-written statement.
const COMPARED: usize = 5;

/// Rounds of each measurement.
const ROUNDS: u32 = 6;

/// Requests before each measurement, if there is time for them: so many are needed until a just-in-time compiler has done
/// its work.
const WARM_UP: usize = 1_000;

/// Measures, and prints the tables.
pub async fn run(settings: &Settings) -> Result<()> {
    let db = database::prepare(settings).await?;
    let keys = Keys::read(&db).await?;
    let wanted = |kind: &Kind| settings.contenders.is_empty() || settings.contenders.contains(kind);
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(wanted).collect();
    let on_file = kinds.iter().any(|kind| matches!(kind, Kind::CastgraphSqliteCold | Kind::CastgraphSqliteWarm));
    let sqlite = if on_file { database::prepare_sqlite(settings)? } else { Path::new("").to_owned() };
    let (mut rows, mut remarks, mut contenders) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, port) in kinds.into_iter().zip(PORT..) {
        let started = Contender::start(kind, port, settings, &sqlite).await;
        contenders.extend(unless_peer(kind, started, |reason| remarks.push(reason))?);
    }
    for question in Question::ALL {
        eprintln!("{}", question.title());
        let mut ready = Vec::new();
        for contender in &contenders {
            let (kind, title) = (contender.kind, question.title());
            if let Some(reason) = contender.differs(question) {
                remarks.push(format!("{}, “{title}”: {reason}.", kind.name()));
            }
            let keys = prepare(&db, &keys, question, contender).await;
            let tell = |reason| remarks.push(format!("{}, “{title}”: {reason}", kind.name()));
            ready.extend(unless_peer(kind, keys, tell)?.map(|keys| (contender, keys)));
        }
        for order in [Order::Rotating, Order::Zipf] {
            let cells = ready.iter().map(|(contender, keys)| Cell::new(settings, question, order, contender, keys));
            rows.extend(measure(settings, cells.collect::<Result<_>>()?, &mut remarks).await?);
        }
    }
    print!("{}", table::markdown(&rows, &remarks));
    Ok(())
}

/// What a contender gave. What a peer cannot do is told; it does not hinder the others.
fn unless_peer<T>(kind: Kind, outcome: Result<T>, tell: impl FnOnce(String)) -> Result<Option<T>> {
    match outcome {
        Ok(given) => Ok(Some(given)),
        Err(reason) if kind.is_peer() => {
            tell(reason.to_string());
            Ok(None)
        }
        Err(reason) => Err(reason),
    }
}

/// The keys of a question for a contender that gives the right answers.
async fn prepare(db: &sqlx::PgPool, keys: &Keys, question: Question, contender: &Contender) -> Result<Vec<String>> {
    let keys_here = keys.of(question, contender).await?;
    if contender.kind != Kind::Constant && contender.differs(question).is_none() {
        compare(db, keys, question, contender, &keys_here).await?;
    }
    Ok(keys_here)
}

/// Holds answers of a contender against those of the hand-written statement.
async fn compare(
    db: &sqlx::PgPool,
    keys: &Keys,
    question: Question,
    contender: &Contender,
    keys_here: &[String],
) -> Result<()> {
    let own = keys.own(question);
    for place in (0..own.len()).step_by(own.len().div_ceil(COMPARED).max(1)) {
        let want = serde_json::from_str(&handwritten::answer(db, question, &own[place]).await?)?;
        let got = contender.send(&contender.request(question, &keys_here[place])?).await?;
        if values(&got) != values(&want) {
            let name = contender.kind.name();
            let (got, want) = (got.to_string(), want.to_string());
            return Err(format!("{name}, {:?} for {}: {got:.500}\nand not {want:.500}", question, own[place]).into());
        }
    }
    Ok(())
}

/// Measures all contenders in one question and order, in rounds: each is asked for a short time, and then the next. So
/// a minute in which the machine is slow is slow for all of them.
async fn measure(settings: &Settings, mut cells: Vec<Cell<'_>>, remarks: &mut Vec<String>) -> Result<Vec<Row>> {
    for round in 0..=ROUNDS {
        let mut going = Vec::new();
        for mut cell in cells {
            let done = if round == 0 { cell.warm_up(settings) } else { cell.round().await };
            let (kind, title) = (cell.contender.kind, cell.question.title());
            let tell = |reason| remarks.push(format!("{}, “{title}”: {reason}", kind.name()));
            going.extend(unless_peer(kind, done, tell)?.map(|()| cell));
        }
        cells = going;
    }
    cells.into_iter().map(Cell::row).collect()
}

/// One contender in one question and order.
struct Cell<'c> {
    contender: &'c Contender,
    question: Question,
    order: Order,
    load: Load,
    outcomes: Vec<Outcome>,
    cpu: f64,
    statements: Option<f64>,
}

impl<'c> Cell<'c> {
    fn new(
        settings: &Settings,
        question: Question,
        order: Order,
        contender: &'c Contender,
        keys: &[String],
    ) -> Result<Self> {
        let requests = keys.iter().map(|key| Ok(String::from_utf8(contender.request(question, key)?)?));
        let load = Load {
            address: contender.address,
            connections: settings.connections,
            seconds: 0.0,
            least: 0,
            requests: requests.collect::<Result<_>>()?,
            order: order.places(keys.len()),
        };
        Ok(Self { contender, question, order, load, outcomes: Vec::new(), cpu: 0.0, statements: Some(0.0) })
    }

    /// Asks for every key, and makes ready for the rounds.
    fn warm_up(&mut self, settings: &Settings) -> Result<()> {
        self.load.least = WARM_UP.max(self.load.requests.len());
        self.load.make()?;
        self.load.least = 0;
        self.load.seconds = settings.seconds / f64::from(ROUNDS);
        self.contender.server.forget_peak()
    }

    async fn round(&mut self) -> Result<()> {
        let (cpu, sent) = (self.contender.server.cpu()?, statements(self.contender).await?);
        let outcome = self.load.make()?;
        self.cpu += self.contender.server.cpu()? - cpu;
        let more = statements(self.contender).await?.zip(sent).map(|(after, before)| after - before);
        self.statements = self.statements.zip(more).map(|(sum, more)| sum + more);
        // The next round goes on where this one ended.
        let next = outcome.answers % self.load.order.len();
        self.load.order.rotate_left(next);
        self.outcomes.push(outcome);
        Ok(())
    }

    fn row(self) -> Result<Row> {
        #[expect(clippy::cast_precision_loss, reason = "no run has so many answers")]
        let answers = self.outcomes.iter().map(|outcome| outcome.answers).sum::<usize>() as f64;
        Ok(Row {
            kind: self.contender.kind,
            question: self.question,
            order: self.order,
            throughput: answers / self.outcomes.iter().map(|outcome| outcome.seconds).sum::<f64>(),
            p50: median(self.outcomes.iter().map(|outcome| outcome.p50)),
            p99: median(self.outcomes.iter().map(|outcome| outcome.p99)),
            cpu: self.cpu / answers,
            peak: self.contender.server.peak()?,
            statements: self.statements.map(|statements| statements / answers),
        })
    }
}

/// The middle one of the values of all rounds.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// How many statements castgraph has sent so far.
async fn statements(contender: &Contender) -> Result<Option<f64>> {
    if !contender.kind.is_castgraph() {
        return Ok(None);
    }
    contender.number("statements_total").await
}
