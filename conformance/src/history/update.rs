//! How an exchange moves the history on, once every check has looked at it.

use muster_journal::Exchange;
use muster_wire::status::{ERROR_CONSUMING_LICENSES, OLD_TRUST_ID};
use muster_wire::trust::TrustAnswer;
use muster_wire::{Artefact, PollId, RequestType, TrustId, Udi};

use super::{Account, Deferred, History, Place, Poll, Role};
use crate::classic::Classic;
use crate::classic::lesson::ClassicLesson;
use crate::context::Context;
use crate::reported::Reported;
use crate::signature::PublicKey;
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
    classic: Option<Box<ClassicLesson>>,
}

#[derive(Debug)]
enum Asked {
    Trust { id: u64, key: Option<PublicKey> },
    Usage { taken: bool, conflict: bool, answered: bool },
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
        Self {
            role: context.role(),
            bad_gateway: http.map(|answer| answer.status == 502),
            asked: asked(context, treatment),
            policy: matches!(
                context.message.given(),
                Some(Ok(Artefact::Acknowledgement(ack))) if !ack.policies.is_empty()
            ),
            known: matches!(treatment, Treatment::Taken | Treatment::Deferred),
            trust: trust.and_then(|trust| trust_lesson(context, trust)),
            issued: issued(context, treatment),
            polled: context.poll_id().map(|id| (id, treatment)),
            classic: Classic::of(context).map(|classic| Box::new(ClassicLesson::of(&classic))),
        }
    }

    /// Whether it says anything about what the server knows of the instance.
    const fn is_about_the_server(&self) -> bool {
        self.known || self.trust.is_some() || !matches!(self.asked, Asked::Other)
    }
}

fn asked(context: &Context<'_>, treatment: Treatment) -> Asked {
    if let Some(entry) = context.trust_request() {
        return Asked::Trust { id: entry.trust_id.0, key: PublicKey::parse(&entry.public_key) };
    }
    if !context.asks_for(&RequestType::LicenseUsage) {
        return Asked::Other;
    }
    Asked::Usage {
        taken: matches!(treatment, Treatment::Taken | Treatment::Deferred),
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
        smart_account: customer.smart_account.as_str().into(),
        virtual_account: customer.virtual_account.as_str().into(),
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
        Some(origin) => {
            let due = origin.is_due(context.exchange().sent_at_ms, context.role());
            let overdue = origin.overdue.saturating_add(u8::from(due && context.is_honest()));
            Poll { due_at_ms, overdue, ..origin.clone() }
        }
        None => Poll {
            kind: match context.request_type() {
                Some(RequestType::LicenseUsage) => {
                    Deferred::Usage(Reported::of(context.usage_reports()))
                }
                Some(RequestType::TrustSync | RequestType::IdTokenTrust) => {
                    Deferred::Trust(context.trust_request().map(|entry| entry.trust_id.0))
                }
                _ if context.asks_for_licenses() => Deferred::Code,
                _ => Deferred::Other,
            },
            due_at_ms,
            doubts: context.doubts(),
            honest: context.is_honest(),
            delivered: false,
            settled: false,
            after_refused_trust: context.side().trust_is_old,
            synchronized: false,
            overdue: 0,
        },
    };
    Some((id, poll))
}

impl History {
    /// Moves on by one exchange of an instance that nothing was heard of.
    pub fn learn_of_stranger(&mut self, udi: &Udi, exchange: &Exchange, lesson: Lesson) {
        let place = self.instances.place_or_new(udi);
        self.learn(place, exchange, lesson);
    }

    /// Moves on by one exchange.
    pub fn learn(&mut self, place: Place, exchange: &Exchange, lesson: Lesson) {
        let about_the_server = lesson.is_about_the_server();
        let instance = self.instances.at_mut(place);
        if let Some(bad_gateway) = lesson.bad_gateway {
            instance.after_bad_gateway = bad_gateway;
        }
        instance.has_policy |= lesson.policy;
        if let Some(classic) = lesson.classic {
            return self.learn_classic(place, *classic);
        }
        if let Some((id, treatment)) = lesson.polled {
            let delivered = treatment == Treatment::Taken;
            instance.polled(id, delivered, delivered || treatment == Treatment::Refused);
        }
        if let Some((id, poll)) = lesson.issued {
            instance.interval_counted = true;
            instance.issue(id, poll);
        }
        if about_the_server {
            instance.side_mut(lesson.role).known |= lesson.known;
            self.learn_request(place, lesson.role, &exchange.endpoint, lesson.asked);
            self.learn_trust(place, lesson.role, exchange, lesson.trust);
        }
    }

    fn learn_classic(&mut self, place: Place, lesson: ClassicLesson) {
        let account = lesson.registered.as_ref().map(|registered| {
            let account = self.names.account(registered.account.clone());
            let token = lesson.token.as_deref();
            let identifier = registered.identifier.as_str();
            let udi = self.instances.udi(place);
            self.book.registered(lesson.role, token, &account, identifier, udi, lesson.at_ms);
            account
        });
        let side = self.instances.at_mut(place).classic_mut().side_mut(lesson.role);
        lesson.teach(side, account);
    }

    fn learn_request(&mut self, place: Place, role: Role, endpoint: &str, asked: Asked) {
        let instance = self.instances.at_mut(place);
        match asked {
            Asked::Trust { id, key } => instance.trust_requested(role, id, key),
            Asked::Usage { taken, conflict, answered } => {
                let side = instance.side_mut(role);
                side.conflict_seen |= conflict;
                side.resubmission_due &= !answered;
                if taken && side.reported_through.is_none() {
                    side.reported_through = Some(self.names.name(endpoint));
                }
            }
            Asked::Other => {}
        }
    }

    fn learn_trust(&mut self, place: Place, role: Role, exchange: &Exchange, trust: Option<Trust>) {
        let Some(trust) = trust else { return };
        let token = exchange.intent.id_token.as_deref();
        let account = match trust {
            Trust::Old => {
                self.instances.at_mut(place).side_mut(role).trust_is_old = true;
                return;
            }
            Trust::Granted { id, account } => {
                let side = self.instances.at_mut(place).side_mut(role);
                side.trust_id_processed = side.trust_id_processed.max(id);
                side.trust_is_old = false;
                account
            }
        };
        let Some(account) = account.map(|account| self.names.account(account)) else { return };
        if let Some(token) = token {
            self.learn_token(token, &account);
        }
        let token = token.map(|token| self.names.name(token));
        let side = self.instances.at_mut(place).side_mut(role);
        side.account = Some(account);
        side.token = token.or(side.token.take());
    }
}
