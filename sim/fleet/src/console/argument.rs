//! What stands behind the words of a line: numbers and times.

use muster_scenarios::duration_ms;

pub(super) fn small(text: &str, what: &str) -> Result<u32, String> {
    Ok(u32::try_from(number(text, what)?).unwrap_or(u32::MAX))
}

pub(super) fn number(text: &str, what: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not {what}"))
}

/// A time to let pass, milliseconds.
pub(super) fn span(text: &str) -> Result<u64, String> {
    duration_ms(text).ok_or_else(|| format!("`{text}` is no time; write 8h, 30m or 1d12h"))
}

/// What a clock is moved by, milliseconds, negative for back.
pub(super) fn signed_span(text: &str) -> Result<i64, String> {
    let (sign, duration) = match text.strip_prefix('-') {
        Some(duration) => (-1, duration),
        None => (1, text.trim_start_matches('+')),
    };
    Ok(i64::try_from(span(duration)?).unwrap_or(i64::MAX) * sign)
}

/// Whether a line says nothing: it is empty, or a comment.
pub(super) fn says_nothing(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with(['!', '#'])
}

/// Why a line is not taken.
pub(super) fn no_command(line: &str) -> String {
    format!("`{}` is no command; `help` lists them", line.trim())
}
