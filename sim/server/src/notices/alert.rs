//! Alerts: what an administrator has to look at, until its cause is gone.
//!
//! Source: SSM On-Prem 7 User Guide, "Alerts Tab", "Alert Actions"; the members from the alerts
//! call of "Using Smart Software Manager On-Prem APIs".

use serde::{Deserialize, Serialize};

use super::Place;
use super::notice::Subject;
use super::topic::Topic;

/// How much it matters; major ones are listed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Severity {
    Major,
    Minor,
}

impl Severity {
    /// The word of the alerts call.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Major => "Major",
            Self::Minor => "Minor",
        }
    }
}

/// When something has to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionDue {
    Now,
    Days(u32),
    None,
}

impl ActionDue {
    /// The text of the alerts call. Assumed: one day is written like several.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Now => "Now".to_owned(),
            Self::Days(days) => format!("{days} days"),
            Self::None => "None".to_owned(),
        }
    }
}

/// What an alert comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum SourceType {
    #[serde(rename = "Virtual Account")]
    VirtualAccount,
    #[serde(rename = "On-Prem")]
    OnPrem,
    #[serde(rename = "Account Agreement")]
    AccountAgreement,
}

impl SourceType {
    /// The words of the alerts call.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::VirtualAccount => "Virtual Account",
            Self::OnPrem => "On-Prem",
            Self::AccountAgreement => "Account Agreement",
        }
    }
}

/// What an administrator may do with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dismissal {
    /// It goes when its cause is gone.
    Never,
    /// It is hidden until the next warning.
    RemindLater,
    Dismiss,
}

/// What an alert adds to its occasion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AlertText {
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) action_due: ActionDue,
}

/// What makes two alerts the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct AlertKey {
    pub(crate) place: Place,
    pub(crate) topic: Topic,
    /// The licence, product instance or On-Prem it is about.
    pub(crate) subject: String,
}

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alert {
    /// Among all records, in the order they were made.
    pub(crate) number: u64,
    pub(crate) raised_at_ms: u64,
    pub(crate) place: Place,
    pub(crate) topic: Topic,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) action_due: ActionDue,
    pub(crate) subject: Subject,
    /// Whether an administrator asked to be reminded later.
    pub(crate) is_hidden: bool,
}

impl Alert {
    pub(super) fn new(
        number: u64,
        raised_at_ms: u64,
        (place, topic): (&Place, Topic),
        subject: Subject,
        text: AlertText,
    ) -> Self {
        let AlertText { severity, message, action_due } = text;
        let place = place.clone();
        Self {
            number,
            raised_at_ms,
            place,
            topic,
            severity,
            message,
            action_due,
            subject,
            is_hidden: false,
        }
    }

    /// What it comes from.
    pub(crate) fn source_type(&self) -> SourceType {
        match (&self.subject, self.topic) {
            (_, Topic::UpdatedLicenseAgreement) => SourceType::AccountAgreement,
            (Subject::OnPrem(_), _) => SourceType::OnPrem,
            _ => SourceType::VirtualAccount,
        }
    }

    /// The name of what it comes from.
    pub(crate) fn source(&self) -> &str {
        match (&self.subject, self.source_type()) {
            (_, SourceType::AccountAgreement) => "",
            (Subject::OnPrem(name), _) => name,
            _ => self.place.pool(),
        }
    }

    /// The licence it is about.
    pub(crate) fn license(&self) -> Option<&str> {
        match &self.subject {
            Subject::License { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The product instance it is about.
    pub(crate) fn product_instance(&self) -> Option<&str> {
        match &self.subject {
            Subject::ProductInstance { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The On-Prem it is about.
    pub(crate) fn on_prem(&self) -> Option<&str> {
        match &self.subject {
            Subject::OnPrem(name) => Some(name),
            _ => None,
        }
    }
}
