//! The changes a step makes to its outgoing request.

use crate::model::Tamper;
use crate::tree::{Node, Value};
use crate::vocabulary::{self, Shape, TAMPERS};

use super::reader::{Reader, nearest};

/// Largest count of bytes a body can be cut to; no request is longer.
const BYTES_MAX: i128 = 1_048_576;

impl Reader<'_> {
    /// Reads the changes to the request of `action`.
    pub(super) fn tampers(&mut self, node: &Node, action: &str) -> Vec<Tamper> {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                let help = "leave `tamper` out";
                self.problem(&node.span, "expected a change, found an empty list", help);
                Vec::new()
            }
            Value::List(items) => {
                items.iter().filter_map(|item| self.tamper(item, action)).collect()
            }
            _ => self.tamper(node, action).into_iter().collect(),
        }
    }

    fn tamper(&mut self, node: &Node, action: &str) -> Option<Tamper> {
        match &node.value {
            Value::Text(word) => {
                let argument = Node { span: node.span.clone(), value: Value::Null };
                self.tamper_word(&node.span, word, &argument, action)
            }
            Value::Map(entries) if entries.len() == 1 => {
                let (key, argument) = &entries[0];
                self.tamper_word(&key.span, &key.name, argument, action)
            }
            Value::Map(_) => {
                let help = "write each as an item of its own: `tamper: [edit_payload, …]`";
                self.problem(&node.span, "one change per item", help);
                None
            }
            _ => self.expected(node, "a change such as `edit_payload`", ""),
        }
    }

    fn tamper_word(
        &mut self,
        span: &crate::source::Span,
        word: &str,
        argument: &Node,
        action: &str,
    ) -> Option<Tamper> {
        let Some(known) = TAMPERS.iter().find(|tamper| tamper.name == word) else {
            let names: Vec<&str> = TAMPERS.iter().map(|tamper| tamper.name).collect();
            let help = match nearest(word, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("changes: {}", names.join(", ")),
            };
            self.problem(span, format!("unknown change `{word}`"), &help);
            return None;
        };
        if !known.actions.contains(&action) {
            let possible = TAMPERS.iter().filter(|tamper| tamper.actions.contains(&action));
            let possible: Vec<&str> = possible.map(|tamper| tamper.name).collect();
            let message = format!("`{word}` changes nothing in what `{action}` sends");
            let help = format!(
                "it goes with {}; `{action}` takes {}",
                known.actions.join(", "),
                possible.join(", ")
            );
            self.problem(span, message, &help);
        }
        if matches!(known.argument, Shape::Nothing) {
            self.nothing(argument, word)?;
        }
        Some(match word {
            "edit_payload" => Tamper::EditPayload,
            "break_signature" => Tamper::BreakSignature,
            "replay_nonce" => Tamper::ReplayNonce,
            "reuse_trust_id" => Tamper::ReuseTrustId,
            "unknown_trust_id" => Tamper::UnknownTrustId,
            "foreign_poll_id" => Tamper::ForeignPollId,
            "trust_id" => Tamper::TrustId(self.integer(argument, 0, u64::MAX.into())?),
            "truncate" => Tamper::Truncate { bytes: self.integer(argument, 0, BYTES_MAX)? },
            "skew_clock" => Tamper::SkewClock { by_ms: self.signed_duration(argument)? },
            "remove" => Tamper::Remove { pointer: self.pointer(argument)? },
            "set" => {
                let fields = self.fields(argument, &vocabulary::SET)?;
                let pointer = fields.value("pointer").and_then(|node| self.pointer(node));
                let value = fields.value("value").and_then(|node| self.json(node));
                Tamper::Set { pointer: pointer?, value: value? }
            }
            other => unreachable!("`{other}` stands in the vocabulary without a reader"),
        })
    }
}
