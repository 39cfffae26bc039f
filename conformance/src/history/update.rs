//! How an exchange moves the history on, once every check has looked at it.

use muster_wire::status::{ERROR_CONSUMING_LICENSES, OLD_TRUST_ID};
use muster_wire::trust::TrustAnswer;
use muster_wire::{Artefact, PollId, RequestType, TrustId, Udi};

use super::{Account, Deferred, History, InstanceHistory, Poll, Role};
use crate::context::Context;
use crate::treatment::Treatment;

/// What an exchange taught; computed while the history is still being read.
#[derive(Debug)]
pub struct Lesson {
    role: Role,
    bad_gateway: Option<bool>,
    asked: Asked,
    policy: bool,
    known: bool,
    trust: Option<Trust>,
    issued: Option<(PollId, Poll)>,
    polled: Option<(PollId, Treatment)>,
    token: Option<String>,
}

#[derive(Debug)]
enum Asked {
    Trust { id: u64, key: String },
    Usage { taken_through: Option<String>, conflict: bool, answered: bool },
    Other,
}

#[derive(Debug)]
enum Trust {
    Granted { id: Option<u64>, account: Option<Account> },
    Old,
}

impl Lesson {
    /// Reads the lesson off an exchange.
    #[must_use]
    pub fn of(context: &Context<'_>) -> Self {
        let treatment = context.treatment();
        let http = context.message.http();
        let trust = context.message.trust();
        let trust = trust.and_then(|trust| trust_lesson(context, trust));
        let granted = matches!(trust, Some(Trust::Granted { .. }));
        Self {
            role: context.role(),
            bad_gateway: http.map(|answer| answer.status == 502),
            asked: asked(context, treatment),
            policy: matches!(
                context.message.given(),
                Some(Ok(Artefact::Acknowledgement(ack))) if !ack.policies.is_empty()
            ),
            known: matches!(treatment, Treatment::Taken | Treatment::Deferred),
            trust,
            issued: issued(context, treatment),
            polled: context.poll_id().map(|id| (id, treatment)),
            token: if granted { context.exchange().intent.id_token.clone() } else { None },
        }
    }
}

fn asked(context: &Context<'_>, treatment: Treatment) -> Asked {
    if let Some(entry) = context.trust_request() {
        return Asked::Trust { id: entry.trust_id.0, key: entry.public_key.clone() };
    }
    if context.request_type() != Some(RequestType::LicenseUsage) {
        return Asked::Other;
    }
    let taken = matches!(treatment, Treatment::Taken | Treatment::Deferred);
    Asked::Usage {
        taken_through: (taken && context.side().reported_through.is_none())
            .then(|| context.exchange().endpoint.clone()),
        conflict: context.refusal_code() == Some(ERROR_CONSUMING_LICENSES),
        answered: context.message.http().is_some(),
    }
}

fn trust_lesson(context: &Context<'_>, trust: &TrustAnswer) -> Option<Trust> {
    let code = &trust.trust_code;
    if !code.status.success {
        return (code.status.code.as_deref() == Some(OLD_TRUST_ID)).then_some(Trust::Old);
    }
    let account = code.customer.as_ref().map(|customer| Account {
        smart_account: customer.smart_account.clone(),
        virtual_account: customer.virtual_account.clone(),
    });
    let asked = context.trust_request().map(|entry| entry.trust_id);
    let deferred = match context.poll_origin().map(|poll| &poll.kind) {
        Some(Deferred::Trust(id)) => id.map(TrustId),
        _ => None,
    };
    let id = asked.or(deferred).or(code.trust_id).map(|id| id.0);
    Some(Trust::Granted { id, account })
}

fn issued(context: &Context<'_>, treatment: Treatment) -> Option<(PollId, Poll)> {
    if treatment != Treatment::Deferred {
        return None;
    }
    let line = context.message.answer_line()?;
    let id = line.poll_id?;
    let answered_at_ms = context.message.http()?.received_at_ms;
    let wait_ms = line.poll_interval.unwrap_or_default().saturating_mul(1000);
    let due_at_ms = answered_at_ms.saturating_add(wait_ms);
    let poll = match context.poll_origin() {
        Some(origin) => Poll { due_at_ms, ..origin.clone() },
        None => Poll {
            kind: match context.request_type() {
                Some(RequestType::LicenseUsage) => Deferred::Usage,
                Some(RequestType::TrustSync | RequestType::IdTokenTrust) => {
                    Deferred::Trust(context.trust_request().map(|entry| entry.trust_id.0))
                }
                _ => Deferred::Other,
            },
            due_at_ms,
            doubts: context.doubts(),
            honest: context.is_honest(),
            delivered: false,
            settled: false,
        },
    };
    Some((id, poll))
}

impl History {
    /// Moves on by one exchange.
    pub fn learn(&mut self, udi: &Udi, lesson: Lesson) {
        if let (Some(Trust::Granted { account: Some(account), .. }), Some(token)) =
            (&lesson.trust, &lesson.token)
        {
            self.learn_token(token, account);
        }
        if !self.instances.contains_key(udi) {
            self.instances.insert(udi.clone(), InstanceHistory::default());
        }
        let instance = self.instances.get_mut(udi).expect("inserted above");
        instance.learn(lesson);
    }
}

impl InstanceHistory {
    fn learn(&mut self, lesson: Lesson) {
        if let Some(bad_gateway) = lesson.bad_gateway {
            self.after_bad_gateway = bad_gateway;
        }
        self.has_policy |= lesson.policy;
        if let Some((polled, treatment)) = lesson.polled
            && let Some((_, poll)) = self.polls.iter_mut().find(|(id, _)| *id == polled)
        {
            poll.delivered |= treatment == Treatment::Taken;
            poll.settled |= matches!(treatment, Treatment::Taken | Treatment::Refused);
        }
        if let Some((id, poll)) = lesson.issued {
            self.interval_counted = true;
            self.issue(id, poll);
        }
        let side = self.side_mut(lesson.role);
        side.known |= lesson.known;
        match lesson.asked {
            Asked::Trust { id, key } => {
                side.trust_id_sent = side.trust_id_sent.max(Some(id));
                side.trust_key = Some((id, key));
            }
            Asked::Usage { taken_through, conflict, answered } => {
                side.conflict_seen |= conflict;
                side.resubmission_due &= !answered;
                if side.reported_through.is_none() {
                    side.reported_through = taken_through;
                }
            }
            Asked::Other => {}
        }
        match lesson.trust {
            Some(Trust::Granted { id, account }) => {
                side.trust_id_processed = side.trust_id_processed.max(id);
                side.trust_is_old = false;
                if account.is_some() {
                    side.account = account;
                    side.token = lesson.token.or(side.token.take());
                }
            }
            Some(Trust::Old) => side.trust_is_old = true,
            None => {}
        }
    }
}
