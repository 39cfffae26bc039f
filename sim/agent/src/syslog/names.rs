//! Every line a product instance can log: name, severity, text, and who says so.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog"; SLP
//! on Catalyst 9400, System Messages; each row names its own. Severities and texts of rows marked
//! [`Provenance::Assumed`] follow the style of the documented ones; that there is such a notice is
//! public (the notifications of the YANG model and the traps of the MIB).

use std::fmt::Display;

use serde::Serialize;

/// One kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LogName {
    /// The mnemonic, for example `COMM_FAILED`; of an event without its `SAEVT_`.
    pub name: &'static str,
    /// Where the line appears.
    pub facility: Facility,
    /// 0 to 7, the lower the more serious; none for an event.
    pub severity: Option<u8>,
    /// The text, with `[chars]` and `[dec]` where values stand.
    pub text: &'static str,
    /// In which era it can appear.
    pub era: LogEra,
    /// How sure name and text are.
    pub provenance: Provenance,
    /// Where it is from.
    pub source: &'static str,
}

/// Where a line appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Facility {
    /// `%SMART_LIC-…` in the log.
    SmartLic,
    /// `%CALL_HOME-…` in the log.
    CallHome,
    /// `SAEVT_…` in the event log.
    EventLog,
}

/// Era of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LogEra {
    /// Smart Licensing Using Policy.
    Policy,
    /// Smart Licensing before it.
    Classic,
    /// Either.
    Both,
}

/// How sure a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Provenance {
    /// A manual shows it.
    Documented,
    /// Another public source shows it.
    Public,
    /// A public source shows the name only; the text is assumed.
    PublicName,
    /// Name and text are assumed.
    Assumed,
}

impl LogName {
    /// Every kind of line, those of the log first.
    pub const ALL: &'static [Self] = table::ALL;

    /// The line with its values, in the order of their places.
    pub fn line(&self, values: &[&dyn Display]) -> String {
        let mut line = match (self.facility, self.severity) {
            (Facility::EventLog, _) => format!("SAEVT_{}", self.name),
            (facility, severity) => {
                let facility =
                    if facility == Facility::CallHome { "CALL_HOME" } else { "SMART_LIC" };
                format!("%{facility}-{}-{}: ", severity.unwrap_or(6), self.name)
            }
        };
        let mut values = values.iter();
        let mut rest = self.text;
        while let Some((before, value, after)) = next_place(rest) {
            line.push_str(before);
            debug_assert!(values.len() > 0, "{} has more places than values", self.name);
            if let Some(given) = values.next() {
                line.push_str(&given.to_string());
            } else {
                line.push_str(value);
            }
            rest = after;
        }
        debug_assert!(values.next().is_none(), "{} has fewer places than values", self.name);
        line.push_str(rest);
        line
    }
}

/// Text before the next place, the place, and the text after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let places = ["[chars]", "[dec]"].map(|place| text.find(place).map(|at| (at, place.len())));
    let (at, length) = places.into_iter().flatten().min()?;
    let (before, rest) = text.split_at(at);
    let (place, after) = rest.split_at(length);
    Some((before, place, after))
}

/// Lays the rows out as constants and as one list.
macro_rules! log_names {
    ($($constant:ident: $facility:ident $severity:expr, $name:literal, $era:ident, $text:literal,
        $provenance:ident, $source:expr;)+) => {
        $(pub(crate) const $constant: LogName = LogName {
            name: $name,
            facility: Facility::$facility,
            severity: $severity,
            text: $text,
            era: LogEra::$era,
            provenance: Provenance::$provenance,
            source: $source,
        };)+
        pub(super) const ALL: &[LogName] = &[$($constant),+];
    };
}

pub(crate) mod table;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fill_the_places_in_their_order() {
        let line = table::TRUST_CODE_INSTALL_FAILED.line(&[&"PID:A,SN:B", &"no [chars] here"]);
        let expected = "%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED: The install of a new licensing \
                        trust code has failed on PID:A,SN:B: no [chars] here.";
        assert_eq!(line, expected);
        assert_eq!(table::EVENT_SYSTEM_INIT.line(&[]), "SAEVT_INIT_SYSTEM_INIT");
        assert!(table::REPORTING_REQUIRED.line(&[&89]).ends_with("required in 89 days."));
    }

    #[test]
    fn every_line_is_there_once_with_its_source() {
        let mut out = String::new();
        for (at, row) in LogName::ALL.iter().enumerate() {
            let twice = |other: &LogName| {
                (other.name, other.facility, other.text) == (row.name, row.facility, row.text)
            };
            assert!(!LogName::ALL[..at].iter().any(twice), "{}", row.name);
            assert_eq!(row.severity.is_none(), row.facility == Facility::EventLog, "{}", row.name);
            assert!(row.severity.is_none_or(|severity| severity <= 7), "{}", row.name);
            assert!(!row.source.is_empty(), "{}", row.name);
            let places = row.text.matches('[').count();
            let values = vec![&"…" as &dyn Display; places];
            let (era, sure) = (row.era, row.provenance);
            out += &format!("{}\n    {era:?}, {sure:?}: {}\n", row.line(&values), row.source);
        }
        insta::assert_snapshot!(out);
    }
}
