//! One exchange as it is measured.

use muster_wire::RequestType;

/// One exchange that ended. Times are wall time since the run began, microseconds, the same for
/// all shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it asked for.
    pub step: StepKind,
    /// When it was to begin.
    pub intended_us: u64,
    /// When its first byte was sent.
    pub sent_us: u64,
    /// When its last byte was received, or when it failed.
    pub ended_us: u64,
    /// Why it failed; `None`: it did not.
    pub failure: Option<Failure>,
    /// Whether its latency counts. An exchange of the setup is in the totals, the traffic and the
    /// course, but not in the latencies.
    pub measured: bool,
    /// HTTP bytes sent.
    pub bytes_sent: u32,
    /// HTTP bytes received.
    pub bytes_received: u32,
    /// What it took to have a connection.
    pub connection: ConnectionUse,
    /// Whether it repeats one that failed.
    pub is_retry: bool,
}

/// What an exchange asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    /// A trust code.
    Trust,
    /// A usage report.
    ReportUsage,
    /// A deferred result.
    Poll,
    /// A bare GET.
    Probe,
    /// A request written by hand.
    Raw,
    /// A collection by the server.
    Collect,
}

impl StepKind {
    /// How many there are.
    pub const COUNT: usize = 6;

    /// All of them, in the order of reports.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Trust, Self::ReportUsage, Self::Poll, Self::Probe, Self::Raw, Self::Collect];

    /// The name in gates and reports, for example `report usage`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trust => "trust",
            Self::ReportUsage => "report usage",
            Self::Poll => "poll",
            Self::Probe => "probe",
            Self::Raw => "raw",
            Self::Collect => "collect",
        }
    }

    /// The kind of a request by what its first line asks for.
    pub const fn of(request: &RequestType) -> Self {
        match request {
            RequestType::IdTokenTrust | RequestType::TrustSync | RequestType::TrustAck => {
                Self::Trust
            }
            RequestType::LicenseUsage | RequestType::Telemetry => Self::ReportUsage,
            RequestType::Poll => Self::Poll,
            RequestType::AuthRequest
            | RequestType::AuthConfirm
            | RequestType::AuthReturn
            | RequestType::Hello
            | RequestType::Other(_) => Self::Raw,
        }
    }
}

/// Why an exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// Name resolution.
    Dns,
    /// TCP.
    Connect,
    /// TLS.
    Tls,
    /// No answer in time.
    Timeout,
    /// The connection ended early.
    Closed,
    /// Not HTTP.
    Http,
    /// Over the limit.
    TooLong,
    /// HTTP status 400 or above.
    HttpStatus,
    /// The licensing protocol's own refusal.
    ProtocolStatus,
    /// The nonce came back changed.
    Nonce,
    /// A signature did not verify. Nothing gives it yet: instances hold no key of the server.
    Signature,
}

impl Failure {
    /// How many there are.
    pub const COUNT: usize = 11;

    /// All of them, in the order of an exchange's life.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Timeout,
        Self::Closed,
        Self::Http,
        Self::TooLong,
        Self::HttpStatus,
        Self::ProtocolStatus,
        Self::Nonce,
        Self::Signature,
    ];

    /// The name in gates and reports, for example `http_status`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Http => "http",
            Self::TooLong => "too_long",
            Self::HttpStatus => "http_status",
            Self::ProtocolStatus => "protocol_status",
            Self::Nonce => "nonce",
            Self::Signature => "signature",
        }
    }
}

/// What it took to have a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionUse {
    /// A new one without TLS.
    Plain,
    /// A new one with a full TLS handshake.
    FullHandshake,
    /// A new one that resumed a TLS session.
    ResumedHandshake,
    /// One kept from an earlier exchange.
    Reused,
    /// There was none: it failed before, or the peer is in memory.
    None,
}
