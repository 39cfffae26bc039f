//! One agent against a small server of its own, written down here from the documents.

#![expect(
    clippy::unwrap_used,
    reason = "the lint spares #[test] functions only, not their helpers"
)]

mod artefacts;
mod disturbance;
mod fake_server;
mod faults;
mod life;
mod memory;
mod platforms;
mod power;
mod pressure;
mod save_usage;
mod saved;
mod show;
mod show_interop;
mod show_states;
mod state_machines;
