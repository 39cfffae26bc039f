//! The YAML of a scenario as a tree in which every key and value knows its place.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, MergeKeyPolicy, Spanned};

use crate::report::Problem;
use crate::source::{SourceText, Span};

/// Events replayed from YAML aliases at most; a scenario has no use for more.
const ALIAS_EVENTS_MAX: usize = 100_000;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// A YAML value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) span: Span,
    pub(crate) name: String,
}

impl Node {
    /// Reads one YAML document.
    pub(crate) fn read(source: &SourceText) -> Result<Self, Box<Problem>> {
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! { max_documents: 1 },
            alias_limits: serde_saphyr::alias_limits! {
                max_total_replayed_events: ALIAS_EVENTS_MAX,
            },
            // Repeated keys are told with the name of the key, by the reader of the mapping.
            duplicate_keys: DuplicateKeyPolicy::PassThrough,
            merge_keys: MergeKeyPolicy::Error,
            strict_booleans: true,
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options::<Spanned<Raw>>(&source.text, options)
            .map(|raw| raw_node(source, raw))
            .map_err(|error| Box::new(yaml_problem(source, &error)))
    }

    /// What the value is, in the words of a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Flag(_) => "true or false",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

fn yaml_problem(source: &SourceText, error: &serde_saphyr::Error) -> Problem {
    let error = error.without_snippet();
    let at = error.location().filter(|location| location.line() > 0);
    let start = at.map_or(0, |at| source.offset(at.line(), at.column()));
    let told = |at: usize, message: &str, help: &str| {
        Problem::new(source, &(at..at + 1), message.to_owned()).with_help(help)
    };
    if let Some((message, help)) = not_wanted(error) {
        return told(start, message, help);
    }
    if let Some(tab) = indenting_tab(source, start) {
        let help = "YAML is indented with spaces";
        return told(tab, "a tab is used for indentation", help);
    }
    if let Some(template) = bare_template(source, start) {
        let help = "put it in quotes, as in \"{{ udi }}\": without them, braces are a mapping";
        return told(template, "a template stands here without quotes", help);
    }
    let message = error.to_string();
    // The location is told in front of the message; the parser's own copy would be a second one.
    let message = message.split(" at line ").next().unwrap_or_default();
    let message = message.lines().next().unwrap_or_default().trim_end_matches([':', ',']);
    Problem::new(source, &(start..start + 1), format!("this is not YAML: {message}"))
        .with_help("check the indentation, the quotes and the brackets before this place")
}

/// What is YAML but not wanted here, in plain words, and what to do.
fn not_wanted(error: &serde_saphyr::Error) -> Option<(&'static str, &'static str)> {
    use serde_saphyr::Error;
    use serde_saphyr::budget::BudgetBreach;
    Some(match error {
        Error::AliasError { error, .. } => return not_wanted(error),
        Error::MergeKeyNotAllowed { .. } => {
            ("merge keys (`<<`) are not allowed here", "write the keys out")
        }
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => (
            "lists and mappings are nested too deep",
            "a scenario has no use for so many levels; check the brackets",
        ),
        Error::MultipleDocuments { .. }
        | Error::Budget { breach: BudgetBreach::Documents { .. }, .. } => {
            ("a second document starts here", "a file is one scenario: split it at `---`")
        }
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::Budget { breach: BudgetBreach::Aliases { .. }, .. }
        | Error::Budget { breach: BudgetBreach::Anchors { .. }, .. } => {
            ("aliases (`*name`) repeat too much here", "write out what is needed, or use `repeat`")
        }
        Error::Budget { .. } => ("this file has too many parts", "split it into several scenarios"),
        _ => return None,
    })
}

/// Where a tab stands in the indentation before `at`, up to which all was read.
fn indenting_tab(source: &SourceText, at: usize) -> Option<usize> {
    let (line, _) = source.place(at);
    let start = source.offset(u64::from(line), 1);
    let text = source.line(line);
    let indent = text.len() - text.trim_start_matches([' ', '\t']).len();
    let tab = text[..indent].find('\t')?;
    (at <= start + indent).then_some(start + tab)
}

/// Where a value that was meant as a template starts, on the line of `at`.
fn bare_template(source: &SourceText, at: usize) -> Option<usize> {
    let (line, _) = source.place(at);
    let text = source.line(line);
    let is_bare = |at: &usize| {
        let before = text[..*at].trim_end();
        let is_quoted = |quote| before.matches(quote).count() % 2 == 1;
        before.ends_with([':', '-', ',', '[', '{']) && !is_quoted('"') && !is_quoted('\'')
    };
    let template = text.match_indices("{{").map(|(at, _)| at).find(is_bare)?;
    Some(source.offset(u64::from(line), 1) + template)
}

enum Raw {
    Scalar(Value),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Flag(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Integer(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Integer(value.into())))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Integer(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Text(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Text(value)))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

fn raw_node(source: &SourceText, raw: Spanned<Raw>) -> Node {
    let mut span = place(source, raw.referenced);
    let value = match raw.value {
        Raw::Scalar(value) => value,
        Raw::List(items) => {
            Value::List(items.into_iter().map(|item| raw_node(source, item)).collect())
        }
        Raw::Map(entries) => {
            let entries: Vec<_> = entries
                .into_iter()
                .map(|(key, value)| {
                    let key = Key { span: place(source, key.referenced), name: key.value };
                    (key, raw_node(source, value))
                })
                .collect();
            // A block mapping has no mark of its own: its first key is where a reader looks.
            if let Some((key, _)) = entries.first()
                && !source.text[span.start..].starts_with(['{', '*', '&'])
            {
                span = key.span.clone();
            }
            Value::Map(entries)
        }
    };
    Node { span, value }
}

fn place(source: &SourceText, location: Location) -> Span {
    let start = source.offset(location.line(), location.column());
    let span = source.span_of_chars(start, location.span().len());
    // A block scalar or a flow collection goes on over lines; its first line is enough to find it.
    let first_line =
        source.slice(&span).split(['\n', '\r']).next().map_or(0, |l| l.trim_end().len());
    start..start + first_line
}
