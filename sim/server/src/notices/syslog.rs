//! Lines for a syslog server.
//!
//! Source: SSM On-Prem 7 User Guide, "Syslog Tab" (three severities, UDP). Assumed: facility local0
//! and the form of RFC 5424; the guide shows texts only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Place;
use super::topic::Topic;

/// Facility local0, times eight.
const FACILITY: u8 = 16 * 8;

/// The name of the program in a line.
const PROGRAM: &str = "ssm-on-prem";

/// How urgent a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SyslogSeverity {
    /// General notifications and events.
    Info,
    /// Minor alerts.
    Warn,
    /// Major alerts.
    Alert,
}

impl SyslogSeverity {
    /// The word the guide uses.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Alert => "ALERT",
        }
    }

    /// The severity of RFC 5424.
    const fn number(self) -> u8 {
        match self {
            Self::Alert => 1,
            Self::Warn => 4,
            Self::Info => 6,
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyslogLine {
    /// Among all records, in the order they were made.
    pub(crate) number: u64,
    pub(crate) at_ms: u64,
    pub(crate) severity: SyslogSeverity,
    pub(crate) place: Place,
    pub(crate) topic: Topic,
    pub(crate) text: String,
}

impl SyslogLine {
    /// As it goes over the network.
    pub(crate) fn datagram(&self, host: &str) -> String {
        let time =
            i64::try_from(self.at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let time = time.unwrap_or(Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let priority = FACILITY + self.severity.number();
        let word = self.severity.as_str();
        // A message is one line, whatever names are quoted in it.
        let text: String =
            self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!(
            "<{priority}>1 {time} {host} {PROGRAM} - - - {word}: {}: {text}",
            self.topic.title()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_priority_time_severity_and_title() {
        let line = SyslogLine {
            number: 1,
            at_ms: 1_780_000_000_123,
            severity: SyslogSeverity::Alert,
            place: Place::account("A"),
            topic: Topic::SynchronizationFailed,
            text: "one\ntwo".to_owned(),
        };
        assert_eq!(
            line.datagram("muster"),
            "<129>1 2026-05-28T20:26:40.123Z muster ssm-on-prem - - - \
             ALERT: Synchronization Failed: one two"
        );
    }
}
