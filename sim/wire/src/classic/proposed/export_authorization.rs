//! Export-controlled licences: asked for, polled for every hour, returned.
//!
//! Documented: the workflow and the hour (SSM On-Prem 7 User Guide, "Export Control Workflow").
//! Assumed: every member.

use serde::{Deserialize, Serialize};

use crate::classic::sudi::Origin;
use crate::identifiers::PollId;
use crate::status::wire_words;
use crate::{Artefact, Entitlement, EntitlementTag, Error, Extra, count, optional_text};

wire_words! {
    /// What is to be done with export-controlled licences.
    ExportAction {
        /// Authorize them.
        Request = "REQUEST",
        /// Take them back.
        Return = "RETURN",
    }
}

/// `request_data` of `EXPORT_AUTHORIZATION`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportRequest {
    /// Who asks.
    #[serde(flatten)]
    pub origin: Origin,
    /// What is to be done.
    pub action: ExportAction,
    /// With which licences.
    pub entitlements: Vec<Entitlement>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// `response_data` of `EXPORT_AUTHORIZATION` once it is decided; before that it is
/// [`super::poll::Deferred`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportAnswer {
    /// The deferred result this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_id: Option<PollId>,
    /// What became of each licence.
    pub authorizations: Vec<ExportAuthorization>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

wire_words! {
    /// What became of one licence.
    ExportStatus {
        /// Authorized, or returned.
        Success = "SUCCESS",
        /// Refused.
        Failed = "FAILED",
    }
}

/// What became of one licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportAuthorization {
    /// The licence.
    pub tag: EntitlementTag,
    /// How many.
    #[serde(deserialize_with = "count::deserialize")]
    pub count: u32,
    /// What became of them.
    pub status: ExportStatus,
    /// Why they were refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Base64 of the authorization code (XML); none when refused or returned.
    #[serde(default, deserialize_with = "optional_text::deserialize")]
    pub smart_license: Option<String>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ExportAuthorization {
    /// What `smart_license` decodes to; none when there is nothing in it.
    pub fn artefact(&self) -> Option<Result<Artefact, Error>> {
        self.smart_license.as_deref().map(Artefact::from_smart_license)
    }
}
