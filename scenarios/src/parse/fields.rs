//! A mapping with fixed keys, checked against the vocabulary.

use crate::source::Span;
use crate::tree::{Key, Node, Value};
use crate::vocabulary::Mapping;

use super::reader::{Reader, nearest};

/// The values of a mapping by key; keys are known and each stands once.
pub(super) struct Fields<'n> {
    /// Where the mapping starts.
    pub(super) span: Span,
    entries: Vec<(&'n Key, &'n Node)>,
}

impl<'n> Fields<'n> {
    pub(super) fn value(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| *value)
    }

    pub(super) fn key(&self, name: &str) -> Option<&'n Key> {
        self.entries.iter().find(|(key, _)| key.name == name).map(|(key, _)| *key)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Reader<'_> {
    /// Reads a mapping of this kind: no unknown key, none twice, none missing.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, mapping: &Mapping) -> Option<Fields<'n>> {
        let known = mapping.key_names();
        let Value::Map(entries) = &node.value else {
            let help = format!("keys: {}", known.join(", "));
            return self.expected(node, &format!("{} as a mapping", mapping.name), &help);
        };
        // A key that was only misspelt is not told a second time as missing.
        let misspelt: Vec<&str> = entries
            .iter()
            .filter(|(key, _)| !known.contains(&key.name.as_str()))
            .filter_map(|(key, _)| nearest(&key.name, &known))
            .collect();
        let entries = self.entries(entries, &known, mapping.name);
        let fields = Fields { span: node.span.clone(), entries };
        let mut complete = true;
        for key in mapping.keys.iter().filter(|key| key.required) {
            if fields.value(key.name).is_some() {
                continue;
            }
            complete = false;
            if !misspelt.contains(&key.name) {
                let message = format!("{} needs `{}`", mapping.name, key.name);
                self.problem(&fields.span, message, key.about);
            }
        }
        complete.then_some(fields)
    }

    /// The known entries of a mapping, each once; the others are problems.
    pub(super) fn entries<'n>(
        &mut self,
        entries: &'n [(Key, Node)],
        known: &[&str],
        mapping: &str,
    ) -> Vec<(&'n Key, &'n Node)> {
        let mut kept: Vec<(&Key, &Node)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            if !known.contains(&key.name.as_str()) {
                let help = match nearest(&key.name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("keys of {mapping}: {}", known.join(", ")),
                };
                self.problem(&key.span, format!("unknown key `{}`", key.name), &help);
            } else if kept.iter().any(|(earlier, _)| earlier.name == key.name) {
                self.repeated(key);
            } else {
                kept.push((key, value));
            }
        }
        kept
    }

    /// The entries of a mapping whose keys the author chose, each once.
    pub(super) fn named<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
    ) -> Option<Vec<(&'n Key, &'n Node)>> {
        let Value::Map(entries) = &node.value else {
            return self.expected(node, what, "");
        };
        let mut kept: Vec<(&Key, &Node)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            if kept.iter().any(|(earlier, _)| earlier.name == key.name) {
                self.repeated(key);
            } else {
                kept.push((key, value));
            }
        }
        Some(kept)
    }

    /// Checks a name that expressions will use.
    pub(super) fn identifier(&mut self, key: &Key) -> bool {
        let first = key.name.starts_with(|c: char| c.is_ascii_lowercase());
        let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let good = first && key.name.chars().all(rest);
        if !good {
            let message = format!("`{}` cannot be used as a name", key.name);
            let help = "a name is a lower-case letter, then lower-case letters, digits and `_`";
            self.problem(&key.span, message, help);
        }
        good
    }

    fn repeated(&mut self, key: &Key) {
        let message = format!("the key `{}` stands here twice", key.name);
        self.problem(&key.span, message, "keep one of the two");
    }
}
