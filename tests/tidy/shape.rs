//! The shape of Rust files: a header, a length that is one room, functions of one screen, lines
//! that fit, and no marks that hide work or warnings.

use crate::complaint::{Complaint, assert_tidy};
use crate::repository;
use crate::source::{Source, Token};

const RULES: &[&str] = &["header", "file", "function", "line", "mark", "divider"];

/// Past this a file holds a second thing.
const FILE_LINES_MAX: usize = 500;
/// One screen.
const FUNCTION_LINES_MAX: usize = 70;
/// As in `rustfmt.toml`, which leaves comments and literals alone.
const COLUMNS_MAX: usize = 100;
/// A message is kept in one piece, so that it can be searched for, up to here.
const MESSAGE_COLUMNS_MAX: usize = 120;
/// A longer run without a space (a URL, a captured token) cannot be broken to fit.
const WORD_COLUMNS_MAX: usize = 60;
/// A comment of more signs in a row, and little else, draws a line.
const DIVIDER_SIGNS: usize = 4;

/// Marks in the code, and what to write instead.
const MARKS: &[(&str, &str)] = &[
    ("#[allow(", "write `#[expect(..., reason = \"...\")]`"),
    ("#![allow(", "write `#![expect(..., reason = \"...\")]`"),
    ("#[ignore]", "write `#[ignore = \"...\"]` with the reason"),
    ("todo!(", "finish it or leave it out"),
    ("unimplemented!(", "finish it or leave it out"),
];

#[test]
fn rust_files_have_the_shape_of_one_room() {
    let complaints: Vec<_> =
        repository::rust().flat_map(|(path, text)| judge(path, text)).collect();
    assert_tidy(RULES, &complaints);
}

fn judge(path: &str, text: &str) -> Vec<Complaint> {
    let source = Source::new(text);
    let mut complaints = Vec::new();
    let mut complain = |rule, line, what, remedy| {
        complaints.push(Complaint { rule, path: path.to_owned(), line, what, remedy });
    };
    if !text.starts_with("//! ") {
        let remedy = "start with `//!` and one sentence on what this room owns";
        complain("header", 1, "no header".to_owned(), remedy);
    }
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        let what = format!("{lines} lines of at most {FILE_LINES_MAX}");
        complain("file", lines, what, "find the second thing in it and give it a file");
    }
    for (line, name, lines) in functions(&source.tokens()) {
        if lines > FUNCTION_LINES_MAX {
            let what = format!("`{name}` has {lines} lines of at most {FUNCTION_LINES_MAX}");
            complain("function", line, what, "name its parts and call them");
        }
    }
    let parts = text.lines().zip(source.code.lines()).zip(source.comments.lines());
    for (number, ((line, code), comment)) in parts.enumerate() {
        let data = code.trim().is_empty() && comment.trim().is_empty();
        if !data && is_too_wide(line, code, comment) {
            let what = format!("{} columns of at most {COLUMNS_MAX}", line.chars().count());
            complain("line", number + 1, what, "break the line");
        }
        for (mark, remedy) in MARKS {
            if code.contains(mark) {
                complain("mark", number + 1, format!("`{mark}`"), remedy);
            }
        }
        if comment.trim_start().starts_with("//") && is_divider(comment) {
            let remedy = "drop it; what needs a line drawn needs a file";
            complain("divider", number + 1, "a drawn line".to_owned(), remedy);
        }
    }
    complaints
}

fn is_too_wide(line: &str, code: &str, comment: &str) -> bool {
    let columns = line.chars().count();
    let past = |part: &str| part.chars().nth(COLUMNS_MAX - 1).is_some_and(|c| c != ' ');
    let in_message = !past(code) && !past(comment) && columns <= MESSAGE_COLUMNS_MAX;
    let widest = line.split_whitespace().map(|word| word.chars().count()).max();
    let breakable = widest.is_some_and(|columns| columns <= WORD_COLUMNS_MAX);
    columns > COLUMNS_MAX && breakable && !in_message
}

fn is_divider(comment: &str) -> bool {
    let text = comment.trim_start().trim_start_matches(['/', '!']).trim_start();
    let rest = text.trim_start_matches(['-', '=', '*', '#', '~', '─', '━', '═']);
    text.chars().count() - rest.chars().count() >= DIVIDER_SIGNS
}

/// Line, name and length in lines of every function with a body.
fn functions<'a>(tokens: &[Token<'a>]) -> Vec<(usize, &'a str, usize)> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        let named = name.text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if keyword.text == "fn"
            && named
            && let Some(end) = body_end(&tokens[at..])
        {
            found.push((keyword.line, name.text, end - keyword.line + 1));
        }
    }
    found
}

/// The line of the brace that closes the first body.
fn body_end(tokens: &[Token<'_>]) -> Option<usize> {
    let (mut brackets, mut braces) = (0_i32, 0_i32);
    for token in tokens {
        match token.text {
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets -= 1,
            ";" if brackets == 0 && braces == 0 => return None,
            "{" => braces += 1,
            "}" => {
                braces -= 1;
                if braces == 0 {
                    return Some(token.line);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Vec<&'static str> {
        judge("a.rs", text).iter().map(|one| one.rule).collect()
    }

    #[test]
    fn a_good_file_gives_no_complaint() {
        let url = format!("//! One room.\n// https://example.org/{}\n", "x".repeat(120));
        assert_eq!(broken(&url), [""; 0]);
        let data = format!("//! One room.\nconst A: &str = \"\n{}\n\";\n", "a b ".repeat(40));
        assert_eq!(broken(&data), [""; 0]);
        let message = format!("//! One room.\nconst A: &str = \"{}\";\n", "word ".repeat(19));
        assert_eq!(broken(&message), [""; 0]);
        assert_eq!(broken("//! `#[allow(`\n//!\n//! | a |\n//! |---|\n"), [""; 0]);
    }

    #[test]
    fn each_rule_finds_what_breaks_it() {
        assert_eq!(broken("mod a;\n"), ["header"]);
        assert_eq!(broken(&format!("//! A.\n{}", "\n".repeat(500))), ["file"]);
        let body = "    a();\n".repeat(70);
        assert_eq!(broken(&format!("//! A.\nfn a(x: [u8; 2]) {{\n{body}}}\n")), ["function"]);
        assert_eq!(broken(&format!("//! A.\n// {}\n", "word ".repeat(20))), ["line"]);
        let message = format!("//! A.\nconst A: &str = \"{}\";\n", "word ".repeat(22));
        assert_eq!(broken(&message), ["line"]);
        for (mark, _) in MARKS {
            assert_eq!(broken(&format!("//! A.\n{mark}\n")), ["mark"], "{mark}");
        }
        assert_eq!(broken("//! A.\n    // ---- part two ----\n"), ["divider"]);
        assert_eq!(broken("//! A.\n// =====\n"), ["divider"]);
    }

    #[test]
    fn a_declaration_has_no_body() {
        let source = Source::new("trait A { fn a(&self) -> [u8; 3]; fn b() {\n} }");
        assert_eq!(functions(&source.tokens()), [(1, "b", 2)]);
    }
}
