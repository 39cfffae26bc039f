//! The rows of the figures that are Muster's alone: registrations, memory, connections, virtual
//! time, soak. A row this muster cannot do says why, and nothing else.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::contender::{Tool, Way};
use crate::crypto::{ClientCrypto, median};
use crate::identity::Chain;
use crate::muster::{Muster, Scenario, number};
use crate::process::{BOTH_CORES, CLIENT_CORE, CommandLine, SERVER_CORE};
use crate::report::say;
use crate::round::{Bench, micros};
use crate::server::Role;
use crate::table::{Series, Table};
use crate::whole_run::WholeRun;

/// Longest time of one whole run but the soak.
const RUN_TIME_MAX: Duration = Duration::from_secs(900);

/// Instances of the smaller run that memory is compared with.
const FEW: u32 = 1_000;

/// Has muster verify the server's chain in every handshake.
const VERIFY: &str = "--verify-every-chain";

/// What registers the instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registrar {
    /// The bench server, which verifies nothing; muster remembers the chain that verified.
    Canned(Chain),
    /// The same, and the chain is verified in every handshake.
    Verified(Chain),
    /// `muster serve`, which verifies every signature; its chain has four tiers.
    Reference,
}

impl Registrar {
    /// As the tables call it.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Canned(chain) => format!("bench server, {} chain", chain.word()),
            Self::Verified(chain) => {
                format!("bench server, {} chain verified in every handshake", chain.word())
            }
            Self::Reference => "muster serve, which verifies everything".to_owned(),
        }
    }
}

/// A registration row.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    /// Time over instances times client cryptography.
    pub(crate) ratio: f64,
    /// Instances per second.
    pub(crate) per_second: f64,
    /// Client cryptography of one registration, microseconds.
    pub(crate) crypto: ClientCrypto,
    /// Full handshakes per instance, as the server counted them; none with `muster serve`.
    pub(crate) handshakes: Option<f64>,
    pub(crate) command: String,
}

/// `users` registrations, each over its own TLS connection: medians of `rounds`.
pub(crate) fn registration(
    bench: &mut Bench,
    registrar: Registrar,
    users: u32,
    rounds: usize,
) -> Result<Registration, String> {
    let mut all = Vec::new();
    for _ in 0..rounds {
        let one = one_registration(bench, registrar, users)?;
        say(&format!(
            "  {users} registrations, {}: {:.0}/s, {:.2} x client cryptography of {:.0} us",
            registrar.words(),
            one.per_second,
            one.ratio,
            one.crypto.sum()
        ));
        all.push(one);
    }
    let middle = |figure: fn(&Registration) -> f64| median(all.iter().map(figure).collect());
    let (ratio, per_second) = (middle(|one| one.ratio), middle(|one| one.per_second));
    let last = all.pop().ok_or("no round")?;
    Ok(Registration {
        ratio: ratio.unwrap_or_default(),
        per_second: per_second.unwrap_or_default(),
        ..last
    })
}

fn one_registration(
    bench: &mut Bench,
    registrar: Registrar,
    users: u32,
) -> Result<Registration, String> {
    let attempts = bench.timing.attempts_max;
    let (chain, is_canned) = match registrar {
        Registrar::Canned(chain) | Registrar::Verified(chain) => (chain, true),
        Registrar::Reference => (Chain::FourTier, false),
    };
    // A host's speed changes within a minute, so the divisor is measured on both sides of the run.
    let crypto = || ClientCrypto::measured(chain).map_err(|error| error.to_string());
    let before = crypto()?;
    let run = repeated(attempts, || registered(bench, registrar, users))?;
    let crypto = before.mean(crypto()?);
    let wanted = f64::from(users);
    let acknowledged = match registrar {
        Registrar::Canned(_) | Registrar::Verified(_) => micros(run.counters.acknowledged),
        Registrar::Reference => number(&run.summary.clone()?, "/totals/instances_acknowledged")?,
    };
    if acknowledged < wanted {
        return Err(format!("{acknowledged} of {users} were acknowledged"));
    }
    let trusted = run.counters.trusted;
    if is_canned && trusted != u64::from(users) {
        return Err(format!("{trusted} of {users} took trust"));
    }
    Ok(Registration {
        ratio: run.seconds / (wanted * crypto.sum() / 1e6),
        per_second: wanted / run.seconds,
        crypto,
        handshakes: is_canned.then_some(micros(run.counters.full) / wanted),
        command: run.command,
    })
}

/// One run of `users` registrations.
fn registered(bench: &mut Bench, registrar: Registrar, users: u32) -> Result<WholeRun, String> {
    let options: &[&str] = match registrar {
        Registrar::Verified(_) => &["--target", "target.toml", VERIFY],
        Registrar::Canned(_) | Registrar::Reference => &["--target", "target.toml"],
    };
    let line =
        |bench: &Bench| muster(bench)?.run(Scenario::REGISTRATION, users, &bench.folder, options);
    match registrar {
        Registrar::Canned(chain) | Registrar::Verified(chain) => {
            let server = bench.server(Role::Licensing, chain)?;
            let (line, id) = (line(bench)?, Some(server.id()));
            bench.whole_run(Some(&server), id, CLIENT_CORE, &line, users, RUN_TIME_MAX)
        }
        Registrar::Reference => {
            let server = Reference::start(bench)?;
            let (line, id) = (line(bench)?, Some(server.0.id()));
            bench.whole_run(None, id, CLIENT_CORE, &line, users, RUN_TIME_MAX)
        }
    }
}

/// `muster serve` on the server's core.
struct Reference(std::process::Child);

impl Reference {
    fn start(bench: &Bench) -> Result<Self, String> {
        const START_TIME_MAX: Duration = Duration::from_secs(10);
        let target: PathBuf = bench.folder.join("target.toml");
        let _ = std::fs::remove_file(&target);
        let fixed = ["serve", "--listen", "127.0.0.1:0", "--write-target", "target.toml"];
        // The first poll gets its answer, as at the bench server: four requests a registration.
        let words = [fixed.as_slice(), &["--defer", "0"]].concat();
        let child = CommandLine::new(&muster(bench)?.program, &words)
            .pinned(SERVER_CORE)
            .current_dir(&bench.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let server = Self(child);
        let since = Instant::now();
        while !target.is_file() {
            if since.elapsed() > START_TIME_MAX {
                return Err("muster serve does not start".to_owned());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Bytes of a trusted, unconnected instance with an open report: what `users` of them take more
/// than a thousand, divided by how many more they are.
pub(crate) fn memory(bench: &mut Bench, users: u32) -> Result<f64, String> {
    let mut settled = |users| {
        let server = bench.server(Role::Licensing, Chain::Short)?;
        let line = muster(bench)?.run(
            Scenario::MEMORY,
            users,
            &bench.folder,
            &["--target", "target.toml"],
        )?;
        let run = bench.whole_run(
            Some(&server),
            Some(server.id()),
            CLIENT_CORE,
            &line,
            users,
            RUN_TIME_MAX,
        )?;
        if run.counters.polls < u64::from(users) {
            return Err(format!("{} of {users} took trust", run.counters.polls));
        }
        let last = run.memory.last().map(|(_, bytes)| *bytes);
        let bytes = run.settled.or(last).ok_or("it ended before it could be looked at")?;
        Ok::<f64, String>(micros(bytes))
    };
    let (few, many) = (settled(FEW)?, settled(users)?);
    let bytes = (many - few) / f64::from(users - FEW);
    say(&format!("  {users} trusted instances: {bytes:.0} bytes each"));
    Ok(bytes)
}

/// New connections per second, full and resumed, in interleaved rounds.
pub(crate) fn connections(bench: &mut Bench, rounds: usize) -> Table {
    // A full handshake is one with everything that belongs to it.
    let ways: [(_, _, &[&str]); 2] =
        [("full", Scenario::FULL, &[VERIFY]), ("resumed", Scenario::RESUMED, &[])];
    let series = ways.iter().map(|way| Series { label: way.0, rounds: Vec::new(), why: None });
    let mut table = Table { users: 64, series: series.collect() };
    for _ in 0..rounds {
        for ((label, scenario, more), series) in ways.iter().zip(&mut table.series) {
            let result = bench.steady(Role::Licensing, 0, true, |bench, _| {
                let options = [&["--target", "target.toml"], *more].concat();
                muster(bench)?.run(*scenario, 64, &bench.folder, &options)
            });
            match &result {
                Ok(steady) => {
                    let (rate, share) = (steady.connections, steady.resumed * 100.0);
                    say(&format!("  {label}: {rate:.0} connections/s, {share:.0} % resumed"));
                }
                Err(why) => say(&format!("  {label}: not measured: {why}")),
            }
            series.why = result.as_ref().err().cloned().or(series.why.take());
            series.rounds.push(result.ok());
        }
    }
    table
}

/// Instance-days per second of a virtual run, median of `rounds`.
pub(crate) fn virtual_days(
    bench: &mut Bench,
    users: u32,
    rounds: usize,
    unsigned: bool,
) -> Result<f64, String> {
    const DAYS: f64 = 30.0;
    const CYCLES: f64 = 90.0;
    let mut all = Vec::new();
    for _ in 0..rounds {
        let attempts = bench.timing.attempts_max;
        let run = repeated(attempts, || {
            let more: &[&str] = if unsigned { &["--unsigned"] } else { &[] };
            // Both cores play, each against a server of its own.
            let options = [&["--virtual", "--shards", "2"], more].concat();
            let line = muster(bench)?.run(Scenario::VIRTUAL, users, &bench.folder, &options)?;
            bench.whole_run(None, None, BOTH_CORES, &line, users, RUN_TIME_MAX)
        })?;
        let acknowledged = number(&run.summary.clone()?, "/totals/acknowledged")?;
        if acknowledged < f64::from(users) * CYCLES {
            return Err(format!("{acknowledged} reports of {users} x 90 were acknowledged"));
        }
        let rate = f64::from(users) * DAYS / run.seconds;
        say(&format!("  virtual, unsigned {unsigned}: {rate:.0} instance-days/s"));
        all.push(rate);
    }
    median(all).ok_or_else(|| "no round".to_owned())
}

/// Growth of memory over ten minutes at 2,000 steps a second, as a share of the memory after the
/// first minute: the slope of a straight line through every look.
pub(crate) fn soak(bench: &mut Bench) -> Result<f64, String> {
    const SETTLING_S: f64 = 60.0;
    const SOAK_TIME_MAX: Duration = Duration::from_secs(720);
    const USERS: u32 = 1_000;
    let server = bench.server(Role::Licensing, Chain::FourTier)?;
    let options = ["--target", "target.toml"];
    let line = muster(bench)?.run(Scenario::SOAK, USERS, &bench.folder, &options)?;
    let run = bench.whole_run(
        Some(&server),
        Some(server.id()),
        CLIENT_CORE,
        &line,
        u32::MAX,
        SOAK_TIME_MAX,
    )?;
    let settled: Vec<_> = run.memory.iter().filter(|(at_s, _)| *at_s > SETTLING_S).collect();
    let (first, last) = settled.first().zip(settled.last()).ok_or("it ended in a minute")?;
    let slope = slope(settled.iter().map(|(at_s, bytes)| (*at_s, micros(*bytes))));
    Ok(slope * (last.0 - first.0) / micros(first.1))
}

/// Slope of the line of least squares.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let (count, x, y) =
        points.clone().fold((0.0, 0.0, 0.0), |(n, xs, ys), (x, y)| (n + 1.0, xs + x, ys + y));
    let (mean_x, mean_y) = (x / count, y / count);
    let (above, below) = points.fold((0.0, 0.0), |(above, below), (x, y)| {
        (above + (x - mean_x) * (y - mean_y), below + (x - mean_x).powi(2))
    });
    above / below
}

/// Runs again while too much time was lost.
fn repeated(
    attempts_max: u32,
    mut run: impl FnMut() -> Result<WholeRun, String>,
) -> Result<WholeRun, String> {
    let mut last = run()?;
    for _ in 1..attempts_max {
        if !last.is_marked() {
            break;
        }
        say("  too much of the time was lost, or used by others: again");
        last = run()?;
    }
    Ok(last)
}

fn muster(bench: &Bench) -> Result<&Muster, String> {
    bench.muster.as_ref().ok_or_else(|| format!("no muster: {}", Tool::Muster.install()))
}

/// The ways of the stateful part, by the label of their series.
pub(crate) const STATEFUL: [(&str, Tool, Way); 6] = [
    ("wrk, stateless", Tool::Wrk, Way::Stateless),
    ("goose", Tool::Goose, Way::Stateful),
    ("locust", Tool::Locust, Way::Stateful),
    ("muster", Tool::Muster, Way::Stateful),
    ("muster, unsigned", Tool::Muster, Way::Unsigned),
    ("muster, no checks", Tool::Muster, Way::Unchecked),
];
