//! The policy era: trust first, then RUM reports, polls and acknowledgements on a schedule.
//!
//! - [`trust_state`], [`rum_report_state`], [`slac_state`], [`reporting_state`]: the state tables
//! - `trust`, `rum_reports`, `slac`, `polls`, `schedule`, `terms`: what an agent remembers of each
//! - `request` builds messages, `answer` reads them; `measurement` is arithmetic

pub(crate) mod answer;
pub(crate) mod measurement;
pub(crate) mod payload;
pub(crate) mod polls;
pub mod reporting_state;
pub(crate) mod request;
pub mod rum_report_state;
pub(crate) mod rum_reports;
pub(crate) mod schedule;
pub(crate) mod slac;
pub mod slac_state;
pub(crate) mod terms;
pub(crate) mod trust;
pub mod trust_state;
