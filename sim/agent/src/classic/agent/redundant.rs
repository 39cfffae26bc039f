//! Application redundancy on one product instance: parts, peers, and who takes over.
//!
//! Source: SSM On-Prem 7 User Guide, "Application Redundant Enabled Product Instance Workflow". A
//! standby becomes active only by declaring itself so, without a peer; the old active comes back
//! as standby of the new one.

use muster_wire::classic::AgentErrorCode;
use muster_wire::classic::proposed::entitlement::ApplicationRole;

use super::ClassicAgent;
use super::command::text_of;
use crate::classic::application_redundancy_state::{
    ApplicationRedundancyInput as Input, ApplicationRedundancyState as State,
};
use crate::classic::effect::Effects;
use crate::classic::machine::step_of;
use crate::classic::redundancy::{Redundancy, RedundantApplication};

impl ClassicAgent {
    pub(super) fn set_application(
        &mut self,
        feature: &str,
        application: RedundantApplication,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let license = self.license(feature)?;
        let own = self.registration.identifier();
        let input = application.check(own.as_ref()).map_err(text_of)?;
        let used = self.uses.entry(license);
        let before = used.application.as_ref().map_or(State::Single, |part| part.state);
        let input = match (before, input) {
            (State::Standby, Input::MadeActive) => Input::TookOver,
            (State::Standby, Input::MadeStandby) => Input::MadeStandby,
            (State::Standby, _) => {
                return Err("a standby declares itself active without a peer first");
            }
            (_, input) => input,
        };
        let mut part = Redundancy { state: before, application };
        let name = || feature.into();
        step_of(&mut part.state, input, name, effects);
        used.application = Some(Box::new(part));
        self.redundancy_changed(effects);
        Ok(())
    }

    pub(super) fn take_over(
        &mut self,
        feature: &str,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let part = self.part(feature)?;
        if part.state != State::Standby {
            return Err("the application is not standby");
        }
        part.application.role = ApplicationRole::Active;
        part.application.peers = Vec::new();
        step_of(&mut part.state, Input::TookOver, || feature.into(), effects);
        self.redundancy_changed(effects);
        Ok(())
    }

    pub(super) fn remove_peers(
        &mut self,
        feature: &str,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let part = self.part(feature)?;
        match part.state {
            State::ActiveWithStandby | State::ActiveWithActive => {}
            State::Single | State::ActiveAlone => {
                return Err(text_of(AgentErrorCode::MISSING_ENTRY));
            }
            State::Standby => return Err("a standby has the active as its peer"),
        }
        part.application.peers = Vec::new();
        step_of(&mut part.state, Input::PeerRemoved, || feature.into(), effects);
        self.redundancy_changed(effects);
        Ok(())
    }

    pub(super) fn clear_application(
        &mut self,
        feature: &str,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let part = self.part(feature)?;
        step_of(&mut part.state, Input::Released, || feature.into(), effects);
        let license = self.license(feature)?;
        if let Some(used) = self.uses.find_mut(license) {
            used.application = None;
        }
        self.uses.tidy();
        self.redundancy_changed(effects);
        Ok(())
    }

    fn part(&mut self, feature: &str) -> Result<&mut Redundancy, &'static str> {
        let license = self.license(feature)?;
        let part = self.uses.find_mut(license).and_then(|used| used.application.as_deref_mut());
        part.ok_or("no redundant application uses the licence")
    }

    /// A server must hear of it at once, for it counts by role and peers.
    fn redundancy_changed(&mut self, effects: &mut Effects<'_>) {
        self.use_changed(effects);
    }
}
