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
    written: usize,
}

impl<'n> Fields<'n> {
    /// Whether the file has no keys here but these.
    pub(super) fn all_known(&self) -> bool {
        self.entries.len() == self.written
    }

    pub(super) fn value(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| *value)
    }

    pub(super) fn key(&self, name: &str) -> Option<&'n Key> {
        self.entries.iter().find(|(key, _)| key.name == name).map(|(key, _)| *key)
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
        let unknown = entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str()));
        let meant: Vec<_> = unknown.map(|(key, _)| nearest(&key.name, &known)).collect();
        let has = |name: &str| entries.iter().any(|(key, _)| key.name == name);
        let missing = mapping.keys.iter().filter(|key| key.required && !has(key.name));
        // A key that was only misspelt is not told a second time as missing.
        let missing: Vec<_> = missing.filter(|key| !meant.contains(&Some(key.name))).collect();
        let needs: Vec<&str> = missing.iter().map(|key| key.name).collect();
        let written = entries.len();
        let entries = self.entries(entries, &known, mapping.name, &needs);
        let fields = Fields { span: node.span.clone(), entries, written };
        // An unknown key that is near none was probably meant as the missing one, and says so.
        if !meant.contains(&None) {
            for key in &missing {
                let message = format!("{} needs `{}`", mapping.name, key.name);
                self.problem(&fields.span, message, key.about);
            }
        }
        let mut required = mapping.keys.iter().filter(|key| key.required);
        required.all(|key| fields.value(key.name).is_some()).then_some(fields)
    }

    /// The known entries of a mapping, each once; the others are problems. The first that cannot
    /// be guessed also tells what the mapping still `needs`.
    pub(super) fn entries<'n>(
        &mut self,
        entries: impl IntoIterator<Item = &'n (Key, Node)>,
        known: &[&str],
        mapping: &str,
        needs: &[&str],
    ) -> Vec<(&'n Key, &'n Node)> {
        let mut needs = needs.join("`, `");
        let mut kept: Vec<(&Key, &Node)> = Vec::new();
        for (key, value) in entries {
            if !known.contains(&key.name.as_str()) {
                let help = match nearest(&key.name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if needs.is_empty() => format!("keys of {mapping}: {}", known.join(", ")),
                    None => {
                        let needs = std::mem::take(&mut needs);
                        format!("{mapping} needs `{needs}`; its keys: {}", known.join(", "))
                    }
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
