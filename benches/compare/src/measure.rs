//! The run: one contender after the other, each with all questions in both orders.

use std::path::Path;

use crate::{
    Result, Settings,
    answer::values,
    contender::{Contender, Kind},
    database,
    drive::Load,
    handwritten,
    keys::{Keys, Order},
    question::Question,
    table::{self, Row},
};

/// The port of the first contender.
const PORT: u16 = 18_400;

/// How many answers of each contender to each question are compared with those of the hand-written statement.
const COMPARED: usize = 5;

/// Requests before each measurement, at least: so many are needed until a just-in-time compiler has done its work.
const WARM_UP: usize = 1_000;

/// Measures, and prints the tables.
pub async fn run(settings: &Settings) -> Result<()> {
    let db = database::prepare(settings).await?;
    let keys = Keys::read(&db).await?;
    let wanted = |kind: &Kind| settings.contenders.is_empty() || settings.contenders.contains(kind);
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(wanted).collect();
    let on_file = kinds.iter().any(|kind| matches!(kind, Kind::CastgraphSqliteCold | Kind::CastgraphSqliteWarm));
    let sqlite = if on_file { database::prepare_sqlite(settings)? } else { Path::new("").to_owned() };
    let mut rows = Vec::new();
    let mut remarks = Vec::new();
    for (kind, port) in kinds.into_iter().zip(PORT..) {
        eprintln!("{}", kind.name());
        let contender = match Contender::start(kind, port, settings, &sqlite).await {
            Ok(contender) => contender,
            Err(reason) if kind.is_peer() => {
                remarks.push(reason.to_string());
                continue;
            }
            Err(reason) => return Err(reason),
        };
        for question in Question::ALL {
            if let Some(reason) = contender.differs(question) {
                remarks.push(format!("{}, “{}”: {reason}.", kind.name(), question.title()));
            }
            match both(settings, &db, &keys, question, &contender).await {
                Ok(both) => rows.extend(both),
                // What a peer cannot do is told; it does not hinder the others.
                Err(reason) if kind.is_peer() => {
                    remarks.push(format!("{}, “{}”: {reason}", kind.name(), question.title()));
                }
                Err(reason) => return Err(reason),
            }
        }
    }
    print!("{}", table::markdown(&rows, &remarks));
    Ok(())
}

/// One question to one contender, in both orders.
async fn both(
    settings: &Settings,
    db: &sqlx::PgPool,
    keys: &Keys,
    question: Question,
    contender: &Contender,
) -> Result<[Row; 2]> {
    let keys_here = keys.of(question, contender).await?;
    if contender.kind != Kind::Constant && contender.differs(question).is_none() {
        compare(db, keys, question, contender, &keys_here).await?;
    }
    Ok([
        measure(settings, question, Order::Rotating, contender, &keys_here).await?,
        measure(settings, question, Order::Zipf, contender, &keys_here).await?,
    ])
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
        let got = contender.send(&contender.request(question, &keys_here[place])).await?;
        if values(&got) != values(&want) {
            let name = contender.kind.name();
            let (got, want) = (got.to_string(), want.to_string());
            return Err(format!("{name}, {:?} for {}: {got:.500}\nand not {want:.500}", question, own[place]).into());
        }
    }
    Ok(())
}

async fn measure(
    settings: &Settings,
    question: Question,
    order: Order,
    contender: &Contender,
    keys: &[String],
) -> Result<Row> {
    let requests = keys.iter().map(|key| String::from_utf8(contender.request(question, key)));
    let mut load = Load {
        address: contender.address,
        connections: settings.connections,
        seconds: 0.0,
        least: WARM_UP.max(keys.len()),
        requests: requests.collect::<Result<_, _>>()?,
        order: Order::Rotating.places(keys.len()),
    };
    load.make()?;
    load.order = order.places(keys.len());
    load.seconds = settings.seconds;
    load.least = 0;
    contender.server.forget_peak()?;
    let (cpu, statements) = (contender.server.cpu()?, statements(contender).await?);
    let outcome = load.make()?;
    #[expect(clippy::cast_precision_loss, reason = "no run has so many answers")]
    let answers = outcome.answers as f64;
    Ok(Row {
        kind: contender.kind,
        question,
        order,
        throughput: answers / outcome.seconds,
        p50: outcome.p50,
        p99: outcome.p99,
        cpu: (contender.server.cpu()? - cpu) / answers,
        peak: contender.server.peak()?,
        statements: match (statements, self::statements(contender).await?) {
            (Some(before), Some(after)) => Some((after - before) / answers),
            _ => None,
        },
    })
}

/// How many statements castgraph has sent so far.
async fn statements(contender: &Contender) -> Result<Option<f64>> {
    if !contender.kind.is_castgraph() {
        return Ok(None);
    }
    contender.number("statements_total").await
}
