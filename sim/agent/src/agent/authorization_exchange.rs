//! The end of an exchange about an authorization code.
//!
//! Source: the public YANG model: a return is one message, whatever becomes of it. Assumed: what an
//! answer to a return or a confirmation holds is of no matter, its status is; a confirmation is
//! repeated until it is answered.

use muster_wire::{Artefact, Error};

use super::SmartAgent;
use crate::effects::Effects;
use crate::input::Carrier;
use crate::link::{Ending, LastResponse, RequestKind, Retry};
use crate::policy::polls::PollKind;
use crate::policy::slac::{AuthorizationKind, SlacRefusal};
use crate::policy::slac_state::{SlacInput, SlacState};
use crate::syslog;

impl SmartAgent {
    pub(super) fn authorization_in_flight(&self) -> bool {
        self.link.in_flight.as_ref().is_some_and(|sent| {
            let poll = PollKind::Authorization { is_return: false };
            match sent.kind {
                RequestKind::Authorization(kind) => kind != AuthorizationKind::Confirm,
                RequestKind::Poll(_, kind) => kind == poll,
                _ => false,
            }
        })
    }

    /// A message goes out.
    pub(super) fn authorization_sent(&mut self, kind: AuthorizationKind) {
        let slac = self.slac_mut();
        match kind {
            AuthorizationKind::Request => slac.request_wanted = false,
            AuthorizationKind::Confirm => slac.confirm_wanted = false,
            AuthorizationKind::Return => slac.return_wanted = false,
        }
    }

    /// Nothing usable came back, or the server asks for another attempt: that is up to `retry`.
    pub(super) fn authorization_lost(
        &mut self,
        kind: AuthorizationKind,
        retry: Retry,
        effects: &mut Effects<'_>,
    ) -> Retry {
        match kind {
            AuthorizationKind::Request => {
                self.slac_mut().request_wanted = true;
                self.move_slac(SlacInput::NoReply, effects);
                retry
            }
            AuthorizationKind::Confirm => {
                self.slac_mut().confirm_wanted = true;
                retry
            }
            AuthorizationKind::Return => {
                self.move_slac(SlacInput::ReturnLost, effects);
                Retry::Never
            }
        }
    }

    /// The server, or the instance on looking at its answer, says no.
    pub(super) fn authorization_failed(
        &mut self,
        kind: AuthorizationKind,
        by_account: bool,
        reason: &str,
        effects: &mut Effects<'_>,
    ) {
        match kind {
            AuthorizationKind::Request => {
                effects.syslog(|| syslog::authorization_failed(&self.udi(), reason));
                let refused = SlacRefusal { by_account, reason: reason.to_owned() };
                self.authorization_refused(&refused, effects);
            }
            AuthorizationKind::Confirm => {}
            AuthorizationKind::Return => self.move_slac(SlacInput::ReturnLost, effects),
        }
    }

    pub(super) fn authorization_deferred(
        &mut self,
        kind: AuthorizationKind,
        effects: &mut Effects<'_>,
    ) -> Option<PollKind> {
        if kind == AuthorizationKind::Confirm {
            return None;
        }
        self.move_slac(SlacInput::OkPoll, effects);
        Some(PollKind::Authorization { is_return: kind == AuthorizationKind::Return })
    }

    /// The server has finished.
    pub(super) fn authorization_complete(
        &mut self,
        kind: AuthorizationKind,
        given: Option<&Result<Artefact, Error>>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let bad = |response, reason: String| Ending::Bad {
            response,
            reason,
            retry: Retry::Never,
            communication: false,
        };
        match (kind, given) {
            (AuthorizationKind::Confirm, _) => Ending::Good(LastResponse::Ok),
            (AuthorizationKind::Return, Some(Ok(Artefact::Authorization(answer))))
                if !answer.code.status.success =>
            {
                self.move_slac(SlacInput::ReturnLost, effects);
                bad(LastResponse::Ok, "the account refused the return".to_owned())
            }
            (AuthorizationKind::Return, _) => {
                self.move_slac(SlacInput::ReturnTaken, effects);
                Ending::Good(LastResponse::Ok)
            }
            (AuthorizationKind::Request, Some(Ok(Artefact::Authorization(answer)))) => {
                match self.install_authorization(answer, Carrier::Message, effects) {
                    Ok(()) => Ending::Good(LastResponse::Ok),
                    Err(refused) => {
                        self.authorization_refused(&refused, effects);
                        bad(LastResponse::Ok, refused.reason)
                    }
                }
            }
            (AuthorizationKind::Request, other) => {
                let (response, reason) = match other {
                    None => (LastResponse::NoDataToProcess, "the answer holds no artefact".into()),
                    Some(Err(error)) => (LastResponse::Ok, error.to_string()),
                    Some(Ok(_)) => {
                        (LastResponse::Ok, "the answer holds an artefact of another kind".into())
                    }
                };
                self.authorization_failed(kind, false, &reason, effects);
                bad(response, reason)
            }
        }
    }

    /// Trust that a request waited for will not come.
    pub(super) fn give_up_authorization(&mut self, reason: &str, effects: &mut Effects<'_>) {
        let waits = self.slac().is_some_and(|slac| slac.request_wanted || slac.return_wanted);
        if !waits {
            return;
        }
        if std::mem::take(&mut self.slac_mut().return_wanted) {
            self.move_slac(SlacInput::ReturnLost, effects);
        }
        if self.slac().is_some_and(|slac| slac.state == SlacState::Requested) {
            self.authorization_failed(AuthorizationKind::Request, true, reason, effects);
        }
    }
}

/// What a poll about an authorization code asks for.
pub(super) const fn polled(is_return: bool) -> AuthorizationKind {
    if is_return { AuthorizationKind::Return } else { AuthorizationKind::Request }
}
