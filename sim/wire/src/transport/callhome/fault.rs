//! SOAP 1.2 faults: who is to blame, and why.
//!
//! Source: SOAP 1.2 Part 1, "SOAP Fault" (the five codes). Assumed: that a licensing server answers
//! with them at all.

use super::SOAP;
use crate::xml::{Element, escape};

/// A refusal of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoapFault {
    /// Who is to blame.
    pub code: FaultCode,
    /// Why.
    pub reason: String,
}

/// The codes of SOAP 1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultCode {
    /// The message is not well formed or lacks something.
    Sender,
    /// The message is good, but the receiver could not process it.
    Receiver,
    /// The envelope is of another SOAP version.
    VersionMismatch,
    /// A header that must be understood is not.
    MustUnderstand,
    /// The data has an encoding the receiver does not know.
    DataEncodingUnknown,
    /// A code outside the table, as it came, without prefix.
    Other(String),
}

impl FaultCode {
    /// The code without its prefix.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
            Self::VersionMismatch => "VersionMismatch",
            Self::MustUnderstand => "MustUnderstand",
            Self::DataEncodingUnknown => "DataEncodingUnknown",
            Self::Other(code) => code,
        }
    }
}

impl From<&str> for FaultCode {
    fn from(code: &str) -> Self {
        match code {
            "Sender" => Self::Sender,
            "Receiver" => Self::Receiver,
            "VersionMismatch" => Self::VersionMismatch,
            "MustUnderstand" => Self::MustUnderstand,
            "DataEncodingUnknown" => Self::DataEncodingUnknown,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl SoapFault {
    /// A fault of the sender.
    pub fn of_sender(reason: &str) -> Self {
        Self { code: FaultCode::Sender, reason: reason.to_owned() }
    }

    pub(super) fn encode(&self, out: &mut String) {
        let (code, reason) = (escape(self.code.as_str()), escape(&self.reason));
        out.push_str(&format!(
            "<soap-env:Body><soap-env:Fault><soap-env:Code><soap-env:Value>soap-env:{code}\
             </soap-env:Value></soap-env:Code><soap-env:Reason><soap-env:Text xml:lang=\"en\">\
             {reason}</soap-env:Text></soap-env:Reason></soap-env:Fault></soap-env:Body>",
        ));
    }

    pub(super) fn from_element(fault: &Element) -> Self {
        let code = fault.child("Code").and_then(|code| code.child_text("Value"));
        let code = code.map_or("", |code| code.rsplit(':').next().unwrap_or(code));
        let reason = fault.child("Reason").and_then(|reason| reason.child_text("Text"));
        Self { code: FaultCode::from(code), reason: reason.unwrap_or_default().to_owned() }
    }
}

/// Whether an element is a fault of SOAP 1.2.
pub(super) fn is_fault(element: &Element) -> bool {
    element.name == "Fault" && element.namespace == SOAP
}
