//! What is wrong with a request by this crate's own reading; a deferred one keeps it until polled.

use muster_journal::Deviation;
use muster_wire::entitlement::{is_regid, is_uuid};
use muster_wire::rum_report::{RumReport, SIGNING_TYPE_SHA256};
use muster_wire::{EntitlementTag, RequestType};

use crate::context::Context;

/// Endpoint of the tenant whose "Validate Device" setting is on.
pub const VALIDATING: &str = "cslu_validating";

/// Tenants of two virtual accounts of one On-Prem.
const TENANTS: [&str; 2] = ["cslu", "cslu_other"];

/// Name of the ID token of another virtual account, and of the one no server knows.
const OTHER_ACCOUNT: &str = "other_account";
/// Name of the ID token that no server knows.
pub const UNKNOWN_TOKEN: &str = "unknown";

/// Reasons for which a server must not process a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// A report was edited after it was signed, or its signature replaced.
    pub edited: bool,
    /// A report names a trust id the server never gave.
    pub unknown_trust: bool,
    /// The last trust request was refused as old and the report rests on no trust id given.
    pub old_trust: bool,
    /// A report names a licence no server can know.
    pub unknown_tag: bool,
    /// A trust request whose id is not over the last one processed.
    pub stale_trust_id: bool,
    /// A token of another account than the instance is in.
    pub other_account: bool,
    /// A token no server knows.
    pub unknown_token: bool,
    /// A record of the instance exists in another virtual account.
    pub conflict: bool,
    /// The tenant validates and the instance is unknown.
    pub unknown_host: bool,
}

impl Doubts {
    /// Reads the doubts off a request and what went before it.
    #[must_use]
    pub fn of(context: &Context<'_>) -> Self {
        match context.request_type() {
            Some(RequestType::LicenseUsage) if context.message.line().is_some() => usage(context),
            Some(RequestType::IdTokenTrust | RequestType::TrustSync) => trust(context),
            _ => Self::default(),
        }
    }
}

fn usage(context: &Context<'_>) -> Doubts {
    let deviations = &context.exchange().intent.deviations;
    let honest = deviations.is_empty();
    let side = context.side();
    let endpoint = context.exchange().endpoint.as_str();
    let elsewhere = side.reported_through.as_deref().is_some_and(|through| {
        through != endpoint && TENANTS.contains(&through) && TENANTS.contains(&endpoint)
    });
    Doubts {
        edited: meant(deviations, &[Deviation::PayloadEdited, Deviation::SignatureBroken])
            && !every_report_verifies(context),
        unknown_trust: meant(deviations, &[Deviation::TrustIdUnknown]),
        old_trust: side.trust_is_old
            && !context.usage_reports().is_empty()
            && context.usage_reports().iter().all(|report| {
                let named = trust_id_of(report);
                named.is_none() || named != side.trust_id_processed
            }),
        unknown_tag: context.reported_tags().any(is_unknowable),
        conflict: honest && elsewhere,
        unknown_host: honest && endpoint == VALIDATING && !side.known,
        ..Doubts::default()
    }
}

fn trust(context: &Context<'_>) -> Doubts {
    let side = context.side();
    let id = context.trust_request().map(|entry| entry.trust_id.0);
    let stale = id.is_some() && id <= side.trust_id_processed;
    let token = context.exchange().intent.id_token.as_deref();
    let honest = context.is_honest() && !stale;
    Doubts {
        stale_trust_id: stale,
        unknown_token: honest && token == Some(UNKNOWN_TOKEN),
        other_account: honest && token.is_some_and(|token| is_of_another_account(context, token)),
        ..Doubts::default()
    }
}

fn is_of_another_account(context: &Context<'_>, token: &str) -> bool {
    let side = context.side();
    let (Some(account), Some(first)) = (&side.account, side.token.as_deref()) else {
        return false;
    };
    if token == first || token == UNKNOWN_TOKEN {
        return false;
    }
    match context.account_of_token(token) {
        Some(granted) => granted != account,
        None => token == OTHER_ACCOUNT,
    }
}

fn meant(deviations: &[Deviation], kinds: &[Deviation]) -> bool {
    deviations.iter().any(|deviation| kinds.contains(deviation))
}

fn every_report_verifies(context: &Context<'_>) -> bool {
    let reports = context.usage_reports();
    !reports.is_empty()
        && reports.iter().all(|report| {
            let key = context.before.key_for(trust_id_of(report));
            let (text, signature) = (&report.payload, &report.signature.value);
            key.and_then(|key| crate::signature::verifies(key, text, signature)) == Some(true)
        })
}

/// The trust id a report rests on. Assumed: it stands as a decimal number in `signature.key`.
fn trust_id_of(report: &RumReport) -> Option<u64> {
    let signature = &report.signature;
    (signature.signing_type == SIGNING_TYPE_SHA256).then(|| signature.key.parse().ok()).flatten()
}

/// Whether no server can know the tag: it has not the registered form, or its UUID is all zeros.
/// Assumed: no licence has the nil UUID; scenarios use it to name an unknown one.
#[must_use]
pub fn is_unknowable(tag: &EntitlementTag) -> bool {
    let text = tag.as_str();
    let nil = text.rsplit_once('_').is_some_and(|(_, uuid)| {
        is_uuid(uuid) && uuid.bytes().all(|byte| matches!(byte, b'0' | b'-'))
    });
    nil || !is_regid(text)
}
