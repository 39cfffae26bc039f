//! The trust code of one product instance.
//!
//! Source: Troubleshoot SLP on 9800, "Trust Code", "Invalid Trustcode Processed from CSSM", "Valid
//! Trustcode Processed from CSSM"; SLP on Catalyst 9400, `TRUST_CODE_INSTALL_FAILED`.
//! Assumed: what follows a request nobody serves, and that a refused refresh shows as `failed`.

use crate::transition::state_table;

state_table! {
    machine "trust";

    /// What the agent has, or awaits. A trust code once installed is kept through a refresh.
    states TrustState {
        /// No trust code.
        None = "none",
        /// A trust code from the factory.
        Factory = "factory",
        /// A trust request was sent.
        Requested = "requested",
        /// The server deferred its answer under a poll id.
        Deferred = "deferred",
        /// A trust code is installed.
        Installed = "installed",
        /// The server has processed a higher trust id.
        OldTrustId = "old_trust_id",
        /// The server refused, or its answer did not verify.
        Failed = "failed",
    }

    /// What moves it.
    inputs TrustInput {
        /// A request goes out, its trust id higher than every one before.
        RequestSent = "request_sent",
        /// The server answered `OK_POLL`.
        OkPoll = "ok_poll",
        /// A trust code that verifies.
        Accepted = "accepted",
        /// `OLD_TRUST_ID`.
        OldTrustIdAnswered = "old_trust_id_answered",
        /// Refused for another reason, for example an account mismatch.
        Refused = "refused",
        /// UDI, trust id, signature or time stamp is not as it must be.
        NotVerified = "not_verified",
        /// Nothing came back; the request is repeated later.
        NoReply = "no_reply",
        /// A token without force while a trust code is installed.
        TokenWithoutForce = "token_without_force",
        /// The request is given up and no trust code is held.
        GivenUp = "given_up",
        /// The request is given up; the trust code from before stands.
        GivenUpKeepingTrust = "given_up_keeping_trust",
    }

    moves {
        None, RequestSent => Requested;
        Factory, RequestSent => Requested;
        Factory, TokenWithoutForce => Factory;
        Requested, RequestSent => Requested;
        Requested, OkPoll => Deferred;
        Requested, Accepted => Installed;
        Requested, OldTrustIdAnswered => OldTrustId;
        Requested, Refused => Failed;
        Requested, NotVerified => Failed;
        Requested, NoReply => Requested;
        Requested, GivenUp => None;
        Requested, GivenUpKeepingTrust => Installed;
        Deferred, RequestSent => Requested;
        Deferred, OkPoll => Deferred;
        Deferred, Accepted => Installed;
        Deferred, OldTrustIdAnswered => OldTrustId;
        Deferred, Refused => Failed;
        Deferred, NotVerified => Failed;
        Deferred, NoReply => Deferred;
        Installed, RequestSent => Requested;
        Installed, TokenWithoutForce => Installed;
        OldTrustId, RequestSent => Requested;
        Failed, RequestSent => Requested;
    }
}
