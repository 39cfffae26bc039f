//! What the parser remembers while it reads: problems, the cast, captures, and how much it read.

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::{self, Fault};
use crate::known_names::KnownNames;
use crate::report::Problem;
use crate::source::{SourceText, Span};
use crate::template;
use crate::tree::{Node, Value};

/// More problems than this help nobody.
const PROBLEMS_MAX: usize = 50;

/// A help lists no more names than this.
const SHOWN_MAX: usize = 40;

pub(super) struct Reader<'a> {
    pub(super) source: &'a SourceText,
    pub(super) known: &'a KnownNames,
    /// Names of the cast; empty while it could not be read, and then nothing is checked by it.
    pub(super) cast: Vec<String>,
    /// Their platforms.
    pub(super) platforms: BTreeMap<String, String>,
    /// Captures taken so far, in the order of the file.
    pub(super) captures: BTreeSet<String>,
    /// Files written so far, in the order of the file.
    pub(super) files: BTreeSet<String>,
    /// Steps read so far.
    pub(super) steps: usize,
    /// Blocks round the current step.
    pub(super) depth: usize,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a SourceText, known: &'a KnownNames) -> Self {
        Self {
            source,
            known,
            cast: Vec::new(),
            platforms: BTreeMap::new(),
            captures: BTreeSet::new(),
            files: BTreeSet::new(),
            steps: 0,
            depth: 0,
            problems: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Problem> {
        self.problems
    }

    /// Whether nothing was found wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Notes a problem that has an obvious remedy.
    pub(super) fn problem(&mut self, span: &Span, message: impl Into<String>, help: &str) {
        if self.problems.len() < PROBLEMS_MAX {
            let problem = Problem::new(self.source, span, message.into());
            self.problems.push(if help.is_empty() { problem } else { problem.with_help(help) });
        }
    }

    /// Notes that `node` is not what stands here by the language.
    pub(super) fn expected<T>(&mut self, node: &Node, what: &str, help: &str) -> Option<T> {
        self.problem(&node.span, format!("expected {what}, found {}", node.kind()), help);
        None
    }

    /// Notes a name that is not one of `known`, with the nearest that is.
    pub(super) fn unknown(&mut self, span: &Span, kind: &str, name: &str, known: &[&str]) {
        let help = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.len() > SHOWN_MAX => {
                format!("known here: {}, … ({} in all)", known[..SHOWN_MAX].join(", "), known.len())
            }
            None => format!("known here: {}", known.join(", ")),
        };
        self.problem(span, format!("unknown {kind} `{name}`"), &help);
    }

    /// Reads a name that belongs to the target or the platforms.
    pub(super) fn known_name(
        &mut self,
        node: &Node,
        kind: &str,
        known: &[String],
    ) -> Option<String> {
        let name = self.text(node)?;
        if !known.is_empty() && !known.contains(&name) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            self.unknown(&node.span, kind, &name, &known);
        }
        Some(name)
    }

    /// Reads a CEL expression and checks its form and the names in it.
    pub(super) fn expression(&mut self, node: &Node) -> Option<String> {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Flag(flag) => flag.to_string(),
            _ => return self.expected(node, "a CEL expression", QUOTE_EXPRESSION),
        };
        let faults = expression::check_cel(&text);
        self.faults(node, &text, faults, "expression");
        Some(text)
    }

    /// Reads a CEL expression that is true or false.
    pub(super) fn condition(&mut self, node: &Node) -> Option<String> {
        let text = self.expression(node)?;
        if expression::is_never_boolean(&text) {
            let help = "compare it with something, e.g. 'line.poll_interval > 0'";
            self.problem(&node.span, "this is neither true nor false", help);
        }
        Some(text)
    }

    /// Reads one or several CEL expressions that are true or false.
    pub(super) fn conditions(&mut self, node: &Node) -> Vec<String> {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                self.problem(&node.span, "expected an expression, found an empty list", "");
                Vec::new()
            }
            Value::List(items) => items.iter().filter_map(|item| self.condition(item)).collect(),
            _ => self.condition(node).into_iter().collect(),
        }
    }

    /// Reads text, or a number as text, and checks it as a template.
    pub(super) fn template(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) => {
                let faults = template::check_template(text);
                self.faults(node, text, faults, "template");
                Some(text.clone())
            }
            Value::Integer(number) => Some(number.to_string()),
            _ => self.expected(node, "text", "put it in quotes"),
        }
    }

    fn faults(&mut self, node: &Node, text: &str, faults: Vec<Fault>, kind: &str) {
        for fault in faults {
            match fault {
                Fault::Syntax { at, message } => {
                    let span = self.inside(node, text, at..at);
                    let help = if text[at..].starts_with("= ") { "`==` compares" } else { "" };
                    let message = format!("this {kind} cannot be read: {message}");
                    self.problem(&span, message, help);
                }
                Fault::UnknownRoot { name, at } => {
                    let span = self.inside(node, text, at..at + name.len());
                    self.unknown(&span, "name", &name, expression::ROOTS);
                }
                Fault::UnknownFilter { name, at } => {
                    let span = self.inside(node, text, at..at + name.len());
                    self.unknown(&span, "filter", &name, template::FILTERS);
                }
                Fault::UnknownTest { name, at } => {
                    let span = self.inside(node, text, at..at + name.len());
                    self.unknown(&span, "test", &name, template::TESTS);
                }
                Fault::CastMember { name, at } => {
                    let span = self.inside(node, text, at..at + name.len());
                    self.known_instance(&span, &name);
                }
                Fault::Capture { name, .. } if self.captures.contains(&name) => {}
                Fault::Capture { name, at } => {
                    let span = self.inside(node, text, at..at + name.len());
                    let known: Vec<String> = self.captures.iter().cloned().collect();
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    if known.is_empty() {
                        let help = "an earlier step takes it by `capture: { name: expression }`";
                        self.problem(&span, format!("unknown capture `{name}`"), help);
                    } else {
                        self.unknown(&span, "capture", &name, &known);
                    }
                }
            }
        }
    }

    /// Notes an instance that is not in the cast.
    pub(super) fn known_instance(&mut self, span: &Span, name: &str) {
        if !self.cast.is_empty() && !self.cast.iter().any(|member| member == name) {
            let cast = self.cast.clone();
            let cast: Vec<&str> = cast.iter().map(String::as_str).collect();
            self.unknown(span, "instance", name, &cast);
        }
    }

    /// The place of a part of a scalar; the scalar itself when the file spells it differently.
    pub(super) fn inside(&self, node: &Node, text: &str, part: Span) -> Span {
        if let Some(span) = self.inside_block(node, text, &part) {
            return span;
        }
        let line = self.source.slice(&node.span);
        match line.find(text.trim_end()) {
            Some(offset) if part.start <= text.trim_end().len() => {
                let start = node.span.start + offset + part.start;
                let end = node.span.start + offset + part.end;
                start..end.min(node.span.end.max(start)).max(start + 1)
            }
            _ => node.span.clone(),
        }
    }

    /// The place of a part of a literal block (`|`), whose lines stand in the file as they are.
    fn inside_block(&self, node: &Node, text: &str, part: &Span) -> Option<Span> {
        let (first, _) = text.split_once('\n')?;
        if self.source.slice(&node.span).trim_end() != first.trim_end() {
            return None;
        }
        let before = text.get(..part.start)?;
        let lines = before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
        let (line, indent) = self.source.place(node.span.start);
        let line = u64::from(line) + u64::try_from(lines).ok()?;
        let start = self.source.offset(line, u64::from(indent)) + column;
        Some(start..start + part.len().max(1))
    }
}

const QUOTE_EXPRESSION: &str = "write it in quotes, e.g. 'line.poll_interval > 0'";

/// The known name that was probably meant.
pub(super) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let lower = name.to_lowercase();
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), *known))
        .filter(|(distance, known)| *distance <= (known.len().max(name.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
