//! The command line: types only, what they do is in `command`.

mod load;
mod serve;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit_code::Exit;

/// Tests smart-licensing servers with a fleet of simulated product instances.
#[derive(Parser)]
#[command(
    name = "muster",
    version,
    about,
    propagate_version = true,
    after_help = Exit::HELP,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a server against the documented behaviour.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Play one or more scenarios, at any scale.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Be one product instance at its command line: type `license smart …` and `show license …`.
    #[command(after_help = DEVICE_EXAMPLES)]
    Device(crate::command::DeviceArgs),
    /// Serve the embedded reference server.
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Judge a recorded journal again, without a network.
    #[command(after_help = RECHECK_EXAMPLES)]
    Recheck(RecheckArgs),
    /// Predict what a run will need on this machine.
    Size(crate::command::size::SizeArgs),
    /// List what Muster knows.
    List(ListArgs),
    /// Explain a requirement, a check, an area, a scenario or a defect.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Work on scenario files.
    Scenario(ScenarioArgs),
    /// Print a published JSON Schema.
    Schema(SchemaArgs),
    /// Print a shell completion script.
    #[command(after_help = "Example:\n  muster completions bash > ~/.bash_completion.d/muster")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

const CHECK_EXAMPLES: &str = "\
Examples:
  muster check                                      the embedded server, over TLS
  muster check --target target.toml --report out    your server, with all reports
  muster check --defect accepts-old-trust-id        see what a violation looks like
  muster check --virtual --seed 7                   on a simulated clock, reproducible";

const RUN_EXAMPLES: &str = "\
Examples:
  muster run scenarios/library/demo/first-report.yaml
  muster run demo/first-report --scale 1000
  muster run mine.yaml --target target.toml --report out";

const DEVICE_EXAMPLES: &str = "\
Examples:
  muster device                                     a controller and the embedded server
  muster device --platform catalyst-9300 --script lines.txt
  echo 'show license all' | muster device
  muster device --target target.toml                your server, over TLS";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  muster explain TRUST-012                          a requirement
  muster explain trust/stale_trust_id_is_refused    a check
  muster explain trust                              an area
  muster explain demo/first-report                  a scenario
  muster explain accepts-old-trust-id               a defect";

const SERVE_EXAMPLES: &str = "\
Examples:
  muster serve --listen 127.0.0.1:8443 --write-target target.toml
  muster serve --state server.state                 goes on where it was after a restart
  muster serve --config serve.toml --json           for scripts
  muster serve --chaos heavy --strict --log debug
  muster serve --defect accepts-old-trust-id";

const RECHECK_EXAMPLES: &str = "\
Example:
  muster recheck out/run.journal.zst --json again.json";

pub(crate) use load::{Connect, JournalMode, LoadArgs};
pub(crate) use serve::{LogFormat, ServeArgs};

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// Only scenarios whose id matches (a glob such as `conformance/trust/*`); may be repeated.
    #[arg(long = "scenario", value_name = "GLOB")]
    pub(crate) scenarios: Vec<String>,
    /// How the run is made.
    #[command(flatten)]
    pub(crate) run: HarnessArgs,
}

#[derive(Args)]
pub(crate) struct RunArgs {
    /// Scenario files, or ids of the library.
    #[arg(required = true, value_name = "SCENARIO")]
    pub(crate) scenarios: Vec<String>,
    /// Replicas of each scenario, side by side; default: what its `load` says, else one. With 1,
    /// the scenario is played by itself, without its load.
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) scale: Option<u32>,
    /// How the run is made.
    #[command(flatten)]
    pub(crate) run: HarnessArgs,
    /// How a fleet is run at scale.
    #[command(flatten)]
    pub(crate) load: LoadArgs,
}

/// What `check` and `run` share.
#[derive(Args)]
pub(crate) struct HarnessArgs {
    /// `embedded`, or a target profile.
    #[arg(long, default_value = "embedded", value_name = "embedded|FILE")]
    pub(crate) target: String,
    /// A host other than loopback that may be reached; may be repeated.
    #[arg(long = "allow-host", value_name = "HOST")]
    pub(crate) allowed_hosts: Vec<String>,
    /// Give the embedded server a named defect; may be repeated (`muster list defects`).
    #[arg(long = "defect", value_name = "NAME")]
    pub(crate) defects: Vec<String>,
    /// Seed of every identity; printed at the start, chosen at random when not given.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Simulated clock and in-memory transport (embedded target only).
    #[arg(long = "virtual")]
    pub(crate) simulated: bool,
    /// Sets this run's instances apart from those of other runs with the same seed: a server
    /// remembers serial numbers and nonces. Default: none for the embedded server, the current time
    /// for any other.
    #[arg(long, value_name = "TEXT")]
    pub(crate) run_id: Option<String>,
    /// Longest wait for one answer, seconds.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) timeout: u64,
    /// Requests under way at once, at most; default: 256, or the journeys at a time of a closed
    /// load.
    #[arg(long, value_name = "N")]
    pub(crate) in_flight: Option<usize>,
    /// Write the journal.
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
    /// No progress display.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// What to write.
    #[command(flatten)]
    pub(crate) reports: ReportArgs,
    /// Known deviations.
    #[command(flatten)]
    pub(crate) expectations: ExpectationArgs,
}

/// Where results go.
#[derive(Args)]
pub(crate) struct ReportArgs {
    /// Write every report into this folder, and the journal of a run.
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
    /// Write the results as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the results as JUnit XML.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the results as one HTML page.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Known deviations of a server.
#[derive(Args)]
pub(crate) struct ExpectationArgs {
    /// Expectation file: known deviations of this server.
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    /// Coverage baseline: ids of checks that must be exercised, one a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) coverage: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct RecheckArgs {
    /// The journal of an earlier run.
    #[arg(value_name = "JOURNAL")]
    pub(crate) source: PathBuf,
    /// What to write.
    #[command(flatten)]
    pub(crate) reports: ReportArgs,
    /// Known deviations.
    #[command(flatten)]
    pub(crate) expectations: ExpectationArgs,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// What to list.
    pub(crate) what: Listing,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listing {
    /// What judges a server's answers.
    Checks,
    /// What the library can play.
    Scenarios,
    /// Every documented requirement.
    Requirements,
    /// What the embedded server can do wrong.
    Defects,
    /// Products that can be simulated.
    Platforms,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// Id or name of what is to be explained.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct ScenarioArgs {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: ScenarioCommand,
}

#[derive(Subcommand)]
pub(crate) enum ScenarioCommand {
    /// Look for mistakes in scenario files.
    #[command(after_help = "Example:\n  muster scenario lint mine/*.yaml")]
    Lint {
        /// Scenario files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// Which schema.
    pub(crate) which: Schema,
}

/// Published schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Schema {
    /// Scenario files.
    Scenario,
    /// The results document of `--json`.
    Results,
}
