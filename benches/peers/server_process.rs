//! The bench server as its parent sees it: started on its core, asked for its counters.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::counters::Counters;
use crate::error::{Error, broken, io};
use crate::identity::Chain;
use crate::process::{CommandLine, SERVER_CORE, Usage, usage};
use crate::server::Role;

/// A running bench server; dropping it ends it.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) https: SocketAddr,
    counters: SocketAddr,
}

impl ServerProcess {
    /// Starts one; `target.toml` in `folder` then describes it.
    pub(crate) fn start(role: Role, chain: Chain, folder: &Path) -> Result<Self, Error> {
        let own = std::env::current_exe().map_err(io("own program"))?;
        let shown = folder.to_string_lossy();
        let words = ["--serve", role.word(), "--chain", chain.word(), "--folder", shown.as_ref()];
        let mut child = CommandLine::new(&own, &words)
            .pinned(SERVER_CORE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(io("taskset"))?;
        let out = child.stdout.take().ok_or_else(|| broken("the bench server says nothing"))?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).map_err(io("the bench server's addresses"))?;
        let addresses: Vec<SocketAddr> =
            line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [https, _, counters] = addresses[..] else {
            return Err(broken("the bench server did not start"));
        };
        Ok(Self { child, https, counters })
    }

    /// What it counted so far.
    pub(crate) fn counters(&self) -> Result<Counters, Error> {
        Counters::read(self.counters)
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it used so far.
    pub(crate) fn usage(&self) -> Usage {
        usage(self.child.id())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
