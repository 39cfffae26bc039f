//! The authorization of one product instance for what it uses.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Authorization Status", "Renew
//! Authorization", "Guidelines About Smart Licensing Authorization". Public: nothing in use is no
//! state, a request waits for its first answer, and the second ninety days of grace.

use crate::transition::state_table;

state_table! {
    machine "authorization";

    /// How the use stands.
    states AuthorizationState {
        /// Nothing is in use.
        None = "none",
        /// Something is in use without a registration.
        Evaluation = "evaluation",
        /// No server has answered yet.
        Waiting = "waiting",
        /// The account has enough.
        Authorized = "authorized",
        /// The account has too few.
        OutOfCompliance = "out_of_compliance",
        /// No contact for ninety days.
        Expired = "expired",
        /// No contact for ninety days more.
        GraceExpired = "grace_expired",
    }

    /// What moves it.
    inputs AuthorizationInput {
        /// A licence is in use and no registration stands.
        UsedUnregistered = "used_unregistered",
        /// A licence is in use and a registration stands.
        UsedRegistered = "used_registered",
        /// How much is in use changed: all of it is reported at once.
        UseChanged = "use_changed",
        /// Nothing is in use any more.
        UseEnded = "use_ended",
        /// A day has passed without a change.
        RefreshDue = "refresh_due",
        /// Thirty days have passed without a change, or the operator asks.
        RenewalDue = "renewal_due",
        /// The answer: in compliance.
        InCompliance = "in_compliance",
        /// The answer: out of compliance.
        NotInCompliance = "not_in_compliance",
        /// Ninety days without an answer.
        DeadlinePassed = "deadline_passed",
        /// Ninety days more.
        GraceOver = "grace_over",
        /// The registration is gone while something is in use.
        RegistrationLost = "registration_lost",
    }

    moves {
        None, UsedUnregistered => Evaluation;
        None, UsedRegistered => Waiting;
        None, RenewalDue => None;
        None, InCompliance => None;
        Evaluation, UsedRegistered => Waiting;
        Evaluation, UseChanged => Evaluation;
        Evaluation, UseEnded => None;
        Waiting, UseChanged => Waiting;
        Waiting, UseEnded => None;
        Waiting, RefreshDue => Waiting;
        Waiting, RenewalDue => Waiting;
        Waiting, InCompliance => Authorized;
        Waiting, NotInCompliance => OutOfCompliance;
        Waiting, DeadlinePassed => Expired;
        Waiting, RegistrationLost => Evaluation;
        Authorized, UseChanged => Authorized;
        Authorized, UseEnded => None;
        Authorized, RefreshDue => Authorized;
        Authorized, RenewalDue => Authorized;
        Authorized, InCompliance => Authorized;
        Authorized, NotInCompliance => OutOfCompliance;
        Authorized, DeadlinePassed => Expired;
        Authorized, RegistrationLost => Evaluation;
        OutOfCompliance, UseChanged => OutOfCompliance;
        OutOfCompliance, UseEnded => None;
        OutOfCompliance, RefreshDue => OutOfCompliance;
        OutOfCompliance, RenewalDue => OutOfCompliance;
        OutOfCompliance, InCompliance => Authorized;
        OutOfCompliance, NotInCompliance => OutOfCompliance;
        OutOfCompliance, DeadlinePassed => Expired;
        OutOfCompliance, RegistrationLost => Evaluation;
        Expired, UseChanged => Expired;
        Expired, UseEnded => None;
        Expired, RefreshDue => Expired;
        Expired, RenewalDue => Expired;
        Expired, InCompliance => Authorized;
        Expired, NotInCompliance => OutOfCompliance;
        Expired, GraceOver => GraceExpired;
        Expired, RegistrationLost => Evaluation;
        GraceExpired, UseChanged => GraceExpired;
        GraceExpired, UseEnded => None;
        GraceExpired, RefreshDue => GraceExpired;
        GraceExpired, RenewalDue => GraceExpired;
        GraceExpired, InCompliance => Authorized;
        GraceExpired, NotInCompliance => OutOfCompliance;
        GraceExpired, RegistrationLost => Evaluation;
    }
}
