//! Syntax of minijinja templates, and the names, filters and tests they use.

use std::ops::Range;

use crate::expression::{Fault, ROOTS, member_fault, word_at};

/// Names that templates have without being told.
const GLOBALS: &[&str] = &["range", "dict", "namespace", "debug", "loop"];

/// The filters a message offers; minijinja itself says which exist.
pub(crate) const FILTERS: &[&str] = &[
    "upper", "lower", "trim", "replace", "default", "length", "first", "last", "join", "split",
    "int", "float", "string", "abs", "round", "sum", "min", "max", "sort", "reverse", "list",
    "items", "map", "select", "reject", "unique", "format",
];

/// The tests a message offers.
pub(crate) const TESTS: &[&str] = &[
    "defined",
    "undefined",
    "none",
    "true",
    "false",
    "boolean",
    "number",
    "integer",
    "string",
    "sequence",
    "mapping",
    "odd",
    "even",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "in",
];

/// Checks a template.
pub(crate) fn check_template(text: &str) -> Vec<Fault> {
    if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
        return Vec::new();
    }
    let environment = minijinja::Environment::new();
    let template = match environment.template_from_str(text) {
        Ok(template) => template,
        Err(error) => {
            let line = error.line().unwrap_or(1);
            let at = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
            let message = error.detail().map_or_else(|| error.to_string(), str::to_owned);
            return vec![Fault::Syntax { at, message }];
        }
    };
    let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    names.sort();
    let mut faults: Vec<_> = names.iter().filter_map(|name| template_fault(text, name)).collect();
    faults.extend(tags(text).flat_map(|tag| filter_faults(&environment, text, tag)));
    faults
}

/// What stands in a template outside its tags, and so in whatever it renders.
pub(crate) fn fixed_text(text: &str) -> String {
    let mut fixed = String::with_capacity(text.len());
    let mut end = 0;
    for tag in tags(text) {
        fixed.push_str(&text[end..tag.start]);
        end = tag.end;
    }
    fixed.push_str(&text[end..]);
    fixed
}

/// The tags of a template that can be read, with their brackets.
fn tags(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let (start, close) = ["{{", "{%", "{#"]
            .into_iter()
            .zip(["}}", "%}", "#}"])
            .filter_map(|(open, close)| Some((from + text[from..].find(open)?, close)))
            .min()?;
        let inside = start + 2;
        from = text[inside..].find(close).map_or(text.len(), |at| inside + at + 2);
        Some(start..from)
    })
}

/// The filters and tests of one tag that minijinja, which looks for them only when it renders, does
/// not have.
fn filter_faults(
    environment: &minijinja::Environment<'_>,
    text: &str,
    tag: Range<usize>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    if text[tag.clone()].starts_with("{#") {
        return faults;
    }
    let is_block = text[tag.clone()].starts_with("{%");
    let has = |name: &str, kind: &str| {
        let question = format!("{{% if '{name}' is {kind} %}}yes{{% endif %}}");
        environment.render_str(&question, ()).is_ok_and(|answer| answer == "yes")
    };
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // The word or sign before the current one.
    let mut before = "";
    let mut at = tag.start + 2;
    while let Some(c) = text[at..tag.end].chars().next() {
        let rest = &text[at..tag.end];
        let length = match c {
            '"' | '\'' => rest[1..].find(c).map_or(rest.len(), |end| end + 2),
            c if is_inner(c) => rest.find(|c| !is_inner(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let word = &rest[..length];
        at += length;
        if word.trim().is_empty() || (word == "not" && before == "is") {
            continue;
        }
        let name = || word.to_owned();
        let at = at - length;
        let is_word = c.is_ascii_alphabetic() || c == '_';
        if is_word && matches!(before, "|" | "{% filter") && !has(word, "filter") {
            faults.push(Fault::UnknownFilter { name: name(), at });
        } else if is_word && before == "is" && !has(word, "test") {
            faults.push(Fault::UnknownTest { name: name(), at });
        }
        let is_first = before.is_empty() || (before == "-" && is_block);
        before = match word {
            "filter" if is_block && is_first => "{% filter",
            "is" if before == "." => "",
            word => word,
        };
    }
    faults
}

fn template_fault(text: &str, name: &str) -> Option<Fault> {
    let mut parts = name.split('.');
    let root = parts.next().unwrap_or_default();
    if GLOBALS.contains(&root) {
        return None;
    }
    if !ROOTS.contains(&root) {
        return Some(Fault::UnknownRoot { name: root.to_owned(), at: word_at(text, root) });
    }
    member_fault(text, root, parts.next()?)
}

#[cfg(test)]
mod tests {
    use super::{FILTERS, GLOBALS, TESTS, check_template, fixed_text};
    use crate::expression::Fault;

    #[test]
    fn what_is_offered_exists() {
        for filter in FILTERS {
            assert_eq!(check_template(&format!("{{{{ udi | {filter} }}}}")), []);
        }
        for test in TESTS {
            assert_eq!(
                check_template(&format!("{{% if udi is not {test}(1) %}}{{% endif %}}")),
                []
            );
        }
        for global in GLOBALS {
            assert_eq!(check_template(&format!("{{{{ {global} }}}}")), []);
        }
    }

    #[test]
    fn unknown_filters_and_tests_are_found_and_nothing_else() {
        let filter = |name: &str, at| Fault::UnknownFilter { name: name.to_owned(), at };
        assert_eq!(check_template("a{{ udi|upper | urlencode }}"), [filter("urlencode", 16)]);
        assert_eq!(
            check_template("{% filter shout %}{{ udi }}{% endfilter %}"),
            [filter("shout", 10)]
        );
        let test = Fault::UnknownTest { name: "odder".to_owned(), at: 20 };
        assert_eq!(check_template("{% if http is not   odder %}{% endif %}"), [test]);
        let good = "{{ 'a | b' ~ \"c is d\" }} | x {# | y #}{{ udi | replace('|z', '') }}";
        assert_eq!(check_template(good), []);
    }

    #[test]
    fn fixed_text_is_what_stands_outside_tags() {
        assert_eq!(fixed_text("/a{{ udi }}b{% if x %}c{% endif %}{# d #}"), "/abc");
        assert_eq!(fixed_text("/{a}"), "/{a}");
    }

    #[test]
    fn names_that_are_known_or_bound_are_no_faults() {
        assert_eq!(check_template("{% for n in range(2) %}{{ n }}{{ udi }}{% endfor %}"), []);
    }

    #[test]
    fn captures_are_found_with_their_place() {
        let capture = Fault::Capture { name: "poll".to_owned(), at: 20 };
        assert_eq!(check_template("poll id {{ captures.poll }}"), [capture]);
    }

    #[test]
    fn what_cannot_be_read_is_a_fault_with_a_place() {
        let faults = check_template("a\n{{ udi");
        assert!(matches!(&faults[..], [Fault::Syntax { at: 2, .. }]), "{faults:?}");
        let deep = format!("{{{{ {}1{} }}}}", "(".repeat(50_000), ")".repeat(50_000));
        assert!(matches!(check_template(&deep)[..], [Fault::Syntax { .. }]));
    }
}
