//! Named repairs for samples damaged in print; nothing is repaired unless its name is given.

/// A known damage and its repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// `>>` where the text extraction doubled a closing bracket.
    DoubledBracket,
}

impl Tolerance {
    /// `text` with this damage repaired.
    pub fn repair(self, text: &str) -> String {
        match self {
            Self::DoubledBracket => text.replace(">>", ">"),
        }
    }
}
