//! Which reports a request carried, in four bytes, so that the acknowledgement that comes a day
//! later can be held against them.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;
use muster_wire::proposed::acknowledgement::AcknowledgedReport;
use muster_wire::rum_report::RumReport;

/// A digest of report ids and licences. The order of reports does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported(u32);

impl Reported {
    /// Of the reports of a request; none when there is none, or one that cannot be read.
    #[must_use]
    pub fn of(reports: &[RumReport]) -> Option<Self> {
        let sum = reports.iter().try_fold(0_u32, |sum, report| {
            let (id, tag) = named(report)?;
            Some(sum.wrapping_add(digest(id, &tag)))
        })?;
        (!reports.is_empty()).then_some(Self(sum))
    }

    /// Of the reports an acknowledgement speaks of.
    #[must_use]
    pub fn acknowledged(reports: &[AcknowledgedReport]) -> Self {
        let each = reports.iter().map(|one| digest(one.report_id.0, one.entitlement_tag.as_str()));
        Self(each.fold(0, u32::wrapping_add))
    }
}

/// The id and the licence of a report. A payload is a page of measurements, so it is searched, not
/// parsed, as long as its text is plain.
fn named(report: &RumReport) -> Option<(u64, Cow<'_, str>)> {
    if let Some((id, tag)) = searched(&report.payload) {
        return Some((id, Cow::Borrowed(tag)));
    }
    let payload = report.payload().ok()?;
    let tag = payload.meta.entitlement_tag.as_ref()?.as_str().to_owned();
    Some((payload.report_id()?.0, Cow::Owned(tag)))
}

fn searched(payload: &str) -> Option<(u64, &str)> {
    static ID: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"report_id\":"));
    static TAG: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"entitlement_tag\":\""));
    let after = |name: &Finder<'_>| {
        name.find(payload.as_bytes()).map(|at| &payload[at + name.needle().len()..])
    };
    let id = after(&ID)?;
    let id = id[..id.bytes().position(|byte| !byte.is_ascii_digit())?].parse().ok()?;
    let tag = after(&TAG)?;
    let tag = &tag[..memchr(b'"', tag.as_bytes())?];
    (!tag.contains('\\')).then_some((id, tag))
}

/// FNV-1a: the same on every machine and in every version.
fn digest(id: u64, tag: &str) -> u32 {
    let bytes = id.to_le_bytes();
    let all = bytes.iter().chain(tag.as_bytes());
    all.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_payloads_are_searched_and_others_are_not() {
        let plain = r#"{"report_id":17,"meta":{"entitlement_tag":"regid.a"},"more":[]}"#;
        assert_eq!(searched(plain), Some((17, "regid.a")));
        for other in [
            r#"{"report_id": 17,"meta":{"entitlement_tag":"regid.a"}}"#,
            r#"{"report_id":17,"meta":{"entitlement_tag":"regid.\u0061"}}"#,
            r#"{"meta":{"entitlement_tag":"regid.a"}}"#,
            r#"{"report_id":17"#,
            "",
        ] {
            assert_eq!(searched(other), None, "{other}");
        }
    }

    #[test]
    fn the_order_of_reports_does_not_matter_and_each_part_does() {
        let one = |id, tag: &str| AcknowledgedReport {
            report_id: muster_wire::ReportId(id),
            entitlement_tag: muster_wire::EntitlementTag::new(tag),
            status: String::new(),
            message: String::new(),
        };
        let of = Reported::acknowledged;
        assert_eq!(of(&[one(1, "a"), one(2, "b")]), of(&[one(2, "b"), one(1, "a")]));
        assert_ne!(of(&[one(1, "a"), one(2, "b")]), of(&[one(1, "b"), one(2, "a")]));
        assert_ne!(of(&[one(1, "a")]), of(&[one(2, "a")]));
    }
}
