//! The arguments of the embedded server. Whatever is left out comes from `--config`, and what the
//! file leaves out has a default.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Take from this TOML file what is not said here (docs/serve.md).
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address for product instances over HTTPS [default: 127.0.0.1:8443].
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Address for product instances over plain HTTP; port 0 takes a free one, the default.
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<SocketAddr>,
    /// Address of the administration and control interface; port 0 takes a free one, the default.
    #[arg(long, value_name = "ADDR")]
    pub(crate) admin: Option<SocketAddr>,
    /// Further names for the certificate; may be repeated.
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Give the server a named defect; may be repeated (`muster list defects`).
    #[arg(long = "defect", value_name = "NAME")]
    pub(crate) defects: Vec<String>,
    /// Spoil a share of all answers: light, proxy, slow, lossy or heavy.
    #[arg(long, value_name = "PRESET")]
    pub(crate) chaos: Option<String>,
    /// Refuse what a lenient server overlooks.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Seed of keys, certificates, tokens and chaos [default: 1].
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Write a target profile for this server [default: target.toml].
    #[arg(long, value_name = "FILE")]
    pub(crate) write_target: Option<PathBuf>,
    /// Write the certificate that clients are to trust [default: beside the profile, .pem].
    #[arg(long, value_name = "FILE")]
    pub(crate) write_ca: Option<PathBuf>,
    /// Threads that accept and answer product instances [default: 1].
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) threads: Option<u32>,
    /// Product instances remembered; one more is asked to try again later [default: 100000].
    #[arg(long, value_name = "N")]
    pub(crate) instances_max: Option<usize>,
    /// Seconds until the On-Prem side has a deferred result ready [default: 60].
    #[arg(long, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) defer: Option<u64>,
    /// Keep everything in this file (SQLite) and go on with it after a restart. What it says goes
    /// before --defer.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// With --state: wait for the disk at each commit, to survive a power cut. Killing the server
    /// loses nothing either way.
    #[arg(long)]
    pub(crate) fsync: bool,
    /// A client of the admin API that may do everything; may be repeated [default: one with a
    /// secret made up and printed].
    #[arg(long = "client", value_name = "ID:SECRET")]
    pub(crate) clients: Vec<String>,
    /// A user of the admin API, for the password grant; may be repeated.
    #[arg(long = "user", value_name = "NAME:PASSWORD")]
    pub(crate) users: Vec<String>,
    /// Neither sign nor verify, for measuring clients with --unsigned; proves nothing else.
    #[arg(long)]
    pub(crate) unsigned: bool,
    /// How much is logged on standard error: off, error, warn, info, debug or trace, or a filter
    /// such as `muster_server=debug` [default: MUSTER_LOG, or warn].
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// What a line of the log looks like [default: human].
    #[arg(long, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    /// Print one line of JSON in place of the text, once the server listens.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a line of the log looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}
