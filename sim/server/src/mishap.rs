//! Mishaps on purpose: what happens to the next requests, or to a share of all, in place of a good
//! answer. A seed decides which, so that a run can be repeated.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use muster_certs::Seed;
use serde::{Deserialize, Serialize};

use crate::message::{ServerAnswer, Then};

/// Bytes that no HTTP client takes for an answer.
pub(crate) const GARBAGE: &[u8] = b"\x15\x03\x01\x00\x02\x02\x16 this is not HTTP \x00\xff";

/// Milliseconds of a delay, and of a slow close, unless something else is said.
const DELAY_MS: u64 = 500;

/// The longest delay, as a client that waits for a minute would still see it.
pub(crate) const DELAY_MS_MAX: u64 = 120_000;

/// Seconds in `retry-after`.
const RETRY_AFTER_S: u64 = 5;

macro_rules! mishaps {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// One kind of mishap.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Mishap {
            $($(#[$doc])* $kind,)*
        }

        impl Mishap {
            pub(crate) const ALL: [Self; [$(Self::$kind),*].len()] = [$(Self::$kind),*];

            /// Its name in the control API.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

mishaps! {
    /// The answer comes late.
    Delay = "delay",
    /// HTTP 429 with a time to wait; nothing is done.
    TooManyRequests = "too_many_requests",
    /// HTTP 502; nothing is done.
    BadGateway = "bad_gateway",
    /// HTTP 503 with a time to wait; nothing is done.
    Unavailable = "unavailable",
    /// The request is done, and the answer has no body.
    EmptyBody = "empty_body",
    /// The request is done, and the connection closes in the middle of the answer.
    TruncatedBody = "truncated_body",
    /// The request is done, and the connection is reset before the answer.
    Reset = "reset",
    /// The request is done and answered, and the connection stays open for a while.
    SlowClose = "slow_close",
    /// The connection closes before the answer; nothing is done.
    Close = "close",
    /// Bytes that are not HTTP; nothing is done.
    Garbage = "garbage",
    /// `OK_TRY_AGAIN`, in the words of the era that asks; nothing is done.
    TryAgain = "try_again",
}

const KINDS: usize = Mishap::ALL.len();

/// How often each mishap is to happen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MishapPlan {
    /// How many of the next requests.
    pub(crate) next: [u32; KINDS],
    /// The share of all others, 0 to 1.
    pub(crate) chance: [f64; KINDS],
    pub(crate) seed: u64,
    pub(crate) delay_ms: u64,
    pub(crate) retry_after_s: u64,
    /// Requests drawn for since the seed was set.
    drawn: u64,
}

/// A ready-made share of mishaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chaos {
    name: &'static str,
    title: &'static str,
    /// Per mille of each kind.
    shares: &'static [(Mishap, u32)],
    delay_ms: u64,
}

impl Chaos {
    /// Every preset.
    pub const ALL: [Self; 5] = [
        Self {
            name: "light",
            title: "a network on a good day: 3 of 100 requests are late or asked to come back",
            shares: &[(Mishap::Delay, 20), (Mishap::BadGateway, 5), (Mishap::Unavailable, 5)],
            delay_ms: 200,
        },
        Self {
            name: "proxy",
            title: "a proxy that is overloaded: 10 of 100 requests do not get through it",
            shares: &[
                (Mishap::TooManyRequests, 20),
                (Mishap::BadGateway, 50),
                (Mishap::Unavailable, 30),
            ],
            delay_ms: DELAY_MS,
        },
        Self {
            name: "slow",
            title: "a server that is overloaded: 40 of 100 answers are late",
            shares: &[(Mishap::Delay, 350), (Mishap::SlowClose, 50)],
            delay_ms: 1_500,
        },
        Self {
            name: "lossy",
            title: "a line that breaks: 12 of 100 answers do not arrive, or not whole",
            shares: &[
                (Mishap::EmptyBody, 10),
                (Mishap::TruncatedBody, 30),
                (Mishap::Reset, 40),
                (Mishap::Close, 30),
                (Mishap::Garbage, 10),
            ],
            delay_ms: DELAY_MS,
        },
        Self {
            name: "heavy",
            title: "all of it: 25 of 100 requests meet some mishap",
            shares: &[
                (Mishap::Delay, 100),
                (Mishap::TooManyRequests, 20),
                (Mishap::BadGateway, 30),
                (Mishap::Unavailable, 20),
                (Mishap::EmptyBody, 10),
                (Mishap::TruncatedBody, 20),
                (Mishap::Reset, 20),
                (Mishap::SlowClose, 10),
                (Mishap::Close, 10),
                (Mishap::Garbage, 10),
            ],
            delay_ms: DELAY_MS,
        },
    ];

    /// The preset called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chaos| chaos.name == name)
    }

    /// Its name, for example `light`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is like, in one clause.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }
}

impl MishapPlan {
    /// No mishaps.
    pub(crate) fn none(seed: u64) -> Self {
        Self {
            next: [0; KINDS],
            chance: [0.0; KINDS],
            seed,
            delay_ms: DELAY_MS,
            retry_after_s: RETRY_AFTER_S,
            drawn: 0,
        }
    }

    /// The shares of a preset.
    pub(crate) fn of(chaos: Chaos, seed: u64) -> Self {
        let mut plan = Self { delay_ms: chaos.delay_ms, ..Self::none(seed) };
        for (mishap, per_mille) in chaos.shares {
            plan.chance[*mishap as usize] = f64::from(*per_mille) / 1_000.0;
        }
        plan
    }

    /// The same, drawn anew from another seed.
    pub(crate) fn with_seed(self, seed: u64) -> Self {
        Self { seed, drawn: 0, ..self }
    }

    fn is_quiet(&self) -> bool {
        self.next.iter().all(|left| *left == 0) && self.chance.iter().all(|chance| *chance <= 0.0)
    }

    /// What the next request meets: first what was asked for, then what is drawn.
    fn draw(&mut self) -> Option<Mishap> {
        for mishap in Mishap::ALL {
            let left = &mut self.next[mishap as usize];
            if *left > 0 {
                *left -= 1;
                return Some(mishap);
            }
        }
        self.drawn += 1;
        let bytes = Seed::from_u64(self.seed).derive("mishap", self.drawn);
        let [a, b, c, d, ..] = bytes;
        let mut drawn = f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0);
        for mishap in Mishap::ALL {
            let chance = self.chance[mishap as usize];
            if drawn < chance {
                return Some(mishap);
            }
            drawn -= chance;
        }
        None
    }
}

/// The mishaps of one server.
#[derive(Debug)]
pub(crate) struct Mishaps {
    plan: Mutex<MishapPlan>,
    /// Usually nothing is planned, and every request asks.
    is_planned: AtomicBool,
    happened: [AtomicU64; KINDS],
}

/// A mishap that was drawn, with what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    mishap: Mishap,
    delay_ms: u64,
    retry_after_s: u64,
}

impl Mishaps {
    pub(crate) fn new(plan: MishapPlan) -> Self {
        let is_planned = AtomicBool::new(!plan.is_quiet());
        let happened = std::array::from_fn(|_| AtomicU64::new(0));
        Self { plan: Mutex::new(plan), is_planned, happened }
    }

    pub(crate) fn plan(&self) -> MishapPlan {
        self.locked().clone()
    }

    pub(crate) fn set(&self, plan: MishapPlan) {
        let mut now = self.locked();
        self.is_planned.store(!plan.is_quiet(), Ordering::Relaxed);
        *now = plan;
    }

    /// How often one has happened.
    pub(crate) fn happened(&self, mishap: Mishap) -> u64 {
        self.happened[mishap as usize].load(Ordering::Relaxed)
    }

    /// What the next request meets.
    pub(crate) fn draw(&self) -> Option<Drawn> {
        if !self.is_planned.load(Ordering::Relaxed) {
            return None;
        }
        let mut plan = self.locked();
        let mishap = plan.draw();
        self.is_planned.store(!plan.is_quiet(), Ordering::Relaxed);
        let MishapPlan { delay_ms, retry_after_s, .. } = *plan;
        drop(plan);
        let mishap = mishap?;
        self.happened[mishap as usize].fetch_add(1, Ordering::Relaxed);
        Some(Drawn { mishap, delay_ms, retry_after_s })
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, MishapPlan> {
        self.plan.lock().expect("nothing panics between lock and unlock")
    }
}

impl Drawn {
    /// The answer to a request that is not even looked at; none when it is.
    pub(crate) fn instead(self) -> Option<ServerAnswer> {
        let come_back = |status, text| {
            let mut answer = ServerAnswer::text(status, text);
            let seconds = self.retry_after_s.to_string();
            answer.headers.push(("retry-after".to_owned(), seconds));
            answer
        };
        Some(match self.mishap {
            Mishap::TooManyRequests => come_back(429, "Too Many Requests"),
            Mishap::Unavailable => come_back(503, "Service Unavailable"),
            Mishap::BadGateway => ServerAnswer::text(502, "Bad Gateway"),
            Mishap::Close => ServerAnswer::closing(Then::Close, b""),
            Mishap::Garbage => ServerAnswer::closing(Then::Garbage, GARBAGE),
            _ => return None,
        })
    }

    /// Whether the answer is to come back later.
    pub(crate) fn is_try_again(self) -> bool {
        self.mishap == Mishap::TryAgain
    }

    /// What becomes of a good answer.
    pub(crate) fn spoil(self, answer: ServerAnswer) -> ServerAnswer {
        let then = match self.mishap {
            Mishap::Delay => Then::AnswerAfter { delay_ms: self.delay_ms },
            Mishap::EmptyBody => return ServerAnswer { body: Vec::new(), ..answer },
            Mishap::TruncatedBody => Then::Truncate,
            Mishap::Reset => Then::Reset,
            Mishap::SlowClose => Then::CloseAfter { delay_ms: self.delay_ms },
            _ => return answer,
        };
        ServerAnswer { then, ..answer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_comes_first_and_ends() {
        let mut plan = MishapPlan::none(1);
        plan.next[Mishap::Reset as usize] = 2;
        let mishaps = Mishaps::new(plan);
        let drawn = [(); 3].map(|()| mishaps.draw().map(|drawn| drawn.mishap));
        assert_eq!(drawn, [Some(Mishap::Reset), Some(Mishap::Reset), None]);
        assert_eq!(mishaps.happened(Mishap::Reset), 2);
        assert!(!mishaps.is_planned.load(Ordering::Relaxed));
    }

    #[test]
    fn the_same_seed_draws_the_same_and_a_share_is_met() {
        let drawn = |seed| {
            let mut plan = MishapPlan::of(Chaos::named("heavy").unwrap(), seed);
            (0..4_000).map(|_| plan.draw()).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        let met = drawn(7).iter().flatten().count();
        assert!((850..1_150).contains(&met), "{met} of 4000, a quarter was planned");
    }

    #[test]
    fn no_preset_spoils_more_than_it_says() {
        for chaos in Chaos::ALL {
            let plan = MishapPlan::of(chaos, 0);
            let sum: f64 = plan.chance.iter().sum();
            let said = format!("{:.0} of 100", sum * 100.0);
            assert!(chaos.title().contains(&said), "{}: {said}", chaos.name());
        }
    }

    #[test]
    fn every_mishap_either_replaces_or_spoils_the_answer() {
        let good = ServerAnswer::text(200, "good");
        for mishap in Mishap::ALL {
            let drawn = Drawn { mishap, delay_ms: 5, retry_after_s: 9 };
            if drawn.is_try_again() {
                // The handlers say it themselves.
                continue;
            }
            let spoilt = drawn.instead().unwrap_or_else(|| drawn.spoil(good.clone()));
            assert_ne!(spoilt, good, "{mishap:?}");
            let name = serde_json::to_string(&mishap).unwrap();
            assert_eq!(name, format!("{:?}", mishap.name()));
        }
    }
}
