//! Processes on a core of their own, and what they have used.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::Result;

/// Ticks of a second in `/proc/*/stat`; Linux shows programs 100 on all machines.
///
/// Source: <https://man7.org/linux/man-pages/man7/time.7.html>
const TICKS: f64 = 100.0;

/// How often, ten times a second, a server is tried that does not answer yet.
const TRIES: u32 = 600;

/// A command that will run on one core.
pub fn pinned(core: usize, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// A server that ends with its value.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// Starts it, and waits until it takes connections. What it writes is lost.
    pub async fn start(command: &mut Command, address: SocketAddr) -> Result<Self> {
        if TcpStream::connect(address).is_ok() {
            return Err(format!("something answers at {address} already").into());
        }
        let mut server = Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        for _ in 0..TRIES {
            if TcpStream::connect(address).is_ok() {
                return Ok(server);
            }
            if let Some(status) = server.0.try_wait()? {
                return Err(format!("it ended with {status}: {command:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("it did not answer within a minute: {command:?}").into())
    }

    /// Seconds of CPU that it has used, for itself and in the kernel. `taskset` becomes the program that it starts.
    pub fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // The name, in brackets, may have spaces; the 12th and 13th value behind it are the times.
        let values = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: Vec<f64> = values.skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(ticks.iter().sum::<f64>() / TICKS)
    }

    /// Forgets the peak of its memory so far.
    pub fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.0.id()), "5")?)
    }

    /// The peak of its memory in MiB.
    pub fn peak(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak in /proc")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended; there is nothing else to do about it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
