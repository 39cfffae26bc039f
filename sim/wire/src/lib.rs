//! Message types and codecs of smart licensing, both directions. No I/O, no clock, no keys.
//!
//! - [`transport`]: what travels: Smart Transport envelopes, Call Home messages
//! - [`rum_report`], [`usage_file`]: RUM reports and the file that carries them; [`bundle`]: an
//!   archive of such files
//! - [`trust`]: the trust code answer; [`grant`]: a licence that an authorization code gives
//! - [`classic`]: the classic era: registration, authorization, export control, conversion
//! - [`proposed`]: formats no public source shows; a real capture replaces one module each
//! - [`Capabilities`]: what either side understands
//! - [`udi`], [`sudi`], [`entitlement`], [`identifiers`], [`short_code`], [`status`]: the
//!   vocabulary
//! - [`reading`]: an answer decoded once for everybody
//! - [`xml`]: a bounded element tree; [`limits`]: what untrusted bytes may cost
//! - [`tolerance`]: named repairs for samples damaged in print
//! - [`decoded_json`], [`Artefact::to_json`]: a message with its artefacts opened, for people

pub mod artefact;
pub mod bundle;
mod capabilities;
pub mod classic;
mod count;
pub mod entitlement;
mod error;
pub mod grant;
pub mod identifiers;
pub mod limits;
mod newtype;
mod optional_list;
mod optional_text;
pub mod proposed;
pub mod reading;
pub mod rum_report;
mod scanning;
pub mod short_code;
mod sixteen;
pub mod status;
pub mod sudi;
pub mod tolerance;
pub mod transport;
pub mod trust;
pub mod udi;
pub mod usage_file;
mod view;
mod writing;
pub mod xml;

pub use artefact::Artefact;
pub use capabilities::Capabilities;
pub use entitlement::{Entitlement, EntitlementTag, SoftwareTag};
pub use error::Error;
pub use identifiers::{Nonce, PollId, ProductInstanceId, ReportId, TrustId};
pub use short_code::{ConfirmationCode, ReturnCode};
pub use status::{AnswerStatus, LineStatus, RequestType};
pub use sudi::Sudi;
pub use udi::Udi;
pub use view::decoded_json;

/// Members a codec does not know, kept so that re-encoding loses nothing.
pub type Extra = serde_json::Map<String, serde_json::Value>;
