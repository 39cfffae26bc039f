//! What an instance at a command line lives in: a server in memory with a simulated clock, or a
//! server on sockets and the wall clock; and the files of this machine.

use std::collections::BTreeMap;
use std::path::Path;

use muster_fleet::clock::Clock;
use muster_fleet::console::Surroundings;
use muster_fleet::hook;
use muster_fleet::transport::{Call, Client, ClientOptions, Reply};
use muster_fleet::virtual_run::Peer as _;
use muster_fleet::{SigningMode, Target};
use tokio::runtime::Runtime;

use crate::error::Error;
use crate::output;
use crate::virtual_peer::MemoryPeer;

/// A file an operator imports; the largest legitimate one is a bundle of reports.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The embedded server in memory, and a clock that is moved.
pub(crate) struct InMemory {
    peer: MemoryPeer,
    now_ms: u64,
}

impl InMemory {
    pub(crate) fn start(seed: u64, now_ms: u64) -> Result<(Self, Target), Error> {
        let (peer, target) = MemoryPeer::start(seed, SigningMode::Deterministic, &[], now_ms)?;
        Ok((Self { peer, now_ms }, target))
    }
}

impl Surroundings for InMemory {
    fn exchange(&mut self, call: &Call) -> Reply {
        self.peer.exchange(call)
    }

    fn now_ms(&self) -> u64 {
        self.now_ms
    }

    fn advance(&mut self, by_ms: u64) -> Result<(), String> {
        self.now_ms = self.now_ms.saturating_add(by_ms);
        self.peer.set_clock(self.now_ms);
        Ok(())
    }

    fn read_file(&mut self, name: &str) -> Result<Vec<u8>, String> {
        read(name)
    }

    fn write_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        write(name, bytes)
    }
}

/// A server that a profile describes.
pub(crate) struct OnSockets {
    target: Target,
    client: Client,
    runtime: Runtime,
    clock: Clock,
}

impl OnSockets {
    pub(crate) fn new(target: Target, clock: Clock, timeout_s: u64) -> Result<Self, Error> {
        let answer_ms_max = timeout_s.saturating_mul(1_000);
        let connect_ms_max = answer_ms_max.min(ClientOptions::default().connect_ms_max);
        let options = ClientOptions { connect_ms_max, answer_ms_max, ..ClientOptions::default() };
        let client = Client::new(&target.roots, options)
            .map_err(|error| Error::Arguments(format!("target `{}`: {error}", target.name)))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Bug(format!("no runtime: {error}")))?;
        Ok(Self { target, client, runtime, clock })
    }
}

impl Surroundings for OnSockets {
    fn exchange(&mut self, call: &Call) -> Reply {
        self.runtime.block_on(self.client.exchange(call))
    }

    fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    fn advance(&mut self, by_ms: u64) -> Result<(), String> {
        if by_ms == 0 {
            return Ok(());
        }
        let Some(clock) = self.target.hooks.get("clock") else {
            return Err("the target profile has no hook `clock`, so time passes by itself only; \
                        see docs/target.md"
                .to_owned());
        };
        let arguments = BTreeMap::from([("advance_ms".to_owned(), by_ms.to_string())]);
        let moved = self.runtime.block_on(hook::call(&self.client, clock, &arguments));
        moved.map_err(|reason| format!("hook `clock`: {reason}"))?;
        self.clock.jump(by_ms);
        Ok(())
    }

    fn read_file(&mut self, name: &str) -> Result<Vec<u8>, String> {
        read(name)
    }

    fn write_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        write(name, bytes)
    }
}

fn read(name: &str) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    let said = |error: std::io::Error| error.to_string();
    let mut bytes = Vec::new();
    let file = std::fs::File::open(name).map_err(said)?;
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(format!("it is over {FILE_BYTES_MAX} bytes"));
    }
    Ok(bytes)
}

fn write(name: &str, bytes: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    output::write_file(Path::new(name), &text).map_err(|error| error.to_string())
}
