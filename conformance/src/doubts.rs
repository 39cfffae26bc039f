//! What is wrong with a request by this crate's own reading; a deferred one keeps it until polled.

use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;
use muster_journal::Deviation;
use muster_wire::entitlement::{is_regid, is_uuid};
use muster_wire::rum_report::{RumReport, SIGNING_TYPE_SHA256};
use muster_wire::{EntitlementTag, RequestType};

use crate::context::Context;

/// Endpoint of the tenant whose "Validate Device" setting is on.
pub const VALIDATING: &str = "cslu_validating";

/// Tenants of two virtual accounts of one On-Prem.
const TENANTS: [&str; 2] = ["cslu", "cslu_other"];

/// The nil UUID as it stands at the end of a tag.
const NIL_UUID_END: &str = "_00000000-0000-0000-0000-000000000000";

/// Name of the ID token of another virtual account.
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
    /// The instance has no valid trust: its last trust request was refused as old and the report
    /// rests on no trust id given, or nothing was ever given to it.
    pub invalid_trust: bool,
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
    let strange = is_under_a_strange_name(context);
    let elsewhere = side.reported_through.as_deref().is_some_and(|through| {
        through != endpoint && TENANTS.contains(&through) && TENANTS.contains(&endpoint)
    });
    Doubts {
        edited: meant(deviations, &[Deviation::PayloadEdited, Deviation::SignatureBroken])
            && !every_report_verifies(context),
        unknown_trust: strange || meant(deviations, &[Deviation::TrustIdUnknown]),
        invalid_trust: strange || (side.trust_is_old && rests_on_no_trust(context)),
        unknown_tag: names_unknowable_tag(context, honest),
        conflict: honest && elsewhere,
        unknown_host: honest && endpoint == VALIDATING && !side.known,
        ..Doubts::default()
    }
}

/// Whether the sender was renamed on purpose to an instance that was never heard of: a trust code
/// is tied to the UDI, so no trust id was ever given to that one.
fn is_under_a_strange_name(context: &Context<'_>) -> bool {
    let renamed = context.exchange().intent.deviations.iter().any(|deviation| {
        matches!(deviation, Deviation::MemberSet { pointer }
            if pointer.starts_with("/sender_info/sudi"))
    });
    let heard_of = context.before.joined || context.side().trust_id_sent.is_some();
    renamed && !heard_of && !context.usage_reports().is_empty()
}

/// Whether no report rests on a trust id the server may have given. An id that was asked for while
/// an earlier one was given may have been given in an answer that was lost.
fn rests_on_no_trust(context: &Context<'_>) -> bool {
    let (side, reports) = (context.side(), context.usage_reports());
    let given = |id: u64| side.trust_id_processed.is_some() && Some(id) <= side.trust_id_sent;
    !reports.is_empty() && !reports.iter().any(|report| trust_id_of(report).is_some_and(given))
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
        Some(granted) => granted != account.as_ref(),
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
            key.is_some_and(|key| key.verifies(text, signature))
        })
}

/// The trust id a report rests on. Assumed: it stands as a decimal number in `signature.key`.
fn trust_id_of(report: &RumReport) -> Option<u64> {
    let signature = &report.signature;
    (signature.signing_type == SIGNING_TYPE_SHA256).then(|| signature.key.parse().ok()).flatten()
}

/// Whether a report names a licence no server can know. Payloads are only opened where they may
/// hold such a tag: the text of an honest one shows the nil UUID, unless it is written in escapes.
fn names_unknowable_tag(context: &Context<'_>, honest: bool) -> bool {
    static NIL: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(NIL_UUID_END));
    let may = |report: &RumReport| {
        let payload = report.payload.as_bytes();
        // What is written in escapes has a backslash.
        NIL.find(payload).is_some() || memchr(b'\\', payload).is_some()
    };
    (!honest || context.usage_reports().iter().any(may))
        && context.reported_tags().any(|tag| is_unknowable(tag, honest))
}

/// Whether no server can know the tag: its UUID is all zeros, or it was made one without the
/// registered form. Assumed: no licence has the nil UUID, so that scenarios can name an unknown
/// one.
pub(crate) fn is_unknowable(tag: &EntitlementTag, honest: bool) -> bool {
    let text = tag.as_str();
    let nil = text.rsplit_once('_').is_some_and(|(_, uuid)| {
        is_uuid(uuid) && uuid.bytes().all(|byte| matches!(byte, b'0' | b'-'))
    });
    nil || !honest && !is_regid(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_nobody_can_know_are_told_from_real_ones() {
        for (tag, honest, unknowable) in [
            ("regid.2018-06.com.cisco.X,1.0_e7244e71-3ad5-4608-8bf0-d12f67c80896", true, false),
            ("regid.2018-06.com.cisco.X,1.0_00000000-0000-0000-0000-000000000000", true, true),
            ("regid.muster.UNKNOWN", false, true),
            ("in-house", true, false),
        ] {
            assert_eq!(is_unknowable(&EntitlementTag::new(tag), honest), unknowable, "{tag}");
        }
    }
}
