//! What is in use, and its authorization: asked for at once, refreshed, renewed, expired.
//!
//! Source: Cisco ACI Smart Licensing, "Renew Authorization", "Smart Licensing Authorization
//! Status", "Methods of License Consumption".

use muster_wire::classic::proposed::entitlement::{AuthorizedEntitlement, EntitlementAnswer};
use muster_wire::classic::{AgentErrorCode, AnswerData, AuthorizationState as Answered};

use super::ClassicAgent;
use super::command::text_of;
use super::exchange::{bad, failure, misplaced};
use crate::classic::answer::{Reply, Why};
use crate::classic::authorization::{self, GRACE_MS};
use crate::classic::authorization_state::{AuthorizationInput, AuthorizationState};
use crate::classic::effect::Effects;
use crate::classic::input::FabricChange;
use crate::classic::link::{Asked, Ending, Occasion, Retry};
use crate::classic::machine::step;
use crate::classic::syslog;
use crate::classic::uses::Standing;
use crate::platform::ReportingCycle;
use crate::timer::{Due, HOUR_MS};

impl ClassicAgent {
    pub(super) fn use_feature(
        &mut self,
        feature: &str,
        count: u32,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let license = self.license(feature)?;
        let is_controlled = self.platform.licenses[usize::from(license)].is_export_controlled();
        if is_controlled && !self.export_allowed() && count > self.exports.authorized(license) {
            return Err("the export-controlled licence is not authorized");
        }
        self.set_uses([(license, count)], effects);
        Ok(())
    }

    /// The fabric changes. One command changes all or nothing.
    pub(super) fn change_fabric(
        &mut self,
        change: FabricChange,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let (Some(fabric), Some(inventory)) = (&self.platform.fabric, self.fabric) else {
            return Err("the product has no fabric");
        };
        let mut changed = inventory;
        let (done, asked) = match change {
            FabricChange::Report => (0, 0),
            FabricChange::Commission { role, count } => (changed.commission(role, count), count),
            FabricChange::Decommission { role, count } => {
                (changed.decommission(role, count), count)
            }
            FabricChange::Enable { tier, count } => (changed.enable(tier, count), count),
            FabricChange::Disable { tier, count } => (changed.disable(tier, count), count),
        };
        if done != asked {
            return Err("the fabric has not that many switches to change");
        }
        self.fabric = Some(changed);
        let counts = changed.consumption(fabric);
        let uses = counts.map(|(feature, count)| (self.platform.license_index(feature), count));
        let uses = uses.into_iter().filter_map(|(license, count)| Some((license?, count)));
        self.set_uses(uses.collect::<Vec<_>>(), effects);
        Ok(())
    }

    /// Sets counts; one change is reported, however many licences it is about.
    fn set_uses(&mut self, counts: impl IntoIterator<Item = (u8, u32)>, effects: &mut Effects<'_>) {
        let mut changed = false;
        for (license, count) in counts {
            if self.uses.set(license, count) {
                changed = true;
                let tag = self.platform.licenses[usize::from(license)].tag.as_str();
                effects.syslog(|| crate::syslog::event_endpoint_usage(count, tag));
            }
        }
        if changed {
            self.use_changed(effects);
        }
    }

    /// The use is another one than before: every licence is reported at once.
    pub(super) fn use_changed(&mut self, effects: &mut Effects<'_>) {
        self.use_counts(effects);
        if self.registration.held.is_some() {
            self.authorization.want(Occasion::Change);
            self.hurry(effects);
        }
    }

    /// Moves the machine to where use and registration put it.
    pub(super) fn use_counts(&mut self, effects: &mut Effects<'_>) {
        let registered = self.registration.held.is_some();
        let input = match (self.uses.any(), self.authorization.state) {
            (false, AuthorizationState::None) => return,
            (false, _) => AuthorizationInput::UseEnded,
            (true, AuthorizationState::None | AuthorizationState::Evaluation) if registered => {
                AuthorizationInput::UsedRegistered
            }
            (true, AuthorizationState::None) => AuthorizationInput::UsedUnregistered,
            (true, _) => AuthorizationInput::UseChanged,
        };
        step(&mut self.authorization.state, input, effects);
        // Without any answer the deadline counts from the first request.
        if registered && self.uses.any() && !self.authorization.deadline.is_set() {
            let deadline_ms = self.now_ms.saturating_add(authorization::DEADLINE_MS);
            self.authorization.deadline = Due::at(deadline_ms);
        }
    }

    /// The registration is gone: what is in use is evaluated again.
    pub(super) fn authorization_ends(&mut self, effects: &mut Effects<'_>) {
        self.authorization.stop();
        self.uses.stand(Standing::Waiting);
        match self.authorization.state {
            AuthorizationState::None | AuthorizationState::Evaluation => {}
            _ => step(&mut self.authorization.state, AuthorizationInput::RegistrationLost, effects),
        }
    }

    /// `license smart renew auth`.
    pub(super) fn renew_authorization(
        &mut self,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        if !self.registration.stands() {
            return Err(text_of(AgentErrorCode::NOT_REGISTERED));
        }
        let asked = self.link.in_flight.map(|sent| sent.asked);
        if matches!(asked, Some(Asked::Authorization(_))) {
            return Err(text_of(AgentErrorCode::AUTHORIZATION_IN_PROGRESS));
        }
        step(&mut self.authorization.state, AuthorizationInput::RenewalDue, effects);
        self.authorization.want(Occasion::Renewal);
        self.hurry(effects);
        Ok(())
    }

    pub(super) fn authorization_ended(
        &mut self,
        occasion: Occasion,
        reply: Reply<'_>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        if self.registration.held.is_none() {
            return bad((text_of(AgentErrorCode::NOT_REGISTERED).to_owned(), Retry::Never));
        }
        if let Reply::Failed { why: Why::NotRegistered, reason } = reply {
            effects.syslog(|| syslog::authorization_failed(&reason, &self.udi()));
            self.removed_by_server(effects);
            return bad((reason, Retry::Never));
        }
        let ended = match (failure(&reply), reply) {
            (Some(failed), _) => Err(failed),
            (None, Reply::Complete(data)) => match data {
                AnswerData::Entitlement(answer) => self
                    .authorized(occasion, answer, effects)
                    .map_err(|code| (code.to_string(), Retry::Slowly)),
                _ => Err(misplaced()),
            },
            (None, _) => Err(misplaced()),
        };
        match ended {
            Ok(()) => Ending::Good,
            Err((reason, retry)) => {
                self.authorization.want(occasion);
                effects.syslog(|| syslog::authorization_failed(&reason, &self.udi()));
                bad((reason, retry))
            }
        }
    }

    fn authorized(
        &mut self,
        occasion: Occasion,
        answer: &EntitlementAnswer,
        effects: &mut Effects<'_>,
    ) -> Result<(), AgentErrorCode> {
        let standings = self.standings(&answer.entitlements)?;
        let is_covered = |license| standings.iter().any(|(covered, _)| *covered == license);
        // What came into use while the request was under way is asked for next.
        let changed = self.authorization.wanted == Some(Occasion::Change);
        let all = self.uses.0.iter().all(|used| used.count == 0 || is_covered(used.license));
        if !all && !changed {
            return Err(AgentErrorCode::MISSING_FIELD);
        }
        let out = standings.iter().any(|(_, standing)| *standing == Standing::OutOfCompliance);
        let input = match &answer.authorization_state {
            Answered::OutOfCompliance => AuthorizationInput::NotInCompliance,
            Answered::Authorized | Answered::AuthorizedReservation | Answered::None if out => {
                AuthorizationInput::NotInCompliance
            }
            Answered::Authorized | Answered::AuthorizedReservation | Answered::None => {
                AuthorizationInput::InCompliance
            }
            Answered::Evaluation
            | Answered::EvaluationExpired
            | Answered::AuthorizationExpired
            | Answered::Other(_) => return Err(AgentErrorCode::INVALID_RESPONSE),
        };
        for (license, standing) in standings {
            if let Some(used) = self.uses.find_mut(license) {
                used.standing = standing;
            }
        }
        self.plan_authorization(occasion, answer);
        if all {
            self.comply(input, effects);
        }
        Ok(())
    }

    fn comply(&mut self, input: AuthorizationInput, effects: &mut Effects<'_>) {
        let before = self.authorization.state;
        // Nothing in use complies, whatever the server says of it.
        let input = match before {
            AuthorizationState::None => AuthorizationInput::InCompliance,
            _ => input,
        };
        step(&mut self.authorization.state, input, effects);
        let after = self.authorization.state;
        effects.syslog(|| syslog::authorized(after.as_str(), &self.udi()));
        if before != after {
            self.authorization.since_s = self.now_s();
            match after {
                AuthorizationState::Authorized => effects.syslog(syslog::in_compliance),
                AuthorizationState::OutOfCompliance => effects.syslog(syslog::out_of_compliance),
                _ => {}
            }
        }
    }

    fn plan_authorization(&mut self, occasion: Occasion, answer: &EntitlementAnswer) {
        let interval_ms = self
            .registration
            .held
            .as_ref()
            .map_or(authorization::RENEWAL_MS, |held| held.authorization_interval_ms);
        let refresh_ms = match self.platform.cycle {
            ReportingCycle::Fixed { hours } => Some(u64::from(hours) * HOUR_MS),
            ReportingCycle::Policy => None,
        };
        let offset_ms = self.clock_offset_ms().saturating_neg();
        self.authorization.plan(&authorization::Answered {
            now_ms: self.now_ms,
            occasion,
            interval_ms,
            refresh_ms,
            next_ms: answer.next_communication.saturating_add_signed(offset_ms),
            deadline_ms: answer.communication_deadline.saturating_add_signed(offset_ms),
        });
    }

    /// How each licence of an answer stands. Licences the product does not have are passed over.
    fn standings(
        &self,
        entitlements: &[AuthorizedEntitlement],
    ) -> Result<Vec<(u8, Standing)>, AgentErrorCode> {
        let known = entitlements.iter().filter_map(|entitlement| {
            let license = self.platform.license_index(entitlement.tag.as_str())?;
            Some((license, Standing::of(&entitlement.enforce_mode)))
        });
        known
            .map(|(license, standing)| {
                Ok((license, standing.ok_or(AgentErrorCode::INVALID_RESPONSE)?))
            })
            .take(self.platform.licenses.len() * 2)
            .collect()
    }

    pub(super) fn authorization_expired(&mut self, effects: &mut Effects<'_>) {
        step(&mut self.authorization.state, AuthorizationInput::DeadlinePassed, effects);
        self.authorization.since_s = self.now_s();
        self.authorization.grace_due = Due::at(self.now_ms.saturating_add(GRACE_MS));
        self.uses.stand(Standing::Expired);
        effects.syslog(syslog::authorization_expired);
    }
}
