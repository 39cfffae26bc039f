//! Syntax of CEL expressions and the names they use; templates, which see the same, are in
//! `template.rs`.

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, operators};

/// What an expression or a template can see.
pub(crate) const ROOTS: &[&str] = &[
    "answer", "http", "body", "line", "artefact", "agent", "udi", "cast", "captures", "scale",
    "replica",
];

/// Operators and functions of CEL whose value is never a boolean.
const NEVER_BOOLEAN: &[&str] = &[
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::NEGATE,
    "size",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "duration",
    "timestamp",
];

/// Longest CEL expression, in bytes.
const EXPRESSION_BYTES_MAX: usize = 4096;
/// Deepest nesting of brackets in one. The CEL parser has no limit of its own and takes some
/// 200 KiB of stack per level when it is not optimised; a thread has 2 MiB, and a scenario may come
/// from anywhere.
const EXPRESSION_DEPTH_MAX: usize = 6;
/// Most operator characters in one, for the same reason: each operator can be a level.
const EXPRESSION_OPERATORS_MAX: usize = 200;

/// One thing wrong with an expression; `at` is a byte offset into it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Syntax {
        at: usize,
        message: String,
    },
    UnknownRoot {
        name: String,
        at: usize,
    },
    /// Use of a capture: wrong only when no earlier step takes it.
    Capture {
        name: String,
        at: usize,
    },
    /// `cast.<name>`: wrong only when the cast has no such instance.
    CastMember {
        name: String,
        at: usize,
    },
    UnknownFilter {
        name: String,
        at: usize,
    },
    /// A test, as in `{% if udi is defined %}`.
    UnknownTest {
        name: String,
        at: usize,
    },
}

/// Checks a CEL expression.
pub(crate) fn check_cel(text: &str) -> Vec<Fault> {
    if let Some(fault) = beyond_limits(text) {
        return vec![fault];
    }
    match cel::Program::compile(text) {
        Err(errors) => errors
            .errors
            .iter()
            .take(1)
            .map(|error| Fault::Syntax {
                at: offset(text, error.pos),
                message: syntax_message(&error.msg),
            })
            .collect(),
        Ok(program) => {
            let mut walk = Walk { text, bound: Vec::new(), faults: Vec::new() };
            walk.expression(program.expression());
            walk.faults
        }
    }
}

/// Whether a CEL expression has a value that is no boolean, whatever its names stand for. One that
/// cannot be read is none of this function's business.
pub(crate) fn is_never_boolean(text: &str) -> bool {
    beyond_limits(text).is_none()
        && cel::Program::compile(text).is_ok_and(|program| never_boolean(program.expression()))
}

fn never_boolean(expression: &IdedExpr) -> bool {
    match &expression.expr {
        Expr::Literal(literal) => !matches!(literal, LiteralValue::Boolean(_)),
        Expr::List(_) | Expr::Map(_) | Expr::Struct(_) => true,
        Expr::Ident(name) => {
            ["http", "body", "agent", "udi", "cast", "captures", "scale", "replica"]
                .contains(&name.as_str())
        }
        Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
            call.args.iter().skip(1).all(never_boolean)
        }
        Expr::Call(call) => NEVER_BOOLEAN.contains(&call.func_name.as_str()),
        Expr::Unspecified | Expr::Select(_) | Expr::Comprehension(_) => false,
    }
}

/// The CEL parser's message without the list of every token it would have taken.
fn syntax_message(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.strip_prefix("Syntax error: ").unwrap_or(line);
    let line = line.split(" expecting ").next().unwrap_or(line);
    line.replace("mismatched input '<EOF>'", "it ends too early")
}

fn beyond_limits(text: &str) -> Option<Fault> {
    if text.len() > EXPRESSION_BYTES_MAX {
        let message = format!("it is longer than {EXPRESSION_BYTES_MAX} bytes");
        return Some(Fault::Syntax { at: 0, message });
    }
    let (mut depth, mut operators) = (0_usize, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            byte if b"+-*/%<>=!&|?.".contains(&byte) => operators += 1,
            _ => {}
        }
        if operators > EXPRESSION_OPERATORS_MAX {
            let message = format!("it has more than {EXPRESSION_OPERATORS_MAX} operators");
            return Some(Fault::Syntax { at, message });
        }
        if depth > EXPRESSION_DEPTH_MAX {
            let message = format!("it is nested deeper than {EXPRESSION_DEPTH_MAX}");
            return Some(Fault::Syntax { at, message });
        }
    }
    None
}

/// The fault that the member `name` of `root` is, when the author chose the names of its members.
pub(crate) fn member_fault(text: &str, root: &str, name: &str) -> Option<Fault> {
    if !["captures", "cast"].contains(&root) {
        return None;
    }
    let at = word_at(text, &format!("{root}.{name}")) + root.len() + 1;
    let name = name.to_owned();
    Some(match root {
        "cast" => Fault::CastMember { name, at },
        _ => Fault::Capture { name, at },
    })
}

struct Walk<'t> {
    text: &'t str,
    /// Variables of the macros (`all`, `exists`, `map`, …) round the current place.
    bound: Vec<String>,
    faults: Vec<Fault>,
}

impl Walk<'_> {
    fn expression(&mut self, expression: &IdedExpr) {
        match &expression.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => {
                // `has(captures.x)` asks whether there is one.
                if let (false, Expr::Ident(root)) = (select.test, &select.operand.expr) {
                    self.faults.extend(member_fault(self.text, root, &select.field));
                }
                self.expression(&select.operand);
            }
            Expr::Call(call) => {
                call.target.iter().for_each(|target| self.expression(target));
                call.args.iter().for_each(|argument| self.expression(argument));
            }
            Expr::List(list) => list.elements.iter().for_each(|item| self.expression(item)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Struct(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Comprehension(inner) => {
                self.expression(&inner.iter_range);
                let outside = self.bound.len();
                self.bound.push(inner.iter_var.clone());
                self.bound.extend(inner.iter_var2.clone());
                self.bound.push(inner.accu_var.clone());
                self.expression(&inner.accu_init);
                self.expression(&inner.loop_cond);
                self.expression(&inner.loop_step);
                self.expression(&inner.result);
                self.bound.truncate(outside);
            }
        }
    }

    fn entry(&mut self, entry: &EntryExpr) {
        match entry {
            EntryExpr::StructField(field) => self.expression(&field.value),
            EntryExpr::MapEntry(entry) => {
                self.expression(&entry.key);
                self.expression(&entry.value);
            }
        }
    }

    fn name(&mut self, name: &str) {
        // CEL's own type names, for `type(x) == int`, are names too.
        let is_type = ["int", "uint", "double", "bool", "string", "bytes", "list", "map", "type"]
            .contains(&name);
        let is_bound = name.starts_with('@') || self.bound.iter().any(|bound| bound == name);
        if !is_bound && !is_type && !ROOTS.contains(&name) {
            let at = word_at(self.text, name);
            self.faults.push(Fault::UnknownRoot { name: name.to_owned(), at });
        }
    }
}

/// Where a word first stands by itself; the start of the text when it does not.
pub(crate) fn word_at(text: &str, word: &str) -> usize {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    text.match_indices(word)
        .find(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(inner)
                && !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
        .map_or(0, |(at, _)| at)
}

/// The byte offset of a line and a column, both from 1.
fn offset(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line - 1).unwrap_or(0);
    let column = usize::try_from(column - 1).unwrap_or(0);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut offset = (start + column).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::{Fault, check_cel, is_never_boolean};

    #[test]
    fn known_names_and_bound_names_are_no_faults() {
        assert_eq!(check_cel("answer.license_data.all(entry, entry.status == line.status)"), []);
        assert_eq!(check_cel("has(captures.x) && type(http) == int"), []);
    }

    #[test]
    fn a_variable_is_unknown_outside_its_macro() {
        let faults = check_cel("answer.a.exists(x, x > 1) && x == 2");
        assert!(matches!(&faults[..], [Fault::UnknownRoot { name, .. }] if name == "x"));
    }

    #[test]
    fn values_that_cannot_be_boolean_are_seen() {
        for text in ["1 + 1", "'a'", "[true]", "-http", "udi", "size(body)", "true ? 1 : 2"] {
            assert!(is_never_boolean(text), "{text}");
        }
        let maybe =
            ["true", "line.a", "!answer", "answer", "http == 1", "[1].all(x, x > 0)", "1 +"];
        for text in maybe {
            assert!(!is_never_boolean(text), "{text}");
        }
    }

    #[test]
    fn captures_are_found_with_their_place() {
        assert_eq!(
            check_cel("http == 1 || captures.poll > 0"),
            [Fault::Capture { name: "poll".to_owned(), at: 22 }]
        );
    }

    #[test]
    fn syntax_errors_have_a_place() {
        let faults = check_cel("http == ");
        assert!(matches!(&faults[..], [Fault::Syntax { at, .. }] if *at >= 7), "{faults:?}");
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        for count in [1_000, 50_000] {
            let deep = format!("{}1{}", "(".repeat(count), ")".repeat(count));
            assert!(matches!(check_cel(&deep)[..], [Fault::Syntax { .. }]));
        }
        let operators = super::EXPRESSION_OPERATORS_MAX;
        for flat in ["true ? 1 : ", "!", "1+", "http.", "1 in [1] && "] {
            check_cel(&format!("{}http", flat.repeat(operators)));
            check_cel(&format!("{}http", flat.repeat(operators / 2)));
        }
        let depth = super::EXPRESSION_DEPTH_MAX;
        for (open, close) in [("(1+", ")"), ("[", "]"), ("{1:", "}"), ("size(!", ")")] {
            check_cel(&format!("{}1{}", open.repeat(depth), close.repeat(depth)));
        }
        let deep = "[".repeat(3_000);
        assert!(matches!(check_cel(&deep)[..], [Fault::Syntax { .. }]));
    }
}
