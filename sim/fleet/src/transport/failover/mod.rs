//! Which of an endpoint's servers one product instance uses: four bytes, and no heap.
//!
//! An instance whose agent chooses for itself does without. Assumed: as `failover_state` says,
//! and that the server turned away from is asked again after a day.

mod failover_state;

use muster_journal::FailureCause;

pub use failover_state::{FailoverInput, FailoverState, Turn};

use super::{Received, Undelivered};

/// How long another server than the first is used before the first is asked again, in hours as a
/// clock on the wall shows them. Assumed: a day, after which an instance of the classic era speaks
/// with its server at the latest.
pub const REST_HOURS: u16 = 24;

/// Which server one instance uses, and how it came to that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failover {
    state: FailoverState,
    /// Place in the list of servers.
    server: u8,
    /// The hour in which that server was turned to. Hours since 1970, without what does not fit:
    /// an instance that is silent for seven years asks the first server some hours late.
    since_hour: u16,
}

/// A move, for the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailoverMove {
    /// State before.
    pub from: FailoverState,
    /// State after.
    pub to: FailoverState,
    /// What moved it.
    pub input: FailoverInput,
    /// The server the next request goes to.
    pub server: usize,
}

impl FailoverInput {
    /// What an exchange says of the server it was with.
    pub fn of(result: Result<&Received, &Undelivered>) -> Self {
        match result.map(|received| received.status) {
            // What stands before a server says that it is not there.
            Ok(502..=504) => Self::Stumbled,
            Ok(_) => Self::Answered,
            Err(lost) => match lost.cause {
                FailureCause::Dns | FailureCause::Connect | FailureCause::Tls => Self::Unreachable,
                FailureCause::Http
                | FailureCause::Timeout
                | FailureCause::Closed
                | FailureCause::TooLong => Self::Stumbled,
            },
        }
    }
}

impl Failover {
    /// The server the next request goes to, of those the endpoint has.
    pub const fn server(&self) -> usize {
        match self.state {
            FailoverState::Returning => 0,
            _ => self.server as usize,
        }
    }

    /// A request is about to go out: whether the first server is asked again.
    pub fn before_request(&mut self, now_ms: u64) -> Option<FailoverMove> {
        let rested = hour(now_ms).wrapping_sub(self.since_hour) >= REST_HOURS;
        if self.server == 0 || self.state != FailoverState::Settled || !rested {
            return None;
        }
        self.take(FailoverInput::Rested, 1, now_ms)
    }

    /// Takes an input where the endpoint has `count` servers; none when nothing moved.
    pub fn take(
        &mut self,
        input: FailoverInput,
        count: usize,
        now_ms: u64,
    ) -> Option<FailoverMove> {
        let before = *self;
        let (state, turn) = self.state.on(input)?;
        self.state = state;
        let was_returning = before.state == FailoverState::Returning;
        match turn {
            Turn::Stay if was_returning => self.since_hour = hour(now_ms),
            Turn::Stay => {}
            Turn::First => self.server = 0,
            Turn::Next => {
                let next = usize::from(self.server) + 1;
                self.server = if next < count { u8::try_from(next).unwrap_or(0) } else { 0 };
                self.since_hour = hour(now_ms);
            }
        }
        let is_same = before.state == self.state && before.server == self.server;
        (!is_same || turn == Turn::Next).then_some(FailoverMove {
            from: before.state,
            to: self.state,
            input,
            server: self.server(),
        })
    }
}

fn hour(now_ms: u64) -> u16 {
    u16::try_from(now_ms / 3_600_000 % (1 << 16)).expect("a remainder of at most 2^16")
}

#[cfg(test)]
mod tests;
