//! Licence reservation: the request code an instance shows, and the authorization code for it.
//!
//! Source: Cisco support document 214381 (Unified Communications Manager), "specific license
//! reservation" (both codes). Assumed: that the signature covers the serialised
//! `authorizationCode` element.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;

use crate::grant::{self, GrantedLicense};
use crate::trust::leaf;
use crate::xml::Node;
use crate::{Error, Udi, limits};

const FORMAT: &str = "reservation code";

/// What an operator carries to the account: the UDI, with the UUID of a virtual product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationRequestCode {
    /// The product instance.
    pub udi: Udi,
    /// UUID of a virtual product.
    pub uuid: Option<CompactString>,
}

impl fmt::Display for ReservationRequestCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.udi.fmt(f)?;
        match &self.uuid {
            Some(uuid) => write!(f, ",U:{uuid}"),
            None => Ok(()),
        }
    }
}

impl FromStr for ReservationRequestCode {
    type Err = Error;

    /// Reads `P:…,S:…[,U:…]`; blanks around it and one space after a comma are accepted.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let udi = text.parse()?;
        let uuid = text.split(',').nth(2).map(|part| {
            let part = part.strip_prefix(' ').unwrap_or(part);
            part.strip_prefix("U:")
                .filter(|uuid| !uuid.is_empty())
                .map(CompactString::from)
                .ok_or_else(|| Error::malformed(FORMAT, "third part", part, "U:<uuid>"))
        });
        Ok(Self { udi, uuid: uuid.transpose()? })
    }
}

/// A decoded `specificPLR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationCode {
    /// What is reserved.
    pub code: ReservedLicenses,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature.
    pub signature: String,
    /// The request code it answers.
    pub udi: String,
}

/// The `authorizationCode` element. Texts are empty when there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReservedLicenses {
    /// `A` in the sample.
    pub flag: String,
    /// `C` in the sample.
    pub version: String,
    /// The identifier given to the instance.
    pub product_instance_identifier: String,
    /// When the code was made, milliseconds since the epoch.
    pub timestamp: Option<u64>,
    /// The licences.
    pub licenses: Vec<GrantedLicense>,
}

impl ReservedLicenses {
    /// The serialised `authorizationCode` element: what an account signs.
    pub fn encode(&self) -> String {
        let mut out = String::from("<authorizationCode>");
        leaf(&mut out, "flag", Some(&self.flag));
        leaf(&mut out, "version", Some(&self.version));
        leaf(&mut out, "piid", Some(&self.product_instance_identifier));
        let timestamp = self.timestamp.map(|at| at.to_string()).unwrap_or_default();
        leaf(&mut out, "timestamp", Some(&timestamp));
        grant::encode_all(&self.licenses, &mut out);
        out.push_str("</authorizationCode>");
        out
    }
}

impl ReservationCode {
    /// Puts a signature beside the text it covers.
    pub fn new(code: ReservedLicenses, udi: String, sign: impl FnOnce(&str) -> String) -> Self {
        let signed = code.encode();
        let signature = sign(&signed);
        Self { code, signed, signature, udi }
    }

    /// The whole code.
    pub fn encode(&self) -> String {
        let mut out = format!("<specificPLR>{}", self.signed);
        leaf(&mut out, "signature", Some(&self.signature));
        leaf(&mut out, "udi", Some(&self.udi));
        out.push_str("</specificPLR>");
        out
    }

    /// Reads a code. Empty elements are read as such: whether a code can be used is for the
    /// instance to say.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    pub(crate) fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        let part = "authorizationCode";
        let code = root.child(part).ok_or(Error::Missing { format: FORMAT, part })?;
        let text = |node: &Node<'_>, name| node.child_text(name).unwrap_or_default().to_owned();
        Ok(Self {
            code: ReservedLicenses {
                flag: text(code, "flag"),
                version: text(code, "version"),
                product_instance_identifier: text(code, "piid"),
                timestamp: grant::read_timestamp(FORMAT, code)?,
                licenses: grant::read_all(FORMAT, code)?,
            },
            signed: source[code.span.clone()].to_owned(),
            signature: text(root, "signature"),
            udi: text(root, "udi"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_codes_round_trip_with_and_without_a_uuid() {
        for text in ["P:UCM,S:mst1,U:00000000-0000-4000-8000-000000000001", "P:ISR4331/K9,S:MST1"] {
            let code: ReservationRequestCode = text.parse().unwrap();
            assert_eq!(code.to_string(), text);
        }
        let spaced: ReservationRequestCode = " P:UCM, S:mst1, U:1\n".parse().unwrap();
        assert_eq!(spaced.to_string(), "P:UCM,S:mst1,U:1");
        for text in ["P:UCM,S:mst1,X:1", "P:UCM,S:mst1,U:", "UCM"] {
            assert!(text.parse::<ReservationRequestCode>().is_err(), "{text}");
        }
    }
}
