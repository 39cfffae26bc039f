//! How the generator itself fares: processor, memory, file descriptors, lateness.
//!
//! A generator that is late, out of cores or out of sockets measures itself and not the server.
//! What it knows about itself is sampled here, and [`saturation`] says whether the result holds.
//! Where the system has no `/proc`, values are absent, never invented.

mod limit;
mod process;
mod saturation;
mod shard;

pub use limit::{FdLimit, raise_fd_limit};
pub use process::{HealthProbe, ProcessSample};
pub use saturation::{SaturationInput, is_paced, saturation};
pub use shard::{ShardHealth, ShardProbe};
