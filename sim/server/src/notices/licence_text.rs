//! What is said of licences that come, go, move, expire or are short.
//!
//! Source: SSM On-Prem 7 User Guide, "Licensing Events", "Alert Actions", and the syslog texts
//! "Insufficient Licenses" to "Licenses Transferred".

use jiff::Timestamp;
use muster_wire::EntitlementTag;

use super::alert::{ActionDue, Severity};
use super::notice::{Notice, Subject};
use super::topic::Topic;
use crate::holdings::published;

/// A number of licences of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Licences<'a> {
    pub(crate) tag: &'a EntitlementTag,
    pub(crate) count: u64,
    /// `perpetual`, `term` or `demo`.
    pub(crate) kind: &'a str,
    pub(crate) subscription: Option<&'a str>,
}

/// Where new licences come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    Plain,
    /// A device-led conversion of this product instance.
    Conversion(&'a str),
    /// The use of a licence that is only reported.
    Automatic,
}

impl Licences<'_> {
    fn subject(&self) -> Subject {
        subject(self.tag)
    }

    fn name(&self) -> String {
        name(self.tag)
    }

    /// `1 "X" term license associated with Subscription ID "Sub-1"`, after a word for the number.
    fn words(&self, word: &str) -> String {
        let (name, kind, plural) = (self.name(), self.kind, plural(self.count));
        let subscription = match self.subscription {
            Some(id) => format!(" associated with Subscription ID \"{id}\""),
            None => String::new(),
        };
        format!("{}{word} \"{name}\" {kind} license{plural}{subscription}", self.count)
    }

    fn were(&self) -> &'static str {
        if self.count == 1 { "was" } else { "were" }
    }

    fn are(&self) -> &'static str {
        if self.count == 1 { "is" } else { "are" }
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn name(tag: &EntitlementTag) -> String {
    let (name, _) = published::description(tag);
    if name.is_empty() { tag.as_str().to_owned() } else { name }
}

pub(crate) fn subject(tag: &EntitlementTag) -> Subject {
    Subject::License { tag: tag.as_str().to_owned(), name: name(tag) }
}

/// A day as alerts write it.
pub(crate) fn day(at_ms: u64) -> String {
    let time = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.unwrap_or(Timestamp::MAX).strftime("%b %d, %Y").to_string()
}

/// Licences arrived.
pub(crate) fn new(pool: &str, of: Licences<'_>, origin: Origin<'_>) -> Notice {
    let (name, were) = (of.name(), of.were());
    let added = match origin {
        Origin::Automatic => format!(
            "{} new \"{name}\" perpetual license{} {were} automatically added to the Virtual \
             Account \"{pool}\".",
            of.count,
            plural(of.count)
        ),
        Origin::Conversion(instance) => format!(
            "{} {were} added to the Virtual Account \"{pool}\" via Smart License Conversion \
             ({instance})",
            of.words(" new")
        ),
        Origin::Plain => {
            format!("{} {were} added to the Virtual Account \"{pool}\"", of.words(" new"))
        }
    };
    let event =
        format!("{} new {name} licenses were added to the Virtual Account \"{pool}\"", of.count);
    Notice::about(Topic::NewLicenses, of.subject()).with_event(event).with_syslog(added)
}

/// Licences were taken away.
pub(crate) fn removed(pool: &str, of: Licences<'_>) -> Notice {
    let text =
        format!("{} {} removed from the Virtual Account \"{pool}\"", of.words(""), of.were());
    let event = format!(
        "{} \"{}\" licenses were removed from the Virtual Account \"{pool}\"",
        of.count,
        of.name()
    );
    Notice::about(Topic::LicensesRemoved, of.subject()).with_event(event).with_syslog(text)
}

/// Licences moved, as the account says that they left.
pub(crate) fn transferred_from(from: &str, to: &str, of: Licences<'_>) -> Notice {
    let text = format!(
        "{} {} transferred from the Virtual Account \"{from}\" to the Virtual Account \"{to}\".",
        of.words(""),
        of.were()
    );
    transferred(from, to, of, text)
}

/// Licences moved, as the account says that received them.
pub(crate) fn transferred_to(from: &str, to: &str, of: Licences<'_>) -> Notice {
    let text = format!(
        "{} {} transferred to the Virtual Account \"{to}\" from the Virtual Account \"{from}\".",
        of.words(""),
        of.were()
    );
    transferred(from, to, of, text)
}

fn transferred(from: &str, to: &str, of: Licences<'_>, text: String) -> Notice {
    let event = format!(
        "{} {} licenses were transferred from the Virtual Account \"{from}\" to the Virtual \
         Account \"{to}\"",
        of.count,
        of.name()
    );
    Notice::about(Topic::LicensesTransferred, of.subject()).with_event(event).with_syslog(text)
}

/// Licences ended and are gone.
pub(crate) fn expired(pool: &str, of: Licences<'_>, ended_at_ms: u64) -> Notice {
    let text = format!(
        "{} in the Virtual Account \"{pool}\" expired on {}",
        of.words(""),
        day(ended_at_ms)
    );
    let event = format!(
        "{} \"{}\" licenses expired and were removed from the Virtual Account \"{pool}\"",
        of.count,
        of.name()
    );
    Notice::about(Topic::LicensesExpired, of.subject())
        .with_event(event)
        .with_syslog(text.clone())
        .with_alert(Severity::Minor, ActionDue::Now, text)
}

/// Licences end in some days.
pub(crate) fn expiring(pool: &str, of: Licences<'_>, days: u32, ends_at_ms: u64) -> Notice {
    let left = match days {
        0 => "today".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    let text = format!(
        "{} in the Virtual Account \"{pool}\" {} set to expire {left} on {}",
        of.words(""),
        of.are(),
        day(ends_at_ms)
    );
    let due = if days == 0 { ActionDue::Now } else { ActionDue::Days(days) };
    Notice::about(Topic::LicensesExpiring, of.subject()).with_syslog(text.clone()).with_alert(
        Severity::Minor,
        due,
        text,
    )
}

/// More is in use than there is.
pub(crate) fn insufficient(pool: &str, tag: &EntitlementTag, count: u64) -> Notice {
    let (name, plural) = (name(tag), plural(count));
    let are = if count == 1 { "is" } else { "are" };
    let alert = format!(
        "The Virtual Account \"{pool}\" has a shortage of \"{name}\" licenses. {count} \
         license{plural} {are} required to return to compliance."
    );
    Notice::about(Topic::InsufficientLicenses, subject(tag))
        .with_event(format!(
            "The Virtual Account \"{pool}\" reported a shortage of {count} {name} licenses"
        ))
        .with_syslog(format!(
            "The Virtual Account \"{pool}\" reported a shortage of {count} \"{name}\" \
             license{plural}."
        ))
        .with_alert(Severity::Major, ActionDue::Now, alert)
}

/// A shortage is over.
pub(crate) fn corrected(pool: &str, tag: &EntitlementTag, count: u64) -> Notice {
    let text = format!(
        "The shortage of {count} \"{}\" license{} in the Virtual Account \"{pool}\" has been \
         corrected.",
        name(tag),
        plural(count)
    );
    Notice::about(Topic::LicensesCorrected, subject(tag)).said(text)
}

/// The same licence came with a second subscription. Assumed: the words, and that it is minor; the
/// guide only says when.
pub(crate) fn duplicate(pool: &str, tag: &EntitlementTag) -> Notice {
    let text = format!(
        "The same license \"{}\" is present from different subscriptions within the Virtual \
         Account \"{pool}\".",
        name(tag)
    );
    Notice::about(Topic::DuplicateLicenses, subject(tag)).with_alert(
        Severity::Minor,
        ActionDue::None,
        text,
    )
}

/// Upgrade licences were bought that replace others.
pub(crate) fn upgrade(pool: &str, of: Licences<'_>) -> Notice {
    let text = format!(
        "{} new \"{}\" {} licenses were added to the Virtual Account \"{pool}\". These licenses \
         will become available when the upgrade is completed by identifying the licenses to be \
         replaced by the upgrade licenses.",
        of.count,
        of.name(),
        of.kind
    );
    Notice::about(Topic::LicenseUpgrade, of.subject()).said(text)
}
