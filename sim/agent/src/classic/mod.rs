//! The classic era: a product instance registers, reports what it uses and is authorized for it.
//!
//! - [`ClassicAgent`]: one product instance; [`ClassicInput`] and [`ClassicCommand`] go in,
//!   [`ClassicEffect`]s come out; [`ClassicView`] is what it knows
//! - [`registration_state`], [`evaluation_state`], [`id_certificate_state`],
//!   [`authorization_state`], [`export_authorization_state`], [`conversion_state`],
//!   [`application_redundancy_state`], [`third_party_key_state`]: the state tables
//! - [`faults`]: what conditions raise and clear; [`redundancy`], [`transport`]: what is configured
//! - `registration`, `evaluation`, `authorization`, `uses`, `exports`, `conversion`,
//!   `third_party_key`, `deferral`: what an agent remembers of each
//! - `request` builds messages, `answer` reads them; `link` counts and retries
//! - `chain`: where certificates must lead to; `authorization_code`: what comes with an export
//!   authorization

mod agent;
mod answer;
pub mod application_redundancy_state;
mod authorization;
mod authorization_code;
pub mod authorization_state;
pub(crate) mod chain;
mod conversion;
pub mod conversion_state;
mod deferral;
mod effect;
mod evaluation;
pub mod evaluation_state;
pub mod export_authorization_state;
mod exports;
mod family;
pub mod faults;
pub mod id_certificate_state;
mod input;
mod link;
mod machine;
pub mod redundancy;
mod registration;
pub mod registration_state;
mod request;
mod syslog;
mod third_party_key;
pub mod third_party_key_state;
pub mod transport;
mod uses;
pub mod view;

pub use agent::ClassicAgent;
pub use effect::{ClassicEffect, ClassicOutbound};
pub use faults::{Fault, FaultKind, Severity};
pub use input::{ClassicCommand, ClassicInput, FabricChange, KeyWanted};
pub use redundancy::{RedundancyPeer, RedundantApplication};
pub use transport::{ClassicTransport, Framing, ServerChoice, TransportMode};
pub use view::ClassicView;
