//! How a product instance and each of its licences stand.
//!
//! Public: the states, from a YANG model. Assumed: that the wire spells them in upper case.

use crate::status::wire_words;

wire_words! {
    /// `authorization_state`: the product instance as a whole.
    AuthorizationState {
        /// Nothing in use.
        None = "NONE",
        /// Evaluation period.
        Evaluation = "EVAL",
        /// The evaluation period is used up.
        EvaluationExpired = "EVAL_EXPIRED",
        /// In compliance.
        Authorized = "AUTHORIZED",
        /// In compliance by reservation.
        AuthorizedReservation = "AUTHORIZED_RESERVATION",
        /// The account has too few licences.
        OutOfCompliance = "OUT_OF_COMPLIANCE",
        /// No contact for 90 days.
        AuthorizationExpired = "AUTHORIZATION_EXPIRED",
    }
}

wire_words! {
    /// `enforce_mode`: one licence.
    EnforcementMode {
        /// Not answered yet.
        Waiting = "WAITING",
        /// The account has enough.
        InCompliance = "IN_COMPLIANCE",
        /// The account has too few.
        OutOfCompliance = "OUT_OF_COMPLIANCE",
        /// More than the account has, within what the contract allows.
        Overage = "OVERAGE",
        /// Evaluation period.
        Evaluation = "EVALUATION",
        /// The evaluation period is used up.
        EvaluationExpired = "EVALUATION_EXPIRED",
        /// No contact for 90 days.
        AuthorizationExpired = "AUTHORIZATION_EXPIRED",
        /// In compliance by reservation.
        ReservationInCompliance = "RESERVATION_IN_COMPLIANCE",
        /// The account knows no such licence.
        InvalidTag = "INVALID_TAG",
        /// Not enforced.
        Disabled = "DISABLED",
    }
}
