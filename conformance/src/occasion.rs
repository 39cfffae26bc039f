//! The features of an exchange in one word, so that a check that has no say in it is passed over
//! without being asked.

use muster_journal::Exchange;
use muster_wire::{AnswerStatus, Artefact, LineStatus, RequestType};

use crate::context::Context;
use crate::doubts::Doubts;
use crate::history::{Deferred, Poll};
use crate::message::{COLLECT, Message};

/// A set of features. A check names those without which its trigger cannot occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion(u32);

impl Occasion {
    /// No feature: what every exchange has.
    pub const ANY: Self = Self(0);
    /// The request is one a product instance would send.
    pub const HONEST: Self = Self(1);
    /// The request is a Smart Transport envelope.
    pub const REQUEST: Self = Self(1 << 1);
    /// It is a GET.
    pub const GET: Self = Self(1 << 2);
    /// There was an HTTP answer.
    pub const ANSWERED: Self = Self(1 << 3);
    /// The answer is a Smart Transport answer.
    pub const ANSWER: Self = Self(1 << 4);
    /// An honest request whose answer says that the envelope was processed.
    pub const PROCESSED: Self = Self(1 << 5);
    /// The answer as a whole says `FAILED`.
    pub const FAILED: Self = Self(1 << 6);
    /// A line of the answer says `OK_POLL`.
    pub const DEFERRED: Self = Self(1 << 7);
    /// The endpoint is a CSLU tenant.
    pub const CSLU: Self = Self(1 << 8);
    /// The endpoint is the smart receiver of CSSM.
    pub const RECEIVER: Self = Self(1 << 9);
    /// The endpoint is one of Smart Transport on an On-Prem.
    pub const SMART_TRANSPORT: Self = Self(1 << 10);
    /// The endpoint is Call Home.
    pub const CALL_HOME: Self = Self(1 << 11);
    /// The server asks and the product instance answers.
    pub const COLLECT: Self = Self(1 << 12);
    /// The exchange went over TLS.
    pub const TLS: Self = Self(1 << 13);
    /// Asks for trust with an ID token.
    pub const TOKEN_TRUST: Self = Self(1 << 14);
    /// Asks for trust without one.
    pub const TRUST_SYNC: Self = Self(1 << 15);
    /// Reports usage.
    pub const USAGE: Self = Self(1 << 16);
    /// Asks for trust, or polls for it.
    pub const TRUST_RESULT: Self = Self(1 << 17);
    /// Reports usage, or polls for the acknowledgement.
    pub const USAGE_RESULT: Self = Self(1 << 18);
    /// Polls for a result that was put off for this instance.
    pub const OWN_POLL: Self = Self(1 << 19);
    /// The answer brings a trust answer.
    pub const TRUST_GIVEN: Self = Self(1 << 20);
    /// The answer, or the file that was pushed, brings an acknowledgement.
    pub const ACKNOWLEDGEMENT: Self = Self(1 << 21);
    /// Something is wrong with the request.
    pub const DOUBTED: Self = Self(1 << 22);
    /// The instance's last answer was HTTP 502.
    pub const AFTER_BAD_GATEWAY: Self = Self(1 << 23);
    /// The record that was in the way of a report was removed.
    pub const RESUBMISSION: Self = Self(1 << 24);

    /// The request is a message of the classic era.
    pub const CLASSIC: Self = Self(1 << 25);
    /// So is the answer.
    pub const CLASSIC_ANSWER: Self = Self(1 << 26);
    /// The answer brings an authorization code.
    pub const AUTHORIZATION: Self = Self(1 << 27);

    /// The features of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all features of `other` are here.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The features of an exchange.
    #[must_use]
    pub fn of(context: &Context<'_>) -> Self {
        Self::of_exchange(context.exchange())
            .and(Self::of_messages(context.message, context.is_honest()))
            .and(Self::of_classic(context.message))
            .and(Self::of_history(context))
    }

    const fn when(self, holds: bool) -> Self {
        if holds { self } else { Self::ANY }
    }

    fn of_exchange(exchange: &Exchange) -> Self {
        let endpoint = exchange.endpoint.as_str();
        let place = match endpoint {
            "smart_receiver" => Self::RECEIVER,
            "call_home" => Self::CALL_HOME,
            COLLECT => Self::COLLECT,
            _ if endpoint.starts_with("cslu") => Self::CSLU,
            _ if endpoint.starts_with("smart_transport") => Self::SMART_TRANSPORT,
            _ => Self::ANY,
        };
        place
            .and(Self::GET.when(exchange.method == "GET"))
            .and(Self::TLS.when(exchange.tls.is_some()))
    }

    fn of_messages(message: &Message<'_>, honest: bool) -> Self {
        let mut all = Self::HONEST
            .when(honest)
            .and(Self::REQUEST.when(message.request().is_some()))
            .and(Self::ANSWERED.when(message.http().is_some()));
        if let Some(answer) = message.answer() {
            let processed = match answer.status {
                AnswerStatus::Failed => {
                    all = all.and(Self::FAILED);
                    false
                }
                AnswerStatus::OkTryAgain => false,
                AnswerStatus::Complete | AnswerStatus::Other(_) => honest,
            };
            let deferred = answer.license_data.iter().any(|line| line.status == LineStatus::OkPoll);
            all = all
                .and(Self::ANSWER)
                .and(Self::PROCESSED.when(processed))
                .and(Self::DEFERRED.when(deferred));
        }
        all.and(match message.given() {
            Some(Ok(Artefact::Trust(_))) => Self::TRUST_GIVEN,
            Some(Ok(Artefact::Acknowledgement(_))) => Self::ACKNOWLEDGEMENT,
            Some(Ok(Artefact::Authorization(_))) => Self::AUTHORIZATION,
            _ => Self::ANY,
        })
    }

    fn of_classic(message: &Message<'_>) -> Self {
        let Some(classic) = message.classic() else { return Self::ANY };
        Self::CLASSIC.and(Self::CLASSIC_ANSWER.when(classic.said().is_some()))
    }

    fn of_history(context: &Context<'_>) -> Self {
        let asked = match context.request_type() {
            Some(RequestType::IdTokenTrust) => Self::TOKEN_TRUST.and(Self::TRUST_RESULT),
            Some(RequestType::TrustSync) => Self::TRUST_SYNC.and(Self::TRUST_RESULT),
            Some(RequestType::LicenseUsage) => Self::USAGE.and(Self::USAGE_RESULT),
            _ => Self::ANY,
        };
        asked
            .and(context.poll_origin().map_or(Self::ANY, Self::of_poll))
            .and(Self::DOUBTED.when(context.doubts() != Doubts::default()))
            .and(Self::AFTER_BAD_GATEWAY.when(context.before.after_bad_gateway))
            .and(Self::RESUBMISSION.when(context.side().resubmission_due))
    }

    const fn of_poll(origin: &Poll) -> Self {
        Self::OWN_POLL.and(match origin.kind {
            Deferred::Trust(_) => Self::TRUST_RESULT,
            Deferred::Usage(_) => Self::USAGE_RESULT,
            Deferred::Code | Deferred::Other => Self::ANY,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exchange_has_what_nobody_asks_for() {
        assert!(Occasion::ANY.has(Occasion::ANY));
        assert!(!Occasion::ANY.has(Occasion::HONEST));
        let both = Occasion::HONEST.and(Occasion::CSLU);
        assert!(both.has(Occasion::CSLU) && both.has(both));
        assert!(!Occasion::CSLU.has(both));
    }
}
