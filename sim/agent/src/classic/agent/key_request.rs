//! Keys of other vendors' services: asked for, deferred, received.
//!
//! Source: SSM On-Prem 7 User Guide, "Third-Party Software Support"; Cisco support document 217535
//! (Unity Connection), debug log of a request and its refusal.

use muster_wire::classic::proposed::third_party_key::ThirdPartyKeyAnswer;
use muster_wire::classic::{AgentErrorCode, AnswerData};

use super::ClassicAgent;
use super::command::text_of;
use super::exchange::{bad, failure, misplaced};
use crate::classic::answer::{Reply, Why};
use crate::classic::deferral::Deferral;
use crate::classic::effect::{ClassicEffect, Effects};
use crate::classic::input::KeyWanted;
use crate::classic::link::{Asked, Ending, Retry};
use crate::classic::machine::step;
use crate::classic::third_party_key::ThirdPartyKeyRequested;
use crate::classic::third_party_key_state::{ThirdPartyKeyInput, ThirdPartyKeyState};

/// Characters of a name. Assumed.
const TEXT_LENGTH_MAX: usize = 64;

impl ClassicAgent {
    pub(super) fn request_third_party_key(
        &mut self,
        wanted: KeyWanted,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let license = self.license(&wanted.feature)?;
        if !self.registration.stands() {
            return Err(text_of(AgentErrorCode::NOT_REGISTERED));
        }
        for text in [&wanted.name, &wanted.routing] {
            if !(1..=TEXT_LENGTH_MAX).contains(&text.len()) {
                return Err("names of a key and of its vendor have 1 to 64 characters");
            }
        }
        let under_way = |request: &ThirdPartyKeyRequested| {
            let state = request.state;
            request.wanted
                || matches!(state, ThirdPartyKeyState::Requested | ThirdPartyKeyState::Pending)
        };
        if self.key_request.as_deref().is_some_and(under_way) {
            return Err("a key was asked for already");
        }
        let state = self.key_request.as_ref().map_or(ThirdPartyKeyState::None, |one| one.state);
        let [.., a, b, c, d] = self.rng.next_u64().to_be_bytes();
        self.key_request = Some(Box::new(ThirdPartyKeyRequested {
            state,
            name: wanted.name,
            license,
            routing: wanted.routing,
            id: u32::from_be_bytes([a, b, c, d]),
            key_id: 0,
            wanted: true,
            deferral: None,
        }));
        self.hurry(effects);
        Ok(())
    }

    pub(super) fn key_request_leaves(&mut self, asked: Asked, effects: &mut Effects<'_>) {
        let Some(request) = &mut self.key_request else { return };
        if asked == Asked::ThirdPartyKey {
            (request.wanted, request.deferral) = (false, None);
            step(&mut request.state, ThirdPartyKeyInput::RequestSent, effects);
        } else if let Some(deferral) = &mut request.deferral {
            deferral.wanted = false;
        }
    }

    pub(super) fn key_request_ended(
        &mut self,
        asked: Asked,
        reply: Reply<'_>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        if let Reply::Failed { why: Why::NotRegistered, reason } = reply {
            self.removed_by_server(effects);
            return bad((reason, Retry::Never));
        }
        let now_ms = self.now_ms;
        // The registration may have been lost while the request was under way.
        let Some(request) = &mut self.key_request else {
            return bad((text_of(AgentErrorCode::NOT_REGISTERED).to_owned(), Retry::Never));
        };
        let ended = match (failure(&reply), reply) {
            (None, Reply::Deferred(deferred)) => {
                let deferral = Deferral::new(deferred.poll_id, deferred.poll_interval, now_ms);
                request.deferral = Some(deferral);
                step(&mut request.state, ThirdPartyKeyInput::PollLater, effects);
                Ok(())
            }
            (None, Reply::Complete(data)) => match data {
                AnswerData::ThirdPartyKey(answer) => take_key(request, answer, effects)
                    .map_err(|code| (code.to_string(), Retry::Slowly)),
                _ => Err(misplaced()),
            },
            (_, Reply::Failed { reason, .. }) => {
                request.deferral = None;
                step(&mut request.state, ThirdPartyKeyInput::Refused, effects);
                return bad((reason, Retry::Never));
            }
            (failed, _) => Err(failed.unwrap_or_else(misplaced)),
        };
        match ended {
            Ok(()) => Ending::Good,
            Err((reason, retry)) => {
                step(&mut request.state, ThirdPartyKeyInput::NoReply, effects);
                match &mut request.deferral {
                    Some(deferral) if asked == Asked::ThirdPartyKeyPoll => deferral.wanted = true,
                    _ => request.wanted = true,
                }
                bad((reason, retry))
            }
        }
    }

    /// The registration is gone, and the key with it.
    pub(super) fn cancel_key_request(&mut self, effects: &mut Effects<'_>) {
        if let Some(mut request) = self.key_request.take()
            && request.state != ThirdPartyKeyState::None
        {
            step(&mut request.state, ThirdPartyKeyInput::Cancelled, effects);
        }
    }
}

fn take_key(
    request: &mut ThirdPartyKeyRequested,
    answer: &ThirdPartyKeyAnswer,
    effects: &mut Effects<'_>,
) -> Result<(), AgentErrorCode> {
    let own = |id: u64| id == u64::from(request.id);
    let key = answer.data.iter().find(|key| own(key.id)).ok_or(AgentErrorCode::NOT_FOUND)?;
    if key.value.is_empty() {
        return Err(AgentErrorCode::MISSING_FIELD);
    }
    (request.key_id, request.deferral) = (key.key_id, None);
    step(&mut request.state, ThirdPartyKeyInput::Received, effects);
    let (name, key_id) = (request.name.clone(), key.key_id);
    effects.fact(|| ClassicEffect::ThirdPartyKeyReceived { name, key_id });
    Ok(())
}
