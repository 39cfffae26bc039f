//! Files that an operator carries between an instance and its account.
//!
//! - [`Flash`]: where an instance keeps files for those who come to fetch them
//! - [`upload`]: the bundle of usage files an account takes, and what comes back in one
//! - [`written`]: the text of a file that an agent wrote

mod flash;
pub mod upload;

pub(crate) use flash::PATH_LENGTH_MAX;
pub use flash::{Flash, FlashFault};
use muster_wire::Artefact;

use crate::effect::Effect;

/// The text of the file an agent wrote, if the effect is one.
pub fn written(effect: &Effect) -> Option<String> {
    match effect {
        Effect::UsageSaved(file) => Some(file.encode()),
        Effect::FileWritten(file) => text(file),
        _ => None,
    }
}

/// Only what an instance writes.
fn text(artefact: &Artefact) -> Option<String> {
    match artefact {
        Artefact::Usage(file) => Some(file.encode()),
        Artefact::TrustRequest(request) => Some(request.encode()),
        Artefact::AuthorizationRequest(request) => Some(request.encode()),
        _ => None,
    }
}
