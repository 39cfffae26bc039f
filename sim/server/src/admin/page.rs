//! Which part of a list is asked for.
//!
//! Source: SSM On-Prem 7 User Guide, "License Usage" (50 records unless asked otherwise, all with a
//! limit of -1, an offset from 0). A list is walked, not sorted: what is off the page is counted
//! and never made.

use super::liberal::Whole;

/// Records of a page unless the call says otherwise (documented).
const LIMIT_DEFAULT: usize = 50;

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    offset: usize,
    /// None for everything.
    limit: Option<usize>,
}

impl Page {
    /// The page of a limit and an offset; none when they are not valid.
    pub(super) fn of(limit: Option<Whole>, offset: Option<Whole>) -> Option<Self> {
        let limit = match limit {
            None => Some(LIMIT_DEFAULT),
            Some(Whole(Some(-1))) => None,
            Some(Whole(number)) => Some(usize::try_from(number?).ok().filter(|limit| *limit > 0)?),
        };
        let offset = match offset {
            None => 0,
            Some(Whole(number)) => usize::try_from(number?).ok()?,
        };
        Some(Self { offset, limit })
    }

    /// The same page with at most so many records.
    pub(super) fn at_most(self, most: usize) -> Self {
        Self { limit: Some(self.limit.map_or(most, |limit| limit.min(most))), ..self }
    }

    /// Whether the record at a position of the list is on it.
    pub(super) fn holds(self, at: usize) -> bool {
        let end = self.limit.map(|limit| self.offset.saturating_add(limit));
        at >= self.offset && end.is_none_or(|end| at < end)
    }

    /// Whether any of `count` records from a position on is on it.
    pub(super) fn touches(self, at: usize, count: usize) -> bool {
        let end = self.limit.map(|limit| self.offset.saturating_add(limit));
        at.saturating_add(count) > self.offset && end.is_none_or(|end| at < end) && count > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(number: i64) -> Option<Whole> {
        Some(Whole(Some(number)))
    }

    #[test]
    fn a_page_holds_fifty_unless_asked_otherwise() {
        let held = |page: Page, of: usize| (0..of).filter(|at| page.holds(*at)).collect::<Vec<_>>();
        let first = Page::of(None, None).unwrap();
        assert_eq!(held(first, 200), (0..50).collect::<Vec<_>>());
        assert_eq!(held(Page::of(whole(2), whole(3)).unwrap(), 9), [3, 4]);
        assert_eq!(held(Page::of(whole(-1), whole(7)).unwrap(), 9), [7, 8]);
        assert_eq!(held(Page::of(whole(5), whole(8)).unwrap(), 9), [8]);
        assert_eq!(held(Page::of(whole(5), whole(i64::MAX)).unwrap(), 9), [0; 0]);
        assert_eq!(held(Page::of(whole(-1), None).unwrap().at_most(3), 9), [0, 1, 2]);
    }

    #[test]
    fn limits_and_offsets_that_mean_nothing_are_refused() {
        for (limit, offset) in [
            (whole(0), None),
            (whole(-2), None),
            (None, whole(-1)),
            (Some(Whole(None)), None),
            (None, Some(Whole(None))),
        ] {
            assert_eq!(Page::of(limit, offset), None, "{limit:?} {offset:?}");
        }
    }

    #[test]
    fn a_run_of_records_touches_the_page_when_one_of_them_is_on_it() {
        let page = Page::of(whole(2), whole(3)).unwrap();
        for at in 0..8 {
            for count in 0..8 {
                let any = (at..at + count).any(|one| page.holds(one));
                assert_eq!(page.touches(at, count), any, "{at} {count}");
            }
        }
    }
}
