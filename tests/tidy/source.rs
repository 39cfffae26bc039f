//! Rust text with its code told apart from its comments and literals, without a parser: enough
//! for rules about words, lines and braces.

/// One Rust file. `code` and `comments` have the lines of the file, blank where the other is.
pub(crate) struct Source {
    /// Everything but comments, strings and characters.
    pub(crate) code: String,
    /// Comments only, with their slashes.
    pub(crate) comments: String,
}

/// A word, or one other visible character, of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// Its text.
    pub(crate) text: &'a str,
    /// Its line, counted from 1.
    pub(crate) line: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Code,
    Comment,
    Literal,
}

impl Source {
    /// Splits a Rust file.
    pub(crate) fn new(text: &str) -> Self {
        let (mut code, mut comments) = (String::new(), String::new());
        let mut rest = text;
        while !rest.is_empty() {
            let after_word = code.chars().last().is_some_and(is_word);
            let (kind, length) = next(rest, after_word);
            let (piece, tail) = rest.split_at(length);
            for c in piece.chars() {
                let blank = if c == '\n' { '\n' } else { ' ' };
                code.push(if matches!(kind, Kind::Code) { c } else { blank });
                comments.push(if matches!(kind, Kind::Comment) { c } else { blank });
            }
            rest = tail;
        }
        Self { code, comments }
    }

    /// The words and signs of the code, in order.
    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        let mut tokens = Vec::new();
        for (number, line) in self.code.lines().enumerate() {
            let mut rest = line.trim_start();
            while let Some(first) = rest.chars().next() {
                let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let (text, tail) = rest.split_at(word.max(first.len_utf8()));
                tokens.push(Token { text, line: number + 1 });
                rest = tail.trim_start();
            }
        }
        tokens
    }
}

/// What stands at the start of `rest`, and how many bytes of it.
fn next(rest: &str, after_word: bool) -> (Kind, usize) {
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, block_comment(rest));
    }
    if !after_word && let Some(length) = raw_string(rest) {
        return (Kind::Literal, length);
    }
    if rest.starts_with('"') {
        return (Kind::Literal, quoted(rest, '"'));
    }
    if rest.starts_with('\'') && is_character(rest) {
        return (Kind::Literal, quoted(rest, '\''));
    }
    (Kind::Code, rest.chars().next().map_or(1, char::len_utf8))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Told from a lifetime by its closing quote.
fn is_character(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    chars.next() == Some('\\') || chars.next() == Some('\'')
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let inner = body.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - inner.len();
    Some(inner.find(&end).map_or(rest.len(), |at| start + at + end.len()))
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with(b"*/") {
            depth -= 1;
            at += 2;
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

#[test]
fn comments_and_literals_are_not_code() {
    let text =
        "let a = \"x // {\"; // \"b\" {\nr#\"raw \" {\"#; 'q'; '\\''; &'life c /* /* */ { */ d";
    let source = Source::new(text);
    assert_eq!(source.code.split_whitespace().collect::<Vec<_>>().join(" "), {
        "let a = ; ; ; ; &'life c d"
    });
    assert_eq!(
        source.comments.split_whitespace().collect::<Vec<_>>().join(" "),
        "// \"b\" { /* /* */ { */"
    );
    assert_eq!(source.code.lines().count(), 2);
}

#[test]
fn a_word_that_ends_in_r_starts_no_raw_string() {
    assert_eq!(Source::new("for\"x\"y").code, "for   y");
}

#[test]
fn tokens_are_words_and_signs_with_their_lines() {
    let source = Source::new("fn a_1(\n) {}");
    let tokens: Vec<_> = source.tokens().iter().map(|token| (token.text, token.line)).collect();
    let expected = [("fn", 1), ("a_1", 1), ("(", 1), (")", 2), ("{", 2), ("}", 2)];
    assert_eq!(tokens, expected);
}
