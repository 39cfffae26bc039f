//! What it takes to keep an entry in memory: a copy without what no journal holds, and its size.

use serde_json::Value;

use crate::entry::{Entry, Event};
use crate::exchange::{Exchange, ExchangeOutcome, HttpMessage};

impl Entry {
    /// A copy to keep: without the decoded bodies, which the bytes repeat and no journal holds.
    #[must_use]
    pub fn without_reading(&self) -> Self {
        let event = match &self.event {
            Event::Exchange(exchange) => Event::Exchange(Box::new(exchange.without_reading())),
            event => event.clone(),
        };
        let Self { seq, at_ms, journey, instance, event: _ } = *self;
        Self { seq, at_ms, journey, instance, event }
    }

    /// About how many bytes of memory such a copy takes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let beyond = match &self.event {
            Event::Exchange(exchange) => size_of::<Exchange>() + exchange.texts(),
            Event::JourneyStarted { scenario, .. } => scenario.len(),
            Event::InstanceJoined { name, udi: _, platform, software_tag, public_key } => {
                name.len() + platform.len() + software_tag.len() + public_key.len()
            }
            Event::StepStarted { verb, arguments, .. } => verb.len() + value(arguments),
            Event::HookCalled { hook, arguments, failure } => {
                hook.len() + value(arguments) + failure.as_ref().map_or(0, String::len)
            }
            Event::StateChanged { machine, key, from, to, input } => {
                machine.len() + key.len() + from.len() + to.len() + input.len()
            }
            Event::Expectation { subject, expected, actual, .. } => {
                subject.len() + expected.len() + actual.len()
            }
            Event::FaultRaised { kind, severity, detail } => {
                kind.len() + severity.len() + detail.len()
            }
            Event::FaultCleared { kind, tag } => kind.len() + tag.len(),
            Event::TimerFired { timer: text }
            | Event::ServerChosen { server: text }
            | Event::ThirdPartyKeyReceived { name: text, key_id: _ }
            | Event::FaultInjected { fault: text }
            | Event::Syslog { text }
            | Event::StepFinished { outcome: text, .. } => text.len(),
            // At the end of a journey or run, where nothing waits.
            Event::TimeAdvanced { .. }
            | Event::JourneyFinished { .. }
            | Event::LoadMeasured(_)
            | Event::RunFinished { .. }
            | Event::Unknown => 0,
        };
        (size_of::<Self>() + beyond) as u64
    }
}

impl Exchange {
    /// A copy without the decoded bodies. Every member is named, so that a new one is not lost.
    #[must_use]
    pub fn without_reading(&self) -> Self {
        let Self { id, step, endpoint, method, url, intent, request, sent_at_ms, .. } = self;
        Self {
            id: *id,
            step: *step,
            endpoint: endpoint.clone(),
            method: method.clone(),
            url: url.clone(),
            intent: intent.clone(),
            request: request.clone(),
            sent_at_ms: *sent_at_ms,
            outcome: self.outcome.clone(),
            tls: self.tls.clone(),
            reading: None,
        }
    }

    fn texts(&self) -> usize {
        let answer = match &self.outcome {
            ExchangeOutcome::Answered(answer) => answer.message.bytes(),
            ExchangeOutcome::Failed { detail, .. } => detail.len(),
        };
        self.endpoint.len() + self.method.len() + self.url.len() + self.request.bytes() + answer
    }
}

impl HttpMessage {
    fn bytes(&self) -> usize {
        let headers = self
            .headers
            .iter()
            .map(|header| size_of::<(String, String)>() + header.0.len() + header.1.len());
        headers.sum::<usize>() + self.body.0.len()
    }
}

/// Values of a journal nest at most 128 levels.
fn value(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(self::value).sum(),
            Value::Object(members) => {
                members.iter().map(|(name, member)| name.len() + self::value(member)).sum()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use crate::exchange::{Answer, Body, Intent};

    #[test]
    fn a_copy_to_keep_lacks_only_the_reading() {
        let message = || HttpMessage { headers: Vec::new(), body: Body(vec![b'x'; 900]) };
        let exchange = Exchange {
            id: 1,
            step: None,
            endpoint: "cslu".to_owned(),
            method: "POST".to_owned(),
            url: "https://target.test/".to_owned(),
            intent: Intent::default(),
            request: message(),
            sent_at_ms: 1,
            outcome: ExchangeOutcome::Answered(Answer {
                status: 200,
                message: message(),
                received_at_ms: 2,
                elapsed_us: 0,
            }),
            tls: None,
            reading: None,
        };
        let entry = |exchange| Entry {
            seq: 1,
            at_ms: 1,
            journey: None,
            instance: None,
            event: Event::Exchange(Box::new(exchange)),
        };
        let read = Exchange { reading: Some(Box::new(Reading::default())), ..exchange.clone() };
        assert_eq!(entry(read).without_reading(), entry(exchange.clone()));
        assert!((1_800..3_000).contains(&entry(exchange).bytes()));
    }
}
