//! Colours of the console report: the eight of any terminal, or none.

use std::borrow::Cow;

use muster_conformance::Outcome;

/// What a text means, not how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Doubt,
    Note,
}

/// Whether escape sequences are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    colour: bool,
}

impl Paint {
    pub(super) const fn new(colour: bool) -> Self {
        Self { colour }
    }

    pub(super) fn with<'text>(self, style: Style, text: &'text str) -> Cow<'text, str> {
        if self.colour && style != Style::Plain {
            Cow::Owned(format!("\u{1b}[{}m{text}\u{1b}[0m", style.code()))
        } else {
            Cow::Borrowed(text)
        }
    }
}

impl Style {
    /// The style of a verdict by its JSON name.
    pub(super) fn of_verdict(name: &str) -> Self {
        match name {
            "conforms" => Self::Good,
            "violates" => Self::Bad,
            "inconclusive" => Self::Doubt,
            "untestable" => Self::Note,
            _ => Self::Faint,
        }
    }

    pub(super) const fn of_outcome(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Good,
            Outcome::Indeterminate => Self::Doubt,
            _ => Self::Bad,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Bad => "1;31",
            Self::Doubt => "33",
            Self::Note => "36",
        }
    }
}
