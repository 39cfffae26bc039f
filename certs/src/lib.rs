//! The seeded test PKI: chains, device keys, signing and verifying. Nothing here is fit for
//! production: every key follows from a run seed, and every certificate says TEST.
//! `seed` derives, `private_key` and `public_key` are P-256, `signature` picks how to sign
//! (`deterministic` is one way),
//! `chain` lays out the CA levels, `authority` issues, `certificate_pattern` much like before,
//! `certificate_request` asks it to,
//! `received_request` reads that,
//! `issued_certificate` reads what it issued, `server_identity` and `instance_key` are
//! what servers and product instances hold, `loaded_keys` keeps some ready for signing,
//! `shown_certificate` reads what a server shows, `trust_roots` reads a target's PEM file.

mod authority;
mod certificate_pattern;
mod certificate_request;
mod chain;
mod deterministic;
mod error;
mod instance_key;
mod issued_certificate;
mod loaded_keys;
mod private_key;
mod public_key;
mod received_request;
mod seed;
mod server_identity;
mod shown_certificate;
mod signature;
mod trust_roots;

pub use authority::{Authority, AuthorityOptions};
pub use chain::{Tiers, Validity};
pub use error::{Error, PemFault};
pub use instance_key::InstanceKey;
pub use issued_certificate::IssuedCertificate;
pub use loaded_keys::LoadedKeys;
pub use public_key::PublicKey;
pub use rustls_pki_types::{CertificateDer, PrivateKeyDer};
pub use seed::Seed;
pub use server_identity::ServerIdentity;
pub use shown_certificate::ShownCertificate;
pub use signature::{PLACEHOLDER_SIGNATURE, SigningMode};
pub use trust_roots::trust_roots_from_pem;
