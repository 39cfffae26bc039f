//! The arguments of a fleet at scale: which part of it, how it connects, and what is kept.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::error::Error;

#[derive(Args)]
#[command(next_help_heading = "Load")]
pub(crate) struct LoadArgs {
    /// Fleet index of the first product instance: with --scale, a part of a fleet, with the
    /// identities it has in the whole.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) first: u32,
    /// Threads the fleet runs on; default: one per processor, less one for the embedded server.
    /// With --virtual one; each further one has an embedded server of its own.
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) shards: Option<u32>,
    /// How instances connect, whatever the scenario says.
    #[arg(long, value_name = "HOW")]
    pub(crate) connections: Option<Connect>,
    /// Make a full TLS handshake for every connection, whatever the scenario says.
    #[arg(long)]
    pub(crate) no_resumption: bool,
    /// Most connections open at once; default: what the limit of file descriptors allows.
    #[arg(long, value_name = "N")]
    pub(crate) sockets: Option<usize>,
    /// Source addresses, used in turn, for example `127.0.1.1-127.0.1.8`: each lifts the limit of
    /// about 28,000 ports.
    #[arg(long, value_name = "RANGE")]
    pub(crate) source: Option<String>,
    /// Verify the server's certificate chain in every handshake, not only when it is another one or
    /// has expired. The handshake's signature is always checked.
    #[arg(long)]
    pub(crate) verify_every_chain: bool,
    /// Do not judge answers: what is measured is the load alone.
    #[arg(long)]
    pub(crate) no_checks: bool,
    /// Send placeholders for signatures; the server must be told not to verify them.
    #[arg(long)]
    pub(crate) unsigned: bool,
    /// What the journal of a load run holds.
    #[arg(long, default_value = "failures", value_name = "MODE")]
    pub(crate) journal_mode: JournalMode,
    /// Write one JSON object per second with the live figures.
    #[arg(long, value_name = "FILE")]
    pub(crate) live: Option<PathBuf>,
    /// Serve the live figures for Prometheus at /metrics.
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Write the state of every instance at the end, for --load-fleet.
    #[arg(long, value_name = "FILE")]
    pub(crate) save_fleet: Option<PathBuf>,
    /// Begin with the instances of an earlier run: trusted, with their reports and polls. The
    /// scenario's setup is left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) load_fleet: Option<PathBuf>,
}

impl LoadArgs {
    /// These arguments where a fleet plays a load, after a look whether they can work.
    pub(crate) fn counting(
        &self,
        is_load: bool,
        on_embedded: bool,
        simulated: bool,
    ) -> Result<Option<&Self>, Error> {
        if is_load {
            self.fit_for(on_embedded, simulated).map(|()| Some(self))
        } else {
            self.without_load().map(|()| None)
        }
    }

    /// For a run without load: none of what counts only for one may have been asked for.
    fn without_load(&self) -> Result<(), Error> {
        let asked = [
            ("--shards", self.shards.is_some()),
            ("--connections", self.connections.is_some()),
            ("--no-resumption", self.no_resumption),
            ("--sockets", self.sockets.is_some()),
            ("--source", self.source.is_some()),
            ("--verify-every-chain", self.verify_every_chain),
            ("--no-checks", self.no_checks),
            ("--unsigned", self.unsigned),
            ("--live", self.live.is_some()),
            ("--metrics", self.metrics.is_some()),
            ("--save-fleet", self.save_fleet.is_some()),
            ("--load-fleet", self.load_fleet.is_some()),
        ];
        match asked.iter().find(|(_, is_asked)| *is_asked) {
            Some((option, _)) => Err(Error::Arguments(format!(
                "{option} counts for a load only: give the scenario a `load` or `gates`, and leave \
                 out --scale 1"
            ))),
            None => Ok(()),
        }
    }

    /// Refuses what cannot work with this kind of target.
    fn fit_for(&self, on_embedded: bool, simulated: bool) -> Result<(), Error> {
        if simulated && self.save_fleet.is_some() {
            let wrong = "--save-fleet needs a run on sockets; leave out --virtual";
            return Err(Error::Arguments(wrong.to_owned()));
        }
        if on_embedded && self.load_fleet.is_some() {
            let wrong = "--load-fleet: the embedded server is new in each run and knows none of the \
                         instances; start `muster serve` and give its profile with --target";
            return Err(Error::Arguments(wrong.to_owned()));
        }
        Ok(())
    }
}

/// How instances connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Connect {
    /// A new connection for each exchange.
    PerExchange,
    /// Each instance keeps its connection.
    KeepAlive,
}

/// What a journal holds: `full`, `sampled:N` or `failures`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JournalMode {
    /// Everything.
    Full,
    /// Every n-th journey.
    Sampled(NonZeroU32),
    /// What came before each failure.
    Failures,
}

impl std::str::FromStr for JournalMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no journal mode; use full, sampled:N or failures");
        match text {
            "full" => Ok(Self::Full),
            "failures" => Ok(Self::Failures),
            _ => {
                let every = text.strip_prefix("sampled:").ok_or_else(wrong)?;
                every.parse().map(Self::Sampled).map_err(|_| wrong())
            }
        }
    }
}
