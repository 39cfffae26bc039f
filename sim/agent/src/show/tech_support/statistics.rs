//! How exchanges went, by message class.
//!
//! Source: Troubleshoot SLP on 9800, "Communication Statistics". Assumed: classes that an agent
//! has no messages of show zeros.

use super::super::Shown;
use super::super::page::{Page, one_line};
use super::super::stamp::stamp;
use crate::event_log::ExchangeTimes;
use crate::view::{AgentView, MessageStatistics};

/// Length of the rule under the title, as in every public sample.
const RULE: usize = 23;

pub(super) fn block(page: &mut Page, shown: &Shown<'_>) {
    let (view, times) = (shown.view, shown.log.times());
    let (counted, none) = (&view.statistics, MessageStatistics::none());
    let never = ExchangeTimes::default();
    page.ruled("Communication Statistics:", RULE);
    page.fact(0, "Communication Level Allowed", view.communication_level);
    let state = if view.overall_state.is_empty() { "<empty>" } else { view.overall_state };
    page.fact(0, "Overall State", state);
    for (title, statistics, times) in [
        ("Trust Establishment", &counted.trust_establishment, &times.trust_establishment),
        ("Trust Acknowledgement", &none, &never),
        ("Usage Reporting", &counted.usage_reporting, &times.usage_reporting),
        ("Result Polling", &counted.result_polling, &times.result_polling),
        ("Authorization Request", &counted.authorization_request, &times.authorization_request),
        (
            "Authorization Confirmation",
            &counted.authorization_confirmation,
            &times.authorization_confirmation,
        ),
        ("Authorization Return", &counted.authorization_return, &times.authorization_return),
        ("Trust Sync", &counted.trust_sync, &times.trust_sync),
        ("Hello Message", &none, &never),
        ("Telemetry Reporting", &none, &never),
    ] {
        page.line(0, format_args!("{title}:"));
        class(page, view, statistics, times);
    }
    page.blank();
}

fn class(page: &mut Page, view: &AgentView, counted: &MessageStatistics, times: &ExchangeTimes) {
    page.line(
        2,
        format_args!(
            "Attempts: Total={}, Success={}, Fail={}  Ongoing Failure: Overall={} Communication={}",
            counted.total,
            counted.success,
            counted.fail,
            counted.ongoing,
            counted.ongoing_communication,
        ),
    );
    let response = match counted.last_response_ms {
        Some(at_ms) => format!("{} on {}", counted.last_response, stamp(Some(at_ms))),
        None => counted.last_response.to_owned(),
    };
    page.fact(2, "Last Response", response);
    let reason =
        if failed_last(view, counted) { view.last_failure_reason.as_deref() } else { None };
    page.fact(4, "Failure Reason", one_line(reason.unwrap_or_default()));
    page.fact(2, "Last Success Time", stamp(times.success_ms));
    page.fact(2, "Last Failure Time", stamp(times.failure_ms));
}

/// Whether the one reason an agent keeps is that of this class: it fails, and did so last.
fn failed_last(view: &AgentView, counted: &MessageStatistics) -> bool {
    let all = &view.statistics;
    let all = [
        &all.trust_establishment,
        &all.trust_sync,
        &all.usage_reporting,
        &all.result_polling,
        &all.authorization_request,
        &all.authorization_confirmation,
        &all.authorization_return,
    ];
    let failing = all.into_iter().filter(|class| class.ongoing > 0);
    let failing = failing.filter_map(|class| class.last_response_ms);
    counted.ongoing > 0 && counted.last_response_ms == failing.max()
}
