//! `show license authorization`, and the same block in `show license all`.
//!
//! Assumed: nothing is ever installed, for an agent of the policy era keeps no authorization code
//! yet.

use super::Shown;
use super::page::Page;
use super::udis::pid_sn;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    block(&mut page, shown);
    page.into_text()
}

pub(super) fn block(page: &mut Page, shown: &Shown<'_>) {
    page.line(0, "Overall status:");
    page.fact(2, "Active", pid_sn(shown));
    page.fact(6, "Status", "NOT INSTALLED");
    page.blank();
    page.line(0, "Purchased Licenses:");
    page.line(2, "No Purchase Information Available");
}
