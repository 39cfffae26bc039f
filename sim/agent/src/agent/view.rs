//! The agent's facts, gathered.

use muster_wire::Udi;

use super::SmartAgent;
use crate::identity::HaUdi;
use crate::input::TransportKind;
use crate::platform::HaRole;
use crate::policy::slac::Authorized;
use crate::policy::slac_state::SlacState;
use crate::view::{AgentView, AuthorizationView, AuthorizedLicenseView};

impl SmartAgent {
    /// What the instance knows.
    pub fn view(&self) -> AgentView {
        let usable = self.trust.usable();
        let installed = self.trust.installed.as_ref();
        let overall_state = match (self.transport, usable) {
            (TransportKind::Off, _) => "Device configured for Offline transport",
            (_, None) => "Insufficient trust for direct communication",
            (_, Some(_)) => "",
        };
        let identity = self.identity();
        let member = |(role, udi): (HaRole, &Udi)| HaUdi { role, udi: udi.clone() };
        let unacknowledged = u32::try_from(self.reports.unacknowledged());
        AgentView {
            index: self.place.index,
            platform: self.platform.name.clone(),
            udi: identity.udi.clone(),
            hostname: identity.hostname.clone(),
            ha_udis: match self.members() {
                1 => Vec::new(),
                _ => identity.ha_udis().map(member).collect(),
            },
            transport: self.transport,
            clock_offset_ms: self.clock_offset_ms(),
            crypto_ready: self.is_crypto_ready(),
            in_flight: self.in_flight(),
            trusted: usable.is_some(),
            trust_id: installed.map_or(0, |trust| trust.id.0),
            last_trust_id: self.trust.last_id,
            trust_state: self.trust.state.as_str(),
            reporting_state: self.link.state.as_str(),
            communication_level: if usable.is_some() { "DIRECT" } else { "INDIRECT" },
            overall_state,
            product_instance_identifier: self.trust.product_instance().map(|id| id.as_str().into()),
            smart_account: installed.map(|trust| trust.accounts.smart.as_ref().into()),
            virtual_account: installed.map(|trust| trust.accounts.virtual_.as_ref().into()),
            licenses: self.reports.license_views(self.platform),
            polls: self.polls.view(),
            reports: self.reports.views(self.platform, self.lost_at().ms().unwrap_or(self.now_ms)),
            acknowledged: self.reports.acknowledged,
            unacknowledged: unacknowledged.expect("the report store is bounded"),
            policy: self.terms.view(),
            authorization: self.authorization_view(),
            report_interval_days: self.schedule.interval_days(),
            next_report_due_ms: self.schedule.report_due.ms(),
            last_report_ms: self.schedule.last_report.ms(),
            ack_deadline_ms: self.ack_deadline().ms(),
            last_ack_ms: self.schedule.last_ack.ms(),
            last_response: self.link.last_response(),
            last_failure_reason: self.link.failure_reason(),
            retry_due_ms: self.link.retry_due().ms(),
            statistics: self.link.statistics(),
        }
    }

    fn authorization_view(&self) -> AuthorizationView {
        let slac = self.slac();
        let license = |one: &Authorized| {
            let license = &self.platform.licenses[usize::from(one.license)];
            AuthorizedLicenseView {
                feature: license.feature.clone(),
                tag: license.tag.0.clone(),
                count: one.count,
            }
        };
        let code = |code: &Option<Box<str>>| code.as_deref().map(Into::into);
        AuthorizationView {
            state: slac.map_or(SlacState::None, |slac| slac.state).as_str(),
            installed: slac.is_some_and(|slac| slac.is_installed()),
            installed_ms: slac.and_then(|slac| slac.installed_at.ms()),
            licenses: slac.map_or_else(Vec::new, |slac| slac.granted.iter().map(license).collect()),
            last_confirmation_code: slac.and_then(|slac| code(&slac.confirmation)),
            last_return_code: slac.and_then(|slac| code(&slac.return_code)),
            throughput_mbps: self.unusual.as_ref().and_then(|unusual| unusual.throughput_mbps),
        }
    }
}
