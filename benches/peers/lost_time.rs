//! Time a virtual machine loses without its kernel knowing: a process pinned to each core sleeps
//! two milliseconds at a time, at real-time priority, and adds up by how much it wakes too late.
//!
//! CPU accounting cannot tell: what the host took away counts as time of whoever was running.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, broken, io};
use crate::process::{CLIENT_CORE, SERVER_CORE, cpu_us};

/// A window that lost more than this share of its time to the host, or in which other processes
/// used more than this share of a core, is marked and repeated.
pub(crate) const LOST_SHARE_MAX: f64 = 0.05;

/// Whether a window cannot be trusted.
pub(crate) fn is_lossy(lost: Option<f64>, others: f64) -> bool {
    others > LOST_SHARE_MAX || lost.is_some_and(|lost| lost > LOST_SHARE_MAX)
}

/// How long the watch sleeps: shorter costs what is measured, longer misses short gaps.
const NAP: Duration = Duration::from_millis(2);

/// Waking up so late is the timer's own imprecision, or the kernel's work for the network.
const LATE_US: u64 = 300;

/// Real-time priority: above everything that is measured.
const PRIORITY: &str = "10";

/// The watch itself: a line in asks for the sum so far, a line out is the answer, microseconds.
pub(crate) fn watch() {
    static LOST_US: AtomicU64 = AtomicU64::new(0);
    std::thread::spawn(|| {
        loop {
            let before = Instant::now();
            std::thread::sleep(NAP);
            let late = before.elapsed().saturating_sub(NAP).as_micros();
            let late = u64::try_from(late).unwrap_or(u64::MAX);
            if late > LATE_US {
                LOST_US.fetch_add(late, Ordering::Relaxed);
            }
        }
    });
    let mut out = std::io::stdout();
    for _ in std::io::stdin().lock().lines().map_while(Result::ok) {
        let sum = LOST_US.load(Ordering::Relaxed);
        if writeln!(out, "{sum}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// The watches of both cores.
pub(crate) struct LostTime {
    cores: Vec<Watch>,
}

struct Watch {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl LostTime {
    /// Starts a watch on each core; an error when the system grants no real-time priority.
    pub(crate) fn start() -> Result<Self, Error> {
        let cores = [SERVER_CORE, CLIENT_CORE];
        Ok(Self { cores: cores.into_iter().map(Watch::start).collect::<Result<_, _>>()? })
    }

    /// CPU time of the watches themselves, microseconds.
    pub(crate) fn cpu_us(&self) -> u64 {
        self.cores.iter().map(|watch| cpu_us(watch.child.id())).sum()
    }

    /// Microseconds lost so far on each core.
    pub(crate) fn read(&mut self) -> Result<Vec<u64>, Error> {
        self.cores.iter_mut().map(Watch::read).collect()
    }
}

impl Watch {
    fn start(core: &str) -> Result<Self, Error> {
        let own = std::env::current_exe().map_err(io("own program"))?;
        let mut child = Command::new("chrt")
            .args(["-f", PRIORITY, "taskset", "-c"])
            .arg(core)
            .arg(own)
            .arg("--watch")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(io("chrt"))?;
        let ask = child.stdin.take().ok_or_else(|| broken("the watch has no input"))?;
        let out = child.stdout.take().ok_or_else(|| broken("the watch has no output"))?;
        let mut watch = Self { child, ask, answers: BufReader::new(out) };
        watch.read()?;
        Ok(watch)
    }

    fn read(&mut self) -> Result<u64, Error> {
        self.ask.write_all(b"\n").map_err(io("the watch over lost time"))?;
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(io("the watch over lost time"))?;
        line.trim().parse().map_err(|_| broken("the watch over lost time does not answer"))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
