//! The configuration file of `muster serve`: every option by its name, and limits. What is wrong
//! with it is said with line, key and remedy.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use muster_server::{Chaos, Defect, Limits};
use serde::Deserialize;

use crate::cli::LogFormat;
use crate::error::Error;

/// What the file may say; every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServeConfig {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) http: Option<SocketAddr>,
    pub(crate) admin: Option<SocketAddr>,
    #[serde(default)]
    pub(crate) names: Vec<String>,
    #[serde(default)]
    pub(crate) defects: Vec<String>,
    pub(crate) chaos: Option<String>,
    #[serde(default)]
    pub(crate) strict: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) write_target: Option<PathBuf>,
    pub(crate) write_ca: Option<PathBuf>,
    pub(crate) threads: Option<u32>,
    pub(crate) instances_max: Option<usize>,
    pub(crate) defer: Option<u64>,
    pub(crate) state: Option<PathBuf>,
    #[serde(default)]
    pub(crate) fsync: bool,
    #[serde(default)]
    pub(crate) clients: Vec<String>,
    #[serde(default)]
    pub(crate) users: Vec<String>,
    #[serde(default)]
    pub(crate) unsigned: bool,
    #[serde(default)]
    pub(crate) admin_beyond_loopback: bool,
    pub(crate) log: Option<String>,
    pub(crate) log_format: Option<LogFormat>,
    #[serde(default)]
    limits: LimitsConfig,
}

/// The table `[limits]`; times are in seconds, also parts of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsConfig {
    body_bytes_max: Option<usize>,
    head_bytes_max: Option<usize>,
    headers_max: Option<usize>,
    connections_max: Option<usize>,
    handshake_seconds_max: Option<f64>,
    head_seconds_max: Option<f64>,
    body_seconds_max: Option<f64>,
    write_seconds_max: Option<f64>,
}

/// Each key, and what it wants.
const KEYS: [(&str, &str); 30] = [
    ("listen", "an address, for example listen = \"127.0.0.1:8443\""),
    ("http", "an address, for example http = \"127.0.0.1:8080\""),
    ("admin", "an address, for example admin = \"127.0.0.1:8444\""),
    ("names", "a list of names, for example names = [\"onprem.lab\"]"),
    ("defects", "a list of names from `muster list defects`"),
    ("chaos", "light, proxy, slow, lossy or heavy"),
    ("strict", "true or false"),
    ("seed", "a whole number"),
    ("write_target", "a path"),
    ("write_ca", "a path"),
    ("threads", "a whole number from 1 to 256"),
    ("instances_max", "a whole number"),
    ("defer", "whole seconds from 0 to 86400"),
    ("state", "a path"),
    ("fsync", "true or false, with state"),
    ("clients", "a list, for example clients = [\"robot:a secret\"]"),
    ("users", "a list, for example users = [\"ada:a password\"]"),
    ("unsigned", "true or false"),
    ("admin_beyond_loopback", "true or false"),
    ("log", "off, error, warn, info, debug, trace, or a filter"),
    ("log_format", "human or json"),
    ("limits", "a table"),
    ("body_bytes_max", "bytes from 1024 to 8388608"),
    ("head_bytes_max", "bytes from 8192 to 1048576"),
    ("headers_max", "a whole number from 8 to 1000"),
    ("connections_max", "a whole number from 1 to 1000000"),
    ("handshake_seconds_max", "seconds from 0.01 to 3600"),
    ("head_seconds_max", "seconds from 0.01 to 3600"),
    ("body_seconds_max", "seconds from 0.01 to 3600"),
    ("write_seconds_max", "seconds from 0.01 to 3600"),
];

const SECONDS: RangeInclusive<f64> = 0.01..=3_600.0;

impl ServeConfig {
    /// Reads the file; none is as an empty one.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).map_err(|error| Error::file(path, &error))?;
        Self::parse(&text).map_err(|fault| Error::Arguments(fault.said(path)))
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        let config: Self = toml::from_str(text).map_err(|error| Fault::of_toml(text, &error))?;
        config.check().map_err(|(key, reason)| Fault::of_key(text, key, reason))?;
        Ok(config)
    }

    /// The first key whose value is out of bounds.
    fn check(&self) -> Result<(), (&'static str, String)> {
        let outside = |key, value: &dyn std::fmt::Display| Err((key, format!("{value} is not it")));
        if let Some(threads) = self.threads.filter(|threads| !(1..=256).contains(threads)) {
            return outside("threads", &threads);
        }
        if let Some(defer) = self.defer.filter(|defer| *defer > 86_400) {
            return outside("defer", &defer);
        }
        if let Some(name) = self.chaos.as_deref().filter(|name| Chaos::named(name).is_none()) {
            return outside("chaos", &format!("{name:?}"));
        }
        if let Some(name) = self.defects.iter().find(|name| Defect::named(name).is_none()) {
            return outside("defects", &format!("{name:?}"));
        }
        if self.fsync && self.state.is_none() {
            return Err(("fsync", "there is no state to keep".to_owned()));
        }
        self.limits.check()
    }

    /// The limits of the file over the usual ones.
    pub(crate) fn limits(&self) -> Limits {
        let (of, usual) = (&self.limits, Limits::default());
        let time = |seconds: Option<f64>, usual| seconds.map_or(usual, Duration::from_secs_f64);
        Limits {
            body_bytes_max: of.body_bytes_max.unwrap_or(usual.body_bytes_max),
            head_bytes_max: of.head_bytes_max.unwrap_or(usual.head_bytes_max),
            headers_max: of.headers_max.unwrap_or(usual.headers_max),
            connections_max: of.connections_max.unwrap_or(usual.connections_max),
            handshake_time_max: time(of.handshake_seconds_max, usual.handshake_time_max),
            head_time_max: time(of.head_seconds_max, usual.head_time_max),
            body_time_max: time(of.body_seconds_max, usual.body_time_max),
            write_time_max: time(of.write_seconds_max, usual.write_time_max),
        }
    }
}

impl LimitsConfig {
    fn check(&self) -> Result<(), (&'static str, String)> {
        for (key, value, range) in [
            ("body_bytes_max", self.body_bytes_max, 1_024..=8_388_608),
            ("head_bytes_max", self.head_bytes_max, 8_192..=1_048_576),
            ("headers_max", self.headers_max, 8..=1_000),
            ("connections_max", self.connections_max, 1..=1_000_000),
        ] {
            if let Some(value) = value.filter(|value| !range.contains(value)) {
                return Err((key, format!("{value} is not it")));
            }
        }
        for (key, value) in [
            ("handshake_seconds_max", self.handshake_seconds_max),
            ("head_seconds_max", self.head_seconds_max),
            ("body_seconds_max", self.body_seconds_max),
            ("write_seconds_max", self.write_seconds_max),
        ] {
            if let Some(value) = value.filter(|value| !SECONDS.contains(value)) {
                return Err((key, format!("{value} is not it")));
            }
        }
        Ok(())
    }
}

/// What is wrong with the file, and where.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    line: usize,
    key: String,
    reason: String,
    remedy: String,
}

impl Fault {
    fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let written = text.lines().nth(line - 1).unwrap_or_default();
        let key = written.split('=').next().unwrap_or_default();
        let key = key.trim().trim_matches(['[', ']', '"']).to_owned();
        let reason = error.message().lines().next().unwrap_or_default().to_owned();
        let remedy = remedy(&key);
        Self { line, key, reason, remedy }
    }

    fn of_key(text: &str, key: &'static str, reason: String) -> Self {
        let is_key = |line: &str| {
            let rest = line.trim_start().strip_prefix(key);
            rest.is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let line = text.lines().position(is_key).unwrap_or(0) + 1;
        Self { line, key: key.to_owned(), reason, remedy: remedy(key) }
    }

    fn said(&self, path: &Path) -> String {
        let Self { line, key, reason, remedy } = self;
        format!("{}:{line}: {key}: {reason}; {remedy}", path.display())
    }
}

/// What a key wants; for one that nobody knows, the nearest that there is.
fn remedy(key: &str) -> String {
    if let Some((_, wants)) = KEYS.iter().find(|(known, _)| *known == key) {
        return format!("give {wants}");
    }
    let nearest = KEYS.iter().map(|(known, _)| (strsim::damerau_levenshtein(known, key), *known));
    match nearest.min().filter(|(distance, known)| *distance <= 2.max(known.len() / 3)) {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None => "docs/serve.md lists the keys".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        ServeConfig::parse(text).expect_err("the text is wrong").said(Path::new("s.toml"))
    }

    #[test]
    fn every_key_is_read() {
        let text = "
            listen = '127.0.0.1:1'\nhttp = '127.0.0.1:2'\nadmin = '127.0.0.1:3'\n
            names = ['a.lab']\nclients = ['robot:x']\nusers = ['ada:y']\ndefects = ['no-banner']\nchaos = 'light'\nstrict = true\n
            seed = 4\nwrite_target = 't.toml'\nwrite_ca = 'c.pem'\nthreads = 2\n
            instances_max = 5\ndefer = 6\nstate = 's'\nfsync = true\nunsigned = true\n
            admin_beyond_loopback = true\nlog = 'debug'\nlog_format = 'json'\n
            [limits]\nbody_bytes_max = 2048\nhead_bytes_max = 8192\nheaders_max = 9\n
            connections_max = 10\nhandshake_seconds_max = 0.5\nhead_seconds_max = 1\n
            body_seconds_max = 2\nwrite_seconds_max = 3\n";
        let config = ServeConfig::parse(text).expect("the text is right");
        for (key, _) in KEYS {
            assert!(
                text.contains(&format!("{key} =")) || text.contains(&format!("[{key}]")),
                "{key}"
            );
        }
        let limits = config.limits();
        assert_eq!((limits.body_bytes_max, limits.headers_max), (2_048, 9));
        assert_eq!(limits.handshake_time_max, Duration::from_millis(500));
        assert_eq!((config.threads, config.log_format), (Some(2), Some(LogFormat::Json)));
        assert_eq!(ServeConfig::parse("").expect("nothing is needed").limits(), Limits::default());
    }

    #[test]
    fn what_is_wrong_is_said_with_line_key_and_remedy() {
        for (text, said) in [
            ("seed = 1\nthread = 2", "s.toml:2: thread: unknown field `thread`"),
            ("seed = 1\nthread = 2", "did you mean `threads`?"),
            ("seed = 'x'", "s.toml:1: seed: invalid type"),
            ("seed = 'x'", "; give a whole number"),
            ("\n\nlisten = 'here'", "s.toml:3: listen: "),
            ("threads = 0", "s.toml:1: threads: 0 is not it; give a whole number from 1 to 256"),
            ("seed = 1\nchaos = 'mild'", "s.toml:2: chaos: \"mild\" is not it; give light,"),
            ("defects = ['no-such']", "s.toml:1: defects: \"no-such\" is not it"),
            ("fsync = true", "s.toml:1: fsync: there is no state to keep"),
            ("[limits]\nbody_bytes_max = 5", "s.toml:2: body_bytes_max: 5 is not it"),
            ("[limits]\nhead_seconds_max = 0", "s.toml:2: head_seconds_max: 0 is not it"),
            ("[limit]\nheaders_max = 9", "did you mean `limits`?"),
            ("seed = ", "s.toml:1: seed: "),
        ] {
            assert!(fault(text).contains(said), "{text:?}: {}", fault(text));
        }
    }
}
