//! The end of an exchange: what an answer or a failure does to reports and polls. What it does to
//! trust stands in `trust.rs`.

use muster_wire::reading::AnswerReading;
use muster_wire::{Artefact, Error, PollId};

use super::SmartAgent;
use super::authorization_exchange::polled;
use crate::effects::Effects;
use crate::input::TransportFailure;
use crate::link::{Ending, LastResponse, RequestKind, Retry};
use crate::policy::answer::{self, Reply};
use crate::policy::polls::PollKind;
use crate::policy::reporting_state::ReportingInput;
use crate::policy::rum_report_state::RumReportInput;
use crate::policy::rum_reports::Wanted;
use crate::policy::slac_state::SlacInput;
use crate::policy::trust_state::TrustInput;
use crate::syslog;
use crate::timer::{DAY_MS, SECOND_MS};

/// Longest wait `OK_TRY_AGAIN` can ask for. Assumed.
const TRY_AGAIN_DELAY_MS_MAX: u64 = DAY_MS;

impl SmartAgent {
    pub(super) fn failed(&mut self, failure: TransportFailure, effects: &mut Effects<'_>) {
        let Some(sent) = self.link.in_flight.take() else { return };
        let reason = syslog::transport_failure(failure);
        self.communication_failed(reason, effects);
        let ending = self.lost(sent.kind, LastResponse::NoReply, reason.to_owned(), true, effects);
        self.conclude(sent.kind, ending, effects);
    }

    pub(super) fn answered(&mut self, status: u16, body: &[u8], effects: &mut Effects<'_>) {
        // An answer nobody waits for is not decoded.
        if self.in_flight() {
            self.read(status, &AnswerReading::of(body), effects);
        }
    }

    pub(super) fn read(&mut self, status: u16, reading: &AnswerReading, effects: &mut Effects<'_>) {
        let Some(sent) = self.link.in_flight.take() else { return };
        let kind = sent.kind;
        let reply = answer::read(status, reading, sent.nonce, &self.udi());
        if !matches!(reply, Reply::HttpError { .. } | Reply::Unusable { .. }) {
            self.communication_works(effects);
        }
        let ending = match reply {
            Reply::HttpError { status } => {
                let reason = answer::http_reason(status);
                self.communication_failed(&reason, effects);
                if status == 404 && kind == RequestKind::IdTokenTrust {
                    self.token_not_served(reason, effects)
                } else {
                    self.lost(kind, LastResponse::NoReply, reason, true, effects)
                }
            }
            Reply::Unusable { response, reason } => {
                self.lost(kind, response, reason, false, effects)
            }
            Reply::TryAgain { reason, interval_s } => {
                self.try_again(kind, reason, interval_s, effects)
            }
            Reply::Refused { reason } => self.refused(kind, reason, effects),
            Reply::Deferred { poll_id, interval_s } => {
                self.deferred(kind, poll_id, interval_s, effects)
            }
            Reply::Complete { given } => self.complete(kind, given.as_deref(), effects),
        };
        self.conclude(kind, ending, effects);
    }

    fn conclude(&mut self, kind: RequestKind, ending: Ending, effects: &mut Effects<'_>) {
        let good = matches!(ending, Ending::Good(_));
        self.link.ended(kind, ending, self.now_ms, &mut self.rng);
        if good {
            self.settle(effects);
        } else {
            self.move_link(ReportingInput::Failed, effects);
        }
    }

    /// Nothing usable came back: everything stays wanted and is repeated.
    fn lost(
        &mut self,
        kind: RequestKind,
        response: LastResponse,
        reason: String,
        communication: bool,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let mut retry = Retry::Backoff;
        match kind {
            RequestKind::Authorization(what) => {
                retry = self.authorization_lost(what, retry, effects);
            }
            RequestKind::Poll(_, PollKind::Authorization { .. }) => {
                self.move_slac(SlacInput::NoReply, effects);
            }
            RequestKind::IdTokenTrust => self.move_trust(TrustInput::NoReply, effects),
            RequestKind::TrustSync => {
                self.move_trust(TrustInput::NoReply, effects);
                self.trust.sync_wanted = true;
            }
            RequestKind::Usage => {
                self.log_usage_failure(&reason, effects);
                self.reports.pending(RumReportInput::NoReply, effects);
                self.repeat_usage();
            }
            RequestKind::Poll(id, PollKind::Usage) => {
                self.reports.under(id, RumReportInput::NoReply, effects);
            }
            RequestKind::Poll(_, PollKind::Trust { .. }) => {
                self.move_trust(TrustInput::NoReply, effects);
            }
        }
        Ending::Bad { response, reason, retry, communication }
    }

    fn try_again(
        &mut self,
        kind: RequestKind,
        reason: String,
        interval_s: Option<u64>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let mut retry = interval_s.map_or(Retry::Backoff, |seconds| Retry::After {
            delay_ms: seconds.max(1).saturating_mul(SECOND_MS).min(TRY_AGAIN_DELAY_MS_MAX),
        });
        match kind {
            RequestKind::Authorization(what) => {
                retry = self.authorization_lost(what, retry, effects);
            }
            RequestKind::IdTokenTrust => self.move_trust(TrustInput::NoReply, effects),
            RequestKind::TrustSync => {
                self.move_trust(TrustInput::NoReply, effects);
                self.trust.sync_wanted = true;
            }
            RequestKind::Usage => {
                self.reports.pending(RumReportInput::TryAgain, effects);
                self.repeat_usage();
            }
            RequestKind::Poll(id, PollKind::Usage) => {
                self.reports.under(id, RumReportInput::TryAgain, effects);
            }
            RequestKind::Poll(_, PollKind::Trust { .. } | PollKind::Authorization { .. }) => {}
        }
        Ending::Bad { response: LastResponse::OkTryAgain, reason, retry, communication: false }
    }

    fn refused(&mut self, kind: RequestKind, reason: String, effects: &mut Effects<'_>) -> Ending {
        let retry = match kind {
            RequestKind::IdTokenTrust => {
                self.trust_refused(TrustInput::Refused, &reason, effects);
                Retry::Never
            }
            RequestKind::TrustSync => self.trust_sync_refused(&reason, effects),
            RequestKind::Poll(id, PollKind::Trust { .. }) => {
                self.polls.remove(id);
                self.trust_sync_refused(&reason, effects)
            }
            RequestKind::Usage => {
                self.log_usage_failure(&reason, effects);
                self.reports.pending(RumReportInput::Refused, effects);
                self.repeat_usage();
                Retry::Slowly
            }
            RequestKind::Poll(id, PollKind::Usage) => {
                self.log_usage_failure(&reason, effects);
                self.give_up_poll(id, effects);
                Retry::Slowly
            }
            RequestKind::Authorization(what) => {
                self.authorization_failed(what, true, &reason, effects);
                Retry::Never
            }
            RequestKind::Poll(id, PollKind::Authorization { is_return }) => {
                self.polls.remove(id);
                self.authorization_failed(polled(is_return), true, &reason, effects);
                Retry::Never
            }
        };
        Ending::Bad { response: LastResponse::Failed, reason, retry, communication: false }
    }

    fn deferred(
        &mut self,
        kind: RequestKind,
        poll_id: PollId,
        interval_s: u64,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let what = match kind {
            RequestKind::IdTokenTrust => PollKind::Trust { id_token: true },
            RequestKind::TrustSync => PollKind::Trust { id_token: false },
            RequestKind::Usage => PollKind::Usage,
            RequestKind::Poll(_, what) => what,
            RequestKind::Authorization(kind) => match self.authorization_deferred(kind, effects) {
                Some(what) => what,
                // A confirmation is taken, whenever it is processed.
                None => return Ending::Good(LastResponse::OkPoll),
            },
        };
        match kind {
            RequestKind::IdTokenTrust | RequestKind::TrustSync => {
                self.trust.token = None;
                self.move_trust(TrustInput::OkPoll, effects);
            }
            RequestKind::Usage => {
                self.reports.deferred(poll_id, effects);
                // A store too large for one request goes out in several.
                if self.reports.has_closed() && self.reports.wanted == Wanted::Nothing {
                    self.reports.wanted = Wanted::Closed;
                }
            }
            RequestKind::Poll(id, _) => {
                self.polls.remove(id);
                self.reports.renamed(id, poll_id);
            }
            RequestKind::Authorization(_) => {}
        }
        // A file may have settled the reports while the poll was in flight.
        if what != PollKind::Usage || self.reports.awaits(poll_id) {
            self.polls.defer(poll_id, what, interval_s, self.now_ms);
        }
        Ending::Good(LastResponse::OkPoll)
    }

    fn complete(
        &mut self,
        kind: RequestKind,
        given: Option<&Result<Artefact, Error>>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        match kind {
            RequestKind::Authorization(what) => {
                return self.authorization_complete(what, given, effects);
            }
            RequestKind::Poll(id, PollKind::Authorization { is_return }) => {
                self.polls.remove(id);
                return self.authorization_complete(polled(is_return), given, effects);
            }
            _ => {}
        }
        let artefact = match given {
            Some(Ok(artefact)) => artefact,
            Some(Err(error)) => {
                return self.useless(kind, LastResponse::Ok, &error.to_string(), effects);
            }
            None => {
                let response = LastResponse::NoDataToProcess;
                return self.useless(kind, response, "the answer holds no artefact", effects);
            }
        };
        match (kind, artefact) {
            (RequestKind::IdTokenTrust | RequestKind::TrustSync, Artefact::Trust(answer)) => {
                self.trust_answered(answer, effects)
            }
            (RequestKind::Poll(id, PollKind::Trust { .. }), Artefact::Trust(answer)) => {
                self.polls.remove(id);
                self.trust_answered(answer, effects)
            }
            (
                RequestKind::Usage | RequestKind::Poll(_, PollKind::Usage),
                Artefact::Acknowledgement(ack),
            ) => match self.apply_acknowledgement(ack, effects) {
                Ok(_) => self.usage_done(kind, effects),
                Err(fault) => self.useless(kind, LastResponse::Ok, fault.reason, effects),
            },
            _ => {
                let fault = "the answer holds an artefact of another kind";
                self.useless(kind, LastResponse::Ok, fault, effects)
            }
        }
    }

    /// Reports that the acknowledgement left out go out again with the next report. Assumed.
    fn usage_done(&mut self, kind: RequestKind, effects: &mut Effects<'_>) -> Ending {
        match kind {
            RequestKind::Poll(id, _) => {
                self.polls.remove(id);
                self.reports.under(id, RumReportInput::Refused, effects);
            }
            _ => self.reports.pending(RumReportInput::Refused, effects),
        }
        Ending::Good(LastResponse::Ok)
    }

    /// Finished by the server's word, but with nothing that can be used: asked for anew.
    fn useless(
        &mut self,
        kind: RequestKind,
        response: LastResponse,
        reason: &str,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let reason = reason.to_owned();
        let retry = match kind {
            RequestKind::IdTokenTrust | RequestKind::TrustSync => {
                self.trust_refused(TrustInput::NotVerified, &reason, effects);
                Retry::Never
            }
            RequestKind::Poll(id, PollKind::Trust { .. }) => {
                self.polls.remove(id);
                self.trust_refused(TrustInput::NotVerified, &reason, effects);
                Retry::Never
            }
            RequestKind::Usage => {
                self.log_usage_failure(&reason, effects);
                self.reports.pending(RumReportInput::Refused, effects);
                self.repeat_usage();
                Retry::Slowly
            }
            RequestKind::Poll(id, PollKind::Usage) => {
                self.log_usage_failure(&reason, effects);
                self.give_up_poll(id, effects);
                Retry::Slowly
            }
            RequestKind::Authorization(_)
            | RequestKind::Poll(_, PollKind::Authorization { .. }) => {
                unreachable!("what completes those is not looked at here")
            }
        };
        Ending::Bad { response, reason, retry, communication: false }
    }

    /// The reports under a poll fall back to closed and are sent anew.
    fn give_up_poll(&mut self, id: PollId, effects: &mut Effects<'_>) {
        self.polls.remove(id);
        self.reports.under(id, RumReportInput::Refused, effects);
        self.repeat_usage();
    }

    pub(super) fn repeat_usage(&mut self) {
        if self.reports.wanted == Wanted::Nothing {
            self.reports.wanted = Wanted::Closed;
        }
    }

    pub(super) fn log_usage_failure(&self, reason: &str, effects: &mut Effects<'_>) {
        effects.syslog(|| syslog::event_usage_failed(reason));
    }

    fn communication_failed(&mut self, reason: &str, effects: &mut Effects<'_>) {
        effects.syslog(|| syslog::event_comm_failed(reason));
        if !std::mem::replace(&mut self.link.comm_failed, true) {
            effects.syslog(|| syslog::comm_failed(self.transport, reason));
        }
    }

    fn communication_works(&mut self, effects: &mut Effects<'_>) {
        if std::mem::take(&mut self.link.comm_failed) {
            effects.syslog(syslog::event_comm_restored);
            effects.syslog(|| syslog::comm_restored(self.transport));
        }
    }
}
