//! Results that are put off: given a poll id, decided by and by, delivered as often as asked.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow" and
//! "Conversion Workflow" (an hour between polls). Assumed: CSSM itself answers at once unless its
//! results are delayed.

use std::sync::MutexGuard;

use muster_wire::classic::MessageType;
use muster_wire::classic::proposed::poll::POLL_INTERVAL_S;
use muster_wire::{Extra, PollId, Udi};

use super::conversion::converted_reply;
use super::exchange::Asked;
use super::export_authorization::export_returned;
use super::promise::{Outcome, Promise, Task};
use super::reply::Reply;
use super::sender::Sender;
use crate::defects::Defect;
use crate::router::Role;
use crate::server::Core;
use crate::store::Store;

/// Seconds until the next poll under the defect that asks for haste.
const HASTY_POLL_S: u64 = 60;

impl Core {
    /// Answers a task: at once when CSSM decides at once, else with a poll id.
    pub(super) fn promised(
        &self,
        mut store: MutexGuard<'_, Store>,
        asked: &Asked<'_>,
        sender: &Sender,
        task: Task,
    ) -> Reply {
        let kind = task.message_type();
        let without_cssm = asked.role == Role::OnPrem && self.decides_itself(&task);
        let known = store.classic.instance(&asked.udi);
        let before = known.and_then(|known| known.promised_for(asked.digest));
        let poll_id = match before {
            Some(poll_id) => poll_id,
            None => {
                let waits = store.waits_for_cssm(asked.role);
                let delay_ms = match without_cssm {
                    true => 0,
                    false if waits => u64::MAX,
                    false => delay_ms(&store, asked.role),
                };
                let ready_at_ms = asked.now_ms.saturating_add(delay_ms);
                let (poll_id, request) = (store.number_poll(), asked.digest);
                let promise = Promise {
                    poll_id,
                    request,
                    ready_at_ms,
                    task: task.clone(),
                    outcome: None,
                    upstream: None,
                };
                store.keep_promise(&asked.udi, promise);
                if asked.role == Role::OnPrem && !without_cssm {
                    store.tell_put_off(&asked.udi, sender.account, &task);
                }
                poll_id
            }
        };
        if asked.role == Role::Cssm || without_cssm {
            store.decide(&asked.udi, poll_id, asked.now_ms);
            if let Some(outcome) = store.decided(&asked.udi, poll_id) {
                drop(store);
                return self.delivered(asked, sender, poll_id, &outcome);
            }
        }
        self.put_off(kind, poll_id, Extra::new())
    }

    /// Whether an On-Prem decides a task that only CSSM may decide.
    fn decides_itself(&self, task: &Task) -> bool {
        self.has(match task {
            Task::Export(_) => Defect::AUTHORIZES_EXPORT_WITHOUT_CSSM,
            Task::Return(_) => Defect::RETURNS_AT_ONCE,
            Task::Conversion(_) => Defect::CONVERTS_WITHOUT_CSSM,
        })
    }

    /// An answer that defers, with the time its type has and words beside it.
    pub(super) fn put_off(&self, kind: MessageType, poll_id: PollId, words: Extra) -> Reply {
        let hasty = match kind {
            MessageType::ExportAuthorization => self.has(Defect::HASTY_EXPORT_POLLS),
            MessageType::Conversion => self.has(Defect::HASTY_CONVERSION_POLLS),
            _ => false,
        };
        let poll_interval = if hasty { HASTY_POLL_S } else { POLL_INTERVAL_S };
        Reply::deferred(kind, poll_id, poll_interval, words)
    }

    /// What a decided result is answered.
    pub(super) fn delivered(
        &self,
        asked: &Asked<'_>,
        sender: &Sender,
        poll_id: PollId,
        outcome: &Outcome,
    ) -> Reply {
        match outcome {
            Outcome::Export(at_ms, decided) => {
                self.export_decided(asked, sender, poll_id, (*at_ms, decided))
            }
            Outcome::Returned(returned) => export_returned(poll_id, returned),
            Outcome::Converted(status, detail) => converted_reply(poll_id, status.clone(), detail),
        }
    }
}

impl Store {
    fn keep_promise(&mut self, udi: &Udi, promise: Promise) {
        let due = (promise.ready_at_ms, promise.poll_id, udi.clone());
        let Some(instance) = self.classic.instances.get_mut(udi) else { return };
        if let Some(evicted) = instance.promise(promise) {
            let old = (evicted.ready_at_ms, evicted.poll_id, udi.clone());
            self.classic.due.remove(&old);
        }
        self.classic.due.insert(due);
    }

    /// What became of a result; none while it waits.
    pub(super) fn decided(&self, udi: &Udi, poll_id: PollId) -> Option<Outcome> {
        self.classic.instance(udi)?.promised(poll_id)?.outcome.clone()
    }
}

fn delay_ms(store: &Store, role: Role) -> u64 {
    match role {
        Role::Cssm => store.settings.acknowledge_after_ms,
        Role::OnPrem => store.settings.onprem_acknowledge_after_ms,
    }
}
