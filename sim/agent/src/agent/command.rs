//! Commands of an operator: taken, or refused with a reason.

use super::SmartAgent;
use crate::effect::Effect;
use crate::effects::Effects;
use crate::input::{Command, TransportKind};
use crate::policy::reporting_state::ReportingState;
use crate::policy::rum_reports::{CloseReason, Wanted};
use crate::policy::trust::TokenInstall;
use crate::policy::trust_state::{TrustInput, TrustState};
use crate::refusal::{self, Refusal};
use crate::syslog;
use crate::timer::Due;

/// Characters an ID token may have. Assumed; the known ones have about a hundred.
const ID_TOKEN_LENGTH_MAX: usize = 4096;

impl SmartAgent {
    pub(super) fn command(&mut self, command: Command, effects: &mut Effects<'_>) {
        let name = command.name();
        let taken = match command {
            _ if self.is_off() => Err(refusal::NO_POWER),
            Command::TrustIdToken { id_token, force } => {
                self.trust_id_token(id_token, force, effects)
            }
            Command::TrustSync { force } => self.trust_sync(force),
            Command::Sync => self.sync(),
            Command::SaveUsage(which) => self.save_usage(which, effects),
            Command::CloseReports => {
                self.close_measured_reports(effects);
                Ok(())
            }
            Command::CollectReports(which) => self.collect_reports(which, effects),
            Command::SaveTrustRequest => self.save_trust_request(effects),
            Command::RequestAuthorization { feature, count, add, carrier } => {
                self.request_authorization(&feature, count, add, carrier, effects)
            }
            Command::ReturnAuthorization { carrier } => self.return_authorization(carrier, effects),
            Command::SetThroughput { mbps } => self.set_throughput(mbps, effects),
            Command::SetMembers { count } => self.set_members(count),
            Command::PollNow { poll_id } => self.attempt_now(Self::reachable).and_then(|agent| {
                agent.polls.want(poll_id).then_some(()).ok_or(refusal::NO_SUCH_POLL)
            }),
            Command::Use { feature, count } => self.use_feature(&feature, count, effects),
            Command::Reload => {
                self.close_reports(CloseReason::ProductReload, effects);
                self.reboot_wanted = true;
                Ok(())
            }
            Command::SetTransport(kind) => {
                self.transport = kind;
                Ok(())
            }
            Command::SetReportInterval { days } => {
                let taken = self.schedule.configure(days);
                self.replan();
                taken.then_some(()).ok_or(refusal::INTERVAL)
            }
            Command::Import(bytes) => self.import(&bytes, effects),
            Command::StepClock { by_ms } => {
                let unusual = self.unusual.get_or_insert_default();
                unusual.clock_offset_ms = unusual.clock_offset_ms.saturating_add(by_ms);
                self.forget_usual();
                self.reports.clock_changed(by_ms);
                effects.syslog(syslog::clock_changed);
                Ok(())
            }
        };
        if let Err(Refusal { reason, code }) = taken {
            effects.push(Effect::CommandRefused { command: name, reason, code });
        }
    }

    /// Reports closed before keep the members they were closed with.
    fn set_members(&mut self, count: u8) -> Result<(), Refusal> {
        if !(1..=self.platform.members_max()).contains(&count) {
            return Err(refusal::NO_SUCH_MEMBERS);
        }
        self.unusual.get_or_insert_default().members = count;
        self.forget_usual();
        Ok(())
    }

    pub(super) const fn is_off(&self) -> bool {
        matches!(self.link.state, ReportingState::Off)
    }

    pub(super) fn reachable(&self) -> Result<(), Refusal> {
        if self.transport == TransportKind::Off { Err(refusal::TRANSPORT_OFF) } else { Ok(()) }
    }

    /// A command does not wait for the retry timer.
    fn attempt_now(
        &mut self,
        allowed: impl FnOnce(&Self) -> Result<(), Refusal>,
    ) -> Result<&mut Self, Refusal> {
        allowed(self)?;
        self.link.hurry();
        Ok(self)
    }

    fn trust_id_token(
        &mut self,
        id_token: String,
        force: bool,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        self.reachable()?;
        if self.trust.token.is_some() {
            return Err(refusal::TOKEN_UNDER_WAY);
        }
        if id_token.is_empty() || id_token.len() > ID_TOKEN_LENGTH_MAX {
            return Err(refusal::TOKEN_LENGTH);
        }
        if self.trust.needs_force() && !force {
            if matches!(self.trust.state, TrustState::Installed | TrustState::Factory) {
                self.move_trust(TrustInput::TokenWithoutForce, effects);
            }
            let refused = refusal::ALREADY_TRUSTED;
            effects.syslog(|| syslog::trust_install_failed(&self.udi(), refused.reason));
            return Err(refused);
        }
        self.link.hurry();
        // The token's request stands in for one without.
        self.trust.sync_wanted = false;
        self.trust.token = Some(Box::new(TokenInstall { id_token, force }));
        Ok(())
    }

    fn trust_sync(&mut self, force: bool) -> Result<(), Refusal> {
        self.reachable()?;
        if !force && (self.polls.has_trust() || self.trust_in_flight()) {
            return Err(refusal::TRUST_UNDER_WAY);
        }
        self.link.hurry();
        (self.trust.sync_wanted, self.trust.force) = (true, force);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Refusal> {
        self.reachable()?;
        if self.trust.usable().is_some() && !self.reports.has_something() {
            return Err(refusal::NOTHING_TO_REPORT);
        }
        self.link.hurry();
        self.reports.wanted = Wanted::Current;
        Ok(())
    }

    fn use_feature(
        &mut self,
        feature: &str,
        count: u32,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        let license = self.platform.license_index(feature).ok_or(refusal::NO_SUCH_FEATURE)?;
        if self.allowed(license).is_some_and(|allowed| count > allowed) {
            return Err(refusal::NOT_AUTHORIZED);
        }
        self.use_license(license, count, effects);
        Ok(())
    }

    pub(super) fn use_license(&mut self, license: u8, count: u32, effects: &mut Effects<'_>) {
        let clock = self.clock();
        if self.reports.use_licenses(license, count, clock, effects).is_some() {
            let days = self.ack_deadline();
            self.schedule.used(self.now_ms);
            self.replan();
            self.announce_duty(days, effects);
        }
    }

    /// Announces a duty that was not there before.
    fn announce_duty(&self, before: Due, effects: &mut Effects<'_>) {
        if let (None, Some(deadline_ms)) = (before.ms(), self.ack_deadline().ms()) {
            let days = deadline_ms.saturating_sub(self.now_ms) / crate::timer::DAY_MS;
            effects.syslog(|| syslog::acknowledgement_required(days));
        }
    }

    /// Plans anew, unless a report is wanted already: sending it plans the next.
    pub(super) fn replan(&mut self) {
        if self.reports.wanted != Wanted::Current {
            self.plan();
        }
    }
}
