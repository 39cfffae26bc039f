//! Formats no public source shows, one module each, in Muster's own proposal.
//!
//! Element names come from public sources where such exist; the content is assumed. A real capture
//! replaces one module without touching anything else. Nothing here makes a server non-conforming.

pub mod account_info;
pub mod acknowledgement;
pub mod authorization_request;
pub mod conversion_acknowledgement;
pub mod policy;
pub mod slac;
pub mod system_info;
pub mod trust_request;
pub mod usage_list;
