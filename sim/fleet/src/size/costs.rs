//! What a product instance, a connection and an exchange cost: one table, each value with its unit
//! and where it was measured. A prediction is arithmetic over these and nothing else.

use serde::Serialize;

/// A measured cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// The value.
    pub value: f64,
    /// `B`, or `us` of one core.
    pub unit: &'static str,
    /// How it was measured.
    pub measured: &'static str,
}

/// All costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Costs {
    /// The process before anything happens.
    pub process: Cost,
    /// An instance beyond its record: timer, trust code, one open report.
    pub instance: Cost,
    /// A TLS connection in use, client side.
    pub connection: Cost,
    /// Connecting with a full handshake, one small exchange, closing.
    pub connect_full: Cost,
    /// The same with a resumed session.
    pub connect_resumed: Cost,
    /// An exchange on a connection that is there.
    pub exchange: Cost,
    /// Making a request from an instance's state and taking its answer in.
    pub stateful: Cost,
    /// Judging an exchange.
    pub judge: Cost,
    /// Making an instance's key.
    pub key: Cost,
    /// Signing a report.
    pub sign: Cost,
    /// A TLS connection in use, on the embedded server's side.
    pub server_connection: Cost,
    /// What the embedded server remembers of an instance.
    pub server_instance: Cost,
    /// Accepting with a full handshake, one small exchange, closing.
    pub server_accept_full: Cost,
    /// The same with a resumed session.
    pub server_accept_resumed: Cost,
    /// An exchange on a connection that is there.
    pub server_exchange: Cost,
    /// Reading and writing the JSON of an exchange.
    pub server_json: Cost,
    /// Verifying the signature of a report.
    pub server_verify: Cost,
    /// Opening and closing a connection, on the network.
    pub network_connection: Cost,
    /// An exchange without its connection, on the network.
    pub network_exchange: Cost,
}

const fn bytes(value: f64, measured: &'static str) -> Cost {
    Cost { value, unit: "B", measured }
}

const fn micros(value: f64, measured: &'static str) -> Cost {
    Cost { value, unit: "us", measured }
}

/// The table. One core of a Zen 4 EPYC virtual machine, loopback, release build, TLS 1.3 with
/// X25519 and a P-256 server certificate over rustls and aws-lc-rs, unless a row says otherwise.
pub static COSTS: Costs = Costs {
    process: bytes(10_502_144.0, "resident memory of an idle `muster serve`"),
    instance: bytes(274.0, "786 B resident per trusted instance with a report, less its record"),
    connection: bytes(16_800.0, "resident, bare client at 1,000 to 10,000 active connections"),
    connect_full: micros(263.0, "client CPU, connect + full handshake + request + close"),
    connect_resumed: micros(132.0, "client CPU, the same, all sessions resumed"),
    exchange: micros(15.5, "client CPU, keep-alive POST of 2 KB, 1,000 connections"),
    stateful: micros(18.6, "client CPU, unsigned journey step less a bare exchange: 34.1 - 15.5"),
    judge: micros(22.0, "CPU of all checks for one exchange of `benches/journey.rs`"),
    key: micros(10.3, "P-256 key generation"),
    sign: micros(18.8, "P-256 signature over a report of 2.2 KB"),
    server_connection: bytes(24_000.0, "resident, hyper server, per idle HTTPS connection"),
    server_instance: bytes(
        10_300.0,
        "growth of `muster serve` by 1,000 instances of `demo/first-report`, 11.4 exchanges each",
    ),
    server_accept_full: micros(156.0, "server CPU, accept + full handshake + request + close"),
    server_accept_resumed: micros(126.0, "server CPU, the same, all sessions resumed"),
    server_exchange: micros(9.2, "server CPU, bare hyper, keep-alive POST of 2 KB"),
    server_json: micros(8.0, "decoding a report of 2.6 KB, envelope and payload (7.5), answering"),
    server_verify: micros(56.9, "P-256 verification"),
    network_connection: bytes(3_249.0, "loopback counters, openssl handshake and close, X25519"),
    network_exchange: bytes(
        5_650.0,
        "loopback counters, `demo/first-report`: 8,900 per exchange with its connection, less that",
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_predicts_a_measured_registration() {
        // 20,000 instances, each its own connection, key, one signed report, three exchanges:
        // 378 to 421 us of client CPU per instance were measured.
        let c = &COSTS;
        let us = c.connect_full.value
            + 2.0 * c.exchange.value
            + 3.0 * c.stateful.value
            + c.key.value
            + c.sign.value;
        assert!((370.0..430.0).contains(&us), "{us}");
    }

    #[test]
    fn a_resumed_connection_is_cheaper_than_a_full_one_and_a_kept_one_than_both() {
        let c = &COSTS;
        assert!(c.connect_full.value > c.connect_resumed.value);
        assert!(c.connect_resumed.value > c.exchange.value);
        assert!(c.server_accept_full.value > c.server_accept_resumed.value);
    }
}
