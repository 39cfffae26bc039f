//! Export-controlled licences: requested, polled for every hour, granted, returned, cancelled.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", "New Export
//! Control Alerts". Assumed: the word and the text by which a refusal says that the account has no
//! licence now, which is asked for again every hour.

use muster_wire::classic::proposed::export_authorization::{
    ExportAnswer, ExportAuthorization, ExportStatus,
};
use muster_wire::classic::{AgentErrorCode, AnswerData};

use super::ClassicAgent;
use super::command::text_of;
use super::exchange::{bad, failure, misplaced};
use crate::classic::answer::{Reply, Why};
use crate::classic::authorization_code;
use crate::classic::deferral::Deferral;
use crate::classic::effect::Effects;
use crate::classic::export_authorization_state::{
    ExportAuthorizationInput as Input, ExportAuthorizationState as State,
};
use crate::classic::exports::{Export, ExportWanted};
use crate::classic::link::{Asked, Ending, MessageClass, Retry};
use crate::classic::machine::step_of;
use crate::classic::registration_state::RegistrationState;
use crate::classic::syslog;

const NOT_AVAILABLE: &str = "NOT_AVAILABLE";
const NOT_AVAILABLE_TEXT: &str = "not available";

impl ClassicAgent {
    pub(super) fn request_export(
        &mut self,
        feature: &str,
        count: u32,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let license = self.license(feature)?;
        if !self.platform.licenses[usize::from(license)].is_export_controlled() {
            return Err("the licence is not export controlled");
        }
        if !self.registration.stands() {
            return Err(text_of(AgentErrorCode::NOT_REGISTERED));
        }
        if count == 0 {
            return Err("at least one licence is requested");
        }
        let export = self.exports.entry(license);
        if !matches!(export.state, State::None | State::Failed | State::NotAvailable) {
            return Err("the licence is authorized, or a request or return is under way");
        }
        (export.count, export.wanted) = (count, ExportWanted::Request);
        self.hurry(effects);
        Ok(())
    }

    pub(super) fn return_export(
        &mut self,
        feature: &str,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let license = self.license(feature)?;
        if !self.registration.stands() {
            return Err(text_of(AgentErrorCode::NOT_REGISTERED));
        }
        if self.uses.count(license) > 0 {
            return Err("the licence is in use");
        }
        let export = self.exports.find_mut(license);
        let export = export.ok_or("there is nothing to return")?;
        match export.state {
            State::None | State::Failed => {
                if std::mem::take(&mut export.wanted) == ExportWanted::Nothing {
                    return Err("there is nothing to return");
                }
            }
            State::Returning | State::ReturnPending => return Err("the licence is being returned"),
            State::Requested | State::Pending | State::NotAvailable | State::Authorized => {
                export.wanted = ExportWanted::Return;
            }
        }
        self.hurry(effects);
        Ok(())
    }

    pub(super) fn export_leaves(&mut self, asked: Asked, license: u8, effects: &mut Effects<'_>) {
        let platform = self.platform;
        let Some(export) = self.exports.find_mut(license) else { return };
        let input = match asked {
            Asked::Export(_) => Input::RequestSent,
            Asked::ExportReturn(_) => Input::ReturnSent,
            _ => {
                if let Some(deferral) = &mut export.deferral {
                    deferral.wanted = false;
                }
                return;
            }
        };
        (export.wanted, export.deferral) = (ExportWanted::Nothing, None);
        let key = || platform.licenses[usize::from(license)].feature.clone();
        step_of(&mut export.state, input, key, effects);
    }

    pub(super) fn export_ended(
        &mut self,
        asked: Asked,
        license: u8,
        reply: Reply<'_>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        if let Reply::Failed { why: Why::NotRegistered, reason } = reply {
            self.removed_by_server(effects);
            if self.registration.state == RegistrationState::Deregistering {
                self.give_up_return(license);
            }
            return bad((reason, Retry::Never));
        }
        let ended = match (failure(&reply), reply) {
            (None, Reply::Deferred(deferred)) => {
                let deferral = Deferral::new(deferred.poll_id, deferred.poll_interval, self.now_ms);
                self.export_deferred(license, Some(deferral), Input::PollLater, effects);
                Ok(())
            }
            (None, Reply::Complete(data)) => match data {
                AnswerData::ExportAuthorization(answer) => {
                    self.export_answered(license, answer, effects)
                }
                _ => Err(misplaced()),
            },
            (Some((reason, _)), Reply::Failed { .. }) => {
                self.export_refused(license, &reason, effects);
                return bad((reason, Retry::Never));
            }
            (failed, _) => Err(failed.unwrap_or_else(misplaced)),
        };
        let ending = match ended {
            Ok(()) => Ending::Good,
            Err((reason, retry)) => self.export_unanswered(asked, license, reason, retry, effects),
        };
        if self.registration.state == RegistrationState::Deregistering {
            self.give_up_return(license);
        }
        ending
    }

    /// A goodbye waits for nothing: the return was asked for once.
    fn give_up_return(&mut self, license: u8) {
        if let Some(export) = self.exports.find_mut(license) {
            (export.wanted, export.deferral) = (ExportWanted::Nothing, None);
        }
    }

    fn export_unanswered(
        &mut self,
        asked: Asked,
        license: u8,
        reason: String,
        retry: Retry,
        effects: &mut Effects<'_>,
    ) -> Ending {
        self.move_export(license, Input::NoReply, effects);
        if let Some(export) = self.exports.find_mut(license).filter(|export| export.is_held()) {
            match asked {
                Asked::Export(_) if export.wanted == ExportWanted::Nothing => {
                    export.wanted = ExportWanted::Request;
                }
                Asked::ExportReturn(_) => export.wanted = ExportWanted::Return,
                _ => {
                    if let Some(deferral) = &mut export.deferral {
                        deferral.wanted = true;
                    }
                }
            }
        }
        bad((reason, retry))
    }

    fn export_answered(
        &mut self,
        license: u8,
        answer: &ExportAnswer,
        effects: &mut Effects<'_>,
    ) -> Result<(), (String, Retry)> {
        let missing = || (AgentErrorCode::MISSING_FIELD.to_string(), Retry::Slowly);
        let tag = &self.platform.licenses[usize::from(license)].tag;
        let found = answer.authorizations.iter().find(|one| one.tag == *tag).ok_or_else(missing)?;
        let Some(export) = self.exports.find(license) else { return Ok(()) };
        if matches!(export.state, State::Returning | State::ReturnPending) {
            match found.status {
                ExportStatus::Success => self.move_export(license, Input::Returned, effects),
                _ => self.export_refused(license, reason_of(found), effects),
            }
            return Ok(());
        }
        match &found.status {
            ExportStatus::Success => {
                let granted = found.count.min(export.count);
                if granted == 0 {
                    return Err(missing());
                }
                let key = self.server_key(effects.common);
                match authorization_code::open(found, &self.udi(), key.as_deref()) {
                    Ok(given) => {
                        let granted = given.map_or(granted, |given| given.min(granted));
                        self.export_granted(license, granted, effects);
                    }
                    Err(code) => self.export_refused(license, &code.to_string(), effects),
                }
            }
            ExportStatus::Other(word) if word == NOT_AVAILABLE => {
                let poll_id = answer.poll_id.or(export.deferral.map(|deferral| deferral.poll_id));
                let deferral = poll_id.map(|id| Deferral::new(id, 0, self.now_ms));
                self.export_deferred(license, deferral, Input::NoneAvailable, effects);
            }
            ExportStatus::Failed | ExportStatus::Other(_) => {
                self.export_refused(license, reason_of(found), effects);
            }
        }
        Ok(())
    }

    fn export_granted(&mut self, license: u8, granted: u32, effects: &mut Effects<'_>) {
        if let Some(export) = self.exports.find_mut(license) {
            (export.count, export.deferral) = (granted, None);
            if export.wanted == ExportWanted::Request {
                export.wanted = ExportWanted::Nothing;
            }
        }
        self.move_export(license, Input::Granted, effects);
        let feature = &self.platform.licenses[usize::from(license)].feature;
        effects.syslog(|| syslog::export_authorized(feature));
    }

    /// The result is asked for later. Without a poll id the request itself is repeated.
    fn export_deferred(
        &mut self,
        license: u8,
        deferral: Option<Deferral>,
        input: Input,
        effects: &mut Effects<'_>,
    ) {
        if let Some(export) = self.exports.find_mut(license).filter(|export| export.is_held()) {
            export.deferral = deferral;
        }
        self.move_export(license, input, effects);
    }

    /// A request or a return is refused: for now when the account has no licence, else for good.
    fn export_refused(&mut self, license: u8, reason: &str, effects: &mut Effects<'_>) {
        self.link.note(MessageClass::Export, reason);
        let platform = self.platform;
        let Some(export) = self.exports.find_mut(license).filter(|export| export.is_held()) else {
            return;
        };
        let now_ms = self.now_ms;
        let input = match export.state {
            State::Returning | State::ReturnPending => Input::ReturnRefused,
            _ if reason.to_ascii_lowercase().contains(NOT_AVAILABLE_TEXT) => {
                export.deferral = export.deferral.map(|deferral| deferral.again(now_ms));
                Input::NoneAvailable
            }
            _ => Input::Refused,
        };
        if input != Input::NoneAvailable {
            (export.wanted, export.deferral) = (ExportWanted::Nothing, None);
        }
        let feature = &platform.licenses[usize::from(license)].feature;
        effects.syslog(|| syslog::export_refused(feature, reason));
        self.move_export(license, input, effects);
    }

    /// The registration is gone, and with it every request and every grant.
    pub(super) fn cancel_exports(&mut self, effects: &mut Effects<'_>) {
        let licenses: Vec<u8> = self.exports.0.iter().map(|export| export.license).collect();
        for license in licenses {
            self.move_export(license, Input::Cancelled, effects);
        }
        self.exports.0 = Vec::new();
    }

    fn move_export(&mut self, license: u8, input: Input, effects: &mut Effects<'_>) {
        let platform = self.platform;
        // Nothing is to be moved once the registration was lost under a request.
        let held = |export: &&mut Export| export.state != State::None;
        let Some(export) = self.exports.find_mut(license).filter(held) else { return };
        let key = || platform.licenses[usize::from(license)].feature.clone();
        step_of(&mut export.state, input, key, effects);
        if export.state == State::None {
            *export = Export { wanted: ExportWanted::Nothing, deferral: None, count: 0, ..*export };
        }
    }
}

fn reason_of(answer: &ExportAuthorization) -> &str {
    let said = answer.message.as_deref().filter(|text| !text.trim().is_empty());
    said.unwrap_or(match &answer.status {
        ExportStatus::Other(word) => word,
        status => status.as_str(),
    })
}
