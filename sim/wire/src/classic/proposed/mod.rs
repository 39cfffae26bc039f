//! Classic bodies no public source shows, one module each, in Muster's own proposal.
//!
//! That there are such messages, and what they achieve, is documented; the members are assumed,
//! named after public words where such exist. A real capture replaces one module without touching
//! anything else. Nothing here makes a server non-conforming.

pub mod agent_action;
pub mod answer;
pub mod answer_data;
pub mod conversion;
pub mod credential;
pub mod entitlement;
pub mod export_authorization;
pub mod id_certificate;
pub mod life;
pub mod poll;
pub mod registration;
pub mod third_party_key;
