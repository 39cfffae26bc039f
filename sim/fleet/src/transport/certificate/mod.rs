//! Strict certificate checking, as product instances do it, and what they say of a certificate
//! they do not take.
//!
//! - [`trust`]: which authorities a server's certificate must lead to
//! - [`verifier`]: one chain judged; [`host_name`]: whether a name is the host's
//! - [`fault`]: what is wrong with one, in our own words

mod fault;
mod host_name;
mod trust;
mod verifier;

pub use trust::TlsSetupError;
pub(super) use trust::Trust;
pub(super) use verifier::StrictVerifier;

#[cfg(test)]
mod tests;
