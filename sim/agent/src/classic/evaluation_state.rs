//! The evaluation period of one product instance: ninety days of use, once.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Evaluation Period", "Smart Licensing Usage
//! Guidelines and Limitations". Public: it pauses while nothing is in use, and when it warns.

use crate::transition::state_table;

state_table! {
    machine "evaluation";

    /// Whether the period runs.
    states EvaluationState {
        /// Nothing was ever used without a registration.
        Unused = "unused",
        /// It runs.
        Counting = "counting",
        /// It was begun and stands still.
        Paused = "paused",
        /// It is used up, for ever.
        Expired = "expired",
    }

    /// What moves it.
    inputs EvaluationInput {
        /// A licence is in use and no registration stands.
        UsedUnregistered = "used_unregistered",
        /// Nothing is in use any more.
        UseEnded = "use_ended",
        /// The instance is registered.
        Registered = "registered",
        /// The instance has no power: these are no days of use.
        PowerLost = "power_lost",
        /// One of the warnings before the end.
        Warned = "warned",
        /// Ninety days of use are over.
        TimeUp = "time_up",
    }

    moves {
        Unused, UsedUnregistered => Counting;
        Counting, Warned => Counting;
        Counting, UseEnded => Paused;
        Counting, Registered => Paused;
        Counting, PowerLost => Paused;
        Counting, TimeUp => Expired;
        Paused, UsedUnregistered => Counting;
        Expired, UsedUnregistered => Expired;
        Expired, UseEnded => Expired;
        Expired, Registered => Expired;
        Expired, PowerLost => Expired;
        Expired, Warned => Expired;
    }
}
