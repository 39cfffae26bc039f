//! One line of the list of reports that a product instance offers. Public: that the list has ids
//! and times. Assumed: the members.

use serde::{Deserialize, Serialize};

use crate::{EntitlementTag, Extra, ReportId};

/// One report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedReport {
    /// The report.
    pub report_id: ReportId,
    /// Begin of its first measurement, seconds since the epoch.
    pub start_time: u64,
    /// End of its last measurement, seconds since the epoch.
    pub end_time: u64,
    /// `OPEN`, `CLOSED`, `ACK`.
    pub state: String,
    /// Its licence.
    pub entitlement_tag: EntitlementTag,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}
