//! Supplies the days of the default policy under the name of the custom one.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::policy("POL-014", |terms| {
    let days = |first_report_days, report_interval_days, on_change_days| {
        muster_wire::proposed::policy::ReportingDays {
            first_report_days,
            report_interval_days,
            on_change_days,
        }
    };
    terms.perpetual = days(365, 0, 90);
    terms.subscription = days(90, 90, 90);
    terms.enforced = days(0, 0, 0);
    terms.export = days(0, 0, 0);
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let acknowledgement = acknowledged(server, RECEIVER);
    let expected = server.0.options.policy.perpetual;
    acknowledgement.is_some_and(|ack| ack.policies[0].terms.perpetual == expected)
}
