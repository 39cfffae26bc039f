//! The ID certificate of one product instance.
//!
//! Source: Cisco ACI Smart Licensing, "Renew Registration", "Guidelines About Smart Licensing
//! Authorization", "Troubleshooting Smart Licensing Authorization". Public: half a year to the
//! renewal, and the hour of grace when the clock leaves the dates of the certificate.

use crate::transition::state_table;

state_table! {
    machine "id_certificate";

    /// What the instance holds.
    states IdCertificateState {
        /// None.
        None = "none",
        /// One within its dates.
        Valid = "valid",
        /// One within its dates whose renewal failed.
        Warned = "warned",
        /// A change of the clock left its dates; an hour decides.
        OutOfRange = "out_of_range",
        /// One that ran out: no renewal helps.
        Expired = "expired",
    }

    /// What moves it.
    inputs IdCertificateInput {
        /// A registration was accepted.
        Issued = "issued",
        /// A renewal was accepted, on its date or by hand.
        Renewed = "renewed",
        /// A renewal found no server, or was refused.
        RenewalFailed = "renewal_failed",
        /// A renewal was asked for after the end.
        RenewalTooLate = "renewal_too_late",
        /// Its last moment has passed.
        TimeUp = "time_up",
        /// The clock was set to before or after its dates.
        ClockLeftRange = "clock_left_range",
        /// The clock was set back between them.
        ClockReturned = "clock_returned",
        /// The hour of grace is over.
        GraceOver = "grace_over",
        /// The registration is gone and the certificate with it.
        Dropped = "dropped",
    }

    moves {
        None, Issued => Valid;
        Valid, Issued => Valid;
        Valid, Renewed => Valid;
        Valid, RenewalFailed => Warned;
        Valid, TimeUp => Expired;
        Valid, ClockLeftRange => OutOfRange;
        Valid, Dropped => None;
        Warned, Issued => Valid;
        Warned, Renewed => Valid;
        Warned, RenewalFailed => Warned;
        Warned, TimeUp => Expired;
        Warned, ClockLeftRange => OutOfRange;
        Warned, Dropped => None;
        OutOfRange, Issued => Valid;
        OutOfRange, ClockReturned => Valid;
        OutOfRange, GraceOver => None;
        OutOfRange, Dropped => None;
        Expired, RenewalTooLate => Expired;
        Expired, Issued => Valid;
        Expired, Dropped => None;
    }
}
