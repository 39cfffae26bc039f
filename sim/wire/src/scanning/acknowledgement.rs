//! The data of acknowledgements as servers usually write it.

use super::answer::or_none;
use super::{Scan, members, once};
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
        members!(self {
            "version" => once(&mut version, self.owned()),
            "timestamp" => once(&mut timestamp, self.number()),
            "nonce" => once(&mut nonce, self.text().map(Nonce::new)),
            "sudi" => once(&mut sudi, self.sudi()),
            "product_instance_identifier" => once(&mut identifier, self.or_null(Self::text)),
            "acks" => once(&mut acks, self.items(Self::acknowledged_report)),
            "next_report_due" => once(&mut due, self.number()),
        });
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
        members!(self {
            "report_id" => once(&mut id, self.number()),
            "entitlement_tag" => once(&mut tag, self.text().map(EntitlementTag::new)),
            "status" => once(&mut status, self.owned()),
            "message" => once(&mut message, self.owned()),
        });
        Some(AcknowledgedReport {
            report_id: ReportId(id?),
            entitlement_tag: tag?,
            status: status?,
            message: message.unwrap_or_default(),
        })
    }
}
