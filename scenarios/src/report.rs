//! Everything that is wrong with a scenario file: where, what, and what to do.
//! Renders itself as plain text; as a miette diagnostic it can be rendered by whoever likes colour.

use std::fmt::{self, Write as _};

use miette::{Diagnostic, NamedSource, SourceCode, SourceSpan};
use thiserror::Error;

use crate::source::{SourceText, Span};

/// Widest part of a source line that is shown, in characters.
const SNIPPET_WIDTH_MAX: usize = 120;

/// All problems found in one scenario file; never empty.
#[derive(Debug, Clone, Error)]
#[error("{}", self.render())]
pub struct Report {
    // Boxed, so that a result is not much larger for the sake of its rare half.
    found: Box<Found>,
}

#[derive(Debug, Clone)]
struct Found {
    source: SourceText,
    named_source: NamedSource<String>,
    problems: Vec<Problem>,
}

impl Diagnostic for Report {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.found.named_source)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.found.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(muster::scenario))]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[help]
    pub help: Option<String>,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
    #[label]
    span: SourceSpan,
}

impl Report {
    pub(crate) fn new(source: SourceText, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.span.offset());
        problems.dedup();
        let named_source =
            NamedSource::new(&source.name, source.text.clone()).with_language("yaml");
        Self { found: Box::new(Found { source, named_source, problems }) }
    }

    /// The problems, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.found.problems
    }

    /// Name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.found.source.name
    }

    fn render(&self) -> String {
        let mut out = String::new();
        for (index, problem) in self.found.problems.iter().enumerate() {
            if index > 0 {
                out.push_str("\n\n");
            }
            self.render_problem(problem, &mut out).expect("writing to a String cannot fail");
        }
        out
    }

    fn render_problem(&self, problem: &Problem, out: &mut String) -> fmt::Result {
        let Problem { message, help, line, column, span } = problem;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let (shown, indent, length) = self.snippet(*line, *column, span.len());
        writeln!(out, "{}:{line}:{column}: error: {message}", self.found.source.name)?;
        writeln!(out, "{margin} |")?;
        writeln!(out, "{number} | {shown}")?;
        write!(out, "{margin} | {}{}", " ".repeat(indent), "^".repeat(length))?;
        match help {
            Some(help) => write!(out, "\n{margin} = help: {help}"),
            None => Ok(()),
        }
    }

    /// The part of the line that is shown, and where in it how many carets go.
    fn snippet(&self, line: u32, column: u32, length_bytes: usize) -> (String, usize, usize) {
        let line = self.found.source.line(line);
        let at = column as usize - 1;
        let skipped = if at < SNIPPET_WIDTH_MAX { 0 } else { at - SNIPPET_WIDTH_MAX / 2 };
        let shown: String =
            line.chars().skip(skipped).take(SNIPPET_WIDTH_MAX).map(visible).collect();
        let start = line.char_indices().nth(at).map_or(line.len(), |(start, _)| start);
        let marked: usize =
            line[start..].char_indices().take_while(|(offset, _)| *offset < length_bytes).count();
        let room = SNIPPET_WIDTH_MAX.saturating_sub(at - skipped);
        (shown.trim_end().to_owned(), at - skipped, marked.clamp(1, room.max(1)))
    }
}

impl Problem {
    pub(crate) fn new(source: &SourceText, span: &Span, message: String) -> Self {
        let (line, column) = source.place(span.start);
        let length = span.end.saturating_sub(span.start);
        let message = message.chars().map(visible).collect();
        Self { message, help: None, line, column, span: (span.start, length).into() }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().chars().map(visible).collect());
        self
    }
}

/// What stands in a message for a character of the file: none moves the cursor of a terminal.
fn visible(c: char) -> char {
    match c {
        '\t' => '→',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, Report};
    use crate::source::SourceText;

    fn report(text: &str, span: std::ops::Range<usize>) -> String {
        let source = SourceText::new("a.yaml", text);
        let problem = Problem::new(&source, &span, "no".to_owned()).with_help("yes");
        Report::new(source, vec![problem]).to_string()
    }

    #[test]
    fn carets_stand_under_the_place() {
        let expected = "a.yaml:2:3: error: no\n  |\n2 | ö bcd\n  |   ^^\n  = help: yes";
        assert_eq!(report("a\nö bcd\n", 5..7), expected);
    }

    #[test]
    fn a_long_line_is_cut_round_the_place() {
        let text = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        let rendered = report(&text, 500..501);
        let lines: Vec<&str> = rendered.lines().collect();
        assert_eq!(lines[2].chars().count(), 4 + super::SNIPPET_WIDTH_MAX);
        assert_eq!(lines[2].find('x'), lines[3].find('^'));
    }

    #[test]
    fn control_characters_of_the_file_do_not_reach_the_terminal() {
        assert!(!report("a\u{1b}[31m b", 0..1).contains('\u{1b}'));
        let text = "title: t\rinstances: {}\rst\u{7}eps: []\r\"a\\e\": 1\r";
        let told = crate::parse("a.yaml", text).expect_err("it is wrong").to_string();
        assert!(told.contains("a.yaml:3:1: ") || told.contains("a.yaml:3:3: "), "{told}");
        assert!(told.chars().all(|c| c == '\n' || !c.is_control()), "{told}");
    }
}
