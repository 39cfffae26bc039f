//! Who is compared: how each load generator is found on this machine and what it is started with.
//! Nothing is installed; what is absent is skipped by name, with the line that would install it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::muster::Muster;
use crate::process::CommandLine;
use crate::server::{PATH, Role};
use crate::server_process::ServerProcess;

/// Where peers are looked for before `PATH`: folders, separated by colons.
pub(crate) const FOLDERS: &str = "MUSTER_BENCH_PEERS";

/// A load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Wrk,
    H2load,
    Oha,
    Hey,
    Locust,
    Goose,
    Muster,
}

impl Tool {
    pub(crate) const ALL: [Self; 7] =
        [Self::Wrk, Self::H2load, Self::Oha, Self::Hey, Self::Locust, Self::Goose, Self::Muster];

    /// Its name, which is also its program's.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Wrk => "wrk",
            Self::H2load => "h2load",
            Self::Oha => "oha",
            Self::Hey => "hey",
            Self::Locust => "locust",
            Self::Goose => "goose",
            Self::Muster => "muster",
        }
    }

    /// What it is started with. All run for an hour, which is longer than any trial: the bench ends
    /// them when it has seen enough.
    const fn arguments(self) -> &'static str {
        match self {
            Self::Wrk => "-t1 -c USERS -d 3600s --timeout 30s -s post.lua URL",
            Self::H2load => {
                "--h1 -t1 -c USERS -D 3600 -d body.json -H content-type:application/json URL"
            }
            Self::Oha => {
                "-z 3600s -c USERS --no-tui --insecure --http-version 1.1 -m POST -D body.json \
                 -T application/json URL"
            }
            // With an address for a host it sends host and port as the server name of TLS, which
            // no name can be, and rustls ends the handshake.
            Self::Hey => {
                "-z 3600s -c USERS -cpus 1 -m POST -D body.json -T application/json \
                 -host localhost NAMED"
            }
            Self::Locust => {
                "-f locustfile.py --headless -u USERS -r USERS -H ORIGIN --skip-log --only-summary"
            }
            Self::Goose => {
                "--host ORIGIN --users USERS --increase-rate USERS --run-time 3600s \
                 --accept-invalid-certs --no-reset-metrics --no-print-metrics --no-telnet \
                 --no-websocket --quiet"
            }
            Self::Muster => "",
        }
    }

    /// Users it gets under way on one core before patience ends.
    pub(crate) const fn users_max(self) -> u32 {
        match self {
            // It was seen to open none of 10,000 connections in 190 s.
            Self::Locust => 1_000,
            _ => u32::MAX,
        }
    }

    /// The line that installs it.
    pub(crate) const fn install(self) -> &'static str {
        match self {
            Self::Wrk => "apt-get install wrk",
            Self::H2load => "apt-get install nghttp2-client",
            Self::Oha => "cargo install --locked oha",
            Self::Hey => "apt-get install hey",
            Self::Locust => "pip install locust",
            Self::Goose => "none: built by the bench from crates.io",
            Self::Muster => "cargo build --release",
        }
    }
}

/// What a tool is to do, or which of its ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A keep-alive POST of the same 2 KB.
    Stateless,
    /// The journey, as the tool does it by default.
    Stateful,
    /// Muster only: the journey without signatures.
    Unsigned,
    /// Muster only: the journey without checks.
    Unchecked,
}

impl Way {
    /// What the server answers.
    pub(crate) const fn role(self) -> Role {
        match self {
            Self::Stateless => Role::Stateless,
            _ => Role::Licensing,
        }
    }
}

/// A tool that is there.
#[derive(Clone, Debug)]
pub(crate) struct Contender {
    pub(crate) tool: Tool,
    pub(crate) program: PathBuf,
}

/// The program of a tool in the folders named, in `PATH`, or where cargo installs.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let named = env::var_os(FOLDERS).unwrap_or_default();
    let path = env::var_os("PATH").unwrap_or_default();
    let cargo = env::var_os("HOME").map(|home| Path::new(&home).join(".cargo/bin"));
    let folders = env::split_paths(&named).chain(env::split_paths(&path)).chain(cargo);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Contender {
    /// How it is started for `users` against `server`, in the bench's folder.
    pub(crate) fn line(
        &self,
        way: Way,
        users: u32,
        server: &ServerProcess,
        folder: &Path,
        muster: Option<&Muster>,
    ) -> Result<CommandLine, String> {
        if self.tool == Tool::Muster {
            return muster.ok_or("no muster")?.contends(way, users, folder);
        }
        let gaps = [
            ("USERS", users.to_string()),
            ("URL", format!("https://{}{PATH}", server.https)),
            ("NAMED", format!("https://localhost:{}{PATH}", server.https.port())),
            ("ORIGIN", format!("https://{}", server.https)),
        ];
        let fill = |word: &str| {
            let gap = gaps.iter().find(|(gap, _)| *gap == word);
            gap.map_or_else(|| word.to_owned(), |(_, value)| value.clone())
        };
        let words: Vec<String> = self.tool.arguments().split_whitespace().map(fill).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mode = if way == Way::Stateless { "stateless" } else { "stateful" };
        Ok(CommandLine::new(&self.program, &words)
            .with("PEERS_MODE", mode)
            .with("PEERS_PATH", PATH)
            .with("PEERS_FOLDER", &folder.to_string_lossy()))
    }

    /// What it calls its version.
    pub(crate) fn version(&self) -> String {
        match self.tool {
            // It has no such flag; the packager knows.
            Tool::Hey => packaged("hey"),
            Tool::Goose => crate::goose::version(),
            Tool::Wrk => name_and_version(Command::new(&self.program).arg("-v")),
            _ => name_and_version(Command::new(&self.program).arg("--version")),
        }
    }
}

fn packaged(name: &str) -> String {
    let mut query = Command::new("dpkg-query");
    match name_and_version(query.args(["-W", "-f", "${Package} ${Version}", name])) {
        text if text.starts_with(name) => text,
        _ => name.to_owned(),
    }
}

fn name_and_version(command: &mut Command) -> String {
    let Ok(output) = command.output() else { return String::new() };
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    // Name and version; what may follow is where it is installed, or whose it is.
    let text = String::from_utf8_lossy(&text).into_owned();
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}
