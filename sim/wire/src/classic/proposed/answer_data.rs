//! `response_data`: what one answer gives, by its type and status.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conversion::ConversionAnswer;
use super::entitlement::EntitlementAnswer;
use super::export_authorization::ExportAnswer;
use super::id_certificate::IdCertificateAnswer;
use super::poll::Deferred;
use super::registration::RegistrationAnswer;
use super::third_party_key::ThirdPartyKeyAnswer;
use crate::classic::answer_status::ClassicStatus;
use crate::classic::message_type::MessageType;
use crate::{Error, Extra, limits};

const FORMAT: &str = "response_data";

/// What one answer gives.
#[derive(Clone, Debug, PartialEq)]
pub enum AnswerData {
    /// An ID certificate and an account.
    Registration(RegistrationAnswer),
    /// A new ID certificate.
    IdCertificateRenewal(IdCertificateAnswer),
    /// How the account stands.
    Entitlement(EntitlementAnswer),
    /// Export-controlled licences.
    ExportAuthorization(ExportAnswer),
    /// What became of a conversion.
    Conversion(ConversionAnswer),
    /// Keys of another vendor's service.
    ThirdPartyKey(ThirdPartyKeyAnswer),
    /// Nothing yet: come back later.
    Deferred(Deferred),
    /// Nothing: a heartbeat or a deregistration that was taken, or any request that was not.
    Nothing(Extra),
}

impl AnswerData {
    /// Reads the text of `response_data`.
    pub fn decode(kind: &MessageType, status: &ClassicStatus, text: &str) -> Result<Self, Error> {
        match status {
            ClassicStatus::Complete => Self::complete(kind, text),
            ClassicStatus::OkPoll => read(text).map(Self::Deferred),
            ClassicStatus::Failed
            | ClassicStatus::OkTryAgain
            | ClassicStatus::VersionTooHigh
            | ClassicStatus::Other(_) => nothing(text),
        }
    }

    fn complete(kind: &MessageType, text: &str) -> Result<Self, Error> {
        Ok(match kind {
            MessageType::Registration => Self::Registration(read(text)?),
            MessageType::IdCertificateRenewal => Self::IdCertificateRenewal(read(text)?),
            MessageType::Entitlement => Self::Entitlement(read(text)?),
            MessageType::ExportAuthorization => Self::ExportAuthorization(read(text)?),
            MessageType::Conversion => Self::Conversion(read(text)?),
            MessageType::ThirdPartyKey => Self::ThirdPartyKey(read(text)?),
            MessageType::Heartbeat | MessageType::Deregistration => nothing(text)?,
            // An answer has the type of what was polled for.
            MessageType::Poll | MessageType::Other(_) => {
                let expected = "a type that can be answered";
                return Err(Error::malformed(FORMAT, "response_type", kind.as_str(), expected));
            }
        })
    }

    /// The text of `response_data`.
    pub fn encode(&self) -> String {
        match self {
            Self::Registration(data) => write(data),
            Self::IdCertificateRenewal(data) => write(data),
            Self::Entitlement(data) => write(data),
            Self::ExportAuthorization(data) => write(data),
            Self::Conversion(data) => write(data),
            Self::ThirdPartyKey(data) => write(data),
            Self::Deferred(data) => write(data),
            Self::Nothing(extra) => write(extra),
        }
    }
}

/// `""`, `null` and an object read as nothing.
fn nothing(text: &str) -> Result<AnswerData, Error> {
    if text.is_empty() {
        return Ok(AnswerData::Nothing(Extra::new()));
    }
    read::<Option<Extra>>(text).map(|extra| AnswerData::Nothing(extra.unwrap_or_default()))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    limits::json(FORMAT, text)
}

fn write(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("plain values always serialise")
}
