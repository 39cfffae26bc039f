//! What a step demands of its last answer.

use crate::model::{Expect, TrustExpectation};
use crate::tree::{Node, Value};
use crate::vocabulary::{ANSWER_KEYS, EXPECT, REFUSED, Shape};

use super::reader::Reader;

impl Reader<'_> {
    pub(super) fn expect(&mut self, node: &Node) -> Option<Expect> {
        let fields = self.fields(node, &EXPECT)?;
        if matches!(&node.value, Value::Map(entries) if entries.is_empty()) {
            self.problem(&node.span, "this expects nothing", "leave `expect` out");
        }
        let word = |reader: &mut Self, name: &str| {
            fields.value(name).and_then(|node| reader.word(node, words(name)))
        };
        let expect = Expect {
            http: fields.value("http").and_then(|node| self.integer(node, 100, 599)),
            envelope: word(self, "envelope"),
            status: word(self, "status"),
            message_code: fields.value("message_code").and_then(|node| self.text(node)),
            trust: fields.value("trust").and_then(|node| self.trust_expectation(node)),
            failure: word(self, "failure"),
            that: fields.value("that").map(|node| self.conditions(node)).unwrap_or_default(),
        };
        let spoken_of = ANSWER_KEYS.iter().find(|name| fields.value(name).is_some());
        if let (Some(key), Some(other)) = (fields.key("failure"), spoken_of) {
            let message = format!("there is no `{other}` when there is no answer");
            self.problem(&key.span, message, "keep `failure`, or what the answer must be");
        }
        Some(expect)
    }

    fn trust_expectation(&mut self, node: &Node) -> Option<TrustExpectation> {
        if matches!(node.value, Value::Map(_)) {
            let fields = self.fields(node, &REFUSED)?;
            let code = fields.value("refused").and_then(|node| self.text(node))?;
            return Some(TrustExpectation::Refused { code: Some(code) });
        }
        match self.word(node, &["accepted", "refused"])?.as_str() {
            "accepted" => Some(TrustExpectation::Accepted),
            _ => Some(TrustExpectation::Refused { code: None }),
        }
    }
}

/// The words the vocabulary allows under a key of `expect`.
fn words(name: &str) -> &'static [&'static str] {
    let key = EXPECT.keys.iter().find(|key| key.name == name);
    match key.map(|key| &key.shape) {
        Some(Shape::Words(words)) => words,
        _ => unreachable!("the vocabulary lists the words of `{name}`"),
    }
}
