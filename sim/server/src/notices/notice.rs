//! One occasion in the words of an event, a syslog line and an alert, as far as each has some.

use serde::{Deserialize, Serialize};

use super::alert::{ActionDue, AlertText, Severity};
use super::syslog::SyslogSeverity;
use super::topic::Topic;

/// What an occasion is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    /// The account itself.
    Account,
    /// A licence by its tag, and what people call it.
    License { tag: String, name: String },
    /// A product instance by its UDI, and what people call it.
    ProductInstance { udi: String, name: String },
    /// The On-Prem as CSSM names it.
    OnPrem(String),
    /// A registration token, a user, a group.
    Other(String),
}

impl Subject {
    /// What tells two subjects of one topic apart.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Account => String::new(),
            Self::License { tag, .. } => tag.clone(),
            Self::ProductInstance { udi, .. } => udi.clone(),
            Self::OnPrem(name) | Self::Other(name) => name.clone(),
        }
    }
}

/// One occasion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) topic: Topic,
    pub(crate) subject: Subject,
    /// The event's message.
    pub(crate) event: Option<String>,
    /// The syslog line's text.
    pub(crate) syslog: Option<String>,
    pub(crate) alert: Option<AlertText>,
    /// Who caused it.
    pub(crate) user: Option<String>,
    /// What tells its alert from another one about the same subject.
    pub(crate) detail: Option<String>,
}

impl Notice {
    /// An occasion nothing is said of yet.
    pub(crate) fn about(topic: Topic, subject: Subject) -> Self {
        Self { topic, subject, event: None, syslog: None, alert: None, user: None, detail: None }
    }

    pub(crate) fn with_event(self, message: impl Into<String>) -> Self {
        Self { event: Some(message.into()), ..self }
    }

    pub(crate) fn with_syslog(self, text: impl Into<String>) -> Self {
        Self { syslog: Some(text.into()), ..self }
    }

    /// Event and syslog line in the same words.
    pub(crate) fn said(self, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { event: Some(text.clone()), syslog: Some(text), ..self }
    }

    pub(crate) fn with_alert(
        self,
        severity: Severity,
        action_due: ActionDue,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self { alert: Some(AlertText { severity, message, action_due }), ..self }
    }

    pub(crate) fn by(self, user: &str) -> Self {
        Self { user: Some(user.to_owned()), ..self }
    }

    /// One of several about the same subject.
    pub(crate) fn apart(self, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()), ..self }
    }

    /// General unless it raises an alert (documented).
    pub(crate) fn syslog_severity(&self) -> SyslogSeverity {
        match self.alert.as_ref().map(|alert| alert.severity) {
            None => SyslogSeverity::Info,
            Some(Severity::Minor) => SyslogSeverity::Warn,
            Some(Severity::Major) => SyslogSeverity::Alert,
        }
    }
}
