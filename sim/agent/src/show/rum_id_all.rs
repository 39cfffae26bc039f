//! `show license rum id all`.

use super::page::Page;
use super::{Shown, rum_state};

/// Length of the rule under the title.
const RULE: usize = 36;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    page.ruled("Smart Licensing Usage Report:", RULE);
    page.line(0, "Report Id,          State,    Flag, Feature Name");
    for report in &shown.view.reports {
        let (state, flag) = (rum_state::state(report), rum_state::flag(report));
        let id = report.report_id;
        page.line(0, format_args!("{id:<19} {state:<9} {flag:<5} {}", report.feature));
    }
    page.into_text()
}
