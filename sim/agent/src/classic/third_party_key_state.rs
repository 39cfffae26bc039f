//! The key of another vendor's service that one product instance asks for.
//!
//! Source: SSM On-Prem 7 User Guide, "Third-Party Software Support"; Cisco support document 217535
//! (Unity Connection), debug log. Assumed: what follows an answer; the documents show a request and
//! one refusal.

use crate::transition::state_table;

state_table! {
    machine "third_party_key";

    /// What the instance has, or awaits.
    states ThirdPartyKeyState {
        /// No key was asked for.
        None = "none",
        /// A request was sent.
        Requested = "requested",
        /// The server said to ask again later.
        Pending = "pending",
        /// A key came.
        Held = "held",
        /// The server refused.
        Failed = "failed",
    }

    /// What moves it.
    inputs ThirdPartyKeyInput {
        /// A request goes out.
        RequestSent = "request_sent",
        /// `OK_POLL`.
        PollLater = "poll_later",
        /// The answer holds a key.
        Received = "received",
        /// The server refused.
        Refused = "refused",
        /// Nothing usable came back; the request is repeated.
        NoReply = "no_reply",
        /// The registration is gone, and the key with it.
        Cancelled = "cancelled",
    }

    moves {
        None, RequestSent => Requested;
        Requested, RequestSent => Requested;
        Requested, PollLater => Pending;
        Requested, Received => Held;
        Requested, Refused => Failed;
        Requested, NoReply => Requested;
        Requested, Cancelled => None;
        Pending, PollLater => Pending;
        Pending, Received => Held;
        Pending, Refused => Failed;
        Pending, NoReply => Pending;
        Pending, Cancelled => None;
        Held, RequestSent => Requested;
        Held, Cancelled => None;
        Failed, RequestSent => Requested;
        Failed, Cancelled => None;
    }
}
