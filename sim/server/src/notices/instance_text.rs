//! What is said of product instances that come, move, go or fall silent.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Events", "Alert Actions", and the syslog
//! texts "Product Instances", "Get Third Party Key".

use muster_wire::{EntitlementTag, Udi};

use super::alert::{ActionDue, Severity};
use super::licence_text;
use super::notice::{Notice, Subject};
use super::topic::Topic;

/// A product instance as texts name it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) udi: String,
    /// Its host name. Assumed: its UDI when it has none.
    pub(crate) name: String,
}

impl Named {
    pub(crate) fn new(udi: &Udi, hostname: Option<&str>) -> Self {
        let udi = udi.to_string();
        let name = hostname.filter(|name| !name.is_empty()).unwrap_or(&udi).to_owned();
        Self { udi, name }
    }

    pub(crate) fn subject(&self) -> Subject {
        Subject::ProductInstance { udi: self.udi.clone(), name: self.name.clone() }
    }
}

fn quoted(standbys: &[String]) -> String {
    standbys.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// It registered. The standbys of its set are named.
pub(crate) fn added(pool: &str, of: &Named, standbys: &[String]) -> Notice {
    let name = &of.name;
    let notice = Notice::about(Topic::NewProductInstance, of.subject());
    if standbys.is_empty() {
        return notice.with_event(format!(
            "The product instance \"{name}\" connected and was added to the Virtual Account \
             \"{pool}\"."
        ));
    }
    notice.said(format!(
        "The product instance \"{name}\" was added to the Virtual Account \"{pool}\" and \
         configured for redundancy with the following Standbys: {}.",
        quoted(standbys)
    ))
}

/// It moved, as the account says that it left.
pub(crate) fn transferred_from(from: &str, to: &str, of: &Named) -> Notice {
    Notice::about(Topic::ProductInstanceTransferred, of.subject()).said(format!(
        "The product instance \"{}\" was transferred from the Virtual Account \"{from}\" to the \
         Virtual Account \"{to}\".",
        of.name
    ))
}

/// It moved, as the account says that received it.
pub(crate) fn transferred_to(from: &str, to: &str, of: &Named) -> Notice {
    Notice::about(Topic::ProductInstanceTransferred, of.subject()).said(format!(
        "The product instance \"{}\" was transferred to the Virtual Account \"{to}\" from the \
         Virtual Account \"{from}\".",
        of.name
    ))
}

/// It is gone.
pub(crate) fn removed(of: &Named) -> Notice {
    Notice::about(Topic::ProductInstanceRemoved, of.subject()).said(format!(
        "The product instance \"{}\" was removed from Smart Software Manager.",
        of.name
    ))
}

/// It said what it uses.
pub(crate) fn requested(pool: &str, of: &Named, wanted: &[(EntitlementTag, u64)]) -> Notice {
    Notice::about(Topic::ProductInstanceRequestedLicense, of.subject()).with_event(format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" requested {}.",
        of.name,
        counted(wanted)
    ))
}

/// `2 "A", 1 "B"`; long lists end in an ellipsis, which an event has room for.
pub(crate) fn counted(wanted: &[(EntitlementTag, u64)]) -> String {
    const SHOWN_MAX: usize = 16;
    let shown = wanted.iter().take(SHOWN_MAX).map(|(tag, count)| {
        let Subject::License { name, .. } = licence_text::subject(tag) else {
            return String::new();
        };
        format!("{count} \"{name}\"")
    });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if wanted.len() > SHOWN_MAX {
        text.push_str(", …");
    }
    text
}

/// It has a new ID certificate.
pub(crate) fn renewed_certificate(pool: &str, of: &Named) -> Notice {
    Notice::about(Topic::ProductInstanceRenewedCertificate, of.subject()).said(format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" connected and successfully \
         renewed its identity certificate.",
        of.name
    ))
}

/// It was silent and is back.
pub(crate) fn connected(pool: &str, of: &Named) -> Notice {
    Notice::about(Topic::ProductInstanceConnected, of.subject()).said(format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" connected and successfully \
         renewed.",
        of.name
    ))
}

/// It is silent, with so many days left.
pub(crate) fn failed_to_connect(pool: &str, of: &Named, days: u32) -> Notice {
    let left = match days {
        0 => "today".to_owned(),
        1 => "within the next 1 day".to_owned(),
        days => format!("within the next {days} days"),
    };
    let silent = format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" has not connected for its \
         renewal period. The product instance may run in a degraded state if it does not connect \
         {left}. If the product instance is not going to connect, you can remove it to \
         immediately release the",
        of.name
    );
    let due = if days == 0 { ActionDue::Now } else { ActionDue::Days(days) };
    Notice::about(Topic::ProductInstanceFailedToConnect, of.subject())
        .with_event(format!(
            "The product instance \"{}\" in the Virtual Account \"{pool}\" failed to connect for \
             its renewal period.",
            of.name
        ))
        .with_syslog(format!(
            "{silent} non-restricted licenses it is consuming. Please have the product instance \
             connect to Smart Software Manager or open a support case to have it removed."
        ))
        .with_alert(Severity::Minor, due, format!("{silent} licenses it is consuming."))
}

/// It was silent for too long; its licences are free.
pub(crate) fn failed_to_renew(pool: &str, of: &Named) -> Notice {
    let silent = format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" failed to connect during \
         its renewal period and may be running in a degraded state. The",
        of.name
    );
    let alert = format!(
        "{silent} licenses it was consuming have been released for use by other product instances."
    );
    Notice::about(Topic::ProductInstanceFailedToRenew, of.subject())
        .with_syslog(format!(
            "{silent} non-restricted licenses it was consuming have been released for use by \
             other product instances. Please have the product instance connect to Smart Software \
             Manager or open a support case to have it removed."
        ))
        .with_alert(Severity::Major, ActionDue::Now, alert)
}

/// It got keys of another vendor.
pub(crate) fn third_party_keys(pool: &str, of: &Named) -> Notice {
    Notice::about(Topic::ThirdPartyKey, of.subject()).said(format!(
        "The product instance \"{}\" in the Virtual Account \"{pool}\" connected and received \
         third party keys",
        of.name
    ))
}

/// CSSM: it was added by a synchronization.
pub(crate) fn added_via(pool: &str, of: &Named, on_prem: &str) -> Notice {
    Notice::about(Topic::ProductInstanceAddedViaOnPrem, of.subject()).with_event(format!(
        "The product instance \"{}\" was added to the Virtual Account \"{pool}\" via \
         synchronization with the SSM On-Prem \"{on_prem}\".",
        of.name
    ))
}

/// CSSM: it uses licences, as a synchronization says.
pub(crate) fn requested_via(
    pool: &str,
    of: &Named,
    wanted: &[(EntitlementTag, u64)],
    on_prem: &str,
) -> Notice {
    Notice::about(Topic::ProductInstanceRequestedLicenseViaOnPrem, of.subject()).with_event(
        format!(
            "The product instance \"{}\" in the Virtual Account \"{pool}\" requested {} via \
             synchronization with the SSM On-Prem \"{on_prem}\".",
            of.name,
            counted(wanted)
        ),
    )
}

/// CSSM: it was removed by a synchronization.
pub(crate) fn removed_via(pool: &str, of: &Named, on_prem: &str) -> Notice {
    Notice::about(Topic::ProductInstanceRemovedViaOnPrem, of.subject()).said(format!(
        "The product instance \"{}\" was removed from the Virtual Account \"{pool}\" via \
         synchronization with the SSM On-Prem \"{on_prem}\".",
        of.name
    ))
}
