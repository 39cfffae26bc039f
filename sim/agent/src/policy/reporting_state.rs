//! The loop of an agent: what its link to the server is doing.
//!
//! Source: Troubleshoot SLP on 9800, "Communication Frequency", "Errors Reported in the Output of
//! show license eventlog", "Valid Response Poll_id". Assumed: what a loss of power does,
//! and that messages about an authorization code take their turn like any other.

use crate::transition::state_table;

state_table! {
    machine "reporting";

    /// What the agent does, or awaits.
    states ReportingState {
        /// Crypto is not initialised yet.
        Init = "init",
        /// Nothing is under way.
        Idle = "idle",
        /// A trust request is in flight.
        Trust = "trust",
        /// A usage request is in flight.
        Send = "send",
        /// A message about an authorization code is in flight.
        Authorize = "authorize",
        /// A poll time is awaited.
        PollWait = "poll_wait",
        /// A poll is in flight.
        Poll = "poll",
        /// The latest exchange failed; the next attempt is awaited.
        Backoff = "backoff",
        /// Power is gone; the next start is awaited.
        Off = "off",
    }

    /// What moves it.
    inputs ReportingInput {
        /// Crypto initialisation is complete.
        CryptoReady = "crypto_ready",
        /// A trust request goes out.
        TrustRequested = "trust_requested",
        /// A usage request goes out.
        UsageSent = "usage_sent",
        /// A request for an authorization code, its confirmation or its return goes out.
        AuthorizationSent = "authorization_sent",
        /// A poll goes out.
        PollSent = "poll_sent",
        /// Deferred results are outstanding.
        ResultsOutstanding = "results_outstanding",
        /// Nothing is outstanding.
        Settled = "settled",
        /// The exchange failed.
        Failed = "failed",
        /// The instance starts anew.
        Rebooted = "rebooted",
        /// Power is lost without a goodbye.
        PowerLost = "power_lost",
    }

    moves {
        Init, CryptoReady => Idle;
        Init, Rebooted => Init;
        Idle, TrustRequested => Trust;
        Idle, UsageSent => Send;
        Idle, AuthorizationSent => Authorize;
        Idle, PollSent => Poll;
        Idle, ResultsOutstanding => PollWait;
        Idle, Settled => Idle;
        Idle, Rebooted => Init;
        Trust, ResultsOutstanding => PollWait;
        Trust, Settled => Idle;
        Trust, Failed => Backoff;
        Send, ResultsOutstanding => PollWait;
        Send, Settled => Idle;
        Send, Failed => Backoff;
        Authorize, ResultsOutstanding => PollWait;
        Authorize, Settled => Idle;
        Authorize, Failed => Backoff;
        PollWait, TrustRequested => Trust;
        PollWait, UsageSent => Send;
        PollWait, AuthorizationSent => Authorize;
        PollWait, PollSent => Poll;
        PollWait, ResultsOutstanding => PollWait;
        PollWait, Settled => Idle;
        PollWait, Rebooted => Init;
        Poll, ResultsOutstanding => PollWait;
        Poll, Settled => Idle;
        Poll, Failed => Backoff;
        Backoff, TrustRequested => Trust;
        Backoff, UsageSent => Send;
        Backoff, AuthorizationSent => Authorize;
        Backoff, PollSent => Poll;
        Backoff, ResultsOutstanding => PollWait;
        Backoff, Settled => Idle;
        Backoff, Rebooted => Init;
        Init, PowerLost => Off;
        Idle, PowerLost => Off;
        Trust, PowerLost => Off;
        Send, PowerLost => Off;
        Authorize, PowerLost => Off;
        PollWait, PowerLost => Off;
        Poll, PowerLost => Off;
        Backoff, PowerLost => Off;
        Off, Rebooted => Init;
    }
}
