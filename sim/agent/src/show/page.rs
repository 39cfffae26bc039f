//! A text in the making: lines, indents and headings.

use std::fmt::Display;

/// The lines of one show.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// A line, `indent` spaces in.
    pub(super) fn line(&mut self, indent: usize, text: impl Display) {
        let text = text.to_string();
        self.0.push_str(&" ".repeat(indent));
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    /// `name: value`.
    pub(super) fn fact(&mut self, indent: usize, name: &str, value: impl Display) {
        self.line(indent, format_args!("{name}: {value}"));
    }

    pub(super) fn blank(&mut self) {
        self.0.push('\n');
    }

    /// A title with a rule of its own length under it.
    pub(super) fn heading(&mut self, title: &str) {
        self.ruled(title, title.len());
    }

    /// A title with a rule of another length.
    pub(super) fn ruled(&mut self, title: &str, rule: usize) {
        self.line(0, title);
        self.line(0, "=".repeat(rule));
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// Text of others, for one line: without control characters, `<none>` when there is none.
pub(super) fn one_line(text: &str) -> String {
    if text.is_empty() {
        return "<none>".to_owned();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
