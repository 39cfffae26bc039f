//! One agent against a small server of its own, written down here from the documents.

mod disturbance;
mod faults;
mod fake_server;
mod life;
mod memory;
