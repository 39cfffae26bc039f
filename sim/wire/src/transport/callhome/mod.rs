//! Call Home: an AML block in a SOAP 1.2 envelope that carries licensing data as an attachment.
//!
//! Source: Cisco CSR 1000V Software Configuration Guide, "Call Home", message samples (session,
//! block header, builder, group); field lists of the same guides for content and attachments.
//! Assumed: the block type `smart_licensing`, and the order of the content's elements.
//!
//! - [`licensing`]: a classic message as the attachment, in both directions
//! - [`message_id`], [`creation_date`]: two texts that have a form
//! - [`fault`]: a refusal of the envelope itself

pub mod creation_date;
pub mod fault;
pub mod licensing;
pub mod message_id;
mod parts;
mod structure;

pub use fault::{FaultCode, SoapFault};
pub use licensing::Sender;
pub use message_id::MessageId;
pub use parts::{Attachment, BlockGroup, Builder, Content};
use parts::{required, text};

use crate::trust::leaf;
use crate::xml::Element;
use crate::{Error, limits};

const FORMAT: &str = "Call Home message";

/// Name of the attachment that carries licensing data (public, from a debug log).
pub const SMART_LICENSING_DATA: &str = "smart_licensing_data";
/// What a message is addressed to, and what an answer comes from (public).
pub const BACKEND: &str = "http://tools.cisco.com/neddce/services/DDCEService";
/// What a product instance calls itself (public).
pub const APPLIANCE: &str = "http://www.cisco.com/appliance/uri";
/// Type of a licensing block. Assumed; the public sample shows `syslog` in the last place.
pub const TYPE_SMART_LICENSING: &str = "http://www.cisco.com/2005/05/callhome/smart_licensing";

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const SESSION: &str = "http://www.cisco.com/2004/01/aml-session";
const BLOCK: &str = "http://www.cisco.com/2004/01/aml-block";

/// What a Call Home endpoint sends or receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallHome {
    /// A message, in either direction.
    Message(Box<CallHomeMessage>),
    /// A refusal of the envelope itself.
    Fault(SoapFault),
}

/// One message. Texts that XML trims (leading and trailing blanks) are trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallHomeMessage {
    /// Whom the message is for, normally [`BACKEND`] or [`APPLIANCE`].
    pub to: String,
    /// Through whom.
    pub via: Option<String>,
    /// Who sends it.
    pub from: String,
    /// `M<n>:<serial number>:<eight hex digits of epoch seconds>`.
    pub message_id: String,
    /// A URL whose last part names the kind, for example [`TYPE_SMART_LICENSING`].
    pub block_type: String,
    /// `YYYY-MM-DD HH:MM:SS GMT+00:00`.
    pub creation_date: String,
    /// Product that built the block, and the version of the format.
    pub builder: Option<Builder>,
    /// The group of blocks this one is part of.
    pub group: Option<BlockGroup>,
    /// Severity, 0 to 9.
    pub severity: Option<u8>,
    /// What the message says about its sender.
    pub content: Option<Content>,
    /// The attachments, in order.
    pub attachments: Vec<Attachment>,
}

impl CallHome {
    /// The whole document.
    pub fn encode(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        out.push_str(&format!("<soap-env:Envelope xmlns:soap-env=\"{SOAP}\">"));
        match self {
            Self::Message(message) => message.encode(&mut out),
            Self::Fault(fault) => fault.encode(&mut out),
        }
        out.push_str("</soap-env:Envelope>");
        out
    }

    /// Reads a document. The frame (envelope, session, block, attachments) is told by namespace
    /// and local name, what is inside by local names, all in any order; unknown elements are
    /// passed over.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        structure::check_declared_encoding(source)?;
        let root = Element::parse(FORMAT, source)?;
        structure::check_name(&root, SOAP, "Envelope")?;
        let body = structure::part(&root, SOAP, "Body")?;
        if let Some(fault) = body.children.iter().find(|child| fault::is_fault(child)) {
            return Ok(Self::Fault(SoapFault::from_element(fault)));
        }
        let header = structure::part(&root, SOAP, "Header")?;
        let session = structure::part(header, SESSION, "Session")?;
        let block = structure::part(body, BLOCK, "Block")?;
        CallHomeMessage::from_elements(session, block)
            .map(|message| Self::Message(Box::new(message)))
    }
}

impl CallHomeMessage {
    /// The licensing data, when the message carries any, however it is attached:
    /// [`Self::licensing_text`] is strict.
    pub fn smart_licensing_data(&self) -> Option<&str> {
        self.attachments
            .iter()
            .find(|attachment| attachment.name == SMART_LICENSING_DATA)
            .map(|attachment| attachment.data.as_str())
    }

    fn encode(&self, out: &mut String) {
        out.push_str(&format!(
            "<soap-env:Header><aml-session:Session xmlns:aml-session=\"{SESSION}\" \
             soap-env:mustUnderstand=\"true\" soap-env:role=\"{SOAP}/role/next\">"
        ));
        leaf(out, "aml-session:To", Some(&self.to));
        if let Some(via) = &self.via {
            out.push_str("<aml-session:Path>");
            leaf(out, "aml-session:Via", Some(via));
            out.push_str("</aml-session:Path>");
        }
        leaf(out, "aml-session:From", Some(&self.from));
        leaf(out, "aml-session:MessageId", Some(&self.message_id));
        out.push_str("</aml-session:Session></soap-env:Header><soap-env:Body>");
        out.push_str(&format!("<aml-block:Block xmlns:aml-block=\"{BLOCK}\">"));
        self.encode_block_header(out);
        if let Some(content) = &self.content {
            content.encode(out);
        }
        if !self.attachments.is_empty() {
            out.push_str("<aml-block:Attachments>");
            self.attachments.iter().for_each(|attachment| attachment.encode(out));
            out.push_str("</aml-block:Attachments>");
        }
        out.push_str("</aml-block:Block></soap-env:Body>");
    }

    fn encode_block_header(&self, out: &mut String) {
        out.push_str("<aml-block:Header>");
        leaf(out, "aml-block:Type", Some(&self.block_type));
        leaf(out, "aml-block:CreationDate", Some(&self.creation_date));
        if let Some(builder) = &self.builder {
            builder.encode(out);
        }
        if let Some(group) = &self.group {
            group.encode(out);
        }
        leaf(out, "aml-block:Severity", self.severity.map(|s| s.to_string()).as_deref());
        out.push_str("</aml-block:Header>");
    }

    fn from_elements(session: &Element, block: &Element) -> Result<Self, Error> {
        let header = structure::part(block, BLOCK, "Header")?;
        let group = header.child("BlockGroup").map(BlockGroup::from_element).transpose()?;
        let builder = header.child("Builder").map(Builder::from_element);
        let severity = header
            .child_text("Severity")
            .map(|found| {
                let wrong = || Error::malformed(FORMAT, "Severity", found, "a number from 0 to 9");
                found.parse().ok().filter(|severity| *severity <= 9).ok_or_else(wrong)
            })
            .transpose()?;
        let attachments = match structure::optional_part(block, BLOCK, "Attachments")? {
            Some(all) => all
                .children_named("Attachment")
                .map(Attachment::from_element)
                .collect::<Result<_, _>>(),
            None => Ok(Vec::new()),
        }?;
        Ok(Self {
            to: text(session, "To"),
            via: session.child("Path").and_then(|path| path.child_text("Via")).map(str::to_owned),
            from: text(session, "From"),
            message_id: required(session, "MessageId")?,
            block_type: required(header, "Type")?,
            creation_date: text(header, "CreationDate"),
            builder,
            group,
            severity,
            content: block
                .child("Content")
                .and_then(|content| content.child("CallHome"))
                .map(Content::from_element),
            attachments,
        })
    }
}
