//! A limit on how often one thing is said in the log: whoever is flooded must not flood the log.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Lines of one second; what is left out is counted and said with the next line.
const LINES_MAX: u32 = 10;

const SPAN: Duration = Duration::from_secs(1);

/// How often one thing was said.
#[derive(Debug)]
pub(crate) struct QuietLog(Mutex<Said>);

#[derive(Debug)]
struct Said {
    since: Option<Instant>,
    lines: u32,
    left_out: u64,
}

impl QuietLog {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Said { since: None, lines: 0, left_out: 0 }))
    }

    /// Whether to say it once more; then also how many were left out before.
    pub(crate) fn admits(&self, now: Instant) -> Option<u64> {
        let mut said = self.0.lock().expect("nothing panics between lock and unlock");
        let begins = said.since.is_none_or(|since| now.duration_since(since) >= SPAN);
        if begins {
            (said.since, said.lines) = (Some(now), 0);
        }
        if said.lines >= LINES_MAX {
            said.left_out += 1;
            return None;
        }
        said.lines += 1;
        Some(std::mem::take(&mut said.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_said_ten_times_a_second_and_counted() {
        let (log, now) = (QuietLog::new(), Instant::now());
        let said = (0..100).filter_map(|_| log.admits(now)).count();
        assert_eq!(said, 10);
        assert_eq!(log.admits(now + SPAN), Some(90));
        assert_eq!(log.admits(now + SPAN), Some(0));
    }
}
