//! What a server is made from.

use muster_certs::{SigningMode, Tiers};
use muster_wire::proposed::policy::{PolicyTerms, ReportingDays};

use crate::account::{IdTokenGrant, Tenant};
use crate::admin::role::ApiGrant;
use crate::defects::Defect;
use crate::limits::Limits;
use crate::mishap::Chaos;

/// Product instances remembered unless asked for more: twice the documented 50,000, so that
/// invented UDIs cannot fill the memory.
const INSTANCES_MAX: usize = 100_000;

/// The options of a server; the default is the embedded profile.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Keys, certificates, tokens, identifiers and spreads follow from it.
    pub seed: u64,
    /// Deviations switched on.
    pub defects: Vec<Defect>,
    /// CSSM: milliseconds until a deferred result is ready.
    pub acknowledge_after_ms: u64,
    /// On-Prem: milliseconds until a deferred result is ready; an earlier poll sees `OK_POLL`.
    pub onprem_acknowledge_after_ms: u64,
    /// On-Prem tenants; the first also answers `/SmartTransport` and Call Home.
    pub tenants: Vec<Tenant>,
    /// ID tokens the server knows.
    pub id_tokens: Vec<IdTokenGrant>,
    /// Clients of the admin API; without one nobody gets in.
    pub api_clients: Vec<ApiGrant>,
    /// Users of the admin API, who sign in through a client.
    pub api_users: Vec<ApiGrant>,
    /// The custom policy supplied with acknowledgements.
    pub policy: PolicyTerms,
    /// Levels of the certificate chain.
    pub tiers: Tiers,
    /// How artefacts are signed. [`SigningMode::Fast`] is for servers behind sockets, whose bytes
    /// nobody compares between runs; it then no longer holds that the same poll gets the same
    /// bytes.
    pub signing: SigningMode,
    /// Start of the certificates' validity, unix milliseconds; none: the year the clock starts in.
    pub certificates_from_ms: Option<i64>,
    /// Lets the admin listener take an address other machines can reach.
    pub admin_beyond_loopback: bool,
    /// Product instances remembered; a request of one more is answered `OK_TRY_AGAIN`.
    pub instances_max: usize,
    /// Whether reports and trust requests must be signed right. Off is for load clients that do
    /// not sign: the server warns when it is made, and what it then accepts proves nothing.
    pub verify_signatures: bool,
    /// Whether TLS sessions can be resumed (tickets; the server keeps nothing per session).
    pub resumption: bool,
    /// What connections may cost.
    pub limits: Limits,
    /// Refuses what a lenient server overlooks: members nobody documented, line numbers used
    /// twice, clocks a day off, and content types that are not the message's.
    pub strict: bool,
    /// Mishaps from the start on; the control API changes them.
    pub chaos: Option<Chaos>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            defects: Vec::new(),
            acknowledge_after_ms: 0,
            // Long enough that a poll right after the report comes too early.
            onprem_acknowledge_after_ms: 60_000,
            tenants: Tenant::embedded(),
            id_tokens: IdTokenGrant::embedded(),
            api_clients: Vec::new(),
            api_users: Vec::new(),
            policy: test_policy(),
            tiers: Tiers::Four,
            signing: SigningMode::default(),
            certificates_from_ms: None,
            admin_beyond_loopback: false,
            instances_max: INSTANCES_MAX,
            verify_signatures: true,
            resumption: true,
            limits: Limits::default(),
            strict: false,
            chaos: None,
        }
    }
}

/// The custom policy of the embedded profile. Its days differ from the default policy of the
/// products (365/0/90 and 90/90/90), so that a product instance shows which one it uses.
fn test_policy() -> PolicyTerms {
    let days = |first_report_days, report_interval_days, on_change_days| ReportingDays {
        first_report_days,
        report_interval_days,
        on_change_days,
    };
    PolicyTerms {
        name: "Muster Test Policy".to_owned(),
        id: 1,
        // 2026-01-01T00:00:00Z: a policy is older than the run that delivers it.
        timestamp: 1_767_225_600_000,
        acknowledgement_required: true,
        perpetual: days(60, 30, 45),
        subscription: days(30, 30, 30),
        enforced: days(30, 30, 30),
        export: days(30, 30, 30),
    }
}
