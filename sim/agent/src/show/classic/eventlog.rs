//! `show license eventlog [days]`.

use super::ClassicShown;
use crate::show::eventlog;

pub(super) fn text(shown: &ClassicShown<'_>, days: Option<u32>) -> String {
    eventlog::events(shown.log, shown.now_ms, days)
}
