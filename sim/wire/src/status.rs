//! Request types and status words, each wire spelling in one table.
//!
//! Source: Troubleshoot SLP on 9800, "There are multiple license types present" and the two
//! response samples; the rest from device statistics blocks (public) or proposed, as marked.

macro_rules! wire_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// A word outside the table, as it came.
            Other(String),
        }

        impl $name {
            /// Every word of the table.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The wire spelling.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(word.as_str()))
            }
        }
    };
}

pub(crate) use wire_words;

wire_words! {
    /// What one request line asks for.
    RequestType {
        /// Trust with an ID token (documented).
        IdTokenTrust = "ID_TOKEN_TRUST",
        /// Trust or trust refresh without a token (documented).
        TrustSync = "TRUST_SYNC",
        /// RUM reports (documented).
        LicenseUsage = "LICENSE_USAGE",
        /// Asks for a deferred result. Assumed: the spelling; devices count "Result Polling".
        Poll = "POLL",
        /// Asks for authorization codes. Assumed: the spelling.
        AuthRequest = "AUTH_REQUEST",
        /// Confirms an authorization code. Assumed: the spelling.
        AuthConfirm = "AUTH_CONFIRM",
        /// Returns an authorization code. Assumed: the spelling.
        AuthReturn = "AUTH_RETURN",
        /// Acknowledges a trust code. Assumed: the spelling.
        TrustAck = "TRUST_ACK",
        /// Exchanges capabilities. Assumed: the spelling.
        Hello = "HELLO",
        /// Telemetry RUM reports. Assumed: the spelling.
        Telemetry = "TELEMETRY",
    }
}

wire_words! {
    /// The status of a whole answer.
    AnswerStatus {
        /// The envelope was processed (documented).
        Complete = "COMPLETE",
        /// The request failed; the answer is the short envelope (documented).
        Failed = "FAILED",
        /// Refused as a whole for now. Assumed at this level; agents list it as a capability.
        OkTryAgain = "OK_TRY_AGAIN",
    }
}

wire_words! {
    /// The status of one answer line.
    LineStatus {
        /// Finished. Proposed spelling; `OK` and `SUCCESS` read as the same.
        Complete = "COMPLETE",
        /// Finished, as devices print it.
        Ok = "OK",
        /// Finished, as the REST interface spells it.
        Success = "SUCCESS",
        /// Deferred: come back with the poll id (documented).
        OkPoll = "OK_POLL",
        /// A transient condition of the server: send again later (public).
        OkTryAgain = "OK_TRY_AGAIN",
        /// Refused.
        Failed = "FAILED",
    }
}

impl LineStatus {
    /// Whether the line is finished and good.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete | Self::Ok | Self::Success)
    }
}

/// `message_code` of the short failure envelope when a conflicting record exists (documented).
pub const ERROR_CONSUMING_LICENSES: &str = "ERROR Consuming licenses";
/// `message_code` for a product instance the server does not know (documented).
pub const HOST_NOT_FOUND: &str = "HOST_NOT_FOUND";
/// The message that goes with [`HOST_NOT_FOUND`] (documented).
pub const DEVICE_HOST_IS_NOT_FOUND: &str = "Device Host is not found";
/// `code` of a refused trust request whose id is not new (documented).
pub const OLD_TRUST_ID: &str = "OLD_TRUST_ID";
/// The message that goes with [`OLD_TRUST_ID`] (documented).
pub const HIGHER_TRUST_ID_PROCESSED: &str =
    "A trust request corresponding to higher trust-id has already been processed for this device.";
/// What a GET on a licensing URL answers (documented).
pub const RECEIVER_BANNER: &str = "This is the Smart Receiver!";
