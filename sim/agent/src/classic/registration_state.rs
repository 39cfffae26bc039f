//! The registration of one product instance.
//!
//! Source: Cisco ACI Smart Licensing, "Registering for Smart Licensing", "Troubleshooting"; SSM
//! On-Prem 7 User Guide, "Product Registration Issues". Leaving takes one exchange, so the move
//! from registered to not registered stops in `deregistering` until it ended, however it did.
//! Assumed: a registration stands through a forced attempt that fails.

use crate::transition::state_table;

state_table! {
    machine "registration";

    /// What the instance is to the server, or awaits.
    states RegistrationState {
        /// Unknown to any server.
        NotRegistered = "not_registered",
        /// A registration was sent.
        Registering = "registering",
        /// Nothing came back; it is repeated.
        Retry = "retry",
        /// The server refused, or nothing came back often enough.
        Failed = "failed",
        /// An ID certificate is held.
        Registered = "registered",
        /// Leaving was sent.
        Deregistering = "deregistering",
        /// The ID certificate ran out, and the registration with it.
        Expired = "expired",
    }

    /// What moves it.
    inputs RegistrationInput {
        /// `license smart register idtoken`, by an instance that is not registered.
        Register = "register",
        /// The same without force while registered: nothing is sent.
        RegisterWithoutForce = "register_without_force",
        /// The same with force while registered.
        RegisterWithForce = "register_with_force",
        /// An answer that verifies.
        Accepted = "accepted",
        /// A refusal, or an answer that does not verify.
        Refused = "refused",
        /// The same, of a forced attempt.
        RefusedKeepingRegistration = "refused_keeping_registration",
        /// Nothing came back.
        NoReply = "no_reply",
        /// The time of the next attempt has come.
        RetryDue = "retry_due",
        /// Nothing came back too often.
        RetriesExhausted = "retries_exhausted",
        /// The same, of a forced attempt.
        RetriesExhaustedKeepingRegistration = "retries_exhausted_keeping_registration",
        /// The instance restarted, and no token is ever stored.
        TokenLost = "token_lost",
        /// The same, of a forced attempt.
        TokenLostKeepingRegistration = "token_lost_keeping_registration",
        /// `license smart deregister`.
        Deregister = "deregister",
        /// Leaving was answered, or was not: local data is wiped.
        Deregistered = "deregistered",
        /// The ID certificate ran out.
        CertificateExpired = "certificate_expired",
        /// The clock was outside of the certificate's dates for an hour.
        ClockOutOfRange = "clock_out_of_range",
        /// An upgrade from release 3.x to 4.x.
        Upgraded = "upgraded",
        /// The server does not know the instance.
        RemovedByServer = "removed_by_server",
    }

    moves {
        NotRegistered, Register => Registering;
        Registering, Accepted => Registered;
        Registering, Refused => Failed;
        Registering, RefusedKeepingRegistration => Registered;
        Registering, NoReply => Retry;
        Registering, CertificateExpired => Registering;
        Registering, ClockOutOfRange => Registering;
        Registering, TokenLost => NotRegistered;
        Registering, TokenLostKeepingRegistration => Registered;
        Retry, RetryDue => Registering;
        Retry, RetriesExhausted => Failed;
        Retry, RetriesExhaustedKeepingRegistration => Registered;
        Retry, CertificateExpired => Retry;
        Retry, ClockOutOfRange => Retry;
        Retry, TokenLost => NotRegistered;
        Retry, TokenLostKeepingRegistration => Registered;
        Failed, Register => Registering;
        Registered, RegisterWithoutForce => Registered;
        Registered, RegisterWithForce => Registering;
        Registered, Deregister => Deregistering;
        Registered, CertificateExpired => Expired;
        Registered, ClockOutOfRange => NotRegistered;
        Registered, Upgraded => NotRegistered;
        Registered, RemovedByServer => NotRegistered;
        Deregistering, Deregistered => NotRegistered;
        Deregistering, CertificateExpired => Deregistering;
        Deregistering, ClockOutOfRange => Deregistering;
        Expired, Register => Registering;
    }
}
