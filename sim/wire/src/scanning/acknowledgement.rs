//! The data of acknowledgements as servers usually write it.

use super::answer::or_none;
use super::{Scan, once};
use crate::proposed::acknowledgement::{AcknowledgedReport, AcknowledgementData};
use crate::{EntitlementTag, Extra, Nonce, ProductInstanceId, ReportId};

/// The data, if nothing in it is unusual.
pub(crate) fn acknowledgement_data(text: &str) -> Option<AcknowledgementData> {
    Scan::whole(text, Scan::acknowledgement_data)
}

impl Scan<'_> {
    fn acknowledgement_data(&mut self) -> Option<AcknowledgementData> {
        let (mut version, mut timestamp, mut nonce) = (None, None, None);
        let (mut sudi, mut identifier, mut acks, mut due) = (None, None, None, None);
        self.members(|scan, name| match name {
            "version" => once(&mut version, scan.owned()),
            "timestamp" => once(&mut timestamp, scan.number()),
            "nonce" => once(&mut nonce, scan.text().map(Nonce::new)),
            "sudi" => once(&mut sudi, scan.sudi()),
            "product_instance_identifier" => once(&mut identifier, scan.or_null(Self::text)),
            "acks" => once(&mut acks, scan.items(Self::acknowledged_report)),
            "next_report_due" => once(&mut due, scan.number()),
            _ => None,
        })?;
        Some(AcknowledgementData {
            version: version?,
            timestamp: timestamp?,
            nonce: nonce?,
            sudi: sudi?,
            product_instance_identifier: or_none(identifier).map(ProductInstanceId::new),
            acks: acks?,
            next_report_due: due.unwrap_or_default(),
            extra: Extra::new(),
        })
    }

    fn acknowledged_report(&mut self) -> Option<AcknowledgedReport> {
        let (mut id, mut tag, mut status, mut message) = (None, None, None, None);
        self.members(|scan, name| match name {
            "report_id" => once(&mut id, scan.number()),
            "entitlement_tag" => once(&mut tag, scan.text().map(EntitlementTag::new)),
            "status" => once(&mut status, scan.owned()),
            "message" => once(&mut message, scan.owned()),
            _ => None,
        })?;
        Some(AcknowledgedReport {
            report_id: ReportId(id?),
            entitlement_tag: tag?,
            status: status?,
            message: message.unwrap_or_default(),
        })
    }
}
