//! The release build of muster as the bench uses it: which of its options exist, the scenarios of
//! the bench at the size wanted, and what its results document says.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::contender::Way;
use crate::process::CommandLine;

/// Names the program; else `target/release/muster` beside this package is taken.
pub(crate) const PROGRAM: &str = "MUSTER_BENCH_MUSTER";

/// What a run writes its results to, in the bench's folder.
const RESULTS: &str = "results.json";

/// Seconds of a steady run beside the opening of its connections: warm-up, window, and some spare.
const RUN_S: u32 = 12;

/// New TLS connections a second that even a slow machine makes.
const CONNECTIONS_PER_S_MIN: u32 = 1000;

/// A scenario of the bench: its file, and the number in it that stands for its users.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    text: &'static str,
    /// The number of instances the file is written for; replaced wherever it is one.
    written_for: u32,
}

macro_rules! scenarios {
    ($($constant:ident = $file:literal, $written_for:literal;)*) => {
        impl Scenario {
            $(pub(crate) const $constant: Self = Self {
                name: $file,
                text: include_str!(concat!($file, ".yaml")),
                written_for: $written_for,
            };)*
        }
    };
}

scenarios! {
    STATELESS = "stateless", 1000;
    STATEFUL = "stateful", 1000;
    REGISTRATION = "registration", 50000;
    MEMORY = "memory", 50000;
    FULL = "connections-full", 64;
    RESUMED = "connections-resumed", 64;
    VIRTUAL = "virtual", 2000;
    SOAK = "soak", 1000;
}

impl Scenario {
    /// The file for `users`.
    fn sized(self, users: u32) -> String {
        let mut text = self.text.to_owned();
        for key in ["instances", "concurrency"] {
            let written = format!("{key}: {}", self.written_for);
            text = text.replace(&written, &format!("{key}: {users}"));
        }
        let run_s = RUN_S + users / CONNECTIONS_PER_S_MIN;
        text.replace("for: 15s", &format!("for: {run_s}s"))
    }
}

/// A muster that is there.
#[derive(Clone, Debug)]
pub(crate) struct Muster {
    pub(crate) program: PathBuf,
    /// What `muster run --help` says.
    help: String,
}

impl Muster {
    /// The program named in the environment, or the package's own release build.
    pub(crate) fn find() -> Option<Self> {
        let named = std::env::var_os(PROGRAM).map(PathBuf::from);
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/muster");
        let program = named.unwrap_or(own);
        let help = Command::new(&program).args(["run", "--help"]).output().ok()?;
        let help = String::from_utf8_lossy(&help.stdout).into_owned();
        Some(Self { program, help })
    }

    /// The command line of `scenario` for `users`; why not, when this muster cannot.
    pub(crate) fn run(
        &self,
        scenario: Scenario,
        users: u32,
        folder: &Path,
        options: &[&str],
    ) -> Result<CommandLine, String> {
        for option in options.iter().filter(|word| word.starts_with("--")) {
            if !self.help.contains(option) {
                return Err(format!("this muster has no {option}"));
            }
        }
        let file = folder.join(format!("{}.yaml", scenario.name));
        std::fs::write(&file, scenario.sized(users)).map_err(|error| error.to_string())?;
        let lint = Command::new(&self.program).args(["scenario", "lint"]).arg(&file).output();
        let lint = lint.map_err(|error| error.to_string())?;
        if !lint.status.success() {
            let text = String::from_utf8_lossy(&[lint.stdout, lint.stderr].concat()).into_owned();
            let first = text.lines().find(|line| line.contains("error")).unwrap_or_default();
            let first = first.split_once("error: ").map_or(first, |(_, what)| what);
            return Err(format!("this muster does not read {}.yaml: {first}", scenario.name));
        }
        let (scale, file) = (users.to_string(), file.to_string_lossy().into_owned());
        let fixed = ["run", &file, "--scale", &scale, "--quiet", "--seed", "1", "--json", RESULTS];
        let words = [fixed.as_slice(), options].concat();
        // Results of an earlier run must not be taken for this one's.
        let _ = std::fs::remove_file(folder.join(RESULTS));
        Ok(CommandLine::new(&self.program, &words))
    }

    /// The command line of a row that is compared with peers.
    pub(crate) fn contends(
        &self,
        way: Way,
        users: u32,
        folder: &Path,
    ) -> Result<CommandLine, String> {
        let (scenario, more): (_, &[&str]) = match way {
            // Nobody else looks at answers here.
            Way::Stateless => (Scenario::STATELESS, &["--no-checks"]),
            Way::Stateful => (Scenario::STATEFUL, &[]),
            Way::Unsigned => (Scenario::STATEFUL, &["--unsigned"]),
            Way::Unchecked => (Scenario::STATEFUL, &["--no-checks"]),
        };
        self.run(scenario, users, folder, &[&["--target", "target.toml"], more].concat())
    }
}

/// The load summary of the run that just ended in `folder`.
pub(crate) fn load_summary(folder: &Path) -> Result<Value, String> {
    let text = std::fs::read(folder.join(RESULTS)).map_err(|_| "it wrote no results".to_owned())?;
    let results: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    results.get("load").cloned().ok_or_else(|| "its results hold no load summary".to_owned())
}

/// A number of the load summary, by JSON pointer.
pub(crate) fn number(summary: &Value, pointer: &str) -> Result<f64, String> {
    let value = summary.pointer(pointer).and_then(Value::as_f64);
    value.ok_or_else(|| format!("the load summary has no {pointer}"))
}
