//! `muster serve` in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::{command, text};

/// A `muster serve` process that ends with the test.
pub(crate) struct Server(Child);

impl Server {
    /// Starts it with further arguments; it serves when this returns.
    pub(crate) fn start(profile: &Path, more: &[&str]) -> Self {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--write-target"];
        arguments.push(text(profile));
        arguments.extend(more);
        let mut child = command(&arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary under test was built with this test");
        let printed = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        // The profile is written before the server says that it serves.
        let ready = printed.lines().map_while(Result::ok).any(|line| line.contains("Ctrl-C"));
        assert!(ready, "the server ended before it served");
        Self(child)
    }

    /// Ends it without a word, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.0.kill().expect("it still runs");
        self.0.wait().expect("it is our child");
    }

    /// Stops the process in its tracks, or lets it go on.
    pub(crate) fn freeze(&self, frozen: bool) {
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(sent.expect("`kill` is part of every Unix").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
