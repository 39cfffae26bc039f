//! Reports and licences as facts for [`crate::AgentView`].

use muster_wire::entitlement::LicenseStatus;

use super::RumReports;
use crate::platform::{LicenseClass, Platform};
use crate::policy::rum_report_state::RumReportState;
use crate::view::{LicenseView, ReportView};

impl RumReports {
    /// Classes of the licences in use.
    pub(crate) fn classes_in_use<'a>(
        &'a self,
        platform: &'a Platform,
    ) -> impl Iterator<Item = LicenseClass> + 'a {
        self.series
            .iter()
            .filter(|series| series.count > 0)
            .map(|series| platform.licenses[usize::from(series.license)].class)
    }

    /// Tag and count of every licence ever used.
    pub(crate) fn usage<'a>(
        &'a self,
        platform: &'a Platform,
    ) -> impl Iterator<Item = (&'a str, u32)> + 'a {
        self.series.iter().map(|series| {
            (platform.licenses[usize::from(series.license)].tag.as_str(), series.count)
        })
    }

    /// Name of every licence ever used.
    pub(crate) fn features<'a>(
        &'a self,
        platform: &'a Platform,
    ) -> impl Iterator<Item = &'a str> + 'a {
        self.series
            .iter()
            .map(|series| platform.licenses[usize::from(series.license)].feature.as_str())
    }

    pub(crate) fn unacknowledged(&self) -> usize {
        let awaits = |state| state == RumReportState::Unacknowledged;
        self.stored.iter().filter(|stored| awaits(stored.state)).count()
    }

    pub(crate) fn license_views(&self, platform: &Platform) -> Vec<LicenseView> {
        let view = |series: &super::Series| {
            let license = &platform.licenses[usize::from(series.license)];
            let status =
                if series.count > 0 { LicenseStatus::InUse } else { LicenseStatus::NotInUse };
            LicenseView {
                feature: license.feature.clone(),
                tag: license.tag.0.clone(),
                count: series.count,
                status: status.as_str(),
            }
        };
        self.series.iter().map(view).collect()
    }

    /// Every report held, by id.
    pub(crate) fn views(&self, platform: &Platform, now_ms: u64) -> Vec<ReportView> {
        let stored = self.stored.iter().map(|stored| ReportView {
            report_id: stored.id,
            feature: platform.licenses[usize::from(stored.license)].feature.clone(),
            tag: platform.licenses[usize::from(stored.license)].tag.0.clone(),
            state: stored.state.as_str(),
            previous: stored.previous,
            next: stored.next,
            close_reason: Some(stored.reason.as_str()),
            poll_id: stored.poll().map(|poll| poll.0),
            handed_out: stored.ever_sent,
            start: stored.start_s,
            end: stored.end_s,
        });
        let open = self.series.iter().filter_map(|series| {
            let open = series.open.as_ref()?;
            let license = &platform.licenses[usize::from(series.license)];
            Some(ReportView {
                report_id: open.id.get(),
                feature: license.feature.clone(),
                tag: license.tag.0.clone(),
                state: RumReportState::Open.as_str(),
                previous: series.last_id,
                next: 0,
                close_reason: None,
                poll_id: None,
                handed_out: false,
                start: open.start_s(),
                end: open.seconds(now_ms).max(open.start_s),
            })
        });
        let mut views: Vec<_> = stored.chain(open).collect();
        views.sort_by_key(|view| view.report_id);
        views
    }
}
