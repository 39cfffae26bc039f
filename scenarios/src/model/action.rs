//! The actions of a step: what an operator types, what time does, and requests made by hand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Step;
use super::classic::ClassicAction;
use super::era::Era;
use super::file::{PullInterface, Saved, Slac, SlacWish, Upload};

/// What one step does. Text marked as template is rendered with the context of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `license smart trust idtoken`, or a trust request without one (`TRUST_SYNC`).
    Trust {
        /// Name of an ID token in the target profile; `None` sends `TRUST_SYNC`.
        id_token: Option<String>,
        /// Ask again although a trust code is stored (the CLI keyword `force`).
        force: bool,
    },
    /// `license smart sync`: asks for trust when there is none, else reports usage.
    Sync,
    /// `license smart sync`, and the step fails when it sent no `LICENSE_USAGE`.
    Report,
    /// Asks for a pending acknowledgement now (an early, scheduled poll).
    Poll {
        /// Template of the poll id to ask for; `None` asks for the one that is pending.
        id: Option<String>,
        /// Repeats while the answer is `OK_POLL`, moving time by its `poll_interval` each time.
        until_complete: bool,
        /// Most polls sent.
        limit: u32,
    },
    /// A feature starts to be used: its licence becomes IN USE, or NOT IN USE with count 0.
    Use {
        /// Name of the feature in the platform profile.
        feature: String,
        /// Licences in use.
        count: u32,
    },
    /// The instance restarts; stored state survives.
    Reload,
    /// The instance is switched on.
    Boot,
    /// `license smart transport`: `smart`, `cslu` or `off`; of the classic era `direct`, `gateway` or
    /// `proxy`.
    Transport(String),
    /// Time passes, for the instances and for the target.
    Advance(Advance),
    /// A GET on the endpoint's URL.
    Probe {
        /// Template that replaces the path of the URL.
        path: Option<String>,
    },
    /// A request written by hand, sent to the endpoint's URL.
    Send(RawRequest),
    /// A request that was already sent goes out again, byte for byte.
    Replay {
        /// 1 is the last request of this member, 2 the one before; `None` is 1.
        of: Option<u32>,
    },
    /// Something only the target's operator can do, by the hook of that name.
    Hook {
        /// Name of the hook in the target profile.
        name: String,
        /// Arguments: name to template.
        with: BTreeMap<String, String>,
    },
    /// The target is asked, by its hook `collect`, to pull this instance's reports
    /// (CSLU-initiated).
    Collect {
        /// How the target asks the instance.
        over: PullInterface,
    },
    /// `license smart import`: a file is read by the instance.
    Import {
        /// Name the scenario keeps the file under; of none that it keeps, a path.
        file: String,
    },
    /// `license smart save`: the instance writes a file.
    Save {
        /// What it writes.
        what: Saved,
        /// The name the file is kept under.
        file: String,
    },
    /// `license smart authorization`: an authorization code (SLAC) is asked for or given back.
    Slac(Slac),
    /// `platform hardware throughput`.
    Throughput {
        /// The level, Mbit/s.
        mbps: u32,
    },
    /// Files are carried to the account, by the target's hook `upload`.
    Upload(Upload),
    /// The instance loses its network, or has it again.
    Network {
        /// Whether it loses it.
        lost: bool,
    },
    /// What only instances of the classic era do.
    Classic(ClassicAction),
    /// CEL expressions that must all be true.
    Assert(Vec<String>),
    /// The same steps, again and again.
    Repeat {
        /// How often, from 1 to 10,000.
        times: u32,
        /// The steps.
        steps: Vec<Step>,
    },
    /// Steps that depend on a condition.
    When {
        /// CEL, true or false.
        condition: String,
        /// Done when it is true.
        steps: Vec<Step>,
        /// Done when it is false.
        otherwise: Vec<Step>,
    },
    /// Branches that go on at the same time; the step ends with the last of them.
    Parallel {
        /// The branches.
        branches: Vec<Vec<Step>>,
    },
}

impl Action {
    /// The era of the only instances that can do this; none when all can.
    #[must_use]
    pub fn era(&self) -> Option<Era> {
        match self {
            Self::Trust { .. }
            | Self::Sync
            | Self::Report
            | Self::Collect { .. }
            | Self::Import { .. }
            | Self::Save { .. }
            | Self::Slac(_)
            | Self::Throughput { .. }
            | Self::Poll { id: Some(_), .. }
            | Self::Advance(Advance::UntilReportDue) => Some(Era::Policy),
            Self::Classic(_) | Self::Advance(Advance::UntilClassic(_)) => Some(Era::Classic),
            Self::Transport(kind) => Some(match kind.as_str() {
                "smart" | "cslu" | "off" => Era::Policy,
                _ => Era::Classic,
            }),
            _ => None,
        }
    }

    /// The feature it is about; none for most.
    #[must_use]
    pub fn feature(&self) -> Option<&str> {
        match self {
            Self::Use { feature, .. }
            | Self::Slac(Slac { wish: SlacWish::Request { feature, .. }, .. }) => Some(feature),
            Self::Classic(action) => action.feature(),
            _ => None,
        }
    }
}

/// How far time moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// By a fixed time.
    For {
        /// Milliseconds.
        ms: u64,
    },
    /// To the moment the member's pending poll is due.
    UntilPollDue,
    /// To the moment the member's next usage report is due.
    UntilReportDue,
    /// To the moment the member tries again what failed.
    UntilRetry,
    /// To a moment that only instances of the classic era have.
    UntilClassic(ClassicMoment),
}

/// A moment in the life of an instance of the classic era.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassicMoment {
    /// Its authorization status is refreshed.
    AuthorizationRefresh,
    /// Its authorization is renewed.
    AuthorizationRenewal,
    /// Its authorization expires for want of contact.
    AuthorizationDeadline,
    /// Its ID certificate is renewed.
    IdRenewal,
    /// Its ID certificate, and with it the registration, expires.
    IdExpiry,
    /// Its evaluation period is used up.
    EvaluationEnd,
}

/// A request written by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRequest {
    /// HTTP method, upper case.
    pub method: String,
    /// Header names and values (templates), in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: RawBody,
    /// Template that replaces the path of the URL.
    pub path: Option<String>,
}

/// The body of a request written by hand.
#[derive(Debug, Clone, PartialEq)]
pub enum RawBody {
    /// A template.
    Text(String),
    /// Bytes, written in the file as base64.
    Base64(Vec<u8>),
    /// JSON; text values inside are templates.
    Json(Value),
}
