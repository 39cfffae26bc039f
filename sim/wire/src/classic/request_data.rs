//! `request_data`: what one request asks, by its type.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::message_type::MessageType;
use super::proposed::conversion::ConversionRequest;
use super::proposed::entitlement::EntitlementRequest;
use super::proposed::export_authorization::ExportRequest;
use super::proposed::id_certificate::IdCertificateRequest;
use super::proposed::life::{DeregistrationRequest, HeartbeatRequest};
use super::proposed::poll::PollRequest;
use super::proposed::registration::RegistrationRequest;
use super::sudi::{ClassicSudi, Origin};
use super::third_party_key::ThirdPartyKeyRequest;
use crate::identifiers::{Nonce, ProductInstanceId};
use crate::{Error, limits};

const FORMAT: &str = "request_data";

/// What one request asks.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestData {
    /// To become a product instance of an account.
    Registration(RegistrationRequest),
    /// A new ID certificate.
    IdCertificateRenewal(IdCertificateRequest),
    /// Whether the use is authorized.
    Entitlement(EntitlementRequest),
    /// Nothing.
    Heartbeat(HeartbeatRequest),
    /// To leave the account.
    Deregistration(DeregistrationRequest),
    /// An export-controlled licence, or to return one.
    ExportAuthorization(ExportRequest),
    /// To convert classic licences.
    Conversion(ConversionRequest),
    /// A deferred result.
    Poll(PollRequest),
    /// The key of another vendor's service.
    ThirdPartyKey(ThirdPartyKeyRequest),
}

impl RequestData {
    /// Reads the text of `request_data`. A type outside the table is an error: nobody knows what
    /// its data holds.
    pub fn decode(kind: &MessageType, text: &str) -> Result<Self, Error> {
        Ok(match kind {
            MessageType::Registration => Self::Registration(read(text)?),
            MessageType::IdCertificateRenewal => Self::IdCertificateRenewal(read(text)?),
            MessageType::Entitlement => Self::Entitlement(read(text)?),
            MessageType::Heartbeat => Self::Heartbeat(read(text)?),
            MessageType::Deregistration => Self::Deregistration(read(text)?),
            MessageType::ExportAuthorization => Self::ExportAuthorization(read(text)?),
            MessageType::Conversion => Self::Conversion(read(text)?),
            MessageType::Poll => Self::Poll(read(text)?),
            MessageType::ThirdPartyKey => Self::ThirdPartyKey(read(text)?),
            MessageType::Other(word) => {
                let expected = "a type this crate knows";
                return Err(Error::malformed(FORMAT, "request_type", word, expected));
            }
        })
    }

    /// The text of `request_data`.
    pub fn encode(&self) -> String {
        match self {
            Self::Registration(data) => write(data),
            Self::IdCertificateRenewal(data) => write(data),
            Self::Entitlement(data) => write(data),
            Self::Heartbeat(data) => write(data),
            Self::Deregistration(data) => write(data),
            Self::ExportAuthorization(data) => write(data),
            Self::Conversion(data) => write(data),
            Self::Poll(data) => write(data),
            Self::ThirdPartyKey(data) => write(data),
        }
    }

    /// What the header says of such data.
    pub fn message_type(&self) -> MessageType {
        match self {
            Self::Registration(_) => MessageType::Registration,
            Self::IdCertificateRenewal(_) => MessageType::IdCertificateRenewal,
            Self::Entitlement(_) => MessageType::Entitlement,
            Self::Heartbeat(_) => MessageType::Heartbeat,
            Self::Deregistration(_) => MessageType::Deregistration,
            Self::ExportAuthorization(_) => MessageType::ExportAuthorization,
            Self::Conversion(_) => MessageType::Conversion,
            Self::Poll(_) => MessageType::Poll,
            Self::ThirdPartyKey(_) => MessageType::ThirdPartyKey,
        }
    }

    /// The nonce inside the data.
    pub fn nonce(&self) -> &Nonce {
        self.common().1
    }

    /// The product instance inside the data.
    pub fn sudi(&self) -> &ClassicSudi {
        self.common().0
    }

    /// The identifier inside the data.
    pub fn product_instance_identifier(&self) -> Option<&ProductInstanceId> {
        self.common().2
    }

    /// Who sent the data, and when.
    pub fn origin(&self) -> Origin {
        let (sudi, nonce, identifier, timestamp) = self.common();
        Origin {
            sudi: sudi.clone(),
            timestamp,
            nonce: nonce.clone(),
            product_instance_identifier: identifier.cloned(),
        }
    }

    fn common(&self) -> (&ClassicSudi, &Nonce, Option<&ProductInstanceId>, u64) {
        let origin = match self {
            Self::Registration(data) => &data.origin,
            Self::IdCertificateRenewal(data) => &data.origin,
            Self::Entitlement(data) => &data.origin,
            Self::Heartbeat(data) => &data.origin,
            Self::Deregistration(data) => &data.origin,
            Self::ExportAuthorization(data) => &data.origin,
            Self::Conversion(data) => &data.origin,
            Self::Poll(data) => &data.origin,
            Self::ThirdPartyKey(data) => {
                let identifier = data.product_instance_identifier.as_ref();
                return (&data.sudi, &data.nonce, identifier, data.timestamp);
            }
        };
        let identifier = origin.product_instance_identifier.as_ref();
        (&origin.sudi, &origin.nonce, identifier, origin.timestamp)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    limits::json(FORMAT, text)
}

fn write(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("plain values always serialise")
}
