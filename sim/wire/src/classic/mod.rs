//! The classic era: register, authorize, convert. One envelope of JSON text within JSON text.
//!
//! - [`envelope`]: what travels: a signature beside the exact text that it covers
//! - [`header`], [`request`], [`sudi`]: the text inside, and who it is from
//! - [`request_data`]: what one request asks, by its [`message_type`]
//! - [`third_party_key`]: the one request that a public source shows whole
//! - [`reservation`]: codes that operators carry by hand
//! - [`authorization_state`], [`answer_status`], [`agent_error`]: the vocabulary of answers
//! - [`reading`]: an answer decoded once for everybody
//! - [`proposed`]: bodies no public source shows; a real capture replaces one module each

pub mod agent_error;
pub mod answer_status;
pub mod authorization_state;
pub mod envelope;
pub mod header;
pub mod message_type;
pub mod proposed;
pub mod reading;
pub mod request;
pub mod request_data;
pub mod reservation;
pub mod sudi;
pub mod third_party_key;

pub use agent_error::AgentErrorCode;
pub use answer_status::ClassicStatus;
pub use authorization_state::{AuthorizationState, EnforcementMode};
pub use envelope::{EnvelopeSignature, RequestEnvelope};
pub use header::Header;
pub use message_type::MessageType;
pub use proposed::answer::{AnswerEnvelope, ClassicAnswer};
pub use proposed::answer_data::AnswerData;
pub use reading::ClassicReading;
pub use request::ClassicRequest;
pub use request_data::RequestData;
pub use sudi::{ClassicSudi, Origin};
