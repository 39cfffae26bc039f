//! Requests written by hand: `probe`, `send` and `replay`.

use crate::model::{Action, RawBody, RawRequest};
use crate::template::fixed_text;
use crate::tree::{Key, Node, Value};
use crate::vocabulary::{self, BODY_KEYS, REPLAY_OF, SEND, Shape};

use super::fields::Fields;
use super::reader::Reader;

impl Reader<'_> {
    pub(super) fn probe(&mut self, node: &Node) -> Option<Action> {
        if matches!(node.value, Value::Null) {
            return Some(Action::Probe { path: None });
        }
        let fields = self.fields(node, &vocabulary::PROBE)?;
        Some(Action::Probe { path: self.path(&fields) })
    }

    pub(super) fn send(&mut self, node: &Node) -> Option<Action> {
        let fields = self.fields(node, &SEND)?;
        let method = match fields.value("method") {
            Some(node) => self.word(node, methods())?,
            None => "POST".to_owned(),
        };
        let headers = fields.value("headers").and_then(|node| self.named(node, "a mapping"));
        let headers = headers
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(key, value)| {
                self.header_name(key);
                Some((key.name.clone(), self.header_value(key, value)?))
            })
            .collect();
        let path = self.path(&fields);
        let body = self.body(&fields)?;
        Some(Action::Send(RawRequest { method, headers, body, path }))
    }

    pub(super) fn replay(&mut self, node: &Node) -> Option<Action> {
        let Shape::Integer { min, max } = REPLAY_OF else { unreachable!("it is a number") };
        match node.value {
            Value::Null => Some(Action::Replay { of: None }),
            _ => self.integer(node, min, max).map(|of| Action::Replay { of: Some(of) }),
        }
    }

    fn body(&mut self, fields: &Fields<'_>) -> Option<RawBody> {
        let given: Vec<&str> =
            BODY_KEYS.iter().copied().filter(|name| fields.value(name).is_some()).collect();
        let Some((&name, more)) = given.split_first() else {
            return Some(RawBody::Text(String::new()));
        };
        if let Some(second) = more.first().and_then(|name| fields.key(name)) {
            let message = format!("a request has one body, not `{name}` and `{}`", second.name);
            self.problem(&second.span, message, "keep one of the two");
        }
        let node = fields.value(name)?;
        match name {
            "text" => self.template(node).map(RawBody::Text),
            "json" => self.json(node).map(RawBody::Json),
            _ => self.base64(node).map(RawBody::Base64),
        }
    }

    fn path(&mut self, fields: &Fields<'_>) -> Option<String> {
        let node = fields.value("path")?;
        let path = self.template(node)?;
        if !["/", "{{", "{%", "{#"].iter().any(|start| path.starts_with(start)) {
            let help = "a path starts with `/`";
            self.problem(&node.span, format!("`{path}` is not a path"), help);
        } else if let Some(wrong) = fixed_text(&path).chars().find(|c| !c.is_ascii_graphic()) {
            let message = format!("a path cannot hold {}", described(wrong));
            self.problem(&node.span, message, "write its bytes as `%` and two digits, e.g. %20");
        }
        Some(path)
    }

    fn header_value(&mut self, key: &Key, node: &Node) -> Option<String> {
        let value = self.template(node)?;
        let wrong = fixed_text(&value).chars().find(|c| !c.is_ascii_graphic() && *c != ' ');
        if let Some(wrong) = wrong {
            let message = format!("the header `{}` cannot hold {}", key.name, described(wrong));
            self.problem(&node.span, message, "the value of a header is printable ASCII");
        }
        Some(value)
    }

    fn header_name(&mut self, key: &Key) {
        let good = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if key.name.is_empty() || !key.name.chars().all(good) {
            let help = "a header name has letters, digits and dashes";
            self.problem(&key.span, format!("`{}` is not a header name", key.name), help);
        }
    }
}

/// A character in a message.
fn described(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        '\n' | '\r' => "a line end".to_owned(),
        '\t' => "a tab".to_owned(),
        c if c.is_control() => "a control character".to_owned(),
        c => format!("`{c}`"),
    }
}

/// The HTTP methods of the vocabulary.
fn methods() -> &'static [&'static str] {
    let method = SEND.keys.iter().find(|key| key.name == "method");
    match method.map(|key| &key.shape) {
        Some(Shape::Words(words)) => words,
        _ => unreachable!("the vocabulary lists the methods"),
    }
}
