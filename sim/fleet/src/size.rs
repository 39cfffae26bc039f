//! What a run will need before it starts, and what to change when it will not fit.
//!
//! A prediction is arithmetic over [`COSTS`]; limits are those of the [`Machine`]. Sockets, ports
//! and memory that are not there refuse a run; time that seems too short only warns, because
//! another machine is faster or slower than the one the costs were measured on.

mod costs;
mod machine;
mod note;
mod source;

pub use costs::{COSTS, Cost, Costs};
pub use machine::{Machine, ports_per_address};
pub use note::{Level, Note};
pub use source::{SourceError, parse_sources};

use muster_scenarios::model::Connections;
use serde::Serialize;

/// Descriptors beside connections: standard streams, the runtimes' own, listeners, journal and
/// reports. An idle `muster serve` holds 18; the rest is room for shards, probes and hooks.
pub const FDS_BESIDE: u64 = 256;

/// What is to be run.
#[derive(Clone, Debug, PartialEq)]
pub struct SizeInput {
    /// Product instances.
    pub instances: u64,
    /// How they connect.
    pub connections: Connections,
    /// Exchanges under way at once, at most.
    pub in_flight: u64,
    /// Connections open at once, at most; none: as many as the fleet asks for.
    pub sockets: Option<u64>,
    /// Threads the fleet runs on.
    pub shards: u32,
    /// Whether TLS sessions are resumed.
    pub resumption: bool,
    /// Journeys that begin per second; none: as fast as it goes.
    pub rate_per_s: Option<f64>,
    /// Exchanges of one journey.
    pub exchanges_per_instance: u32,
    /// Of those, reports with a signature.
    pub signed_per_instance: u32,
    /// Size of the record of one instance, bytes.
    pub agent_bytes: u64,
    /// Whether checks judge every exchange.
    pub judge: bool,
    /// Whether the server runs in the same process.
    pub embedded: bool,
    /// Source addresses to connect from; at least 1.
    pub source_addresses: u64,
}

impl SizeInput {
    /// Journeys that begin per second, where they are paced at all.
    fn pace(&self) -> Option<f64> {
        self.rate_per_s.filter(|rate| *rate > 0.0)
    }
}

/// What a run will need.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// Product instances.
    pub instances: u64,
    /// Exchanges of all of them.
    pub exchanges: u64,
    /// Connections at once, at most.
    pub connections: u64,
    /// Connections opened over the run.
    pub connects: u64,
    /// Of those, with a full handshake.
    pub handshakes_full: u64,
    /// Most resident memory of the process, bytes.
    pub rss_bytes: u64,
    /// Memory of this machine that is free or can be made so, bytes.
    pub memory_bytes: Option<u64>,
    /// Open file descriptors.
    pub fds: u64,
    /// Soft limit of them as it is; a run raises it to the hard one. None: no limit.
    pub fds_soft: Option<u64>,
    /// Hard limit of them. None: no limit.
    pub fds_hard: Option<u64>,
    /// Source addresses the connections need.
    pub source_addresses_needed: u64,
    /// Source addresses there are.
    pub source_addresses: u64,
    /// Local ports of each.
    pub ports_per_address: u32,
    /// CPU time of the whole process, seconds of one core.
    pub cpu_s: f64,
    /// Of that, the fleet's; the rest is an embedded server's.
    pub fleet_cpu_s: f64,
    /// Cores the fleet's threads can use.
    pub fleet_cores: u32,
    /// Cores this process may use.
    pub cores: u32,
    /// Shortest duration, seconds: by CPU and by the rate. What the server takes comes on top.
    pub wall_s_min: f64,
    /// Bytes on the network in both directions.
    pub network_bytes: u64,
    /// What fits and what does not.
    pub notes: Vec<Note>,
}

impl Prediction {
    /// Whether nothing refuses the run.
    pub fn fits(&self) -> bool {
        self.notes.iter().all(|note| note.level != Level::Refuse)
    }
}

/// Predicts what a run will need on a machine.
pub fn predict(input: &SizeInput, machine: &Machine) -> Prediction {
    let work = Work::of(input);
    let fleet_cpu_s = fleet_cpu_us(input, &work) / 1e6;
    let server_cpu_s = if input.embedded { server_cpu_us(&work) / 1e6 } else { 0.0 };
    let cpu_s = fleet_cpu_s + server_cpu_s;
    let cores = machine.cores.max(1);
    let fleet_cores = input.shards.clamp(1, cores);
    let by_cpu = (fleet_cpu_s / f64::from(fleet_cores)).max(cpu_s / f64::from(cores));
    let by_rate = input.pace().map_or(0.0, |rate| input.instances as f64 / rate);
    let limit = |limit: u64| (limit != u64::MAX).then_some(limit);
    let mut prediction = Prediction {
        instances: input.instances,
        exchanges: work.exchanges,
        connections: work.connections,
        connects: work.connects,
        handshakes_full: work.handshakes_full,
        rss_bytes: rss_bytes(input, &work),
        memory_bytes: machine.memory_bytes,
        fds: FDS_BESIDE.saturating_add(work.connections.saturating_mul(ends(input))),
        fds_soft: limit(machine.fds.now),
        fds_hard: limit(machine.fds.hard),
        source_addresses_needed: addresses(work.connections, machine.ports_per_address),
        source_addresses: input.source_addresses,
        ports_per_address: machine.ports_per_address,
        cpu_s,
        fleet_cpu_s,
        fleet_cores,
        cores,
        wall_s_min: by_cpu.max(by_rate),
        network_bytes: network_bytes(&work),
        notes: Vec::new(),
    };
    prediction.notes = note::notes(input, &prediction);
    prediction
}

/// Ends of each connection that are in this process.
fn ends(input: &SizeInput) -> u64 {
    if input.embedded { 2 } else { 1 }
}

/// Source addresses that so many connections to one destination need.
fn addresses(connections: u64, ports_per_address: u32) -> u64 {
    connections.div_ceil(u64::from(ports_per_address.max(1))).max(1)
}

/// How often the expensive things happen.
struct Work {
    exchanges: u64,
    signed: u64,
    connections: u64,
    connects: u64,
    handshakes_full: u64,
}

impl Work {
    fn of(input: &SizeInput) -> Self {
        let exchanges = input.instances.saturating_mul(input.exchanges_per_instance.into());
        let (connections, connects) = match input.connections {
            Connections::PerExchange => (input.in_flight.min(input.instances), exchanges),
            Connections::KeepAlive => (input.instances, input.instances.min(exchanges)),
        };
        let connections = connections.min(input.sockets.unwrap_or(u64::MAX));
        let handshakes_full =
            if input.resumption { connects.min(input.instances) } else { connects };
        let signed = input.instances.saturating_mul(input.signed_per_instance.into());
        Self { exchanges, signed, connections, connects, handshakes_full }
    }

    fn resumed(&self) -> u64 {
        self.connects - self.handshakes_full
    }

    fn reused(&self) -> u64 {
        self.exchanges - self.connects
    }
}

fn rss_bytes(input: &SizeInput, work: &Work) -> u64 {
    let agent = input.agent_bytes as f64 + COSTS.instance.value;
    let mut instance = agent;
    let mut connection = COSTS.connection.value;
    if input.embedded {
        instance += COSTS.server_instance.value;
        connection += COSTS.server_connection.value;
    }
    let instances = input.instances as f64 * instance;
    (COSTS.process.value + instances + work.connections as f64 * connection) as u64
}

fn times(count: u64, cost: Cost) -> f64 {
    count as f64 * cost.value
}

fn fleet_cpu_us(input: &SizeInput, work: &Work) -> f64 {
    let keys = if input.signed_per_instance > 0 { input.instances } else { 0 };
    let judged = if input.judge { work.exchanges } else { 0 };
    times(work.handshakes_full, COSTS.connect_full)
        + times(work.resumed(), COSTS.connect_resumed)
        + times(work.reused(), COSTS.exchange)
        + times(work.exchanges, COSTS.stateful)
        + times(judged, COSTS.judge)
        + times(keys, COSTS.key)
        + times(work.signed, COSTS.sign)
}

fn server_cpu_us(work: &Work) -> f64 {
    times(work.handshakes_full, COSTS.server_accept_full)
        + times(work.resumed(), COSTS.server_accept_resumed)
        + times(work.reused(), COSTS.server_exchange)
        + times(work.exchanges, COSTS.server_json)
        + times(work.signed, COSTS.server_verify)
}

fn network_bytes(work: &Work) -> u64 {
    let connects = times(work.connects, COSTS.network_connection);
    (connects + times(work.exchanges, COSTS.network_exchange)) as u64
}

#[cfg(test)]
mod tests;
