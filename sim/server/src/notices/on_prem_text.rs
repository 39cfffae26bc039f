//! What is said of an On-Prem's account at CSSM: registration, synchronization, ageing.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Alerts", the syslog texts "SSM On-Prem" to
//! "Version Compatibility Note", and the alerts of "Using Smart Software Manager On-Prem APIs".

use jiff::Timestamp;

use super::alert::{ActionDue, Severity};
use super::notice::{Notice, Subject};
use super::topic::Topic;

/// A time as the guide's texts would show it. Assumed: the form.
pub(crate) fn moment(at_ms: u64) -> String {
    let time = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.unwrap_or(Timestamp::MAX).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The account and its pair at CSSM.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) on_prem: &'a str,
    pub(crate) smart_account: &'a str,
    pub(crate) virtual_account: &'a str,
}

impl Pair<'_> {
    fn subject(&self) -> Subject {
        Subject::OnPrem(self.on_prem.to_owned())
    }
}

/// It was registered with CSSM.
pub(crate) fn registered(of: Pair<'_>, user: &str, at_ms: u64) -> Notice {
    Notice::about(Topic::OnPremRegistered, of.subject())
        .said(format!(
            "The On-Prem \"{}\" was registered to Smart Account \"{}\" and Virtual Account \"{}\" \
             by User \"{user}\" at {}",
            of.on_prem,
            of.smart_account,
            of.virtual_account,
            moment(at_ms)
        ))
        .by(user)
}

/// It was registered again.
pub(crate) fn re_registered(of: Pair<'_>, user: &str, at_ms: u64) -> Notice {
    Notice::about(Topic::OnPremReRegistered, of.subject())
        .said(format!(
            "The On-Prem \"{}\" was Re-Registered to Smart Account \"{}\" and Virtual Account \
             \"{}\" by User \"{user}\" at \"{}\"",
            of.on_prem,
            of.smart_account,
            of.virtual_account,
            moment(at_ms)
        ))
        .by(user)
}

/// A file to register it again with was written.
pub(crate) fn re_registration_file(account: &str, user: &str) -> Notice {
    Notice::about(Topic::OnPremReRegistered, Subject::OnPrem(account.to_owned()))
        .said(format!("Re-registration file generated for account {account}"))
        .by(user)
}

/// It is gone from CSSM.
pub(crate) fn removed(on_prem: &str) -> Notice {
    Notice::about(Topic::OnPremRemoved, Subject::OnPrem(on_prem.to_owned()))
        .said(format!("The On-Prem \"{on_prem}\" was removed."))
}

/// CSSM calls it otherwise.
pub(crate) fn renamed(old: &str, new: &str) -> Notice {
    Notice::about(Topic::OnPremRenamed, Subject::OnPrem(new.to_owned()))
        .said(format!("The On-Prem \"{old}\" was renamed to \"{new}\""))
}

/// A file is needed to complete its registration.
pub(crate) fn authorization_pending(on_prem: &str, email: &str) -> Notice {
    let text = format!(
        "The Smart Software Manager On-Prem \"{on_prem}\" has been created but requires an On-Prem \
         Authorization File to complete the registration process. An email notification will be \
         sent to \"{email}\" when the file has been generated and is ready to be downloaded."
    );
    Notice::about(Topic::AuthorizationPending, Subject::OnPrem(on_prem.to_owned()))
        .said(text.clone())
        .with_alert(Severity::Minor, ActionDue::Now, text)
}

/// The file is there.
pub(crate) fn authorization_file_ready(on_prem: &str) -> Notice {
    let text = format!(
        "The Authorization File for Smart Software Manager On-Prem \"{on_prem}\" has been \
         generated and is ready to be downloaded. To complete the registration process, save this \
         file and upload it to Smart Software Manager On-Prem using the On-Prem setup utility."
    );
    Notice::about(Topic::AuthorizationFileReady, Subject::OnPrem(on_prem.to_owned()))
        .said(text.clone())
        .with_alert(Severity::Minor, ActionDue::Now, text)
}

/// A synchronization was done.
pub(crate) fn synchronized(on_prem: &str, way: &str) -> Notice {
    Notice::about(Topic::SynchronizationSuccessful, Subject::OnPrem(on_prem.to_owned()))
        .with_event(format!("The On-Prem \"{on_prem}\" was synchronized via {way}."))
        .with_syslog("Synchronization Successful")
}

/// A synchronization failed.
pub(crate) fn synchronization_failed(on_prem: &str, reason: &str) -> Notice {
    let alert = "An error occurred while processing the Synchronization File for the On-Prem. Try \
                 generating a new Synchronization File from your On-Prem and synchronizing again. \
                 If the problem persists, contact Cisco Support.";
    Notice::about(Topic::SynchronizationFailed, Subject::OnPrem(on_prem.to_owned()))
        .with_event(format!("The On-Prem \"{on_prem}\" failed to synchronize: {reason}"))
        .with_syslog(format!(
            "Synchronization Failed: The Smart Software Manager On-Prem account \"{on_prem}\" \
             synchronization to Cisco has failed. Please go to the synchronization log for more \
             details."
        ))
        .with_alert(Severity::Major, ActionDue::Now, alert)
}

/// Some licences could not be taken over.
pub(crate) fn entitlements_failed(on_prem: &str) -> Notice {
    Notice::about(Topic::EntitlementsFailed, Subject::OnPrem(on_prem.to_owned()))
        .said("One or more entitlements failed to synchronize with CSSM")
}

/// Some product instances could not be taken over.
pub(crate) fn products_failed(on_prem: &str) -> Notice {
    Notice::about(Topic::ProductsFailed, Subject::OnPrem(on_prem.to_owned()))
        .said("One or more products failed to synchronize with CSSM")
}

/// On-Prem: it has not synchronized for 30 to 89 days.
pub(crate) fn overdue_minor(on_prem: &str, days: u64) -> Notice {
    let text =
        format!("Synchronization Overdue: local Account has not synchronized in {days} days.");
    overdue(on_prem, days, Severity::Minor, text)
}

/// On-Prem: it has not synchronized for 90 to 364 days.
pub(crate) fn overdue_major(on_prem: &str, days: u64) -> Notice {
    let text = format!("Synchronization Overdue: On-Prem has not synchronized in {days} days.");
    overdue(on_prem, days, Severity::Major, text)
}

fn overdue(on_prem: &str, days: u64, severity: Severity, text: String) -> Notice {
    Notice::about(Topic::SynchronizationOverdue, Subject::OnPrem(on_prem.to_owned()))
        .with_syslog(format!("On-Prem has not synchronized in {days} days"))
        .with_alert(severity, ActionDue::Now, text)
}

/// It has not synchronized for a year.
pub(crate) fn re_registration_required(on_prem: &str) -> Notice {
    let text = "On-Prem was not synchronized for 365 days and must be re-registered with Cisco \
                Smart Software Manager";
    Notice::about(Topic::ReRegistrationRequired, Subject::OnPrem(on_prem.to_owned()))
        .with_event(format!("{text}."))
        .with_syslog(format!("{text}."))
        .with_alert(Severity::Major, ActionDue::Now, format!("Re-registration Required: {text}"))
}

/// CSSM that removes an On-Prem after 90 days: some days without synchronization.
pub(crate) fn removal_announced(on_prem: &str, days: u64, left: u64) -> Notice {
    let text = format!(
        "The Smart Software Manager On-Prem \"{on_prem}\" has not synchronized for {days} days. If \
         it is not synchronized within {left} days, this On-Prem will be removed from Smart \
         Software Manager and all of the product instances registered through the On-Prem may run \
         in a degraded state."
    );
    Notice::about(Topic::SynchronizationOverdue, Subject::OnPrem(on_prem.to_owned()))
        .with_syslog(text.clone())
        .with_alert(Severity::Major, ActionDue::Now, text)
}

/// CSSM that removes an On-Prem after 90 days: it did.
pub(crate) fn unregistered(on_prem: &str) -> Notice {
    let text = format!(
        "The Smart Software Manager On-Prem \"{on_prem}\" failed to synchronize within 90 days and \
         was removed from Smart Software Manager. All of the product instances registered through \
         the On-Prem were also removed from the associated local Virtual Accounts and may be \
         running in a degraded state."
    );
    Notice::about(Topic::OnPremUnregistered, Subject::OnPrem(on_prem.to_owned()))
        .said(text.clone())
        .with_alert(Severity::Major, ActionDue::Now, text)
}

/// Older agents cannot register yet.
pub(crate) fn version_compatibility(on_prem: &str) -> Notice {
    let text = "Temporarily, this SSM On-Prem will only be able to register Product Instances that \
                are using the multi-level certificate hierarchy feature (use show license on the \
                Product Instance to ensure that the agent version is 1.5+). To enable registration \
                of Product Instances using older versions of the agent, wait ten business days \
                after the On-Prem's initial registration and then synchronize.";
    Notice::about(Topic::VersionCompatibility, Subject::OnPrem(on_prem.to_owned()))
        .with_syslog(text)
        .with_alert(Severity::Minor, ActionDue::None, text)
}
