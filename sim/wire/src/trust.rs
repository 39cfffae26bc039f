//! The trust code answer: `smartLicenseTrust`, accepted or refused.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Trustcode Processed from CSSM" and "Invalid Trustcode
//! Processed from CSSM". Assumed: that the signature covers the serialised `trustCode` element,
//! that `subCA` holds a base64 certificate, and the `idCert` element before it.

use crate::xml::{Node, escape_content, escape_content_into};
use crate::{Error, ProductInstanceId, TrustId, limits};

const FORMAT: &str = "trust code";

/// A decoded `smartLicenseTrust`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnswer {
    /// What the server says.
    pub trust_code: TrustCode,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature.
    pub signature: String,
}

/// The `trustCode` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustCode {
    /// Text of `udi`, for example `P:C9800-L-F-K9,S:…`.
    pub udi: String,
    /// The account the trust belongs to (success only).
    pub customer: Option<CustomerInfo>,
    /// The identifier given to the instance (success only).
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// `YYYY-MM-DDTHH:MM:SS`, read as UTC (success only).
    pub date_stamp: Option<String>,
    /// Base64 of the instance's certificate (success only, assumed).
    pub id_certificate: Option<String>,
    /// Base64 of the issuing sub-CA's certificate (success only).
    pub sub_ca: Option<String>,
    /// The trust id now in force (success only).
    pub trust_id: Option<TrustId>,
    /// Outcome.
    pub status: TrustStatus,
}

/// Smart account and virtual account by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerInfo {
    /// Smart account.
    pub smart_account: String,
    /// Virtual account.
    pub virtual_account: String,
}

/// The `status` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustStatus {
    /// Whether trust was given.
    pub success: bool,
    /// Why not.
    pub message: Option<String>,
    /// Why not, as a code, for example `OLD_TRUST_ID`.
    pub code: Option<String>,
    /// `null-null` in the samples.
    pub correlation_id: Option<String>,
}

impl TrustCode {
    /// The serialised `trustCode` element: what a server signs.
    pub fn encode(&self) -> String {
        let mut out = String::from("<trustCode>");
        leaf(&mut out, "udi", Some(&self.udi));
        if let Some(customer) = &self.customer {
            customer.encode(&mut out);
        }
        let piid = self.product_instance_identifier.as_ref().map(ProductInstanceId::as_str);
        leaf(&mut out, "piid", piid);
        leaf(&mut out, "dateStamp", self.date_stamp.as_deref());
        leaf(&mut out, "idCert", self.id_certificate.as_deref());
        leaf(&mut out, "subCA", self.sub_ca.as_deref());
        leaf(&mut out, "trustId", self.trust_id.map(|id| id.to_string()).as_deref());
        self.status.encode(&mut out);
        out.push_str("</trustCode>");
        out
    }
}

impl CustomerInfo {
    pub(crate) fn encode(&self, out: &mut String) {
        out.push_str("<customerInfo>");
        leaf(out, "smartAccount", Some(&self.smart_account));
        leaf(out, "virtualAccount", Some(&self.virtual_account));
        out.push_str("</customerInfo>");
    }

    pub(crate) fn from_node(customer: &Node<'_>) -> Self {
        let text = |name| customer.child_text(name).unwrap_or_default().to_owned();
        Self { smart_account: text("smartAccount"), virtual_account: text("virtualAccount") }
    }
}

impl TrustStatus {
    pub(crate) fn encode(&self, out: &mut String) {
        out.push_str("<status>");
        leaf(out, "success", Some(if self.success { "true" } else { "false" }));
        leaf(out, "message", self.message.as_deref());
        leaf(out, "code", self.code.as_deref());
        leaf(out, "correlationID", self.correlation_id.as_deref());
        out.push_str("</status>");
    }

    /// The `status` inside `parent`.
    pub(crate) fn from_parent(format: &'static str, parent: &Node<'_>) -> Result<Self, Error> {
        let missing = |part| Error::Missing { format, part };
        let status = parent.child("status").ok_or(missing("status"))?;
        let success = match status.child_text("success").ok_or(missing("status/success"))? {
            "true" => true,
            "false" => false,
            other => {
                return Err(Error::malformed(format, "status/success", other, "true or false"));
            }
        };
        Ok(Self {
            success,
            message: status.child_text("message").map(str::to_owned),
            code: status.child_text("code").map(str::to_owned),
            correlation_id: status.child_text("correlationID").map(str::to_owned),
        })
    }
}

impl TrustAnswer {
    /// Puts a signature beside the text it covers.
    pub fn new(trust_code: TrustCode, sign: impl FnOnce(&str) -> String) -> Self {
        let signed = trust_code.encode();
        let signature = sign(&signed);
        Self { trust_code, signed, signature }
    }

    /// The whole artefact.
    pub fn encode(&self) -> String {
        let (signed, signature) = (&self.signed, escape_content(&self.signature));
        format!("<smartLicenseTrust>{signed}<signature>{signature}</signature></smartLicenseTrust>")
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    pub(crate) fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        let code = root.child("trustCode").ok_or(missing("trustCode"))?;
        let trust_id = code.child_text("trustId").map(|text| {
            let wrong = || Error::malformed(FORMAT, "trustId", text, "a whole number");
            text.parse().map(TrustId).map_err(|_| wrong())
        });
        let owned = |name| code.child_text(name).map(str::to_owned);
        Ok(Self {
            trust_code: TrustCode {
                udi: owned("udi").ok_or(missing("udi"))?,
                customer: code.child("customerInfo").map(CustomerInfo::from_node),
                product_instance_identifier: owned("piid").map(ProductInstanceId::from),
                date_stamp: owned("dateStamp"),
                id_certificate: owned("idCert"),
                sub_ca: owned("subCA"),
                trust_id: trust_id.transpose()?,
                status: TrustStatus::from_parent(FORMAT, code)?,
            },
            signed: source[code.span.clone()].to_owned(),
            signature: root.child_text("signature").unwrap_or_default().to_owned(),
        })
    }
}

fn missing(part: &'static str) -> Error {
    Error::Missing { format: FORMAT, part }
}

/// Writes `<name>text</name>`, nothing when there is no text.
pub(crate) fn leaf(out: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        for part in ["<", name, ">"] {
            out.push_str(part);
        }
        escape_content_into(out, text);
        for part in ["</", name, ">"] {
            out.push_str(part);
        }
    }
}
