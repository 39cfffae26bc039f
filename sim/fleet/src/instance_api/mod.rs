//! What a product instance serves on loopback while a server collects from it. What it answers is
//! its agent's matter ([`muster_agent::pull`]); here are sockets.
//!
//! - `listener`: HTTP for the time of one collection; `tls`: its certificate
//! - [`InstanceCall`]: a request on its way to the agent

mod call;
mod listener;
mod tls;

pub use call::InstanceCall;
pub(crate) use listener::{Ask, InstanceApi};
pub(crate) use tls::InstanceTls;
pub use tls::InstanceTlsError;
