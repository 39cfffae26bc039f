//! Product instances on real sockets, or on a simulated clock, driven by scenarios.
//!
//! - [`target`]: where the server is and what may be asked of it
//! - [`program`]: a scenario made ready to run
//! - [`journey`]: one replica of a scenario, without I/O
//! - [`virtual_run`]: journeys on a simulated clock against an in-memory peer
//! - [`real_run`]: journeys on sockets; [`clock`]: the time they live in
//! - [`console`]: one product instance at a command line
//! - [`instance_api`]: what a product instance serves to a collecting server
//! - [`transport`], [`hook`]: how requests and hooks reach the target
//! - [`arrival`], [`timer_wheel`]: when journeys begin, and what is due when
//! - [`measure`], [`gate`]: what a load run measured, and whether that is good enough
//! - [`metronome`]: one logical time for several shards
//! - [`health`], [`size`]: how the generator fares, and what a run will need
//! - [`saved_fleet`]: the state of a fleet between two runs
//! - [`watch`]: who sees the run while it goes on
//! - [`log`]: how entries reach the sinks

pub mod arrival;
pub mod clock;
pub mod console;
pub mod gate;
pub mod health;
pub mod hook;
pub mod instance_api;
pub mod journey;
pub mod log;
pub mod measure;
pub mod metronome;
pub mod plan;
pub mod program;
pub mod real_run;
pub mod saved_fleet;
pub mod size;
mod stage;
pub mod target;
pub mod timer_wheel;
pub mod transport;
pub mod virtual_run;
pub mod watch;

pub use journey::UnknownPlatform;
pub use muster_certs::SigningMode;
pub use plan::{Plan, RunError, RunSummary};
pub use target::{ENDPOINTS, EndpointUrl, Hook, HostPolicy, Secret, Target, TargetError};
