//! The end of a step: its expectations, its captures, and the word for how it went.

use muster_journal::Event;
use muster_scenarios::model::{Action, ClassicAction, Expect, Slac, Step};
use muster_wire::RequestType;
use muster_wire::reading::AnswerReading;
use muster_wire::transport::smart_answer::SmartAnswer;

use super::agent::Agent;
use super::cursor::{Wait, takes_member};
use super::facts::Facts;
use super::look::{Look, Said, look_at_trust, word_of};
use super::member::Hindrance;
use super::request::word_of_answer;
use super::{Journey, Wish, step_words};
use crate::log::Log;

/// The word of `failure` for a step the instance would not do.
const REFUSED: &str = "refused";

impl Journey {
    /// Ends the step strand `at` stands on, unless it has to poll once more.
    pub(super) fn end_step(
        &mut self,
        at: usize,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let (place, numbered) = self.step_at(block, node);
        let step = &numbered.step;
        if matches!(step.action, Action::Poll { until_complete: true, .. }) {
            self.follow_renamed_poll(at, member);
        }
        let more = self.next_poll(at, member, step).or_else(|| self.not_up_before(member, step));
        if let Some(at_ms) = more {
            self.cursors[at].wait = Wait::Until { at_ms, member };
            if !self.setting.program.keeps_answers {
                self.members[member].forget_deferrals();
            }
            return;
        }
        self.right_clock(member, now_ms, wishes, log);
        let mut looks = Vec::new();
        let hindrance = self.hindrance(at, step, member);
        match &hindrance {
            None => {
                self.look_at_tampers(step, member, &mut looks);
                self.look_at_action(at, step, member, &mut looks);
            }
            Some(Hindrance::Refused(_)) if is_meant_to_be_refused(step) => {}
            Some(hindrance) => looks.push(Look::unmet("step", "done", hindrance.to_string())),
        }
        if let Some(expect) = &step.expect {
            let absent = self.absence(step, member, hindrance.as_ref());
            self.look_at_answer(expect, member, hindrance.as_ref(), absent.as_deref(), &mut looks);
        }
        self.take_captures(step, member, &mut looks);
        let index = Some(self.members[member].index);
        for Look { subject, expected, actual, met } in looks {
            let step = place.number;
            let event = Event::Expectation { step, subject, expected, actual, met };
            log.record(now_ms, Some(self.id), index, event);
        }
        log.note(now_ms, Some(self.id), index, || Event::StepFinished {
            step: place.number,
            outcome: match hindrance {
                Some(hindrance) => hindrance.to_string(),
                None => self.outcome_word(member, step),
            },
        });
        if takes_member(step) {
            self.members[member].turn_page();
            self.members[member].is_taken = false;
        }
        self.cursors[at].wait = Wait::Ready;
    }

    fn take_captures(&mut self, step: &Step, member: usize, looks: &mut Vec<Look>) {
        if step.capture.is_empty() {
            return;
        }
        let facts = self.facts(member, self.members[member].looked_at());
        for capture in &step.capture {
            match facts.value(self.expression(&capture.expression)) {
                Ok(value) => self.capture(capture.name.clone(), value),
                Err(problem) => looks.push(Look {
                    subject: format!("capture {}", capture.name),
                    expected: capture.expression.clone(),
                    actual: problem,
                    met: false,
                }),
            }
        }
    }

    /// An instance that starts is of no use before its crypto initialisation is complete: when to
    /// look again.
    fn not_up_before(&self, member: usize, step: &Step) -> Option<u64> {
        let member = &self.members[member];
        let starts = match &step.action {
            Action::Boot | Action::Reload => member.is_on,
            Action::Classic(ClassicAction::Release { .. }) => member.is_on,
            _ => false,
        };
        if starts && !member.agent.is_crypto_ready() { member.timer() } else { None }
    }

    /// What the action itself demands.
    fn look_at_action(&self, at: usize, step: &Step, member: usize, looks: &mut Vec<Look>) {
        match &step.action {
            Action::Assert(conditions) => {
                let facts = self.facts(member, self.members[member].looked_at());
                self.look_at_conditions(conditions, &facts, looks);
            }
            Action::Report => {
                let types = &self.members[member].page().step_types;
                let met = types.contains(&RequestType::LicenseUsage);
                let sent: Vec<_> = types.iter().map(RequestType::as_str).collect();
                let actual =
                    if sent.is_empty() { "no request".to_owned() } else { sent.join(", ") };
                let expected = "a LICENSE_USAGE request".to_owned();
                looks.push(Look { subject: "report".to_owned(), expected, actual, met });
            }
            Action::Poll { until_complete: true, .. } => {
                let awaited = &self.cursors[at].awaited;
                let left = match &self.members[member].agent {
                    Agent::Policy(agent) => {
                        agent.polls().filter(|(poll_id, _)| awaited.contains(poll_id)).count()
                    }
                    Agent::Classic(instance) => instance.agent.deferred_results(),
                };
                looks.push(Look {
                    subject: "results outstanding".to_owned(),
                    expected: "0".to_owned(),
                    actual: left.to_string(),
                    met: left == 0,
                });
            }
            _ => {}
        }
    }

    /// Why the step did not do what it says, if so.
    fn hindrance(&self, at: usize, step: &Step, member: usize) -> Option<Hindrance> {
        // What hindered a member belongs to the step that acts through it.
        let own = self.members[member].page().hindrance.clone().filter(|_| takes_member(step));
        self.cursors[at].hindrance.clone().or(own)
    }

    /// Why there is no answer to look at: the step asks for one and nothing went out.
    fn absence(&self, step: &Step, member: usize, why: Option<&Hindrance>) -> Option<String> {
        let is_off = !self.members[member].is_on;
        let is_starting = !self.members[member].agent.is_crypto_ready();
        let nothing = match &step.action {
            Action::Collect { .. } => Some("nothing was pushed"),
            Action::Poll { .. } => Some("no result is outstanding"),
            Action::Trust { .. }
            | Action::Sync
            | Action::Report
            | Action::Slac(Slac { file: None, .. })
            | Action::Classic(_) => {
                (!is_off && is_starting).then_some("the instance is still starting")
            }
            // Only instances of the classic era tell their server at once.
            Action::Use { .. } => None,
            Action::Probe { .. } | Action::Send(_) | Action::Replay { .. } => None,
            _ => return None,
        };
        if self.members[member].page().has_asked {
            return None;
        }
        Some(match why.map(Hindrance::reason).or(nothing) {
            Some(why) => format!("no request: {why}"),
            None => "no request".to_owned(),
        })
    }

    /// A tamper that changed nothing leaves the step without the request it is about.
    fn look_at_tampers(&self, step: &Step, member: usize, looks: &mut Vec<Look>) {
        let tampered = &self.members[member].page().tampered;
        for (at, tamper) in step.tamper.iter().enumerate() {
            let why = match tampered.get(at) {
                Some(Ok(())) => continue,
                Some(Err(why)) => why.clone(),
                None => "no request".to_owned(),
            };
            let subject = format!("tamper {}", step_words::tamper(tamper));
            looks.push(Look::unmet(&subject, "a changed request", why));
        }
    }

    fn look_at_answer(
        &self,
        expect: &Expect,
        member: usize,
        hindrance: Option<&Hindrance>,
        absent: Option<&str>,
        looks: &mut Vec<Look>,
    ) {
        let last = self.members[member].judged();
        let lost = last.failure.map(|failure| format!("no answer ({})", word_of(failure)));
        let answer = SmartAnswer::decode(&last.body).ok();
        let said = Said::of(&last.body, answer.as_ref(), self.members[member].agent.is_classic());
        let why = absent.or(lost.as_deref());
        if let Some(http) = expect.http {
            let actual = last.http.map(|status| status.to_string());
            looks.push(Look::equal("http", &http.to_string(), actual, why));
        }
        if let Some(envelope) = &expect.envelope {
            looks.push(Look::equal("envelope", envelope, said.envelope, why));
        }
        if let Some(status) = &expect.status {
            looks.push(Look::equal("status", status, said.status, why));
        }
        if let Some(code) = &expect.message_code {
            looks.push(Look::equal("message_code", code, said.code, why));
        }
        if let Some(failure) = &expect.failure {
            looks.push(match hindrance {
                Some(Hindrance::Refused(reason)) if failure == REFUSED => Look {
                    subject: "failure".to_owned(),
                    expected: REFUSED.to_owned(),
                    actual: format!("refused: {reason}"),
                    met: true,
                },
                _ => {
                    let answered = last.http.map(|status| format!("HTTP {status}"));
                    let actual = last.failure.map(word_of).or(answered);
                    Look::equal("failure", failure, actual, absent)
                }
            });
        }
        if let Some(trust) = &expect.trust {
            looks.push(look_at_trust(trust, &last, answer.as_ref(), absent));
        }
        match absent {
            Some(absent) => looks
                .extend(expect.that.iter().map(|one| Look::unmet(one, "true", absent.to_owned()))),
            None if expect.that.is_empty() => {}
            None => self.look_at_conditions(&expect.that, &self.facts(member, &last), looks),
        }
    }

    fn look_at_conditions(&self, conditions: &[String], facts: &Facts, looks: &mut Vec<Look>) {
        for condition in conditions {
            let (met, actual) = match facts.holds(self.expression(condition)) {
                Ok(holds) => (holds, holds.to_string()),
                Err(problem) => (false, problem),
            };
            let (subject, expected) = (condition.clone(), "true".to_owned());
            looks.push(Look { subject, expected, actual, met });
        }
    }

    /// Whether a `when` condition holds; one that cannot be evaluated is an unmet expectation.
    pub(super) fn condition_holds(
        &self,
        condition: &str,
        line: u32,
        now_ms: u64,
        log: &mut Log<'_>,
    ) -> bool {
        match self.facts(0, self.members[0].looked_at()).holds(self.expression(condition)) {
            Ok(holds) => holds,
            Err(actual) => {
                let event = Event::Expectation {
                    step: 0,
                    subject: format!("when (line {line}): {condition}"),
                    expected: "true or false".to_owned(),
                    actual,
                    met: false,
                };
                log.record(now_ms, Some(self.id), None, event);
                false
            }
        }
    }

    /// The word for how the step went; empty where nobody reads it.
    fn outcome_word(&self, member: usize, step: &Step) -> String {
        let member = &self.members[member];
        if !takes_member(step) {
            return "done".to_owned();
        }
        let talks = !member.page().step_types.is_empty()
            || matches!(
                step.action,
                Action::Probe { .. } | Action::Send(_) | Action::Replay { .. }
            );
        if !talks {
            return "done".to_owned();
        }
        let last = member.looked_at();
        if let Some(failure) = last.failure {
            return format!("no answer ({})", word_of(failure));
        }
        match &last.word {
            Some(word) => word.clone(),
            None => word_of_answer(Some(&AnswerReading::of(&last.body)), last.http),
        }
    }
}

/// Whether the step says that the instance will not do it.
fn is_meant_to_be_refused(step: &Step) -> bool {
    let failure = step.expect.as_ref().and_then(|expect| expect.failure.as_deref());
    failure == Some(REFUSED)
}
