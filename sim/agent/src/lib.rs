//! One Smart Agent as a sans-I/O state machine: time, seed and bytes in, effects out.
//!
//! - [`SmartAgent`]: one product instance; [`Input`] and [`Command`] go in, [`Effect`]s come out
//! - [`Common`]: what agents of one shard need to hold only once
//! - [`Platform`]: product families as data, [`Identity`]: who one instance is
//! - [`AgentView`]: what an instance knows, for scenario conditions and `show` texts
//! - [`EventLog`]: what somebody noted of its past, [`ShowCommand`]: the texts it prints
//! - [`LogName`]: every line it can log
//! - [`pull`]: what an instance offers to a collector; [`files`]: what an operator carries
//! - [`policy`]: the policy era: trust, RUM reports, polls, schedule, and their state tables
//! - [`classic`]: the classic era: registration, authorization, conversion, and their state tables

mod account;
mod agent;
pub mod classic;
mod effect;
mod effects;
mod error;
mod event_log;
mod few;
pub mod files;
mod heap;
mod identity;
mod input;
mod link;
mod platform;
pub mod policy;
pub mod pull;
mod refusal;
mod rng;
mod saved;
mod show;
mod syslog;
mod timer;
mod transition;
mod view;

pub use agent::SmartAgent;
pub use classic::{
    ClassicAgent, ClassicCommand, ClassicEffect, ClassicInput, ClassicOutbound, ClassicView,
};
pub use effect::{Effect, Outbound, SealedRequest};
pub use effects::Common;
pub use error::Error;
pub use event_log::{
    Direction, EventLog, ExchangeTimes, LicenseTimes, MessageSection, PastEvent, PastMessage,
    PastMessages, PastTimes,
};
pub use identity::{HaUdi, Identity};
pub use input::{Carrier, Command, Input, TransportFailure, TransportKind, UsageSelection};
pub use link::LastResponse;
pub use platform::{
    Era, Fabric, FabricInventory, HaRole, LeafLicenses, LicenseClass, PayloadLayout, Platform,
    PlatformFault, PlatformLicense, ReportingCycle, SwitchRole, Throughput, Tier,
};
pub use saved::SavedFault;
pub use show::{ClassicShowCommand, ClassicShown, ShowCommand, Shown};
pub use syslog::names::{Facility, LogEra, LogName, Provenance};
pub use transition::Illegal;
pub use view::{
    AgentView, AuthorizationView, AuthorizedLicenseView, LicenseView, MessageStatistics,
    PolicyView, PollView, ReportView, Statistics,
};
