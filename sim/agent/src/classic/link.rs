//! The link to the server: the one request in flight, retries, fail-over, and how it went.
//!
//! Source: Cisco ACI Smart Licensing, "Registration Status Displays Registering" (minutes until
//! the retries of a registration are exhausted). Assumed: every distance between attempts; that a
//! second server is tried with the next attempt after a failure, and kept while it answers.

use compact_str::CompactString;

use super::transport::ServerChoice;
use crate::heap::{Heap, heap};
use crate::rng::Rng;
use crate::saved::{Bytes, Saved, SavedFault, saved_enum, saved_struct};
use crate::timer::{DAY_MS, Due, HOUR_MS, SECOND_MS};

/// Delay of the first retry, and the longest one: silence of a year is no reason to shout.
const RETRY_DELAY_MS_MIN: u64 = 10 * SECOND_MS;
const RETRY_DELAY_MS_MAX: u64 = DAY_MS;
/// Delay after an answer that was no use: the server is there and seldom changes its mind.
const REFUSED_DELAY_MS_MIN: u64 = HOUR_MS;
/// Attempts of one registration: with the delays between them about two and a half minutes.
pub(crate) const REGISTRATION_ATTEMPTS_MAX: u8 = 5;
/// Characters kept of a reason a server gives.
const REASON_LENGTH_MAX: usize = 512;

/// What is asked, of which counts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MessageClass {
    Registration,
    IdCertificate,
    Authorization,
    Deregistration,
    Export,
    Conversion,
    ThirdPartyKey,
}

impl MessageClass {
    pub(crate) const ALL: [Self; 7] = [
        Self::Registration,
        Self::IdCertificate,
        Self::Authorization,
        Self::Deregistration,
        Self::Export,
        Self::Conversion,
        Self::ThirdPartyKey,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::IdCertificate => "id_certificate",
            Self::Authorization => "authorization",
            Self::Deregistration => "deregistration",
            Self::Export => "export_authorization",
            Self::Conversion => "conversion",
            Self::ThirdPartyKey => "third_party_key",
        }
    }
}

/// Why an authorization is asked for. A later one includes the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Occasion {
    /// A day without a change.
    Refresh,
    /// The use changed.
    Change,
    /// Thirty days, or a command.
    Renewal,
}

saved_enum!(Occasion, [Self::Refresh, Self::Change, Self::Renewal]);

/// What the request in flight asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Registration,
    IdCertificate,
    Authorization(Occasion),
    Deregistration,
    /// An export-controlled licence, by its place in the platform.
    Export(u8),
    ExportReturn(u8),
    ExportPoll(u8),
    Conversion,
    ConversionPoll,
    ThirdPartyKey,
    ThirdPartyKeyPoll,
}

impl Asked {
    pub(crate) const fn class(self) -> MessageClass {
        match self {
            Self::Registration => MessageClass::Registration,
            Self::IdCertificate => MessageClass::IdCertificate,
            Self::Authorization(_) => MessageClass::Authorization,
            Self::Deregistration => MessageClass::Deregistration,
            Self::Export(_) | Self::ExportReturn(_) | Self::ExportPoll(_) => MessageClass::Export,
            Self::Conversion | Self::ConversionPoll => MessageClass::Conversion,
            Self::ThirdPartyKey | Self::ThirdPartyKeyPoll => MessageClass::ThirdPartyKey,
        }
    }
}

/// The request in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InFlight {
    pub(crate) asked: Asked,
    pub(crate) nonce: u64,
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Good,
    Bad { reason: String, retry: Retry },
}

/// When a failed exchange is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Not on its own.
    Never,
    /// Soon, then less and less often.
    Backoff,
    /// After an hour, then less and less often.
    Slowly,
    /// When the server said.
    After { delay_ms: u64 },
}

/// How often messages of a class went well, and how the latest one did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Record {
    pub(crate) success: u32,
    pub(crate) fail: u32,
    /// Seconds since the epoch, 0 for never.
    pub(crate) last_at_s: u32,
    pub(crate) last_failed: bool,
}

/// Why the latest failure of each class failed, in the order of the classes; empty when none is.
type Reasons = Vec<Box<str>>;

/// The link.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link {
    pub(crate) in_flight: Option<InFlight>,
    pub(crate) retry_due: Due,
    /// Failures since the last good answer or command.
    failures: u8,
    /// Whether `COMM_FAILED` was logged and `COMM_RESTORED` was not yet.
    pub(crate) comm_failed: bool,
    pub(crate) server: ServerChoice,
    /// Message version of the server's latest answer.
    pub(crate) server_version: CompactString,
    /// Whether the server said that it can convert; none when it said nothing about itself.
    pub(crate) server_converts: Option<bool>,
    /// When the wishes of a server are listened to again.
    pub(crate) wishes_due: Due,
    records: [Record; MessageClass::ALL.len()],
    reasons: Reasons,
}

heap!(Record {});
saved_struct!(Record { success, fail, last_at_s, last_failed });
saved_struct!(InFlight { asked, nonce });
saved_struct!(Link {
    in_flight,
    retry_due,
    failures,
    comm_failed,
    server,
    server_version,
    server_converts,
    wishes_due,
    records,
    reasons,
});

impl Saved for Asked {
    fn save(&self, out: &mut Vec<u8>) {
        let (kind, value) = match *self {
            Self::Registration => (0, None),
            Self::IdCertificate => (1, None),
            Self::Authorization(Occasion::Refresh) => (2, None),
            Self::Authorization(Occasion::Change) => (3, None),
            Self::Authorization(Occasion::Renewal) => (4, None),
            Self::Deregistration => (5, None),
            Self::Export(license) => (6, Some(license)),
            Self::ExportReturn(license) => (7, Some(license)),
            Self::ExportPoll(license) => (8, Some(license)),
            Self::Conversion => (9, None),
            Self::ConversionPoll => (10, None),
            Self::ThirdPartyKey => (11, None),
            Self::ThirdPartyKeyPoll => (12, None),
        };
        out.push(kind);
        if let Some(license) = value {
            license.save(out);
        }
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        Ok(match u8::restore(from)? {
            0 => Self::Registration,
            1 => Self::IdCertificate,
            2 => Self::Authorization(Occasion::Refresh),
            3 => Self::Authorization(Occasion::Change),
            4 => Self::Authorization(Occasion::Renewal),
            5 => Self::Deregistration,
            6 => Self::Export(u8::restore(from)?),
            7 => Self::ExportReturn(u8::restore(from)?),
            8 => Self::ExportPoll(u8::restore(from)?),
            9 => Self::Conversion,
            10 => Self::ConversionPoll,
            11 => Self::ThirdPartyKey,
            12 => Self::ThirdPartyKeyPoll,
            _ => return Err(from.impossible("a request")),
        })
    }
}

impl Heap for Link {
    fn heap_bytes(&self) -> usize {
        self.reasons.heap_bytes()
    }
}

impl Link {
    /// A command does not wait, and what it asks was not refused before.
    pub(crate) fn hurry(&mut self) {
        (self.retry_due, self.failures) = (Due::NEVER, 0);
    }

    /// Counts an ending and sets the time of the next attempt.
    pub(crate) fn ended(&mut self, asked: Asked, ending: Ending, now_ms: u64, rng: &mut Rng) {
        let class = asked.class() as usize;
        let record = &mut self.records[class];
        record.last_at_s = u32::try_from(now_ms / SECOND_MS).unwrap_or(u32::MAX);
        match ending {
            Ending::Good => {
                record.success = record.success.saturating_add(1);
                record.last_failed = false;
                self.hurry();
            }
            Ending::Bad { reason, retry } => {
                record.fail = record.fail.saturating_add(1);
                record.last_failed = true;
                self.note(asked.class(), &reason);
                self.retry_due = self.next_retry(retry, now_ms, rng);
            }
        }
    }

    /// Keeps why something of a class failed.
    pub(crate) fn note(&mut self, class: MessageClass, reason: &str) {
        let end = reason.char_indices().nth(REASON_LENGTH_MAX).map_or(reason.len(), |(at, _)| at);
        self.reasons.resize(MessageClass::ALL.len(), Box::default());
        self.reasons[class as usize] = reason[..end].into();
    }

    pub(crate) const fn record(&self, class: MessageClass) -> &Record {
        &self.records[class as usize]
    }

    /// Why the latest message of a class failed; none when it did not.
    pub(crate) fn reason(&self, class: MessageClass) -> Option<&str> {
        self.reasons.get(class as usize).map(|reason| &**reason).filter(|reason| !reason.is_empty())
    }

    /// Forgets why a class failed: it has not any more.
    pub(crate) fn forget(&mut self, class: MessageClass) {
        if let Some(reason) = self.reasons.get_mut(class as usize) {
            *reason = Box::default();
        }
        if self.reasons.iter().all(|reason| reason.is_empty()) {
            self.reasons = Reasons::new();
        }
    }

    /// Whether these values can be a link's.
    pub(crate) const fn is_possible(&self) -> bool {
        self.reasons.is_empty() || self.reasons.len() == MessageClass::ALL.len()
    }

    fn next_retry(&mut self, retry: Retry, now_ms: u64, rng: &mut Rng) -> Due {
        let delay_ms = match retry {
            Retry::Never => return Due::NEVER,
            Retry::Backoff => doubled_ms(RETRY_DELAY_MS_MIN, self.failures, rng),
            Retry::Slowly => doubled_ms(REFUSED_DELAY_MS_MIN, self.failures, rng),
            Retry::After { delay_ms } => delay_ms,
        };
        self.failures = self.failures.saturating_add(1);
        Due::at(now_ms.saturating_add(delay_ms))
    }
}

/// Twice as long each time, with a tenth of jitter from the second on, at most a day.
fn doubled_ms(first_ms: u64, times: u8, rng: &mut Rng) -> u64 {
    let doubled = first_ms << u32::from(times).min(14);
    let jitter = if times == 0 { 0 } else { rng.up_to(doubled / 10) };
    (doubled + jitter).min(RETRY_DELAY_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(retry: Retry) -> Ending {
        Ending::Bad { reason: "no".to_owned(), retry }
    }

    #[test]
    fn retries_begin_after_ten_seconds_and_end_at_one_a_day() {
        let mut rng = Rng::new(1);
        assert_eq!(doubled_ms(RETRY_DELAY_MS_MIN, 0, &mut rng), 10_000);
        for times in 0..=u8::MAX {
            assert!(doubled_ms(REFUSED_DELAY_MS_MIN, times, &mut rng) <= DAY_MS, "{times}");
        }
        assert_eq!(doubled_ms(RETRY_DELAY_MS_MIN, 14, &mut rng), DAY_MS);
    }

    #[test]
    fn a_registration_gives_up_after_some_minutes() {
        let mut rng = Rng::new(1);
        let waits = 0..REGISTRATION_ATTEMPTS_MAX - 1;
        let waited: u64 = waits.map(|n| doubled_ms(RETRY_DELAY_MS_MIN, n, &mut rng)).sum();
        assert!((120_000..240_000).contains(&waited), "{waited}");
    }

    #[test]
    fn a_good_answer_forgets_the_failures_but_not_their_number() {
        let (mut link, mut rng) = (Link::default(), Rng::new(1));
        let asked = Asked::Authorization(Occasion::Change);
        link.ended(asked, bad(Retry::Backoff), 5_000, &mut rng);
        link.ended(asked, bad(Retry::Backoff), 5_000, &mut rng);
        assert!(link.retry_due.ms().unwrap() > 15_000);
        assert_eq!(link.reason(MessageClass::Authorization), Some("no"));
        link.ended(asked, Ending::Good, 9_000, &mut rng);
        link.forget(MessageClass::Authorization);
        let record = link.record(MessageClass::Authorization);
        assert_eq!((record.success, record.fail, record.last_at_s), (1, 2, 9));
        assert!(!record.last_failed && !link.retry_due.is_set());
        assert_eq!((link.reason(MessageClass::Authorization), link.heap_bytes()), (None, 0));
    }

    #[test]
    fn a_long_reason_is_cut() {
        let mut link = Link::default();
        link.note(MessageClass::Export, &"ü".repeat(100_000));
        let kept = link.reason(MessageClass::Export).unwrap();
        assert_eq!(kept.chars().count(), REASON_LENGTH_MAX);
    }
}
