//! A policy: how often usage must be reported, per class of licence.
//!
//! Public: the attributes (a YANG model) and the default values a device shows. Assumed: the XML.

use serde::{Deserialize, Serialize};

use crate::trust::leaf;
use crate::xml::Node;
use crate::{Error, limits};

const FORMAT: &str = "policy";

/// A decoded `smartLicensePolicy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The terms.
    pub terms: PolicyTerms,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature.
    pub signature: String,
}

/// The terms of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyTerms {
    /// Name, shown as "Policy in use".
    pub name: String,
    /// Number of the policy at the server.
    pub id: u64,
    /// When it was issued, milliseconds since the epoch.
    pub timestamp: u64,
    /// Whether reports must be acknowledged.
    pub acknowledgement_required: bool,
    /// Unenforced, non-export perpetual licences.
    pub perpetual: ReportingDays,
    /// Unenforced, non-export subscription licences.
    pub subscription: ReportingDays,
    /// Enforced licences.
    pub enforced: ReportingDays,
    /// Export-controlled licences.
    pub export: ReportingDays,
}

/// Days for one class of licence; zero means no duty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportingDays {
    /// Days until the first report.
    pub first_report_days: u32,
    /// Days between reports.
    pub report_interval_days: u32,
    /// Days until a report after a change of use.
    pub on_change_days: u32,
}

impl PolicyTerms {
    /// The serialised `policy` element: what a server signs.
    pub fn encode(&self) -> String {
        let mut out = String::from("<policy>");
        leaf(&mut out, "name", Some(&self.name));
        leaf(&mut out, "id", Some(&self.id.to_string()));
        leaf(&mut out, "timestamp", Some(&self.timestamp.to_string()));
        leaf(&mut out, "ackRequired", Some(&self.acknowledgement_required.to_string()));
        for (name, days) in [
            ("perpetual", self.perpetual),
            ("subscription", self.subscription),
            ("enforced", self.enforced),
            ("export", self.export),
        ] {
            out.push_str(&format!("<{name}>"));
            leaf(&mut out, "firstReport", Some(&days.first_report_days.to_string()));
            leaf(&mut out, "ongoing", Some(&days.report_interval_days.to_string()));
            leaf(&mut out, "onChange", Some(&days.on_change_days.to_string()));
            out.push_str(&format!("</{name}>"));
        }
        out.push_str("</policy>");
        out
    }
}

impl Policy {
    /// Puts a signature beside the text it covers.
    pub fn new(terms: PolicyTerms, sign: impl FnOnce(&str) -> String) -> Self {
        let signed = terms.encode();
        let signature = sign(&signed);
        Self { terms, signed, signature }
    }

    /// The whole element.
    pub fn encode(&self) -> String {
        let mut out = format!("<smartLicensePolicy>{}", self.signed);
        leaf(&mut out, "signature", Some(&self.signature));
        out.push_str("</smartLicensePolicy>");
        out
    }

    /// Reads a policy file.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    pub(crate) fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        let policy =
            root.child("policy").ok_or(Error::Missing { format: FORMAT, part: "policy" })?;
        let name = policy.child_text("name").unwrap_or_default().to_owned();
        let acknowledgement_required = policy.child_text("ackRequired") == Some("true");
        Ok(Self {
            terms: PolicyTerms {
                name,
                id: number(policy, "id")?,
                timestamp: number(policy, "timestamp")?,
                acknowledgement_required,
                perpetual: days(policy, "perpetual")?,
                subscription: days(policy, "subscription")?,
                enforced: days(policy, "enforced")?,
                export: days(policy, "export")?,
            },
            signed: source[policy.span.clone()].to_owned(),
            signature: root.child_text("signature").unwrap_or_default().to_owned(),
        })
    }
}

fn days(policy: &Node<'_>, class: &'static str) -> Result<ReportingDays, Error> {
    let class = policy.child(class).ok_or(Error::Missing { format: FORMAT, part: class })?;
    Ok(ReportingDays {
        first_report_days: number(class, "firstReport")?,
        report_interval_days: number(class, "ongoing")?,
        on_change_days: number(class, "onChange")?,
    })
}

fn number<T: std::str::FromStr>(element: &Node<'_>, part: &'static str) -> Result<T, Error> {
    let text = element.child_text(part).ok_or(Error::Missing { format: FORMAT, part })?;
    text.parse().map_err(|_| Error::malformed(FORMAT, part, text, "a whole number"))
}
