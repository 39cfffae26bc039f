//! `muster device`: one product instance at its command line, from a terminal or a script.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use muster_agent::Platform;
use muster_fleet::clock::Clock;
use muster_fleet::console::{Console, Said, Surroundings};
use muster_fleet::{HostPolicy, Target};

use crate::console_surroundings::{InMemory, OnSockets};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::harness::VIRTUAL_START_MS;
use crate::output;

/// Bytes of a line that are read; the longest legitimate one carries a token of some hundred.
const LINE_BYTES_MAX: u64 = 64 * 1024;

#[derive(Args)]
pub(crate) struct DeviceArgs {
    /// What the instance is (`muster list platforms`).
    #[arg(long, default_value = "c9800-l", value_name = "NAME")]
    pub(crate) platform: String,
    /// Read lines from a file instead of standard input; the first that is refused ends it with
    /// exit code 4.
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// `embedded`, in memory and on a simulated clock, or the target profile of a server.
    #[arg(long, default_value = "embedded", value_name = "embedded|FILE")]
    pub(crate) target: String,
    /// Seed of the instance's identity and keys.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// Which instance of the fleet of that seed it is.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) index: u32,
    /// Certificates that those must lead to which an instance of the classic era is given, PEM:
    /// a root, and what stands between it and the CA that issues.
    #[arg(long, value_name = "FILE")]
    pub(crate) licensing_roots: Option<PathBuf>,
    /// Host that may be contacted beside loopback; may be repeated.
    #[arg(long = "allow-host", value_name = "HOST")]
    pub(crate) allowed_hosts: Vec<String>,
    /// Seconds to wait for an answer.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
}

pub(crate) fn run(args: &DeviceArgs) -> Result<Exit, Error> {
    let platform = platform(&args.platform)?;
    let (mut around, target): (Box<dyn Surroundings>, _) = if args.target == "embedded" {
        let (around, target) = InMemory::start(args.seed, VIRTUAL_START_MS)?;
        (Box::new(around), target)
    } else {
        let hosts = HostPolicy { allowed: args.allowed_hosts.clone() };
        let target = Target::load(Path::new(&args.target), &hosts)?;
        (Box::new(OnSockets::new(target.clone(), Clock::wall(), args.timeout)?), target)
    };
    let mut console = Console::new(platform, &target, args.seed, args.index, around.now_ms());
    if let Some(path) = &args.licensing_roots {
        let pem = std::fs::read_to_string(path).map_err(|error| Error::file(path, &error))?;
        console.trust(&pem).map_err(|reason| {
            Error::Arguments(format!("--licensing-roots {}: {reason}", path.display()))
        })?;
    }
    converse(args.script.as_deref(), console, &mut *around)
}

fn platform(name: &str) -> Result<&'static Platform, Error> {
    let known = || Platform::all().iter().map(|platform| platform.name.as_str());
    Platform::named(name).ok_or_else(|| Error::unknown("platform", name, known()))
}

/// Takes line after line. At a terminal a refused line is shown and the next is asked for; a
/// script ends with it.
fn converse(
    script: Option<&Path>,
    mut console: Console,
    around: &mut dyn Surroundings,
) -> Result<Exit, Error> {
    let mut lines: Box<dyn BufRead> = match script {
        Some(path) => {
            let file = std::fs::File::open(path).map_err(|error| Error::file(path, &error))?;
            Box::new(std::io::BufReader::new(file))
        }
        None => Box::new(std::io::stdin().lock()),
    };
    let is_asked = script.is_none() && std::io::stdin().is_terminal();
    let name =
        script.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    for number in 1_u64.. {
        let prompt = console.prompt();
        if is_asked {
            output::print(&prompt)?;
        }
        let Some(line) = next_line(&mut *lines, &name)? else { break };
        if !is_asked && !line.trim().is_empty() {
            output::print(&format!("{prompt}{}\n", line.trim_end()))?;
        }
        for one in console.line(&line, around) {
            match one {
                Said::Text(text) => output::print(&text)?,
                Said::Remark { at_ms, text } => {
                    output::print(&format!("%% {} {text}\n", moment(at_ms)))?;
                }
                Said::Refused(why) if is_asked => output::print(&format!("% {why}\n"))?,
                Said::Refused(why) => {
                    return Err(Error::Arguments(format!("{name}, line {number}: {why}")));
                }
                Said::Left => return Ok(Exit::Ok),
            }
        }
    }
    if is_asked {
        // The shell's prompt begins a line of its own.
        let _ = writeln!(std::io::stdout());
    }
    Ok(Exit::Ok)
}

fn next_line(lines: &mut dyn BufRead, name: &str) -> Result<Option<String>, Error> {
    use std::io::Read as _;
    let mut line = Vec::new();
    let read = lines.take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
    let length = read.map_err(|error| Error::file(name, &error))?;
    if length as u64 == LINE_BYTES_MAX {
        return Err(Error::Arguments(format!("{name}: a line is over {LINE_BYTES_MAX} bytes")));
    }
    Ok((length > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

fn moment(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.map_or_else(|| at_ms.to_string(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
