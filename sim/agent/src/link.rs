//! The link to the server: the one request in flight, retries, and what the statistics count.
//!
//! Source: Troubleshoot SLP on 9800, Communication Statistics and "HTTP Server Error 502".

use muster_wire::PollId;

use crate::heap::heap;
use crate::policy::polls::PollKind;
use crate::policy::reporting_state::ReportingState;
use crate::policy::slac::AuthorizationKind;
use crate::rng::Rng;
use crate::saved::{Bytes, Saved, SavedFault, saved_enum, saved_struct};
use crate::timer::{Due, SECOND_MS};
use crate::view::{MessageStatistics, Statistics};

mod counted;

use counted::Counted;

/// Delay of the first retry: communication is typically restored about 10 s after a 502.
pub(crate) const RETRY_DELAY_MS_MIN: u64 = 10 * SECOND_MS;
/// Longest delay between retries. Assumed; often enough for a server that was down for hours.
pub(crate) const RETRY_DELAY_MS_MAX: u64 = 15 * 60 * SECOND_MS;
/// Delay of the first attempt after a refusal, and the longest one. Assumed: a server that
/// understood and refused seldom changes its mind, and the longest is the documented report cycle.
const REFUSED_DELAY_MS_MIN: u64 = RETRY_DELAY_MS_MAX;
const REFUSED_DELAY_MS_MAX: u64 = 8 * 60 * 60 * SECOND_MS;

/// How an exchange ended, in the words a product instance prints (public).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastResponse {
    /// No exchange yet.
    #[default]
    None,
    /// Finished.
    Ok,
    /// Deferred.
    OkPoll,
    /// The server asks for another attempt later.
    OkTryAgain,
    /// Nothing came back that is an answer to the request.
    NoReply,
    /// The answer holds nothing although the request is finished.
    NoDataToProcess,
    /// A status word outside the table.
    InvalidStatusCode,
    /// The request could not be built.
    BuildRequestError,
    /// The server refused. Assumed: the word is the wire's.
    Failed,
}

impl LastResponse {
    /// The text as printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "<none>",
            Self::Ok => "OK",
            Self::OkPoll => "OK_POLL",
            Self::OkTryAgain => "OK_TRY_AGAIN",
            Self::NoReply => "NO REPLY",
            Self::NoDataToProcess => "NO DATA TO PROCESS",
            Self::InvalidStatusCode => "INVALID STATUS CODE",
            Self::BuildRequestError => "BUILD REQUEST ERROR",
            Self::Failed => "FAILED",
        }
    }
}

/// What the request in flight asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    IdTokenTrust,
    TrustSync,
    Usage,
    Poll(PollId, PollKind),
    Authorization(AuthorizationKind),
}

/// Where a message is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Among what every agent counts.
    Usual(usize),
    /// Among what few agents count.
    Rare(usize),
}

impl RequestKind {
    pub(crate) const fn polls_trust(self) -> bool {
        matches!(self, Self::Poll(_, kind) if kind.is_trust())
    }

    const fn class(self) -> Class {
        match self {
            Self::IdTokenTrust => Class::Usual(0),
            Self::TrustSync => Class::Usual(1),
            Self::Usage => Class::Usual(2),
            Self::Poll(..) => Class::Usual(3),
            Self::Authorization(AuthorizationKind::Request) => Class::Rare(0),
            Self::Authorization(AuthorizationKind::Confirm) => Class::Rare(1),
            Self::Authorization(AuthorizationKind::Return) => Class::Rare(2),
        }
    }
}

/// The request in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InFlight {
    pub(crate) kind: RequestKind,
    pub(crate) nonce: u64,
}

/// What went wrong so far, and what few agents count; those of a usual run have neither.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble {
    pub(crate) retry_due: Due,
    pub(crate) retries: u8,
    /// Refusals since the last good answer or command.
    pub(crate) refusals: u8,
    pub(crate) failure_reason: Box<str>,
    /// Per message class.
    pub(crate) fail: [u32; 4],
    pub(crate) ongoing: [u16; 4],
    pub(crate) ongoing_communication: [u16; 4],
    rare: Option<Box<[Counted; 3]>>,
}

heap!(InFlight {});
heap!([Counted; 3] {});
heap!(Trouble { failure_reason, rare });
heap!(Link { in_flight, trouble });
saved_struct!(InFlight { kind, nonce });
saved_struct!(Trouble {
    retry_due,
    retries,
    refusals,
    failure_reason,
    fail,
    ongoing,
    ongoing_communication,
    rare,
});
saved_struct!(Link {
    state,
    in_flight,
    comm_failed,
    last,
    trouble,
    success,
    last_at_s,
    last_of_class,
});
saved_enum!(
    LastResponse,
    [
        Self::None,
        Self::Ok,
        Self::OkPoll,
        Self::OkTryAgain,
        Self::NoReply,
        Self::NoDataToProcess,
        Self::InvalidStatusCode,
        Self::BuildRequestError,
        Self::Failed,
    ]
);

impl Saved for RequestKind {
    fn save(&self, out: &mut Vec<u8>) {
        match self {
            Self::IdTokenTrust => out.push(0),
            Self::TrustSync => out.push(1),
            Self::Usage => out.push(2),
            Self::Poll(id, kind) => {
                out.push(3);
                id.0.save(out);
                kind.save(out);
            }
            Self::Authorization(AuthorizationKind::Request) => out.push(4),
            Self::Authorization(AuthorizationKind::Confirm) => out.push(5),
            Self::Authorization(AuthorizationKind::Return) => out.push(6),
        }
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        Ok(match u8::restore(from)? {
            0 => Self::IdTokenTrust,
            1 => Self::TrustSync,
            2 => Self::Usage,
            3 => Self::Poll(PollId(u64::restore(from)?), PollKind::restore(from)?),
            4 => Self::Authorization(AuthorizationKind::Request),
            5 => Self::Authorization(AuthorizationKind::Confirm),
            6 => Self::Authorization(AuthorizationKind::Return),
            _ => return Err(from.impossible("a request")),
        })
    }
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Good(LastResponse),
    Bad { response: LastResponse, reason: String, retry: Retry, communication: bool },
}

/// When a failed exchange is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Not on its own.
    Never,
    /// Soon, then less and less often.
    Backoff,
    /// After 15 minutes and then ever later, up to 8 hours: the server understood and refused.
    /// Assumed.
    Slowly,
    /// When the server said.
    After { delay_ms: u64 },
}

/// The link's state.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) state: ReportingState,
    pub(crate) in_flight: Option<Box<InFlight>>,
    /// Whether `COMM_FAILED` was logged and `COMM_RESTORED` was not yet.
    pub(crate) comm_failed: bool,
    pub(crate) last: LastResponse,
    pub(crate) trouble: Option<Box<Trouble>>,
    /// Per message class.
    pub(crate) success: [u32; 4],
    /// Seconds since the epoch, 0 for never.
    pub(crate) last_at_s: [u32; 4],
    pub(crate) last_of_class: [LastResponse; 4],
}

impl Link {
    pub(crate) fn new() -> Self {
        Self {
            state: ReportingState::Idle,
            in_flight: None,
            comm_failed: false,
            last: LastResponse::None,
            trouble: None,
            success: [0; 4],
            last_at_s: [0; 4],
            last_of_class: [LastResponse::None; 4],
        }
    }

    pub(crate) fn sent(&mut self, in_flight: InFlight) {
        self.in_flight = Some(Box::new(in_flight));
        self.set_retry_due(Due::NEVER);
    }

    /// When the next attempt after a failure is made.
    pub(crate) fn retry_due(&self) -> Due {
        self.trouble.as_ref().map_or(Due::NEVER, |trouble| trouble.retry_due)
    }

    pub(crate) fn set_retry_due(&mut self, due: Due) {
        if let Some(trouble) = &mut self.trouble {
            trouble.retry_due = due;
        }
    }

    /// A command does not wait, and what it asks has not been refused before.
    pub(crate) fn hurry(&mut self) {
        if let Some(trouble) = &mut self.trouble {
            (trouble.retry_due, trouble.refusals) = (Due::NEVER, 0);
        }
    }

    /// Counts an ending and sets the time of the next attempt.
    pub(crate) fn ended(&mut self, kind: RequestKind, ending: Ending, now_ms: u64, rng: &mut Rng) {
        let at_s = u32::try_from(now_ms / SECOND_MS).unwrap_or(u32::MAX);
        match kind.class() {
            Class::Usual(class) => self.count(class, &ending, at_s),
            Class::Rare(class) => {
                let rare = self.trouble.get_or_insert_default().rare.get_or_insert_default();
                rare[class].ended(&ending, at_s);
            }
        }
        match ending {
            Ending::Good(response) => {
                self.last = response;
                if let Some(trouble) = &mut self.trouble {
                    (trouble.retries, trouble.refusals) = (0, 0);
                    trouble.retry_due = Due::NEVER;
                }
            }
            Ending::Bad { response, reason, retry, .. } => {
                self.last = response;
                let trouble = self.trouble.get_or_insert_default();
                trouble.failure_reason = reason.into();
                trouble.retry_due = trouble.next_retry(retry, now_ms, rng);
            }
        }
    }

    fn count(&mut self, class: usize, ending: &Ending, at_s: u32) {
        self.last_at_s[class] = at_s;
        match ending {
            Ending::Good(response) => {
                self.success[class] = self.success[class].saturating_add(1);
                self.last_of_class[class] = *response;
                if let Some(trouble) = &mut self.trouble {
                    (trouble.ongoing[class], trouble.ongoing_communication[class]) = (0, 0);
                }
            }
            Ending::Bad { response, communication, .. } => {
                self.last_of_class[class] = *response;
                let trouble = self.trouble.get_or_insert_default();
                trouble.fail[class] = trouble.fail[class].saturating_add(1);
                trouble.ongoing[class] = trouble.ongoing[class].saturating_add(1);
                if *communication {
                    let ongoing = &mut trouble.ongoing_communication[class];
                    *ongoing = ongoing.saturating_add(1);
                }
            }
        }
    }

    pub(crate) const fn last_response(&self) -> &'static str {
        self.last.as_str()
    }

    pub(crate) fn failure_reason(&self) -> Option<String> {
        self.trouble.as_ref().map(|trouble| trouble.failure_reason.to_string())
    }

    pub(crate) fn statistics(&self) -> Statistics {
        let under_way = self.in_flight.as_ref().map(|sent| sent.kind.class());
        let none = Trouble::default();
        let trouble = self.trouble.as_deref().unwrap_or(&none);
        let under_way = |class: Class| under_way == Some(class);
        let rare = |at: usize| {
            let counted = trouble.rare.as_ref().map_or_else(Counted::default, |rare| rare[at]);
            counted.view(under_way(Class::Rare(at)))
        };
        let of = |at: usize| {
            let last_at_ms = u64::from(self.last_at_s[at]) * SECOND_MS;
            let ended = self.success[at].saturating_add(trouble.fail[at]);
            MessageStatistics {
                total: ended.saturating_add(u32::from(under_way(Class::Usual(at)))),
                success: self.success[at],
                fail: trouble.fail[at],
                ongoing: trouble.ongoing[at].into(),
                ongoing_communication: trouble.ongoing_communication[at].into(),
                last_response: self.last_of_class[at].as_str(),
                last_response_ms: (last_at_ms > 0).then_some(last_at_ms),
            }
        };
        Statistics {
            trust_establishment: of(0),
            trust_sync: of(1),
            usage_reporting: of(2),
            result_polling: of(3),
            authorization_request: rare(0),
            authorization_confirmation: rare(1),
            authorization_return: rare(2),
        }
    }
}

impl Trouble {
    fn next_retry(&mut self, retry: Retry, now_ms: u64, rng: &mut Rng) -> Due {
        let delay_ms = match retry {
            Retry::Never => return Due::NEVER,
            Retry::Backoff => retry_delay_ms(self.retries, rng),
            Retry::Slowly => {
                let delay_ms = refused_delay_ms(self.refusals, rng);
                self.refusals = self.refusals.saturating_add(1);
                delay_ms
            }
            Retry::After { delay_ms } => delay_ms,
        };
        self.retries = self.retries.saturating_add(1);
        Due::at(now_ms.saturating_add(delay_ms))
    }
}

/// 10 s, then twice as long each time with a tenth of jitter, at most 15 min.
fn retry_delay_ms(retries: u8, rng: &mut Rng) -> u64 {
    // The first delay is documented, so it has no jitter.
    doubled_ms(RETRY_DELAY_MS_MIN, RETRY_DELAY_MS_MAX, retries, rng)
}

/// 15 min, then twice as long each time with a tenth of jitter, at most 8 h.
fn refused_delay_ms(refusals: u8, rng: &mut Rng) -> u64 {
    doubled_ms(REFUSED_DELAY_MS_MIN, REFUSED_DELAY_MS_MAX, refusals, rng)
}

fn doubled_ms(first_ms: u64, max_ms: u64, times: u8, rng: &mut Rng) -> u64 {
    let doubled = first_ms << u32::from(times).min(7);
    let jitter = if times == 0 { 0 } else { rng.up_to(doubled / 10) };
    (doubled + jitter).min(max_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_retry_is_after_ten_seconds_and_later_ones_are_bounded() {
        let mut rng = Rng::new(1);
        assert_eq!(retry_delay_ms(0, &mut rng), 10_000);
        let mut before = 0;
        for retries in 0..=u8::MAX {
            let delay_ms = retry_delay_ms(retries, &mut rng);
            assert!(delay_ms > before || delay_ms == RETRY_DELAY_MS_MAX, "{retries}");
            assert!(delay_ms <= RETRY_DELAY_MS_MAX);
            before = delay_ms;
        }
    }

    #[test]
    fn refusals_are_repeated_ever_later_until_something_good_comes() {
        let (mut link, mut rng) = (Link::new(), Rng::new(1));
        let refusal = || Ending::Bad {
            response: LastResponse::Failed,
            reason: "no".to_owned(),
            retry: Retry::Slowly,
            communication: false,
        };
        let kind = RequestKind::Usage;
        let mut delays = Vec::new();
        for _ in 0..8 {
            link.ended(kind, refusal(), 0, &mut rng);
            delays.push(link.retry_due().ms().unwrap());
        }
        assert_eq!(delays[0], REFUSED_DELAY_MS_MIN);
        assert!(delays.windows(2).all(|pair| pair[1] > pair[0] || pair[1] == REFUSED_DELAY_MS_MAX));
        assert_eq!(delays[6..], [REFUSED_DELAY_MS_MAX; 2]);
        link.hurry();
        assert!(!link.retry_due().is_set());
        link.ended(kind, refusal(), 0, &mut rng);
        assert_eq!(link.retry_due().ms(), Some(REFUSED_DELAY_MS_MIN));
        link.ended(kind, Ending::Good(LastResponse::Ok), 0, &mut rng);
        link.ended(kind, refusal(), 0, &mut rng);
        assert_eq!(link.retry_due().ms(), Some(REFUSED_DELAY_MS_MIN));
    }

    #[test]
    fn ongoing_failures_end_with_a_success() {
        let (mut link, mut rng) = (Link::new(), Rng::new(1));
        let kind = RequestKind::TrustSync;
        for attempt in 1..=3 {
            link.sent(InFlight { kind, nonce: attempt });
            let ending = Ending::Bad {
                response: LastResponse::NoReply,
                reason: "gone".to_owned(),
                retry: Retry::Backoff,
                communication: attempt > 1,
            };
            assert_eq!(link.statistics().trust_sync.total, u32::try_from(attempt).unwrap());
            link.in_flight = None;
            link.ended(kind, ending, 5_000, &mut rng);
        }
        let failing = link.statistics().trust_sync;
        assert_eq!((failing.total, failing.fail, failing.ongoing), (3, 3, 3));
        assert_eq!(failing.ongoing_communication, 2);
        assert_eq!((failing.last_response, failing.last_response_ms), ("NO REPLY", Some(5_000)));
        link.ended(kind, Ending::Good(LastResponse::Ok), 6_000, &mut rng);
        let restored = link.statistics().trust_sync;
        assert_eq!((restored.success, restored.fail, restored.ongoing), (1, 3, 0));
        assert!(!link.retry_due().is_set());
    }
}
