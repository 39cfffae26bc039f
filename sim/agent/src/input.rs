//! What happens to a Smart Agent: commands of its operator, time, and what transport brings.

use std::fmt;

use compact_str::CompactString;
use muster_wire::PollId;
use muster_wire::reading::AnswerReading;
use serde::{Deserialize, Serialize};

/// One thing that happens to an agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<'a> {
    /// The instance starts; crypto initialisation takes 30 s. An agent that never gets this input
    /// is one that has been up for a while.
    Boot,
    /// Power is lost without a goodbye: the request in flight is forgotten, and until
    /// [`Input::Boot`] the instance does nothing and takes no command. Open reports end with
    /// their last sample (Assumed).
    PowerLost,
    /// The operator, or the product's configuration, asks for something.
    Command(Command),
    /// The time [`crate::SmartAgent::next_timer`] named has come.
    TimerDue,
    /// The request in flight was answered.
    Answer {
        /// HTTP status.
        status: u16,
        /// Body, untrusted.
        body: &'a [u8],
    },
    /// The request in flight was answered, and somebody decoded the answer already. The same as
    /// [`Input::Answer`] with the body that `reading` is of, without decoding it again.
    Read {
        /// HTTP status.
        status: u16,
        /// The body as [`AnswerReading::of`] reads it.
        reading: &'a AnswerReading,
    },
    /// The request in flight got no answer.
    Failure(TransportFailure),
}

/// Why a request got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportFailure {
    /// The server's name did not resolve.
    Dns,
    /// No connection.
    Connect,
    /// No TLS session, or the server's certificate was not accepted.
    Tls,
    /// What came back was not HTTP.
    Http,
    /// Nothing came back in time.
    Timeout,
    /// The connection closed before the answer was whole.
    Closed,
    /// The answer was over the size limit.
    TooLong,
}

/// `license smart transport …`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportKind {
    /// Directly to CSSM (Troubleshoot SLP on 9800, "Smart with CSSM").
    #[default]
    Smart,
    /// To CSLU or SSM On-Prem ("SSM On-Prem").
    Cslu,
    /// No communication; files only.
    Off,
}

/// Which RUM reports are handed out. What is acknowledged is gone from storage (public).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageSelection {
    /// Every closed one that is not acknowledged.
    All,
    /// Of these, what no server has taken yet.
    Unreported,
    /// Of all, those with measurements of the last days.
    Days(u32),
    /// One of all.
    Report(u64),
}

/// What carries a request to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A message to the server.
    Message,
    /// A file in the hands of an operator.
    File,
}

/// What an operator or the product asks of the agent.
#[derive(Clone, PartialEq, Eq)]
pub enum Command {
    /// `license smart trust idtoken`.
    TrustIdToken {
        /// The ID token. A secret: never printed.
        id_token: String,
        /// Ask for a new trust code although one is installed.
        force: bool,
    },
    /// Asks for trust, or refreshes it, without a token.
    TrustSync {
        /// Ask anew although an earlier request is still deferred.
        force: bool,
    },
    /// `license smart sync`: report usage at once; trust first when there is none.
    Sync,
    /// `license smart save usage`: write reports to a file instead of sending them. Open ones are
    /// closed first.
    SaveUsage(UsageSelection),
    /// Closes open reports, as a collector asks before it reads them.
    CloseReports,
    /// Hands closed reports out to a collector; open ones are left alone.
    CollectReports(UsageSelection),
    /// `license smart save trust-request`: write a trust request to a file.
    SaveTrustRequest,
    /// `license smart authorization request`.
    RequestAuthorization {
        /// Feature name or entitlement tag.
        feature: CompactString,
        /// How many licences.
        count: u32,
        /// Beside what is installed, or in its place.
        add: bool,
        /// How the request travels.
        carrier: Carrier,
    },
    /// `license smart authorization return`: gives back everything the code allows.
    ReturnAuthorization {
        /// How the return travels.
        carrier: Carrier,
    },
    /// `platform hardware throughput`.
    SetThroughput {
        /// Level, Mbit/s.
        mbps: u32,
    },
    /// Members join a pair or a stack, or leave it.
    SetMembers {
        /// How many UDIs the instance has now, its own included.
        count: u8,
    },
    /// `test license smart conversion sched_poll`: poll now instead of at the poll time.
    PollNow {
        /// Which deferred result; none means every one.
        poll_id: Option<PollId>,
    },
    /// The configuration now uses `count` licences of a feature; zero stops the use.
    Use {
        /// Feature name or entitlement tag.
        feature: CompactString,
        /// How many.
        count: u32,
    },
    /// Restarts the product instance. Waits for the request in flight.
    Reload,
    /// Chooses the transport.
    SetTransport(TransportKind),
    /// `license smart usage interval`.
    SetReportInterval {
        /// Days, 1 to 365.
        days: u32,
    },
    /// `license smart import`: a policy, an acknowledgement, a trust code or an authorization code
    /// from a file, in any of its wrappings.
    Import(Vec<u8>),
    /// Moves the instance's own clock; timers keep their distance.
    StepClock {
        /// Milliseconds, negative for back.
        by_ms: i64,
    },
}

impl Command {
    /// The command's name, as [`crate::Effect::CommandRefused`] gives it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TrustIdToken { .. } => "trust_idtoken",
            Self::TrustSync { .. } => "trust_sync",
            Self::Sync => "sync",
            Self::SaveUsage(_) => "save_usage",
            Self::CloseReports => "close_reports",
            Self::CollectReports(_) => "collect_reports",
            Self::SaveTrustRequest => "save_trust_request",
            Self::RequestAuthorization { .. } => "request_authorization",
            Self::ReturnAuthorization { .. } => "return_authorization",
            Self::SetThroughput { .. } => "set_throughput",
            Self::SetMembers { .. } => "set_members",
            Self::PollNow { .. } => "poll_now",
            Self::Use { .. } => "use",
            Self::Reload => "reload",
            Self::SetTransport(_) => "set_transport",
            Self::SetReportInterval { .. } => "set_report_interval",
            Self::Import(_) => "import",
            Self::StepClock { .. } => "step_clock",
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct(self.name());
        match self {
            Self::TrustIdToken { id_token: _, force } => {
                text.field("id_token", &format_args!("[id token]")).field("force", force)
            }
            Self::TrustSync { force } => text.field("force", force),
            Self::PollNow { poll_id } => text.field("poll_id", poll_id),
            Self::Use { feature, count } => text.field("feature", feature).field("count", count),
            Self::SetTransport(kind) => text.field("kind", kind),
            Self::SetReportInterval { days } => text.field("days", days),
            Self::Import(bytes) => text.field("length", &bytes.len()),
            Self::StepClock { by_ms } => text.field("by_ms", by_ms),
            Self::SaveUsage(which) | Self::CollectReports(which) => text.field("which", which),
            Self::RequestAuthorization { feature, count, add, carrier } => text
                .field("feature", feature)
                .field("count", count)
                .field("add", add)
                .field("carrier", carrier),
            Self::ReturnAuthorization { carrier } => text.field("carrier", carrier),
            Self::SetThroughput { mbps } => text.field("mbps", mbps),
            Self::SetMembers { count } => text.field("count", count),
            Self::Sync | Self::CloseReports | Self::SaveTrustRequest | Self::Reload => &mut text,
        }
        .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_token_is_never_printed() {
        let command = Command::TrustIdToken { id_token: "c2VjcmV0".to_owned(), force: true };
        let text = format!("{:?}", Input::Command(command));
        assert!(text.contains("[id token]") && !text.contains("c2VjcmV0"), "{text}");
    }
}
