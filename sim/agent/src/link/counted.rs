//! What is counted of the message classes few agents use, in one block per agent that does.

use super::{Ending, LastResponse};
use crate::heap::heap;
use crate::saved::saved_struct;
use crate::timer::SECOND_MS;
use crate::view::MessageStatistics;

/// Counters of one message class.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    success: u32,
    fail: u32,
    ongoing: u16,
    ongoing_communication: u16,
    /// Seconds since the epoch, 0 for never.
    last_at_s: u32,
    last: LastResponse,
}

heap!(Counted {});
saved_struct!(Counted { success, fail, ongoing, ongoing_communication, last_at_s, last });

impl Counted {
    pub(super) fn ended(&mut self, ending: &Ending, at_s: u32) {
        self.last_at_s = at_s;
        match ending {
            Ending::Good(response) => {
                self.last = *response;
                self.success = self.success.saturating_add(1);
                (self.ongoing, self.ongoing_communication) = (0, 0);
            }
            Ending::Bad { response, communication, .. } => {
                self.last = *response;
                self.fail = self.fail.saturating_add(1);
                self.ongoing = self.ongoing.saturating_add(1);
                if *communication {
                    self.ongoing_communication = self.ongoing_communication.saturating_add(1);
                }
            }
        }
    }

    pub(super) fn view(self, under_way: bool) -> MessageStatistics {
        let last_at_ms = u64::from(self.last_at_s) * SECOND_MS;
        MessageStatistics {
            total: self.success.saturating_add(self.fail).saturating_add(u32::from(under_way)),
            success: self.success,
            fail: self.fail,
            ongoing: self.ongoing.into(),
            ongoing_communication: self.ongoing_communication.into(),
            last_response: self.last.as_str(),
            last_response_ms: (last_at_ms > 0).then_some(last_at_ms),
        }
    }
}
