//! The load: connections that ask one request after the other, in a process of its own.

use std::{
    cell::Cell,
    io::{self, Read, Write},
    net::SocketAddr,
    process::Stdio,
    rc::Rc,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::task::LocalSet;

use crate::{
    Result,
    http::{Connection, broken},
    process::pinned,
};

/// How long a load takes at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to ask for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Load {
    /// Whom.
    pub address: SocketAddr,
    /// How many connections ask at once.
    pub connections: usize,
    /// For how long.
    pub seconds: f64,
    /// At least so many requests, if they take no longer than [`PATIENCE`].
    pub least: usize,
    /// The requests.
    pub requests: Vec<String>,
    /// The places of the requests in the order in which they are sent, again and again.
    pub order: Vec<usize>,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// How many answers came.
    pub answers: usize,
    /// In how many seconds.
    pub seconds: f64,
    /// Half of the answers came within so many seconds.
    pub p50: f64,
    /// 99 of 100 answers came within so many seconds.
    pub p99: f64,
}

impl Load {
    /// Makes the load in a process on the second core.
    pub fn make(&self) -> Result<Outcome> {
        let mut command = pinned(1, &std::env::current_exe()?);
        let mut child = command.arg("drive").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().ok_or("no standard input")?;
        serde_json::to_writer(&mut input, self)?;
        input.flush()?;
        drop(input);
        let output = child.wait_with_output()?;
        if !output.status.success() {
            return Err("a request failed".into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// The process that makes the load.
pub async fn run() -> Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let load: Rc<Load> = Rc::new(serde_json::from_str(&text)?);
    let next = Rc::new(Cell::new(0));
    let start = Instant::now();
    let local = LocalSet::new();
    let asking: Vec<_> =
        (0..load.connections).map(|_| local.spawn_local(ask(Rc::clone(&load), Rc::clone(&next), start))).collect();
    let times = local.run_until(async {
        let mut times = Vec::new();
        for asking in asking {
            times.extend(asking.await??);
        }
        Ok::<_, Box<dyn std::error::Error>>(times)
    });
    let mut times = times.await?;
    let seconds = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let within = |percent: usize| times.get(times.len() * percent / 100).map_or(0.0, Duration::as_secs_f64);
    let outcome = Outcome { answers: times.len(), seconds, p50: within(50), p99: within(99) };
    Ok(serde_json::to_writer(io::stdout(), &outcome)?)
}

async fn ask(load: Rc<Load>, next: Rc<Cell<usize>>, start: Instant) -> io::Result<Vec<Duration>> {
    let end = start + Duration::from_secs_f64(load.seconds);
    let mut connection = Connection::open(load.address).await?;
    let mut times = Vec::new();
    loop {
        let number = next.get();
        next.set(number + 1);
        let before = Instant::now();
        if before >= end && (number >= load.least || before >= start + PATIENCE) {
            return Ok(times);
        }
        let request = &load.requests[load.order[number % load.order.len()]];
        let answer = connection.exchange(request.as_bytes()).await?;
        times.push(before.elapsed());
        if answer.status != 200 || memchr::memmem::find(&answer.body, b"\"errors\":").is_some() {
            let text = String::from_utf8_lossy(&answer.body);
            return Err(broken(&format!("{} for {request}: {text:.500}", answer.status)));
        }
    }
}
