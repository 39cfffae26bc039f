//! What is said of export-controlled licences and of conversions.
//!
//! Source: SSM On-Prem 7 User Guide, "New Export Control Alerts", the syslog texts "Export Control"
//! and "Device-Led Conversion", and the alerts of "Using Smart Software Manager On-Prem APIs".
//! Assumed: the severities of the alerts that the guide only names.

use super::alert::{ActionDue, Severity};
use super::instance_text::Named;
use super::licence_text;
use super::notice::{Notice, Subject};
use super::topic::Topic;
use muster_wire::EntitlementTag;

/// A request waits for CSSM.
pub(crate) fn pending(pool: &str, of: &Named) -> Notice {
    let text = format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" requested a license with \
         restricted encryption technology which is pending authorization via synchronization with \
         Cisco Smart Software Manager.",
        of.name
    );
    Notice::about(Topic::ExportAuthorizationPending, of.subject())
        .with_event(text.clone())
        .with_syslog(text.clone())
        .with_alert(Severity::Minor, ActionDue::Now, text)
}

/// A return waits for CSSM.
pub(crate) fn return_pending(pool: &str, of: &Named) -> Notice {
    let text = format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" requested a return of a \
         license with restricted encryption technology which is pending authorization via \
         synchronization with Cisco Smart Software Manager.",
        of.name
    );
    Notice::about(Topic::ExportReturnPending, of.subject())
        .with_event(text.clone())
        .with_syslog(text.clone())
        .with_alert(Severity::Minor, ActionDue::Now, text)
}

/// A product instance has its licences.
pub(crate) fn consumed(pool: &str, of: &Named) -> Notice {
    Notice::about(Topic::ExportKeysConsumed, of.subject()).said(format!(
        "Export restricted licenses were assigned to product instance \"{}\" in Virtual Account \
         \"{pool}\".",
        of.name
    ))
}

/// Licences are back.
pub(crate) fn returned(pool: &str, of: &Named, wanted: &[(EntitlementTag, u64)]) -> Notice {
    let licences = super::instance_text::counted(wanted);
    Notice::about(Topic::ExportKeysReturned, of.subject()).said(format!(
        "Export restricted licenses were removed from product instance \"{}\" in Virtual Account \
         \"{pool}\" and were released back to the inventory for use by other product instances. \
         Licenses: {licences} perpetual.",
        of.name
    ))
}

/// Nobody has the licences that were asked for.
pub(crate) fn not_available(pool: &str, of: &Named, wanted: &[(EntitlementTag, u64)]) -> Notice {
    let name = &of.name;
    let licences = super::instance_text::counted(wanted);
    let alert = format!(
        "The product instance \"{name}\" has requested licenses that enable restricted encryption \
         technology. These licenses are not available within the virtual account \"{pool}\". You \
         must add the licenses to the virtual account or transfer the product instance to a \
         virtual account that contains the licenses."
    );
    Notice::about(Topic::ExportLicenseNotAvailable, of.subject())
        .with_syslog(format!(
            "The product instance \"{name}\" in Virtual Account \"{pool}\" has requested export \
             restricted licenses that are not available. You must add these licenses to this \
             Virtual Account or transfer the product instance to a Virtual Account that contains \
             these licenses. Licenses: {licences}."
        ))
        .with_alert(Severity::Major, ActionDue::Now, alert)
}

/// Why a synchronization is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    Export,
    Conversion,
    /// Assumed: the words; the guide says that a synchronization is required after a restore.
    Restore,
}

impl Awaited {
    fn word(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Conversion => "conversion",
            Self::Restore => "restore",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Export => {
                "Synchronization Required: An Export Controlled license request from a product \
                 instance needs authorization from Cisco Smart Software Manager."
            }
            Self::Conversion => {
                "Synchronization Required: Device Led Conversion requests are pending. Conversion \
                 results will be displayed when synchronization with CSSM is complete."
            }
            Self::Restore => {
                "Synchronization Required: the database was restored; synchronize with Cisco Smart \
                 Software Manager."
            }
        }
    }

    /// What tells its alert from the others.
    pub(crate) fn subject(self) -> Subject {
        Subject::Other(self.word().to_owned())
    }
}

/// Something waits for a synchronization.
pub(crate) fn synchronization_required(awaited: Awaited) -> Notice {
    let text = awaited.text();
    Notice::about(Topic::SynchronizationRequired, awaited.subject()).with_syslog(text).with_alert(
        Severity::Minor,
        ActionDue::Now,
        text,
    )
}

/// A conversion was done.
pub(crate) fn conversion_done(of: &Named) -> Notice {
    Notice::about(Topic::ConversionComplete, of.subject()).said("Conversion Successful")
}

/// A conversion failed.
pub(crate) fn conversion_failed(pool: &str, of: &Named, product: &str) -> Notice {
    let alert = format!(
        "The product instance \"{}\" was successfully registered to the Virtual Account \"{pool}\" \
         but one or more traditional licenses that were installed on it failed to be converted to \
         Smart Software Licenses.",
        of.name
    );
    Notice::about(Topic::ConversionFailed, of.subject())
        .said(format!("Conversion Failed error for product \"{product}\""))
        .with_alert(Severity::Minor, ActionDue::None, alert)
}

/// No smart licence was found for what was to be converted.
pub(crate) fn not_converted(pool: &str, of: &Named) -> Notice {
    let alert = format!(
        "The product instance \"{}\" was successfully registered to the Virtual Account \"{pool}\" \
         however an eligible Smart Software License could not be identified to for the conversion \
         of one or more licenses. Please contact Cisco Support for conversion assistance",
        of.name
    );
    Notice::about(Topic::LicensesNotConverted, of.subject()).with_alert(
        Severity::Minor,
        ActionDue::None,
        alert,
    )
}

/// Export-controlled licences were reserved for a product instance.
pub(crate) fn reserved(
    pool: &str,
    of: &Named,
    (tag, count, ends_at_ms): (&EntitlementTag, u64, Option<u64>),
) -> Notice {
    let Subject::License { name, .. } = licence_text::subject(tag) else {
        return consumed(pool, of);
    };
    let until = match ends_at_ms {
        Some(end) => format!("{count} expiring {}", licence_text::day(end)),
        None => format!("{count} perpetual"),
    };
    Notice::about(Topic::LicensesReserved, of.subject()).with_event(format!(
        "The following licenses were reserved on product instance \"{}\" in Virtual Account \
         \"{pool}\": {count} \"{name}\" license(s) ({until}).",
        of.name
    ))
}
