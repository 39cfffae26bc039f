//! Polls: a deferred result goes to the instance it was promised to, as often as it asks.
//!
//! Source: Troubleshoot SLP on 9800, "How to validate poll_id is stored in 9800 local database";
//! public samples (OK_POLL while the task runs). Assumed: the request type `POLL`, and a FAILED
//! line with `UNKNOWN_POLL_ID` for a poll id the instance was never given.

use muster_wire::transport::smart::RequestLine;
use muster_wire::transport::smart_answer::AnswerLine;
use muster_wire::{LineStatus, PollId};

use super::{Asked, about, failed_line};
use crate::defects::Defect;
use crate::product_instance::Trust;
use crate::refusal::Refusal;
use crate::server::Core;
use crate::store::{Deferred, DeferredResult};

impl Core {
    pub(super) fn poll(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
    ) -> Result<AnswerLine, Refusal> {
        let Some(poll_id) = line.poll_id else {
            return Err(Refusal::invalid_request("a POLL line has no poll_id"));
        };
        let named = line.sudi.as_ref().map(|sudi| sudi.udi());
        let kept = self.store().deferred(poll_id);
        let found = kept.filter(|deferred| {
            // A set polls for its members; the line may say for which.
            asked.speaks_for(&deferred.udi)
                && named.as_ref().is_none_or(|named| *named == deferred.udi)
        });
        let Some(deferred) = found else {
            let message = format!("poll id {poll_id} was not given to this product instance");
            return Ok(failed_line(line, &asked.udi, "UNKNOWN_POLL_ID", message));
        };
        let udi = &deferred.udi;
        let early =
            asked.now_ms < deferred.ready_at_ms || self.store().waits_for_synchronization(poll_id);
        if early
            && matches!(deferred.result, DeferredResult::Usage(_))
            && self.has(Defect::COMPLETES_WITHOUT_ACKNOWLEDGEMENT)
        {
            return Ok(about(line, udi, LineStatus::Complete));
        }
        if early {
            return Ok(self.deferred_line(line, udi, poll_id));
        }
        self.deliver(asked, line, poll_id, &deferred)
    }

    fn deliver(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
        poll_id: PollId,
        deferred: &Deferred,
    ) -> Result<AnswerLine, Refusal> {
        match &deferred.result {
            DeferredResult::Trust(trust, at_ms) => {
                let code = self.trust_code(&deferred.udi, trust, *at_ms)?;
                // In force from the delivery on: until then the instance signs with the old one.
                let mut store = self.store();
                store.delivered(&deferred.udi, poll_id);
                store.instance_mut(&deferred.udi)?.install_deferred(Trust::clone(trust));
                drop(store);
                Ok(self.trust_line(line, &deferred.udi, code))
            }
            DeferredResult::Authorization(wish) => {
                Ok(self.deliver_authorization(line, poll_id, deferred, wish, asked.now_ms))
            }
            DeferredResult::Usage(usage) => {
                let mut answer = about(line, &deferred.udi, LineStatus::Complete);
                answer.smart_license = Some(self.acknowledgement(poll_id, deferred, usage)?);
                Ok(answer)
            }
        }
    }
}
