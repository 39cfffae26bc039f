//! The embedded reference server: CSSM, SSM On-Prem and CSLU.
//!
//! Everything it can say goes through [`Server::answer`], which does no I/O; [`serve`] puts the
//! same server behind real sockets.
//!
//! - [`options`]: what a server is made from; [`clock`]: whose time it lives in
//! - [`message`]: HTTP requests and answers without a socket
//! - [`defects`]: named deviations, each tied to the requirement that must catch it
//! - [`mishap`], `mishap_control`: faults on purpose; `strictness`: what is refused then;
//!   `metrics`: figures, and whether the server is well
//! - [`listen`]: addresses, threads and an orderly end; `accept`, `tls`, `connection`: how product
//!   instances get in; [`limits`]: what they may cost, `patient_stream` and `quiet_log` among it;
//!   `control`: the harness's side door
//! - `pull_conversation`, `collect`: reports the server asks for itself; `pull`: its sockets
//! - `account_page`: files that operators bring
//! - `state`: what outlives the process, and the file it is kept in; `shared`: what many records
//!   name
//! - `router` picks the endpoint, `handler` answers, `store` remembers, `envelope` wraps
//! - `classic`: the classic era, from registration to conversion; `holdings`: what the virtual
//!   accounts hold, in both eras; `instance_facts`: what instances say of themselves; `listing`:
//!   who is where, for lists
//! - `local_account`: accounts of an On-Prem; `cssm`: what CSSM knows of them; `synchronization`:
//!   how both are brought up to date; `notices`: alerts, events, syslog lines, which
//!   `syslog_sender` sends; `on_prem_control`: the control API of all this
//! - `admin`: the REST API of an On-Prem, and the REST calls of CSSM

mod accept;
mod account;
mod account_page;
mod admin;
mod authorization_code;
mod callhome;
mod classic;
pub mod clock;
mod collect;
mod connection;
mod control;
mod cssm;
mod date;
pub mod defects;
mod derivation;
mod envelope;
mod error;
mod handler;
mod holdings;
mod instance_facts;
pub mod limits;
pub mod listen;
mod listing;
mod local_account;
pub mod message;
mod metrics;
pub mod mishap;
mod mishap_control;
mod nonce_memory;
mod notices;
mod on_prem_control;
pub mod options;
mod patient_stream;
mod product_catalogue;
mod product_instance;
mod pull;
mod pull_conversation;
mod quiet_log;
mod refusal;
mod router;
mod server;
mod settings;
mod shared;
mod snapshot_control;
mod state;
mod store;
mod strictness;
mod synchronization;
mod syslog_sender;
mod tls;
mod verifying_keys;

pub use account::{Account, IdTokenGrant, Tenant, id_token};
pub use admin::role::{Access, AccountRole, ApiGrant, VirtualAccountRole};
pub use clock::ClockSource;
pub use defects::{Defect, Era};
pub use error::Error;
pub use limits::Limits;
pub use listen::{Listen, Running, serve};
pub use message::{Listener, ServerAnswer, ServerRequest, Then};
pub use mishap::Chaos;
pub use muster_certs::{SigningMode, Tiers};
pub use options::ServerOptions;
pub use pull_conversation::PullCall;
pub use server::Server;
pub use state::fault::StateFault;
pub use state::file::StateOptions;
