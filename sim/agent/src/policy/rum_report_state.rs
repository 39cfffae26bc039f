//! One RUM report from its first sample to its purge.
//!
//! Source: Troubleshoot SLP on 9800, "RUM Reports" (the four states); `pending` from the public
//! YANG model, `deleted` from public samples of the storage state.
//! Assumed: an acknowledgement in the first answer, and one that comes after a lost answer.

use crate::transition::state_table;

state_table! {
    machine "rum_report";

    /// How far a report has come.
    states RumReportState {
        /// `SmartAgentRumStateOpen`: still measuring.
        Open = "open",
        /// `SmartAgentRumStateClosed`: immutable, to be sent.
        Closed = "closed",
        /// Handed to transport, no answer yet.
        Pending = "pending",
        /// `SmartAgentRumStateUnacknowledged`: a poll id is held.
        Unacknowledged = "unacknowledged",
        /// `SmartAgentRumStateAcknowledged`.
        Acknowledged = "acknowledged",
        /// Gone from storage.
        Deleted = "deleted",
    }

    /// What moves it.
    inputs RumReportInput {
        /// A measurement was added.
        Measured = "measured",
        /// The report is about to be sent.
        UsageRequested = "usage_requested",
        /// The product instance reloads.
        Reloaded = "reloaded",
        /// The report left in a request.
        HandedOver = "handed_over",
        /// `OK_POLL`.
        OkPoll = "ok_poll",
        /// Acknowledged by its poll, or at once.
        Acknowledged = "acknowledged",
        /// Acknowledged although the answer to its request was lost.
        LateAcknowledgement = "late_acknowledgement",
        /// `FAILED`, or an acknowledgement that leaves it out or rejects it.
        Refused = "refused",
        /// Nothing usable came back.
        NoReply = "no_reply",
        /// `OK_TRY_AGAIN`.
        TryAgain = "try_again",
        /// Storage is cleared.
        Purged = "purged",
    }

    moves {
        Open, Measured => Open;
        Open, UsageRequested => Closed;
        Open, Reloaded => Closed;
        Closed, HandedOver => Pending;
        Closed, LateAcknowledgement => Acknowledged;
        Closed, Refused => Closed;
        Closed, NoReply => Closed;
        Closed, TryAgain => Closed;
        Pending, OkPoll => Unacknowledged;
        Pending, Acknowledged => Acknowledged;
        Pending, Refused => Closed;
        Pending, NoReply => Closed;
        Pending, TryAgain => Closed;
        Unacknowledged, OkPoll => Unacknowledged;
        Unacknowledged, Acknowledged => Acknowledged;
        Unacknowledged, Refused => Closed;
        Unacknowledged, NoReply => Unacknowledged;
        Unacknowledged, TryAgain => Unacknowledged;
        Acknowledged, Purged => Deleted;
    }
}
