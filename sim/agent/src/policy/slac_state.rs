//! The authorization code of one product instance, from its request to its return.
//!
//! Source: Obtaining a SLAC Response, steps 3 to 9 (request, way through On-Prem); the public YANG
//! model (online requests are deferred; a return removes the code first, then sends one message, or
//! writes a file). Assumed: that a code from before stands when a new request fails, and what
//! follows a return nobody answers.

use crate::transition::state_table;

state_table! {
    machine "slac";

    /// What the instance has, or awaits. A code once installed is kept through a new request.
    states SlacState {
        /// No authorization code.
        None = "none",
        /// A request waits to be sent, or is in flight.
        Requested = "requested",
        /// The server deferred its answer under a poll id.
        Deferred = "deferred",
        /// The request was written to a file; an import is awaited.
        FileAwaited = "file_awaited",
        /// An authorization code is installed.
        Installed = "installed",
        /// The request failed and no code is installed.
        Failed = "failed",
        /// The code is removed; the message that returns it waits, is in flight or deferred.
        Returning = "returning",
        /// The account has the licences back.
        Returned = "returned",
        /// The code is removed; its return was written to a file.
        ReturnFile = "return_file",
        /// The code is removed, and the one message that returns it was lost or refused.
        ReturnUnconfirmed = "return_unconfirmed",
    }

    /// What moves it.
    inputs SlacInput {
        /// The operator asks for a code, online.
        RequestWanted = "request_wanted",
        /// The server answered `OK_POLL`.
        OkPoll = "ok_poll",
        /// The operator has the request written to a file.
        RequestSaved = "request_saved",
        /// A code that verifies.
        Accepted = "accepted",
        /// The account refused, and no code is held.
        Refused = "refused",
        /// The account refused; the code from before stands.
        RefusedKeepingCode = "refused_keeping_code",
        /// UDI, signature or content is not as it must be, and no code is held.
        NotVerified = "not_verified",
        /// The answer does not verify; the code from before stands.
        NotVerifiedKeepingCode = "not_verified_keeping_code",
        /// Nothing usable came back; it is asked for again later.
        NoReply = "no_reply",
        /// The operator returns the code, online.
        ReturnWanted = "return_wanted",
        /// The server took the return.
        ReturnTaken = "return_taken",
        /// The one message was lost or refused.
        ReturnLost = "return_lost",
        /// The operator has the return written to a file.
        ReturnSaved = "return_saved",
    }

    moves {
        None, RequestWanted => Requested;
        None, RequestSaved => FileAwaited;
        None, Accepted => Installed;
        Requested, OkPoll => Deferred;
        Requested, Accepted => Installed;
        Requested, Refused => Failed;
        Requested, RefusedKeepingCode => Installed;
        Requested, NotVerified => Failed;
        Requested, NotVerifiedKeepingCode => Installed;
        Requested, NoReply => Requested;
        Deferred, OkPoll => Deferred;
        Deferred, Accepted => Installed;
        Deferred, Refused => Failed;
        Deferred, RefusedKeepingCode => Installed;
        Deferred, NotVerified => Failed;
        Deferred, NotVerifiedKeepingCode => Installed;
        Deferred, NoReply => Deferred;
        FileAwaited, RequestWanted => Requested;
        FileAwaited, RequestSaved => FileAwaited;
        FileAwaited, Accepted => Installed;
        FileAwaited, Refused => Failed;
        FileAwaited, RefusedKeepingCode => Installed;
        FileAwaited, ReturnWanted => Returning;
        FileAwaited, ReturnSaved => ReturnFile;
        Installed, RequestWanted => Requested;
        Installed, RequestSaved => FileAwaited;
        Installed, Accepted => Installed;
        Installed, ReturnWanted => Returning;
        Installed, ReturnSaved => ReturnFile;
        Failed, RequestWanted => Requested;
        Failed, RequestSaved => FileAwaited;
        Failed, Accepted => Installed;
        Returning, OkPoll => Returning;
        Returning, NoReply => Returning;
        Returning, ReturnTaken => Returned;
        Returning, ReturnLost => ReturnUnconfirmed;
        Returned, RequestWanted => Requested;
        Returned, RequestSaved => FileAwaited;
        Returned, Accepted => Installed;
        ReturnFile, RequestWanted => Requested;
        ReturnFile, RequestSaved => FileAwaited;
        ReturnFile, Accepted => Installed;
        ReturnUnconfirmed, RequestWanted => Requested;
        ReturnUnconfirmed, RequestSaved => FileAwaited;
        ReturnUnconfirmed, Accepted => Installed;
    }
}
