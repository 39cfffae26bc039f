//! The fleet from outside: scenarios against a scripted peer in memory, the real client and the
//! real run against a small server on loopback, and the target profile.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod bench;
mod bytes;
mod certificate;
mod classic;
mod classic_journal;
mod classic_network;
mod classic_peer;
mod classic_tampers;
mod client;
mod endings;
mod failover;
mod files;
mod instance_api;
mod load_client;
mod load_client_differential;
mod load_client_limits;
mod load_client_server;
mod load_client_tls;
mod parallel;
mod polling;
mod profile;
mod proxy;
mod proxy_differential;
mod proxy_server;
mod proxy_third_party;
mod real_run;
mod scripted_peer;
mod socket_server;
mod steps;
mod tampers;
mod unmet;
