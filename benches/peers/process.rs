//! Processes on a core of their own, and what the kernel says they used: CPU time and memory of a
//! process and everything it started.
//!
//! Pinning is `taskset`'s work, and ending with the bench `setpriv`'s, so that the peers need no
//! change.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Error, io};

/// Core of the server.
pub(crate) const SERVER_CORE: &str = "0";
/// Core of the client.
pub(crate) const CLIENT_CORE: &str = "1";
/// Both, for what has no server process.
pub(crate) const BOTH_CORES: &str = "0,1";

/// Clock ticks per second in `/proc/PID/stat`: 100 on every Linux that has a `/proc`.
const TICK_US: u64 = 10_000;

/// Lines of a peer's complaints that are shown.
const COMPLAINT_LINES: usize = 3;

/// Characters of them: they end up in the cell of a table.
const COMPLAINT_LENGTH: usize = 200;

/// How often an ending process is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A program with arguments and environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandLine {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
}

impl CommandLine {
    /// A command line.
    pub(crate) fn new(program: &Path, arguments: &[&str]) -> Self {
        Self {
            program: program.to_owned(),
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
            environment: Vec::new(),
        }
    }

    /// The same with one more variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As one would type it, without folders.
    pub(crate) fn shown(&self) -> String {
        let name = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
        let program = name(&self.program.to_string_lossy());
        let word = |word: &String| {
            if word.starts_with('/') { name(word) } else { word.clone() }
        };
        let words: Vec<String> = self.arguments.iter().map(word).collect();
        format!("{program} {}", words.join(" "))
    }

    /// The command, not started, on `cores`. It ends with the bench, however that ends: what goes
    /// on alone would share its core with whatever is measured next.
    pub(crate) fn pinned(&self, cores: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "taskset", "-c", cores]);
        command.arg(&self.program).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A running process on one core; dropping it ends it.
pub(crate) struct Pinned {
    child: Child,
    complaints: PathBuf,
}

impl Pinned {
    /// Starts `line` on `cores`; what it prints goes to a file in `folder`.
    pub(crate) fn start(cores: &str, line: &CommandLine, folder: &Path) -> Result<Self, Error> {
        let complaints = folder.join("client.log");
        let log = File::create(&complaints).map_err(io("the client's log"))?;
        let also = log.try_clone().map_err(io("the client's log"))?;
        let child = line
            .pinned(cores)
            .stdin(Stdio::null())
            .stdout(also)
            .stderr(log)
            .current_dir(folder)
            .spawn()
            .map_err(io(format!("setpriv taskset {}", line.program.display())))?;
        Ok(Self { child, complaints })
    }

    /// What it and its descendants used so far.
    pub(crate) fn usage(&self) -> Usage {
        usage(self.child.id())
    }

    /// Resident memory of itself, bytes: cheap enough to look at all the time.
    pub(crate) fn resident(&self) -> u64 {
        resident(self.child.id())
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it ended, and with which code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let status = self.child.try_wait().ok()??;
        Some(status.code().unwrap_or(-1))
    }

    /// Waits for its own end; none when it takes longer than `limit`.
    pub(crate) fn wait(&mut self, limit: Duration) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(code) = self.ended() {
                return Some(code);
            }
            if started.elapsed() > limit {
                return None;
            }
            std::thread::sleep(LOOK);
        }
    }

    /// The end of what it printed.
    pub(crate) fn complaint(&self) -> String {
        let text = fs::read(&self.complaints).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = lines[lines.len().saturating_sub(COMPLAINT_LINES)..].join(" / ");
        last.chars().take(COMPLAINT_LENGTH).collect()
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process and its descendants used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// User and system time, microseconds, of ended children, too.
    pub(crate) cpu_us: u64,
    /// Resident memory, bytes.
    pub(crate) rss: u64,
}

/// What `root` and its descendants used. Nothing once it is gone.
pub(crate) fn usage(root: u32) -> Usage {
    let all = processes();
    let mut sum = Usage::default();
    for (pid, one) in &all {
        let mut ancestor = *pid;
        while ancestor != root && ancestor > 1 {
            ancestor = all.get(&ancestor).map_or(0, |one| one.parent);
        }
        if ancestor == root {
            sum.cpu_us += one.ticks * TICK_US;
            sum.rss += resident(*pid);
        }
    }
    sum
}

/// CPU time of one process without its descendants, microseconds; cheap. Nothing once it is gone.
pub(crate) fn cpu_us(pid: u32) -> u64 {
    listed(pid).map_or(0, |one| one.ticks * TICK_US)
}

/// CPU time of everything that ran on the two cores, microseconds, without interrupts: those are
/// the network's, and nobody's process pays for all of them.
pub(crate) fn machine_us() -> u64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let core = |line: &str| {
        let (name, times) = line.split_once(' ')?;
        let is_ours = [SERVER_CORE, CLIENT_CORE].iter().any(|core| name == format!("cpu{core}"));
        let busy = times.split_whitespace().take(3).flat_map(str::parse::<u64>).sum::<u64>();
        is_ours.then_some(busy * TICK_US)
    };
    text.lines().filter_map(core).sum()
}

struct Listed {
    parent: u32,
    ticks: u64,
}

fn processes() -> BTreeMap<u32, Listed> {
    let Ok(folder) = fs::read_dir("/proc") else { return BTreeMap::new() };
    let pid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    folder.flatten().filter_map(pid).filter_map(|pid| Some((pid, listed(pid)?))).collect()
}

/// Parent and CPU ticks of one process, from `/proc/PID/stat`: the name stands in brackets and may
/// hold anything, so fields are counted from the last bracket.
fn listed(pid: u32) -> Option<Listed> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let parent = u32::try_from(number(1)?).ok()?;
    // utime, stime, cutime, cstime.
    let ticks = (11..=14).map(number).sum::<Option<u64>>()?;
    Some(Listed { parent, ticks })
}

fn resident(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
