//! The classic era: product instances register, report what they use, and are told how they stand.
//!
//! - [`shape`] tells a classic request from one of the policy era; [`exchange`] reads it,
//!   [`sender`] proves whom it is from, [`reply`] wraps what a handler says; [`refusal`]: why not;
//!   [`compatibility`]: which agents suit
//! - handlers, one per message type: [`registration`], [`id_certificate`], [`entitlement`],
//!   [`life`], [`export_authorization`], [`conversion`], [`poll`], [`third_party_key`]
//! - [`registry`]: the registered instances; [`registered_instance`]: one of them; [`token`]: what
//!   lets them in
//! - [`promise`]: results that wait for their poll; [`deferral`] puts off and delivers them;
//!   [`settlement`]: what time alone decides
//! - [`consumption`]: what is counted, with redundant applications; [`standing`]: what follows
//! - [`transfer`]: instances that are moved to another account
//! - [`upstream`]: what waits for CSSM; [`account_service`]: what a local account serves;
//!   [`told_use`]: what is told of licences in use; [`host`]: what an instance says of its machine
//! - [`backup`]: what an On-Prem restore brings back; [`control`]: the control API

mod account_service;
pub(crate) mod backup;
mod compatibility;
mod consumption;
pub(crate) mod control;
mod conversion;
mod deferral;
mod entitlement;
pub(crate) mod exchange;
mod export_authorization;
pub(crate) mod host;
mod id_certificate;
mod life;
mod poll;
mod promise;
mod refusal;
pub(crate) mod registered_instance;
mod registration;
pub(crate) mod registry;
mod reply;
mod sender;
pub(crate) mod settlement;
pub(crate) mod shape;
mod standing;
mod third_party_key;
pub(crate) mod token;
mod told_use;
mod transfer;
mod upstream;

#[cfg(test)]
pub(crate) mod tests;
