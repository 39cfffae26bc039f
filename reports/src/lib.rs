//! One renderer per report format over the same results.
//!
//! - [`console`]: for the person at the terminal
//! - [`html`]: one page that needs no network, with the evidence
//! - [`junit`], [`sarif`], [`markdown`]: for CI systems, code scanning and pull requests
//! - [`json`]: the versioned document other programs read, and back
//! - [`summary`]: the arithmetic they share
//! - [`write_all`]: all files at once
//!
//! A renderer takes results and the catalogue and gives text. What servers answered is untrusted
//! and is escaped or made visible on the way.

pub mod console;
mod error;
mod exchange_text;
mod files;
pub mod html;
pub mod json;
pub mod junit;
mod load_text;
pub mod markdown;
mod reproduction;
pub mod sarif;
pub mod summary;
mod text;
mod units;

pub use error::Error;
pub use files::write_all;
