//! One agent against a small server of its own, written down here from the documents.

#![expect(
    clippy::unwrap_used,
    reason = "the lint spares #[test] functions only, not their helpers"
)]

mod artefacts;
mod classic_agent_errors;
mod classic_answers;
mod classic_authorization;
mod classic_bench;
mod classic_conversion;
mod classic_disturbance;
mod classic_export;
mod classic_memory;
mod classic_redundancy;
mod classic_registration;
mod classic_saved;
mod classic_server;
mod classic_year;
mod disturbance;
mod fake_server;
mod faults;
mod ha_members;
mod life;
mod memory;
mod platforms;
mod power;
mod pressure;
mod pull_account;
mod pull_air_gap;
mod pull_authorization;
mod pull_classic;
mod pull_collector;
mod pull_disturbance;
mod pull_requests;
mod pull_restconf;
mod pull_restconf_xml;
mod pull_service;
mod save_usage;
mod saved;
mod show;
mod show_classic;
mod show_interop;
mod show_states;
mod state_machines;
mod voice;
