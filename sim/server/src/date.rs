//! The `date` header, rendered once a second.

use std::sync::Mutex;

use http::HeaderValue;
use jiff::Timestamp;

/// The last second asked for and its text.
#[derive(Debug, Default)]
pub(crate) struct DateHeader(Mutex<Option<(u64, HeaderValue)>>);

impl DateHeader {
    /// The header's value for a time in unix milliseconds; none outside the years it can name.
    pub(crate) fn at(&self, now_ms: u64) -> Option<HeaderValue> {
        let second = now_ms / 1000;
        let mut last = self.0.lock().expect("nothing panics between lock and unlock");
        if let Some((of, text)) = &*last
            && *of == second
        {
            return Some(text.clone());
        }
        let text = rendered(second)?;
        *last = Some((second, text.clone()));
        Some(text)
    }
}

fn rendered(second: u64) -> Option<HeaderValue> {
    let at = Timestamp::from_second(i64::try_from(second).ok()?).ok()?;
    HeaderValue::from_str(&at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_that_of_the_second_asked_for() {
        let date = DateHeader::default();
        for (now_ms, text) in [
            (1_780_000_000_000, "Thu, 28 May 2026 20:26:40 GMT"),
            (1_780_000_000_999, "Thu, 28 May 2026 20:26:40 GMT"),
            (1_780_000_001_000, "Thu, 28 May 2026 20:26:41 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_780_000_000_000, "Thu, 28 May 2026 20:26:40 GMT"),
        ] {
            assert_eq!(date.at(now_ms).unwrap(), text);
        }
        assert_eq!(date.at(u64::MAX), None);
    }
}
