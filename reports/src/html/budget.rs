//! How much evidence one page holds: a page that a browser opens at once stays under 2 MB.

use serde_json::Value;

use crate::exchange_text::{self, Limits, Piece};

/// Bytes of all findings together, markup included; the rest of the page takes the remainder.
const FINDINGS_BYTES_MAX: usize = 1_100_000;

/// Markup and facts of one finding, about.
const FINDING_BYTES: usize = 1_500;

/// Markup around one piece of JSON.
const PIECE_BYTES: usize = 26;

/// The longest form of an escaped character.
const ESCAPED_BYTES: usize = 6;

const LIMITS: Limits =
    Limits { lines_max: 200, text_letters_max: 600, inline_letters_max: 40, folded: false };

/// What is left for findings.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self { left: FINDINGS_BYTES_MAX }
    }

    /// Whether there is room for one more finding with these texts.
    pub(super) fn admits(&mut self, texts: [&str; 2]) -> bool {
        self.take(FINDING_BYTES + texts.into_iter().map(escaped_length).sum::<usize>())
    }

    /// The body in pieces, or a note when the page has no room for it.
    pub(super) fn body(&mut self, body: &Value) -> Vec<Piece> {
        let pieces = exchange_text::pieces(body, LIMITS);
        if self.take(pieces.iter().map(|piece| PIECE_BYTES + escaped_length(&piece.text)).sum()) {
            return pieces;
        }
        let text = "left out to keep this page small; results.json has it".to_owned();
        vec![Piece { kind: "note", text }]
    }

    fn take(&mut self, size: usize) -> bool {
        let left = self.left.checked_sub(size);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

fn escaped_length(text: &str) -> usize {
    let escaped = text.bytes().filter(|byte| b"<>&\"'/".contains(byte)).count();
    text.len() + escaped * (ESCAPED_BYTES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_room_for_so_many_bodies_only() {
        let mut budget = Budget::new();
        let body = Value::from(vec!["x".repeat(500); 100]);
        let shown = (0..100).filter(|_| budget.body(&body).len() > 1).count();
        assert!((15..25).contains(&shown), "{shown}");
        assert!(budget.admits(["small", ""]), "a small finding still fits");
        assert!(!budget.admits([&"<".repeat(100_000), ""]), "escaping takes room");
    }
}
