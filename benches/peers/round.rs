//! One trial: a fresh server on its core, a client on the other, warmed up, and measured over a
//! steady window from outside. A window that lost too much time is marked and repeated.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::contender::{Contender, Tool, Way};
use crate::counters::Counters;
use crate::error::{Error, io};
use crate::identity::Chain;
use crate::lost_time::{LostTime, is_lossy};
use crate::muster::Muster;
use crate::process::{CLIENT_CORE, CommandLine, Pinned, machine_us};
use crate::report::say;
use crate::server::Role;
use crate::server_process::ServerProcess;

/// How often the opening of connections is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// More time for each connection to open: ten thousand users of Locust take minutes to start.
const OPENING: Duration = Duration::from_millis(10);

/// Longest wait for the end of a muster run after its window.
const END_TIME_MAX: Duration = Duration::from_secs(60);

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// Between the last connection's opening and the window.
    pub(crate) warm: Duration,
    /// The steady window.
    pub(crate) window: Duration,
    /// Longest wait for all connections, beside what each takes.
    pub(crate) open_max: Duration,
    /// Trials of one measurement before a lossy one is kept with its mark.
    pub(crate) attempts_max: u32,
}

/// What one steady window showed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steady {
    /// Requests per second.
    pub(crate) rate: f64,
    /// New connections per second, full or resumed.
    pub(crate) connections: f64,
    /// Of those, resumed: a share.
    pub(crate) resumed: f64,
    /// Client CPU per request, microseconds.
    pub(crate) client_us: f64,
    /// Share of a core the client used.
    pub(crate) client_busy: f64,
    /// Share of a core the server used.
    pub(crate) server_busy: f64,
    /// Client memory at the end, bytes.
    pub(crate) rss: u64,
    /// Connections open at the start.
    pub(crate) open: u64,
    /// Requests that were not what was asked for.
    pub(crate) bad: u64,
    /// Share of the window that was lost on the worse of the cores; none when nobody watched.
    pub(crate) lost: Option<f64>,
    /// What other processes used on the two cores, as a share of one.
    pub(crate) others: f64,
    /// How it was started.
    pub(crate) command: String,
}

impl Steady {
    /// Whether too much time was lost for it to count.
    pub(crate) fn is_marked(&self) -> bool {
        is_lossy(self.lost, self.others)
    }
}

/// Everything a trial needs.
pub(crate) struct Bench {
    pub(crate) folder: PathBuf,
    pub(crate) timing: Timing,
    pub(crate) muster: Option<Muster>,
    pub(crate) lost: Option<LostTime>,
    /// Windows that lost too much time.
    pub(crate) marked: u32,
    /// Windows in all.
    pub(crate) windows: u32,
}

impl Bench {
    /// A bench in a folder of its own below the system's temporary one.
    pub(crate) fn new(timing: Timing, muster: Option<Muster>) -> Result<Self, Error> {
        let folder = std::env::temp_dir().join(format!("muster-peers-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(io(folder.to_string_lossy()))?;
        for (name, text) in [
            ("post.lua", include_str!("post.lua")),
            ("locustfile.py", include_str!("locustfile.py")),
        ] {
            std::fs::write(folder.join(name), text).map_err(io(name))?;
        }
        crate::journey::write_bodies(&folder)?;
        let lost = LostTime::start();
        if let Err(error) = &lost {
            say(&format!("lost time is not watched: {error}"));
        }
        Ok(Self { folder, timing, muster, lost: lost.ok(), marked: 0, windows: 0 })
    }

    /// CPU time of everything on the two cores but the watches, microseconds.
    pub(crate) fn machine_us(&self) -> u64 {
        machine_us().saturating_sub(self.lost.as_ref().map_or(0, LostTime::cpu_us))
    }

    /// Whether lost time is watched.
    pub(crate) const fn is_watched(&self) -> bool {
        self.lost.is_some()
    }

    /// Measures `contender`, again when too much time was lost.
    pub(crate) fn contend(
        &mut self,
        contender: &Contender,
        way: Way,
        users: u32,
    ) -> Result<Steady, String> {
        let is_muster = contender.tool == Tool::Muster;
        self.steady(way.role(), users, is_muster, |bench, server| {
            contender.line(way, users, server, &bench.folder, bench.muster.as_ref())
        })
    }

    /// Measures whatever `line` starts once `users` connections are open.
    pub(crate) fn steady(
        &mut self,
        role: Role,
        users: u32,
        ends_by_itself: bool,
        line: impl Fn(&Self, &ServerProcess) -> Result<CommandLine, String>,
    ) -> Result<Steady, String> {
        let mut attempt = 1;
        loop {
            let server = self.server(role, Chain::FourTier)?;
            let line = line(self, &server)?;
            let steady = self.window(&server, users, ends_by_itself, &line)?;
            self.windows += 1;
            self.marked += u32::from(steady.is_marked());
            if !steady.is_marked() || attempt == self.timing.attempts_max {
                return Ok(steady);
            }
            let lost = steady.lost.unwrap_or_default() * 100.0;
            let others = steady.others * 100.0;
            say(&format!("  {lost:.0} % lost, {others:.0} % of a core used by others: again"));
            attempt += 1;
        }
    }

    /// A fresh server.
    pub(crate) fn server(&self, role: Role, chain: Chain) -> Result<ServerProcess, String> {
        ServerProcess::start(role, chain, &self.folder).map_err(|error| error.to_string())
    }

    fn window(
        &mut self,
        server: &ServerProcess,
        users: u32,
        ends_by_itself: bool,
        line: &CommandLine,
    ) -> Result<Steady, String> {
        let started = |error: Error| error.to_string();
        let mut client = Pinned::start(CLIENT_CORE, line, &self.folder).map_err(started)?;
        self.opened(server, users, &mut client)?;
        std::thread::sleep(self.timing.warm);
        let before = self.sample(server, &client)?;
        std::thread::sleep(self.timing.window);
        if let Some(code) = client.ended() {
            return Err(format!("it ended early with {code}: {}", client.complaint()));
        }
        let after = self.sample(server, &client)?;
        let steady = between(&before, &after, line);
        if steady.rate == 0.0 && steady.connections == 0.0 {
            return Err(format!("no requests: {}", client.complaint()));
        }
        if ends_by_itself {
            let ended = client.wait(END_TIME_MAX);
            self.judged(ended, &client)?;
        }
        Ok(steady)
    }

    /// A muster run is believed when its own load summary knows of no error.
    fn judged(&self, ended: Option<i32>, client: &Pinned) -> Result<(), String> {
        let Some(code) = ended else { return Err("it does not end".to_owned()) };
        let summary = crate::muster::load_summary(&self.folder)
            .map_err(|why| format!("{why}; exit {code}: {}", client.complaint()))?;
        match crate::muster::number(&summary, "/totals/errors")? {
            0.0 => Ok(()),
            errors => Err(format!("{errors} of its exchanges failed")),
        }
    }

    fn opened(
        &self,
        server: &ServerProcess,
        users: u32,
        client: &mut Pinned,
    ) -> Result<(), String> {
        let since = Instant::now();
        let limit = self.timing.open_max + OPENING * users;
        loop {
            let open = server.counters().map_err(|error| error.to_string())?.open;
            if open >= u64::from(users) {
                return Ok(());
            }
            if let Some(code) = client.ended() {
                return Err(format!("it ended early with {code}: {}", client.complaint()));
            }
            if since.elapsed() > limit {
                let seconds = since.elapsed().as_secs();
                let why = client.complaint();
                return Err(format!("{open} of {users} connections after {seconds} s: {why}"));
            }
            std::thread::sleep(LOOK);
        }
    }

    fn sample(&mut self, server: &ServerProcess, client: &Pinned) -> Result<Sample, String> {
        let said = |error: Error| error.to_string();
        let lost_us = self.lost.as_mut().map(LostTime::read).transpose().map_err(said)?;
        let counters = server.counters().map_err(said)?;
        let (client, server) = (client.usage(), server.usage());
        Ok(Sample {
            at: Instant::now(),
            counters,
            client_us: client.cpu_us,
            rss: client.rss,
            server_us: server.cpu_us,
            machine_us: self.machine_us(),
            lost_us,
        })
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // Left behind when something still runs in it; the system cleans its temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Everything read at one end of a window.
struct Sample {
    at: Instant,
    counters: Counters,
    client_us: u64,
    rss: u64,
    server_us: u64,
    machine_us: u64,
    lost_us: Option<Vec<u64>>,
}

fn between(before: &Sample, after: &Sample, line: &CommandLine) -> Steady {
    let (first, last) = (&before.counters, &after.counters);
    let wall_s = micros(last.at_us - first.at_us) / 1e6;
    let own_us = (after.at - before.at).as_secs_f64() * 1e6;
    let requests = micros(last.requests - first.requests);
    let (full, resumed) = (micros(last.full - first.full), micros(last.resumed - first.resumed));
    let client_us = micros(after.client_us.saturating_sub(before.client_us));
    let server_us = micros(after.server_us.saturating_sub(before.server_us));
    let machine_us = micros(after.machine_us.saturating_sub(before.machine_us));
    let lost = before.lost_us.iter().flatten().zip(after.lost_us.iter().flatten());
    let lost = lost.map(|(before, after)| micros(after - before) / own_us).reduce(f64::max);
    Steady {
        rate: requests / wall_s,
        connections: (full + resumed) / wall_s,
        resumed: if full + resumed > 0.0 { resumed / (full + resumed) } else { 0.0 },
        client_us: if requests > 0.0 { client_us / requests } else { 0.0 },
        client_busy: client_us / own_us,
        server_busy: server_us / own_us,
        rss: after.rss,
        open: first.open,
        bad: last.bad - first.bad,
        lost,
        others: ((machine_us - client_us - server_us) / own_us).max(0.0),
        command: line.shown(),
    }
}

/// Counts and times are far below what a float holds exactly.
pub(crate) fn micros(count: u64) -> f64 {
    count as f64
}
