//! Requests written by hand: `probe`, `send` and `replay`.

use crate::model::{Action, RawBody, RawRequest};
use crate::tree::{Node, Value};
use crate::vocabulary::{self, REPLAY_OF, SEND, Shape};

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
                Some((key.name.clone(), self.template(value)?))
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
        let given: Vec<&str> = ["text", "json", "base64"]
            .into_iter()
            .filter(|name| fields.value(name).is_some())
            .collect();
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
        if !path.starts_with(['/', '{']) {
            let help = "a path starts with `/`";
            self.problem(&node.span, format!("`{path}` is not a path"), help);
        }
        Some(path)
    }

    fn header_name(&mut self, key: &crate::tree::Key) {
        let good = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if key.name.is_empty() || !key.name.chars().all(good) {
            let help = "a header name has letters, digits and dashes";
            self.problem(&key.span, format!("`{}` is not a header name", key.name), help);
        }
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
