//! The authorization of one export-controlled licence.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", "New Export
//! Control Alerts". Assumed: a return that is refused leaves the authorization in place, and a
//! return may be sent before an answer came, which takes the request back.

use crate::transition::state_table;

state_table! {
    machine "export_authorization";

    /// What the instance may use, or awaits.
    states ExportAuthorizationState {
        /// Nothing was asked for.
        None = "none",
        /// A request was sent.
        Requested = "requested",
        /// The server said to ask again in an hour.
        Pending = "pending",
        /// The account has no such licence; asking goes on.
        NotAvailable = "not_available",
        /// It may be used.
        Authorized = "authorized",
        /// The server refused for good.
        Failed = "failed",
        /// A return was sent.
        Returning = "returning",
        /// The server said to ask for the end of the return in an hour.
        ReturnPending = "return_pending",
    }

    /// What moves it.
    inputs ExportAuthorizationInput {
        /// A request goes out.
        RequestSent = "request_sent",
        /// `OK_POLL`.
        PollLater = "poll_later",
        /// It is granted.
        Granted = "granted",
        /// The account has none.
        NoneAvailable = "none_available",
        /// Refused for another reason.
        Refused = "refused",
        /// Nothing usable came back; the request is repeated.
        NoReply = "no_reply",
        /// A return goes out.
        ReturnSent = "return_sent",
        /// The server took it back.
        Returned = "returned",
        /// The server did not take it back.
        ReturnRefused = "return_refused",
        /// The registration is gone.
        Cancelled = "cancelled",
    }

    moves {
        None, RequestSent => Requested;
        Requested, PollLater => Pending;
        Requested, Granted => Authorized;
        Requested, NoneAvailable => NotAvailable;
        Requested, Refused => Failed;
        Requested, NoReply => Requested;
        Requested, RequestSent => Requested;
        Requested, ReturnSent => Returning;
        Requested, Cancelled => None;
        Pending, PollLater => Pending;
        Pending, Granted => Authorized;
        Pending, NoneAvailable => NotAvailable;
        Pending, Refused => Failed;
        Pending, NoReply => Pending;
        Pending, ReturnSent => Returning;
        Pending, Cancelled => None;
        NotAvailable, PollLater => NotAvailable;
        NotAvailable, Granted => Authorized;
        NotAvailable, NoneAvailable => NotAvailable;
        NotAvailable, Refused => Failed;
        NotAvailable, NoReply => NotAvailable;
        NotAvailable, RequestSent => Requested;
        NotAvailable, ReturnSent => Returning;
        NotAvailable, Cancelled => None;
        Authorized, ReturnSent => Returning;
        Authorized, Cancelled => None;
        Failed, RequestSent => Requested;
        Failed, Cancelled => None;
        Returning, ReturnSent => Returning;
        Returning, PollLater => ReturnPending;
        Returning, Returned => None;
        Returning, ReturnRefused => Authorized;
        Returning, NoReply => Returning;
        Returning, Cancelled => None;
        ReturnPending, PollLater => ReturnPending;
        ReturnPending, Returned => None;
        ReturnPending, ReturnRefused => Authorized;
        ReturnPending, NoReply => ReturnPending;
        ReturnPending, Cancelled => None;
    }
}
