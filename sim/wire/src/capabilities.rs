//! What one side of an exchange says it understands.

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Lists that a thread remembers: a fleet and its server say two or three, again and again.
const KNOWN_MAX: usize = 4;

/// Longest text of a remembered list, bytes.
const KNOWN_BYTES_MAX: usize = 1024;

thread_local! {
    /// Lists read last, the newest first.
    static KNOWN: RefCell<Vec<Capabilities>> = const { RefCell::new(Vec::new()) };
}

/// The capabilities of one side, in order; a clone shares them.
#[derive(Clone, Default)]
pub struct Capabilities(Arc<Listed>);

struct Listed {
    words: Vec<CompactString>,
    /// The list as this crate writes it.
    json: String,
}

impl Capabilities {
    /// The same without `word`.
    #[must_use]
    pub fn without(&self, word: &str) -> Self {
        self.iter().filter(|listed| *listed != word).cloned().collect()
    }

    pub(crate) fn json(&self) -> &str {
        &self.0.json
    }

    /// The list that `text` begins with, if it was read before.
    pub(crate) fn known(text: &str) -> Option<Self> {
        KNOWN.with_borrow(|known| known.iter().find(|one| text.starts_with(one.json())).cloned())
    }

    /// Remembers the list, read from `text`, unless it is long or usually written in another way.
    pub(crate) fn remember(&self, text: &str) {
        if text != self.json() || text.len() > KNOWN_BYTES_MAX {
            return;
        }
        KNOWN.with_borrow_mut(|known| {
            known.truncate(KNOWN_MAX - 1);
            known.insert(0, self.clone());
        });
    }
}

impl Default for Listed {
    fn default() -> Self {
        Self { words: Vec::new(), json: "[]".to_owned() }
    }
}

impl Deref for Capabilities {
    type Target = [CompactString];

    fn deref(&self) -> &[CompactString] {
        &self.0.words
    }
}

impl<T: Into<CompactString>> FromIterator<T> for Capabilities {
    fn from_iter<I: IntoIterator<Item = T>>(words: I) -> Self {
        let words: Vec<CompactString> = words.into_iter().map(Into::into).collect();
        let json = serde_json::to_string(&words).expect("texts always serialise");
        Self(Arc::new(Listed { words, json }))
    }
}

impl PartialEq for Capabilities {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.words == other.0.words
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.words.fmt(f)
    }
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.words.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    /// `null` reads as empty.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words: Option<Vec<CompactString>> = Option::deserialize(deserializer)?;
        Ok(words.unwrap_or_default().into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Capabilities {
        words.iter().copied().collect()
    }

    #[test]
    fn a_list_is_known_again_by_its_whole_text() {
        let first = list(&["DLC", "a\"b"]);
        let text = first.json().to_owned();
        assert_eq!(Capabilities::known(&text), None);
        first.remember(&text);
        assert_eq!(Capabilities::known(&format!("{text},\"x\":1")), Some(first.clone()));
        assert_eq!(Capabilities::known(r#"["DLC"]"#), None);
        assert_eq!(first.without("DLC"), list(&["a\"b"]));
    }

    #[test]
    fn few_and_short_lists_are_remembered() {
        let long = list(&[&"x".repeat(KNOWN_BYTES_MAX)]);
        long.remember(long.json());
        assert_eq!(Capabilities::known(long.json()), None);
        let spaced = list(&["A"]);
        spaced.remember("[ \"A\" ]");
        assert_eq!(Capabilities::known("[ \"A\" ]"), None);
        let all: Vec<_> = (0..=KNOWN_MAX).map(|at| list(&[&at.to_string()])).collect();
        for one in &all {
            one.remember(one.json());
        }
        let known = |one: &&Capabilities| Capabilities::known(one.json()).is_some();
        assert_eq!(all.iter().filter(known).count(), KNOWN_MAX);
    }
}
