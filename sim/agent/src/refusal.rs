//! Why a Smart Agent of the policy era does not take a command: in words, and as the agent error an
//! interface for programs answers.
//!
//! Assumed: which of the published errors goes with which reason.

use muster_wire::classic::AgentErrorCode;

/// A reason not to take a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// A fragment for people.
    pub(crate) reason: &'static str,
    /// What it is among the published agent errors.
    pub(crate) code: AgentErrorCode,
}

macro_rules! refusals {
    ($($name:ident = $code:ident, $reason:literal;)*) => {
        $(pub(crate) const $name: Refusal =
            Refusal { reason: $reason, code: AgentErrorCode::$code };)*

        #[cfg(test)]
        const ALL: &[Refusal] = &[$($name),*];
    };
}

refusals! {
    NO_POWER = INSTANCE_NOT_INITIALIZED, "the product instance has no power";
    TRANSPORT_OFF = TRANSPORT_TYPE, "the transport is off";
    NO_TRUST = NOT_REGISTERED, "no trust code is installed";

    TOKEN_UNDER_WAY = REGISTRATION_IN_PROGRESS, "a trust request with a token is under way";
    TOKEN_LENGTH = NO_CREDENTIAL, "an ID token has 1 to 4096 characters";
    ALREADY_TRUSTED = ALREADY_REGISTERED, "a trust code is already installed";
    TRUST_UNDER_WAY = REGISTRATION_IN_PROGRESS, "a trust request is under way";
    TRUST_IN_FLIGHT = REGISTRATION_IN_PROGRESS, "a trust request is in flight";
    NO_TRUST_REQUEST = NOT_ALLOWED_IN_STATE, "no trust request awaits an answer";
    TRUST_NOT_ACCEPTED = SIGNATURE_VERIFICATION, "the trust code is not accepted";

    NOTHING_TO_REPORT = NOT_FOUND, "no licence is in use and no report is waiting";
    USAGE_IN_FLIGHT = MESSAGE_IN_PROGRESS, "a usage request is in flight";
    NO_SUCH_REPORT = REQUESTED_ITEM_NOT_FOUND, "no such report is stored";
    DAYS = BAD_INPUT, "the days are 1 to 365";
    NO_SUCH_POLL = NOT_FOUND, "no such poll id is stored";
    INTERVAL = BAD_INPUT, "the interval is 1 to 365 days";

    UNREADABLE = MESSAGE_PARSE, "the file cannot be read";
    NOTHING_TO_IMPORT = NOT_SUPPORTED, "the file holds nothing that can be imported";
    FOREIGN_ACK = IDENTIFIER_MISMATCH, "the acknowledgement is of another product instance";
    ACK_SIGNATURE = SIGNATURE_VERIFICATION, "the acknowledgement's signature does not verify";
    POLICY_SIGNATURE = SIGNATURE_VERIFICATION, "the policy's signature does not verify";
    POLICY_DAYS = BAD_INPUT, "the policy's days are over 365";

    NO_SUCH_FEATURE = NOT_FOUND, "the platform has no such feature";
    NOT_AUTHORIZED = NO_AUTHORIZATION, "the licence needs an authorization code";
    NEEDS_NO_CODE = INVALID_REQUEST, "the licence needs no authorization code";
    NO_COUNT = BAD_INPUT, "at least one licence is asked for";
    AUTHORIZATION_UNDER_WAY = AUTHORIZATION_IN_PROGRESS, "an authorization request is under way";
    RETURN_UNDER_WAY = AUTHORIZATION_IN_PROGRESS, "an authorization code is being returned";
    NO_CODE = NO_AUTHORIZATION, "no authorization code is installed";
    CODE_IN_USE = NOT_ALLOWED_IN_STATE, "a licence of the authorization code is in use";
    CODE_NOT_ACCEPTED = CODE_VALIDATION, "the authorization code is not accepted";

    NO_SUCH_MEMBERS = BAD_INPUT, "the product has no set of so many members";

    NO_THROUGHPUT = NOT_SUPPORTED, "the platform has no throughput levels";
    NO_SUCH_LEVEL = BAD_INPUT, "the platform has no such throughput level";
    THROUGHPUT_NOT_AUTHORIZED = NO_AUTHORIZATION, "the throughput needs an authorization code";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_a_fragment_of_its_own_and_has_an_error() {
        for (at, refusal) in ALL.iter().enumerate() {
            let Refusal { reason, code } = refusal;
            assert!(!ALL[..at].iter().any(|other| other.reason == *reason), "{reason}");
            assert!(!reason.ends_with('.') && reason.starts_with(char::is_lowercase), "{reason}");
            assert!(*code != AgentErrorCode::SUCCESS && code.row().is_some(), "{reason}");
        }
    }
}
