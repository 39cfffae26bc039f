//! The messages an instance remembers, by the section they are shown in.

use std::collections::{BTreeMap, VecDeque};

use muster_wire::transport::smart::SmartRequest;
use muster_wire::{Artefact, RequestType};
use serde::Serialize;

/// Messages kept per section. Assumed.
const MESSAGES_MAX: usize = 4;

/// Characters of one message that are kept. Assumed; the samples break off much earlier.
const MESSAGE_LENGTH_MAX: usize = 8192;

/// Sections of `show license history message`, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageSection {
    /// `ID_TOKEN_TRUST`.
    TrustEstablishment,
    /// `LICENSE_USAGE`.
    UsageReporting,
    /// `POLL`.
    ResultPolling,
    /// Requests for an authorization code.
    AuthorizationRequest,
    /// Returns of one.
    AuthorizationReturn,
    /// `TRUST_SYNC`.
    TrustSync,
    /// A policy that came in.
    ImportPolicy,
    /// An authorization code that came in.
    ImportAuth,
    /// A trust code that came in.
    ImportTrustCode,
    /// An acknowledgement that came in.
    ImportRumAck,
    /// An answer about a conversion that came in.
    ImportConversionAck,
    /// Account names that came in.
    ImportAccountInfo,
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the instance.
    Request,
    /// From the server.
    Response,
    /// Taken in, from an answer or a file.
    Received,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastMessage {
    /// Which way it went.
    pub direction: Direction,
    /// When, milliseconds since the epoch.
    pub at_ms: u64,
    /// Its text, on one line, without an ID token, cut off when it is long.
    pub text: String,
}

/// The latest messages of every section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PastMessages(BTreeMap<MessageSection, VecDeque<PastMessage>>);

impl MessageSection {
    /// Every section, in the order they are shown.
    pub const ALL: [Self; 12] = [
        Self::TrustEstablishment,
        Self::UsageReporting,
        Self::ResultPolling,
        Self::AuthorizationRequest,
        Self::AuthorizationReturn,
        Self::TrustSync,
        Self::ImportPolicy,
        Self::ImportAuth,
        Self::ImportTrustCode,
        Self::ImportRumAck,
        Self::ImportConversionAck,
        Self::ImportAccountInfo,
    ];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::TrustEstablishment => "Trust Establishment",
            Self::UsageReporting => "Usage Reporting",
            Self::ResultPolling => "Result Polling",
            Self::AuthorizationRequest => "Authorization Request",
            Self::AuthorizationReturn => "Authorization Return",
            Self::TrustSync => "Trust Sync",
            Self::ImportPolicy => "Import POLICY",
            Self::ImportAuth => "Import AUTH",
            Self::ImportTrustCode => "Import TRUST CODE",
            Self::ImportRumAck => "Import RUM ACK",
            Self::ImportConversionAck => "Import CONVERSION ACK",
            Self::ImportAccountInfo => "Import ACCOUNT INFO",
        }
    }

    /// Whether it shows what came in rather than exchanges.
    pub const fn is_import(self) -> bool {
        matches!(
            self,
            Self::ImportPolicy
                | Self::ImportAuth
                | Self::ImportTrustCode
                | Self::ImportRumAck
                | Self::ImportConversionAck
                | Self::ImportAccountInfo
        )
    }

    const fn of(asked: &RequestType) -> Option<Self> {
        Some(match asked {
            RequestType::IdTokenTrust => Self::TrustEstablishment,
            RequestType::TrustSync => Self::TrustSync,
            RequestType::LicenseUsage => Self::UsageReporting,
            RequestType::Poll => Self::ResultPolling,
            RequestType::AuthRequest | RequestType::AuthConfirm => Self::AuthorizationRequest,
            RequestType::AuthReturn => Self::AuthorizationReturn,
            _ => return None,
        })
    }
}

impl PastMessages {
    /// The messages of a section, oldest first.
    pub fn of(&self, section: MessageSection) -> impl ExactSizeIterator<Item = &PastMessage> {
        static NONE: VecDeque<PastMessage> = VecDeque::new();
        self.0.get(&section).unwrap_or(&NONE).iter()
    }

    pub(super) fn sent(&mut self, at_ms: u64, kind: &RequestType, request: &SmartRequest) {
        let Some(section) = MessageSection::of(kind) else { return };
        let mut request = request.clone();
        if *kind == RequestType::IdTokenTrust {
            for line in &mut request.license_data {
                line.smart_license = Some("[id token]".to_owned());
            }
        }
        self.push(section, Direction::Request, at_ms, &String::from_utf8_lossy(&request.encode()));
    }

    pub(super) fn answered(&mut self, at_ms: u64, asked: &RequestType, text: &str) {
        if let Some(section) = MessageSection::of(asked) {
            self.push(section, Direction::Response, at_ms, text);
        }
    }

    pub(super) fn imported(&mut self, at_ms: u64, artefact: &Artefact) {
        let received = Direction::Received;
        match artefact {
            Artefact::Trust(answer) => {
                self.push(MessageSection::ImportTrustCode, received, at_ms, &answer.encode());
            }
            Artefact::Acknowledgement(ack) => {
                self.push(MessageSection::ImportRumAck, received, at_ms, &ack.encode());
                for policy in &ack.policies {
                    self.push(MessageSection::ImportPolicy, received, at_ms, &policy.encode());
                }
            }
            Artefact::Policy(policy) => {
                self.push(MessageSection::ImportPolicy, received, at_ms, &policy.encode());
            }
            Artefact::Authorization(answer) => {
                self.push(MessageSection::ImportAuth, received, at_ms, &answer.encode());
            }
            _ => {}
        }
    }

    fn push(&mut self, section: MessageSection, direction: Direction, at_ms: u64, text: &str) {
        let messages = self.0.entry(section).or_default();
        if messages.len() == MESSAGES_MAX {
            messages.pop_front();
        }
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let text = text.chars().take(MESSAGE_LENGTH_MAX).map(printable).collect();
        messages.push_back(PastMessage { direction, at_ms, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_bounded_and_stay_on_one_line() {
        let mut past = PastMessages::default();
        for at_ms in 0..20 {
            past.answered(at_ms, &RequestType::Poll, &"é\r\n\u{1b}".repeat(MESSAGE_LENGTH_MAX));
        }
        let kept: Vec<_> = past.of(MessageSection::ResultPolling).collect();
        assert_eq!(kept.len(), MESSAGES_MAX);
        assert_eq!(kept[0].at_ms, 20 - MESSAGES_MAX as u64);
        assert!(kept.iter().all(|one| one.text.chars().count() == MESSAGE_LENGTH_MAX));
        assert!(!kept[0].text.contains(char::is_control));
        assert_eq!(past.of(MessageSection::TrustSync).len(), 0);
    }

    #[test]
    fn every_section_stands_once_in_the_order_of_the_enum() {
        assert!(MessageSection::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        let imports = MessageSection::ALL.iter().filter(|section| section.is_import()).count();
        assert_eq!(imports, 6);
    }
}
