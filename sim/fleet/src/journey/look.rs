//! One thing looked at when a step ends: what was expected of it and what it was.

use muster_journal::FailureCause;
use muster_scenarios::model::TrustExpectation;
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::{AnswerStatus, Artefact, LineStatus, RequestType};

use super::classic;
use super::member::Last;

/// One thing looked at.
pub(super) struct Look {
    pub(super) subject: String,
    pub(super) expected: String,
    pub(super) actual: String,
    pub(super) met: bool,
}

impl Look {
    /// An expectation that is not met whatever it was compared with.
    pub(super) fn unmet(subject: &str, expected: &str, actual: String) -> Self {
        let (subject, expected) = (subject.to_owned(), expected.to_owned());
        Self { subject, expected, actual, met: false }
    }

    /// Compares with what the answer holds; without an answer, `absent` says why.
    pub(super) fn equal(
        subject: &str,
        expected: &str,
        actual: Option<String>,
        absent: Option<&str>,
    ) -> Self {
        if let Some(absent) = absent {
            return Self::unmet(subject, expected, absent.to_owned());
        }
        let actual = actual.unwrap_or_else(|| "nothing".to_owned());
        let (subject, expected) = (subject.to_owned(), expected.to_owned());
        Self { subject, met: expected == actual, expected, actual }
    }
}

/// What an answer says of itself.
pub(super) struct Said {
    pub(super) envelope: Option<String>,
    pub(super) status: Option<String>,
    pub(super) code: Option<String>,
}

impl Said {
    /// What a body says: `answer` where it is one of the policy era, else as one of the classic
    /// era, if an instance of that got it.
    pub(super) fn of(body: &[u8], answer: Option<&SmartAnswer>, is_classic: bool) -> Self {
        let classic = if is_classic { classic::said_by(body) } else { None };
        if let Some(answer) = classic {
            let code = answer.message_code.filter(|code| !code.is_empty());
            return Self { envelope: None, status: Some(answer.status.to_string()), code };
        }
        let line = answer.and_then(|answer| answer.license_data.first());
        let code = answer.and_then(|answer| answer.message_code.clone());
        Self {
            envelope: answer.map(|answer| answer.status.as_str().to_owned()),
            status: line.map(|line| line.status.as_str().to_owned()),
            code: code.or_else(|| line.and_then(|line| line.message_code.clone())),
        }
    }
}

/// The journal's word for a failure, for example `too_long`.
pub(super) fn word_of(cause: FailureCause) -> String {
    let value = serde_json::to_value(cause).expect("a plain word");
    value.as_str().unwrap_or_default().to_owned()
}

/// What became of a trust request, by its answer.
enum TrustOutcome {
    Accepted,
    /// The server said no.
    Refused {
        code: Option<String>,
        /// The code, or the form the refusal has.
        shown: String,
    },
    /// The server said neither yes nor no.
    Open(String),
}

impl TrustOutcome {
    fn of(last: &Last, answer: Option<&SmartAnswer>) -> Self {
        if let Some(failure) = last.failure {
            return Self::Open(format!("no answer ({})", word_of(failure)));
        }
        let Some(http) = last.http else { return Self::Open("no answer".to_owned()) };
        if last.request_type == Some(RequestType::LicenseUsage) {
            return Self::Open("no trust request (LICENSE_USAGE)".to_owned());
        }
        let line = answer.and_then(|answer| answer.license_data.first());
        let artefact = line
            .and_then(|line| line.smart_license.as_deref())
            .and_then(|text| Artefact::from_smart_license(text).ok());
        if let Some(Artefact::Trust(trust)) = artefact {
            let status = trust.trust_code.status;
            let refused = |code: Option<String>| Self::refused(code, "without a code");
            return if status.success { Self::Accepted } else { refused(status.code) };
        }
        // A failure envelope is the licensing server's own word, whatever HTTP says beside it.
        let envelope_code = answer.and_then(|answer| answer.message_code.clone());
        if answer.is_some_and(|answer| answer.status == AnswerStatus::Failed) {
            return Self::refused(envelope_code, "FAILED");
        }
        match line.map(|line| &line.status) {
            Some(LineStatus::Failed) => {
                let code = line.and_then(|line| line.message_code.clone()).or(envelope_code);
                Self::refused(code, "FAILED")
            }
            Some(LineStatus::OkPoll) => Self::Open("deferred (OK_POLL)".to_owned()),
            _ if (400..500).contains(&http) => Self::refused(None, &format!("HTTP {http}")),
            _ if http >= 500 => Self::Open(format!("server error (HTTP {http})")),
            _ => Self::Open(format!("no trust code (HTTP {http})")),
        }
    }

    fn refused(code: Option<String>, form: &str) -> Self {
        let shown = code.clone().unwrap_or_else(|| form.to_owned());
        Self::Refused { code, shown }
    }

    fn shown(&self) -> String {
        match self {
            Self::Accepted => "accepted".to_owned(),
            Self::Refused { shown, .. } => format!("refused ({shown})"),
            Self::Open(what) => what.clone(),
        }
    }
}

/// Compares what became of a trust request. Only an answer that refuses is a refusal: silence, a
/// deferral or a server that breaks down is none.
pub(super) fn look_at_trust(
    expected: &TrustExpectation,
    last: &Last,
    answer: Option<&SmartAnswer>,
    absent: Option<&str>,
) -> Look {
    let wanted = match expected {
        TrustExpectation::Accepted => "accepted".to_owned(),
        TrustExpectation::Refused { code: None } => "refused".to_owned(),
        TrustExpectation::Refused { code: Some(code) } => format!("refused ({code})"),
    };
    if let Some(absent) = absent {
        return Look::unmet("trust", &wanted, absent.to_owned());
    }
    let outcome = TrustOutcome::of(last, answer);
    let met = match (expected, &outcome) {
        (TrustExpectation::Accepted, TrustOutcome::Accepted) => true,
        (TrustExpectation::Refused { code: wanted }, TrustOutcome::Refused { code, .. }) => {
            wanted.is_none() || wanted == code
        }
        _ => false,
    };
    Look { subject: "trust".to_owned(), expected: wanted, actual: outcome.shown(), met }
}
