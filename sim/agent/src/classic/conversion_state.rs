//! The device-led conversion of one product instance's classic licences.
//!
//! Source: SSM On-Prem 7 User Guide, "Conversion Workflow", "Backing Up and Restoring Conversion
//! Results"; Cisco ACI Smart Licensing, "Device Led Conversion Tool". Assumed: a request that a
//! server calls an invalid message has failed.

use crate::transition::state_table;

state_table! {
    machine "conversion";

    /// How far it is.
    states ConversionState {
        /// Never begun.
        NotStarted = "not_started",
        /// A request was sent.
        Running = "running",
        /// The server said to ask again later.
        Polling = "polling",
        /// Done, for the life of the instance.
        Converted = "converted",
        /// It failed and may be tried again.
        Failed = "failed",
    }

    /// What moves it.
    inputs ConversionInput {
        /// The operator starts it, or a registration does.
        Started = "started",
        /// Poll me later.
        PollLater = "poll_later",
        /// Migrate success.
        Succeeded = "succeeded",
        /// License already converted.
        AlreadyConverted = "already_converted",
        /// Migrate failed, or an invalid message type.
        Refused = "refused",
        /// Ten minutes without a result.
        TimedOut = "timed_out",
        /// The server was restored to a time before the request: it is repeated.
        RequestUnknown = "request_unknown",
        /// The server does not know the instance: it registers and asks again.
        AgentNotRegistered = "agent_not_registered",
        /// Nothing usable came back; the request is repeated.
        NoReply = "no_reply",
        /// The registration is gone before there was a result.
        RegistrationLost = "registration_lost",
    }

    moves {
        NotStarted, Started => Running;
        Running, PollLater => Polling;
        Running, Succeeded => Converted;
        Running, AlreadyConverted => Converted;
        Running, Refused => Failed;
        Running, TimedOut => Failed;
        Running, AgentNotRegistered => NotStarted;
        Running, NoReply => Running;
        Running, RegistrationLost => NotStarted;
        Polling, PollLater => Polling;
        Polling, Succeeded => Converted;
        Polling, AlreadyConverted => Converted;
        Polling, Refused => Failed;
        Polling, TimedOut => Failed;
        Polling, RequestUnknown => Running;
        Polling, AgentNotRegistered => NotStarted;
        Polling, NoReply => Polling;
        Polling, RegistrationLost => NotStarted;
        Converted, RegistrationLost => Converted;
        Failed, Started => Running;
        Failed, RegistrationLost => Failed;
    }
}
