//! What the bench says while it works.

/// Prints one line for the person at the terminal.
#[expect(clippy::print_stderr, reason = "a bench talks to the person who started it")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// Prints what was measured.
#[expect(clippy::print_stdout, reason = "a bench talks to the person who started it")]
pub(crate) fn show(text: &str) {
    println!("{text}");
}
