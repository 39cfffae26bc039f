//! The embedded reference server: CSSM, SSM On-Prem and CSLU.
//!
//! Everything it can say goes through [`Server::answer`], which does no I/O; [`serve`] puts the
//! same server behind real sockets.
//!
//! - [`options`]: what a server is made from; [`clock`]: whose time it lives in
//! - [`message`]: HTTP requests and answers without a socket
//! - [`defects`]: named deviations, each tied to the requirement that must catch it
//! - [`listen`]: addresses, threads and an orderly end; `accept`, `tls`, `connection`: how product
//!   instances get in; `control`: the harness's side door
//! - `collect`, `pull`: reports the server asks for itself, without and with the sockets
//! - `router` picks the endpoint, `handler` answers, `store` remembers, `envelope` wraps
//! - `classic`: the classic era, from registration to conversion; `holdings`: what the virtual
//!   accounts hold, in both eras

mod accept;
mod account;
mod authorization_code;
mod callhome;
mod classic;
pub mod clock;
mod collect;
mod connection;
mod control;
mod date;
pub mod defects;
mod derivation;
mod envelope;
mod error;
mod handler;
mod holdings;
pub mod listen;
pub mod message;
mod nonce_memory;
pub mod options;
mod product_catalogue;
mod product_instance;
mod pull;
mod refusal;
mod router;
mod server;
mod settings;
mod shared;
mod snapshot_control;
mod state;
mod store;
mod tls;

pub use account::{Account, IdTokenGrant, Tenant, id_token};
pub use clock::ClockSource;
pub use defects::{Defect, Era};
pub use error::Error;
pub use listen::{Listen, Running, serve};
pub use message::{Listener, ServerAnswer, ServerRequest, Then};
pub use muster_certs::{SigningMode, Tiers};
pub use options::ServerOptions;
pub use server::Server;
pub use state::fault::StateFault;
pub use state::file::StateOptions;
