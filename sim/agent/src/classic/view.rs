//! What a product instance of the classic era knows, as plain facts: the subject of scenario
//! conditions and of `show license all`.

use compact_str::CompactString;
use muster_wire::Udi;
use serde::Serialize;

use super::faults::Fault;
use super::transport::{ClassicTransport, ServerChoice};

/// The facts of one agent at one moment. Times are milliseconds since the epoch unless named
/// otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassicView {
    /// Index in the fleet.
    pub index: u32,
    /// Platform name.
    pub platform: CompactString,
    /// Identity.
    pub udi: Udi,
    /// Host name.
    pub hostname: CompactString,
    /// First number of the software's release.
    pub release: u8,
    /// Chosen transport.
    pub transport: ClassicTransport,
    /// Server the next request goes to.
    pub server: ServerChoice,
    /// Whether crypto initialisation is complete.
    pub crypto_ready: bool,
    /// Whether a request awaits its answer.
    pub in_flight: bool,
    /// When the next attempt after a failure is made.
    pub retry_due_ms: Option<u64>,
    /// The registration.
    pub registration: RegistrationView,
    /// The ID certificate.
    pub id_certificate: IdCertificateView,
    /// The authorization.
    pub authorization: AuthorizationView,
    /// The evaluation period.
    pub evaluation: EvaluationView,
    /// Every licence in use, and those that redundant applications stand by for.
    pub licenses: Vec<ClassicLicenseView>,
    /// Export-controlled licences that were asked for.
    pub exports: Vec<ExportView>,
    /// The conversion of classic licences.
    pub conversion: ConversionView,
    /// The key of another vendor's service that was asked for.
    pub third_party_key: Option<ThirdPartyKeyView>,
    /// The faults that stand; always none on a product that shows no faults.
    pub faults: Vec<Fault>,
    /// Counters per message class, those that were used.
    pub statistics: Vec<ClassStatistics>,
}

/// The registration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegistrationView {
    /// State of the machine.
    pub state: &'static str,
    /// As a product instance prints it. Public: `REGISTERED`; the others are assumed.
    pub status: &'static str,
    /// Whether a registration stands: its data is held.
    pub registered: bool,
    /// Smart account, or local account of an On-Prem.
    pub smart_account: Option<CompactString>,
    /// Virtual account.
    pub virtual_account: Option<CompactString>,
    /// Identifier given by the server.
    pub product_instance_identifier: Option<CompactString>,
    /// Whether export-controlled features are allowed; none without a registration.
    pub export_controlled_allowed: Option<bool>,
    /// When it was registered last.
    pub registered_at_ms: Option<u64>,
    /// How the latest attempt went.
    pub last_attempt: Option<AttemptView>,
}

/// How the latest exchange of a kind went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttemptView {
    /// When it ended.
    pub at_ms: u64,
    /// Whether it went well.
    pub succeeded: bool,
    /// Why not.
    pub failure_reason: Option<String>,
}

/// The ID certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IdCertificateView {
    /// State of the machine.
    pub state: &'static str,
    /// Serial number, decimal.
    pub serial: Option<CompactString>,
    /// First moment of its validity, by the clock of its issuer.
    pub not_before_ms: Option<u64>,
    /// Last moment of its validity: when the registration expires.
    pub not_after_ms: Option<u64>,
    /// When it was renewed last.
    pub renewed_at_ms: Option<u64>,
    /// How the latest renewal went.
    pub last_renewal: Option<AttemptView>,
    /// When the next renewal is due.
    pub next_renewal_ms: Option<u64>,
}

/// The authorization.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuthorizationView {
    /// State of the machine.
    pub state: &'static str,
    /// As a product instance prints it. Public: `AUTHORIZED`, `OUT OF COMPLIANCE`, `EVAL MODE`;
    /// the others are assumed.
    pub status: &'static str,
    /// Since when it is in compliance, out of it, or expired.
    pub since_ms: Option<u64>,
    /// How the latest communication went.
    pub last_communication: Option<AttemptView>,
    /// When the next renewal is due.
    pub next_communication_ms: Option<u64>,
    /// When the status is refreshed next, on products that do.
    pub next_refresh_ms: Option<u64>,
    /// When the authorization expires without contact.
    pub communication_deadline_ms: Option<u64>,
}

/// The evaluation period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvaluationView {
    /// State of the machine.
    pub state: &'static str,
    /// Whether it runs now.
    pub in_use: bool,
    /// Milliseconds of use that are left.
    pub left_ms: u64,
}

/// One licence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassicLicenseView {
    /// Feature name.
    pub feature: CompactString,
    /// Entitlement tag.
    pub tag: CompactString,
    /// How many are in use.
    pub count: u32,
    /// How it stands, as a product instance prints it.
    pub status: &'static str,
    /// `NOT RESTRICTED`, `RESTRICTED - ALLOWED` or `RESTRICTED - NOT ALLOWED`.
    pub export_status: &'static str,
    /// The redundant application that uses it.
    pub application: Option<ApplicationView>,
}

/// A redundant application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApplicationView {
    /// State of the machine.
    pub state: &'static str,
    /// Name.
    pub name: CompactString,
    /// Id.
    pub id: CompactString,
    /// Names of its peers.
    pub peers: Vec<CompactString>,
}

/// One export-controlled licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportView {
    /// Feature name.
    pub feature: CompactString,
    /// State of the machine.
    pub state: &'static str,
    /// How many were asked for, or granted.
    pub count: u32,
    /// Poll id of the deferred result.
    pub poll_id: Option<u64>,
    /// When it is asked for.
    pub poll_due_ms: Option<u64>,
}

/// The conversion of classic licences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConversionView {
    /// State of the machine.
    pub state: &'static str,
    /// As the public model calls it.
    pub status: &'static str,
    /// The APIC's `dlcOperState`.
    pub operational_state: Option<&'static str>,
    /// Whether a registration starts it.
    pub automatic: bool,
    /// When the result is asked for.
    pub poll_due_ms: Option<u64>,
    /// Why it failed.
    pub failure_reason: Option<String>,
}

/// The key of another vendor's service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThirdPartyKeyView {
    /// State of the machine.
    pub state: &'static str,
    /// Kind of key.
    pub name: CompactString,
    /// The vendor.
    pub routing: CompactString,
    /// Number of the key, 0 before it came.
    pub key_id: u64,
    /// Why none came.
    pub failure_reason: Option<String>,
}

/// Counters of one message class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassStatistics {
    /// The class, for example `authorization`.
    pub class: &'static str,
    /// Exchanges that went well; a deferral counts.
    pub success: u32,
    /// Exchanges that did not.
    pub fail: u32,
}
