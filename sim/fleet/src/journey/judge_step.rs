//! The end of a step: its expectations, its captures, and the word for how it went.

use muster_journal::{Event, FailureCause};
use muster_scenarios::model::{Action, Expect, Step, TrustExpectation};
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::{Artefact, PollId, RequestType};

use super::cursor::{Wait, takes_member};
use super::facts::Facts;
use super::{Journey, Wish};
use crate::log::Log;

/// One thing looked at.
struct Look {
    subject: String,
    expected: String,
    actual: String,
    met: bool,
}

impl Look {
    fn equal(subject: &str, expected: impl Into<String>, actual: Option<String>) -> Self {
        let expected = expected.into();
        let actual = actual.unwrap_or_else(|| "nothing".to_owned());
        Self { subject: subject.to_owned(), met: expected == actual, expected, actual }
    }
}

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
        let (place, step) = self.step_at(block, node);
        if matches!(step.action, Action::Poll { until_complete: true, .. }) {
            self.follow_renamed_poll(at, member);
        }
        let more = self.next_poll(at, member, &step).or_else(|| self.not_up_before(member, &step));
        if let Some(at_ms) = more {
            self.cursors[at].wait = Wait::Until { at_ms, member };
            return;
        }
        self.right_clock(member, now_ms, wishes, log);
        let mut looks = Vec::new();
        self.look_at_action(at, &step, member, &mut looks);
        if let Some(expect) = &step.expect {
            self.look_at_answer(expect, member, &mut looks);
        }
        self.take_captures(&step, member, &mut looks);
        let index = Some(self.members[member].index);
        for Look { subject, expected, actual, met } in looks {
            let step = place.number;
            let event = Event::Expectation { step, subject, expected, actual, met };
            log.record(now_ms, Some(self.id), index, event);
        }
        let outcome = match self.cursors[at].idle_reason {
            Some(reason) => format!("refused: {reason}"),
            None => self.outcome_word(member, &step),
        };
        let finished = Event::StepFinished { step: place.number, outcome };
        log.record(now_ms, Some(self.id), index, finished);
        if takes_member(&step) {
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
                Ok(value) => drop(self.captures.insert(capture.name.clone(), value)),
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
        let starts = matches!(step.action, Action::Boot | Action::Reload) && member.is_on;
        if starts && !member.agent.view().crypto_ready { member.timer() } else { None }
    }

    /// What the action itself demands.
    fn look_at_action(&self, at: usize, step: &Step, member: usize, looks: &mut Vec<Look>) {
        match &step.action {
            Action::Assert(conditions) => {
                let facts = self.facts(member, self.members[member].looked_at());
                self.look_at_conditions(conditions, &facts, looks);
            }
            Action::Report => {
                let types = &self.members[member].step_types;
                let met = types.contains(&RequestType::LicenseUsage);
                let sent: Vec<_> = types.iter().map(RequestType::as_str).collect();
                let actual = match (sent.is_empty(), self.members[member].refused) {
                    (true, Some(reason)) => format!("no request: {reason}"),
                    (true, None) => "no request".to_owned(),
                    (false, _) => sent.join(", "),
                };
                let expected = "a LICENSE_USAGE request".to_owned();
                looks.push(Look { subject: "report".to_owned(), expected, actual, met });
            }
            Action::Poll { until_complete: true, .. } => {
                let view = self.members[member].agent.view();
                let awaited = &self.cursors[at].awaited;
                let left = view
                    .polls
                    .iter()
                    .filter(|poll| awaited.contains(&PollId(poll.poll_id)))
                    .count();
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

    fn look_at_answer(&self, expect: &Expect, member: usize, looks: &mut Vec<Look>) {
        let last = self.members[member].judged();
        let answer = SmartAnswer::decode(&last.body).ok();
        let text = |value: Option<&str>| value.map(str::to_owned);
        if let Some(http) = expect.http {
            let actual = last.http.map(|status| status.to_string());
            looks.push(Look::equal("http", http.to_string(), actual));
        }
        if let Some(envelope) = &expect.envelope {
            let actual = answer.as_ref().map(|answer| answer.status.as_str().to_owned());
            looks.push(Look::equal("envelope", envelope, actual));
        }
        let line = answer.as_ref().and_then(|answer| answer.license_data.first());
        if let Some(status) = &expect.status {
            let actual = line.map(|line| line.status.as_str().to_owned());
            looks.push(Look::equal("status", status, actual));
        }
        if let Some(code) = &expect.message_code {
            let envelope = answer.as_ref().and_then(|answer| answer.message_code.as_deref());
            let line = line.and_then(|line| line.message_code.as_deref());
            looks.push(Look::equal("message_code", code, text(envelope.or(line))));
        }
        if let Some(failure) = &expect.failure {
            looks.push(Look::equal("failure", failure, last.failure.map(word_of)));
        }
        if let Some(trust) = &expect.trust {
            let artefact = line
                .and_then(|line| line.smart_license.as_deref())
                .and_then(|text| Artefact::from_smart_license(text).ok());
            looks.push(look_at_trust(trust, artefact, answer.as_ref(), last.http));
        }
        if !expect.that.is_empty() {
            self.look_at_conditions(&expect.that, &self.facts(member, &last), looks);
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

    fn outcome_word(&self, member: usize, step: &Step) -> String {
        let member = &self.members[member];
        if !takes_member(step) {
            return "done".to_owned();
        }
        if let Some(reason) = member.refused {
            return format!("refused: {reason}");
        }
        let talks = !member.step_types.is_empty()
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
        match SmartAnswer::decode(&last.body) {
            Ok(answer) => match answer.license_data.first() {
                Some(line) => line.status.to_string(),
                None => answer.message_code.unwrap_or_else(|| answer.status.to_string()),
            },
            Err(_) => format!("HTTP {}", last.http.unwrap_or_default()),
        }
    }
}

/// The journal's word for a failure, for example `too_long`.
fn word_of(cause: FailureCause) -> String {
    let value = serde_json::to_value(cause).expect("a plain word");
    value.as_str().unwrap_or_default().to_owned()
}

fn look_at_trust(
    expected: &TrustExpectation,
    artefact: Option<Artefact>,
    answer: Option<&SmartAnswer>,
    http: Option<u16>,
) -> Look {
    let subject = "trust".to_owned();
    let (accepted, code, actual) = match artefact {
        Some(Artefact::Trust(trust)) if trust.trust_code.status.success => {
            (true, None, "accepted".to_owned())
        }
        Some(Artefact::Trust(trust)) => {
            let code = trust.trust_code.status.code;
            let shown = code.clone().unwrap_or_else(|| "without a code".to_owned());
            (false, code, format!("refused ({shown})"))
        }
        _ => {
            let code = answer.and_then(|answer| answer.message_code.clone());
            let http = http.map_or("no answer".to_owned(), |http| format!("HTTP {http}"));
            (false, code, format!("no trust code ({http})"))
        }
    };
    match expected {
        TrustExpectation::Accepted => {
            Look { subject, expected: "accepted".to_owned(), actual, met: accepted }
        }
        TrustExpectation::Refused { code: None } => {
            Look { subject, expected: "refused".to_owned(), actual, met: !accepted }
        }
        TrustExpectation::Refused { code: Some(wanted) } => Look {
            subject,
            expected: format!("refused ({wanted})"),
            actual,
            met: !accepted && code.as_ref() == Some(wanted),
        },
    }
}
