//! What a product instance knows, as plain facts: the subject of scenario conditions.

use compact_str::CompactString;
use muster_wire::Udi;
use muster_wire::proposed::policy::ReportingDays;
use serde::Serialize;

use crate::identity::HaUdi;
use crate::input::TransportKind;

/// The facts of one agent at one moment. Times are milliseconds since the epoch unless named
/// otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgentView {
    /// Index in the fleet.
    pub index: u32,
    /// Platform name.
    pub platform: CompactString,
    /// Identity.
    pub udi: Udi,
    /// Every UDI of a pair or a stack with its part, the active one first; none for an instance
    /// that stands alone.
    pub ha_udis: Vec<HaUdi>,
    /// Host name.
    pub hostname: CompactString,
    /// Chosen transport.
    pub transport: TransportKind,
    /// What the instance's own clock is ahead of logical time.
    pub clock_offset_ms: i64,
    /// Whether crypto initialisation is complete.
    pub crypto_ready: bool,
    /// Whether a request awaits its answer.
    pub in_flight: bool,
    /// Whether a trust code is installed that reports can be signed under.
    pub trusted: bool,
    /// Trust id of the installed trust code, 0 without.
    pub trust_id: u64,
    /// Trust id of the latest trust request, 0 before the first.
    pub last_trust_id: u64,
    /// State of the trust machine.
    pub trust_state: &'static str,
    /// State of the reporting machine.
    pub reporting_state: &'static str,
    /// `DIRECT` with trust, `INDIRECT` without (Troubleshoot SLP on 9800, Communication
    /// Statistics).
    pub communication_level: &'static str,
    /// Why the level is not `DIRECT`, empty otherwise (public).
    pub overall_state: &'static str,
    /// Identifier given with the trust code.
    pub product_instance_identifier: Option<CompactString>,
    /// Smart account the trust belongs to.
    pub smart_account: Option<CompactString>,
    /// Virtual account the trust belongs to.
    pub virtual_account: Option<CompactString>,
    /// Licences ever used.
    pub licenses: Vec<LicenseView>,
    /// Poll database.
    pub polls: Vec<PollView>,
    /// Stored reports by id; the oldest acknowledged ones are purged.
    pub reports: Vec<ReportView>,
    /// Reports acknowledged so far, purged ones included.
    pub acknowledged: u32,
    /// Reports that await an acknowledgement under a poll id.
    pub unacknowledged: u32,
    /// Policy in force.
    pub policy: PolicyView,
    /// The authorization code.
    pub authorization: AuthorizationView,
    /// Days between reports, as configured or by default; what the policy or the product's own
    /// cycle make of it is another matter.
    pub report_interval_days: u32,
    /// When usage is reported next.
    pub next_report_due_ms: Option<u64>,
    /// When usage was reported last.
    pub last_report_ms: Option<u64>,
    /// By when an acknowledgement must arrive.
    pub ack_deadline_ms: Option<u64>,
    /// When an acknowledgement arrived last.
    pub last_ack_ms: Option<u64>,
    /// How the latest exchange ended, `<none>` before the first.
    pub last_response: &'static str,
    /// Why the latest failed exchange failed.
    pub last_failure_reason: Option<String>,
    /// When the next attempt after a failure is made.
    pub retry_due_ms: Option<u64>,
    /// Counters per message class.
    pub statistics: Statistics,
}

/// One licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LicenseView {
    /// Feature name.
    pub feature: CompactString,
    /// Entitlement tag.
    pub tag: CompactString,
    /// How many are in use.
    pub count: u32,
    /// `IN USE` or `NOT IN USE`.
    pub status: &'static str,
}

/// One entry of the poll database (Troubleshoot SLP on 9800, `list-poll-info`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PollView {
    /// The poll id.
    pub poll_id: u64,
    /// Request type that was deferred.
    pub r#type: &'static str,
    /// Seconds the server asked to wait.
    pub delta: u64,
    /// When the poll falls due.
    pub poll_time_ms: u64,
}

/// One RUM report (Troubleshoot SLP on 9800, `show license rum id … detail`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportView {
    /// Report id.
    pub report_id: u64,
    /// Feature name.
    pub feature: CompactString,
    /// Entitlement tag.
    pub tag: CompactString,
    /// State of the report.
    pub state: &'static str,
    /// Report before it in the series, 0 for none.
    pub previous: u64,
    /// Report after it in the series, 0 while open or for the last one.
    pub next: u64,
    /// Why it was closed.
    pub close_reason: Option<&'static str>,
    /// Poll id it awaits.
    pub poll_id: Option<u64>,
    /// Whether it was ever sent, saved or collected.
    pub handed_out: bool,
    /// Start, seconds since the epoch.
    pub start: u64,
    /// End so far, seconds since the epoch.
    pub end: u64,
}

/// The policy in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyView {
    /// Name; `CISCO default` when none was installed.
    pub name: CompactString,
    /// Whether a policy was installed.
    pub installed: bool,
    /// Whether reports must be acknowledged.
    pub acknowledgement_required: bool,
    /// Unenforced, non-export perpetual licences.
    pub perpetual: ReportingDays,
    /// Unenforced, non-export subscription licences.
    pub subscription: ReportingDays,
    /// Enforced licences.
    pub enforced: ReportingDays,
    /// Export-controlled licences.
    pub export: ReportingDays,
}

/// The authorization code (SLAC) of an instance, and what needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuthorizationView {
    /// State of the authorization code's machine.
    pub state: &'static str,
    /// Whether a code is installed.
    pub installed: bool,
    /// When it was installed.
    pub installed_ms: Option<u64>,
    /// What it allows.
    pub licenses: Vec<AuthorizedLicenseView>,
    /// The code that confirms the latest replacement of an older authorization code.
    pub last_confirmation_code: Option<CompactString>,
    /// The code that returns what was removed last.
    pub last_return_code: Option<CompactString>,
    /// Configured throughput, Mbit/s; none when the product's own holds.
    pub throughput_mbps: Option<u32>,
}

/// One licence that may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuthorizedLicenseView {
    /// Feature name.
    pub feature: CompactString,
    /// Entitlement tag.
    pub tag: CompactString,
    /// How many.
    pub count: u32,
}

/// Counters per message class (Troubleshoot SLP on 9800, Communication Statistics).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// `ID_TOKEN_TRUST`.
    pub trust_establishment: MessageStatistics,
    /// `TRUST_SYNC`.
    pub trust_sync: MessageStatistics,
    /// `LICENSE_USAGE`.
    pub usage_reporting: MessageStatistics,
    /// `POLL`.
    pub result_polling: MessageStatistics,
    /// `AUTH_REQUEST`.
    pub authorization_request: MessageStatistics,
    /// `AUTH_CONFIRM`.
    pub authorization_confirmation: MessageStatistics,
    /// `AUTH_RETURN`.
    pub authorization_return: MessageStatistics,
}

/// Counters of one message class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageStatistics {
    /// Attempts.
    pub total: u32,
    /// Attempts that succeeded; a deferral counts.
    pub success: u32,
    /// Attempts that failed.
    pub fail: u32,
    /// Failures since the latest success.
    pub ongoing: u32,
    /// Of these, failures of communication.
    pub ongoing_communication: u32,
    /// How the latest attempt ended.
    pub last_response: &'static str,
    /// When it ended.
    pub last_response_ms: Option<u64>,
}

impl MessageStatistics {
    /// Of a class that no message was sent of.
    pub(crate) const fn none() -> Self {
        Self {
            total: 0,
            success: 0,
            fail: 0,
            ongoing: 0,
            ongoing_communication: 0,
            last_response: "<none>",
            last_response_ms: None,
        }
    }
}
