//! Call Home: a SOAP envelope around an AML block whose attachment carries the licensing message.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instance Registration" (the URL); public
//! samples (namespaces, session, block header, attachment name). Assumed: the answer, which
//! repeats the block with sender and receiver swapped and leaves the event's content out. Faults
//! are those of SOAP 1.2.

use jiff::Timestamp;
use muster_wire::transport::callhome::{CallHome, FaultCode, SoapFault};
use muster_wire::xml::{Element, escape, is_xml_character};

use crate::defects::Defect;
use crate::message::ServerAnswer;
use crate::router::{self, Endpoint};
use crate::server::Core;

const FORMAT: &str = "Call Home message";
const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const SOAP_1_1: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const AML_SESSION: &str = "http://www.cisco.com/2004/01/aml-session";
const AML_BLOCK: &str = "http://www.cisco.com/2004/01/aml-block";
const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Name of the attachment that carries a licensing message.
const ATTACHMENT_NAME: &str = "smart_licensing_data";

/// What is taken over from a message into its answer.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    to: String,
    from: String,
    message_id: String,
    block_type: String,
    builder_name: String,
    builder_version: String,
    group_id: String,
    /// The licensing message.
    data: String,
}

pub(crate) fn answer(
    core: &Core,
    endpoint: Endpoint,
    body: &[u8],
    try_again: bool,
) -> ServerAnswer {
    let message = match Message::read(body) {
        Ok(message) => message,
        Err(fault) => return refused(fault),
    };
    let data = message.data.as_bytes();
    let inner = router::message(core, endpoint, data, try_again);
    let Ok(text) = std::str::from_utf8(&inner.body) else { return inner };
    // A refusal of HTTP itself (404, 503) has no licensing message to put into an envelope.
    if !text.starts_with('{') || core.has(Defect::CALL_HOME_WITHOUT_ENVELOPE) {
        return inner;
    }
    let envelope = message.reply(text, &creation_date(core.clock.now_ms()));
    ServerAnswer::new(inner.status, CONTENT_TYPE, envelope.into_bytes())
}

impl Message {
    fn read(body: &[u8]) -> Result<Self, SoapFault> {
        let of_sender = SoapFault::of_sender;
        let source =
            std::str::from_utf8(body).map_err(|_| of_sender("the message is not UTF-8"))?;
        let root = Element::parse(FORMAT, source).map_err(|error| of_sender(&error.to_string()))?;
        if root.name != "Envelope" {
            return Err(of_sender("the root element is not a SOAP envelope"));
        }
        check_headers(&root)?;
        let session = root.child("Header").and_then(|header| header.child("Session"));
        let block = root.child("Body").and_then(|body| body.child("Block"));
        let block = block.ok_or_else(|| of_sender("the body has no AML block"))?;
        let header = block.child("Header");
        let of = |element: Option<&Element>, name| {
            element.and_then(|element| element.child_text(name)).unwrap_or_default().to_owned()
        };
        let builder = header.and_then(|header| header.child("Builder"));
        let group = header.and_then(|header| header.child("BlockGroup"));
        Ok(Self {
            to: of(session, "To"),
            from: of(session, "From"),
            message_id: of(session, "MessageId"),
            block_type: of(header, "Type"),
            builder_name: of(builder, "Name"),
            builder_version: of(builder, "Version"),
            group_id: of(group, "GroupId"),
            data: licensing_data(block)?,
        })
    }

    fn reply(&self, data: &str, creation_date: &str) -> String {
        // `M8:…` is answered by `R8:…`.
        let message_id = match self.message_id.strip_prefix('M') {
            Some(rest) => format!("R{rest}"),
            None => self.message_id.clone(),
        };
        let [to, from, message_id] = [&self.from, &self.to, &message_id].map(|text| escape(text));
        let [block_type, name, version, group_id] =
            [&self.block_type, &self.builder_name, &self.builder_version, &self.group_id]
                .map(|text| escape(text));
        let data = in_cdata(data);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <soap-env:Envelope xmlns:soap-env=\"{SOAP}\"><soap-env:Header>\
             <aml-session:Session xmlns:aml-session=\"{AML_SESSION}\" \
             soap-env:mustUnderstand=\"true\" soap-env:role=\"{SOAP}/role/next\">\
             <aml-session:To>{to}</aml-session:To>\
             <aml-session:Path><aml-session:Via>{from}</aml-session:Via></aml-session:Path>\
             <aml-session:From>{from}</aml-session:From>\
             <aml-session:MessageId>{message_id}</aml-session:MessageId>\
             </aml-session:Session></soap-env:Header><soap-env:Body>\
             <aml-block:Block xmlns:aml-block=\"{AML_BLOCK}\"><aml-block:Header>\
             <aml-block:Type>{block_type}</aml-block:Type>\
             <aml-block:CreationDate>{creation_date}</aml-block:CreationDate>\
             <aml-block:Builder><aml-block:Name>{name}</aml-block:Name>\
             <aml-block:Version>{version}</aml-block:Version></aml-block:Builder>\
             <aml-block:BlockGroup><aml-block:GroupId>{group_id}</aml-block:GroupId>\
             <aml-block:Number>0</aml-block:Number><aml-block:IsLast>true</aml-block:IsLast>\
             <aml-block:IsPrimary>true</aml-block:IsPrimary>\
             <aml-block:WaitForPrimary>false</aml-block:WaitForPrimary>\
             </aml-block:BlockGroup><aml-block:Severity>2</aml-block:Severity>\
             </aml-block:Header><aml-block:Attachments>\
             <aml-block:Attachment type=\"inline\">\
             <aml-block:Name>{ATTACHMENT_NAME}</aml-block:Name>\
             <aml-block:Data encoding=\"plain\"><![CDATA[{data}]]></aml-block:Data>\
             </aml-block:Attachment></aml-block:Attachments></aml-block:Block>\
             </soap-env:Body></soap-env:Envelope>"
        )
    }
}

/// Refuses what only another version of SOAP, or another kind of receiver, could read.
fn check_headers(root: &Element) -> Result<(), SoapFault> {
    let refused = |code, reason: &str| Err(SoapFault { code, reason: reason.to_owned() });
    if root.namespace == SOAP_1_1 {
        return refused(FaultCode::VersionMismatch, "the envelope is of SOAP 1.1");
    }
    let headers = root.child("Header").map_or(&[][..], |header| &header.children);
    let unknown = headers.iter().filter(|header| header.name != "Session");
    let mandatory = |header: &Element| {
        let mut attributes = header.attributes.iter();
        attributes.any(|(name, value)| name == "mustUnderstand" && matches!(&**value, "true" | "1"))
    };
    if unknown.into_iter().any(mandatory) {
        return refused(FaultCode::MustUnderstand, "a header block is not understood");
    }
    Ok(())
}

/// The data of the attachment that is named for licensing and inline.
fn licensing_data(block: &Element) -> Result<String, SoapFault> {
    let missing = || SoapFault::of_sender("the block has no licensing attachment");
    let attachments = block.child("Attachments").ok_or_else(missing)?;
    let inline = |attachment: &&Element| {
        let mut attributes = attachment.attributes.iter();
        attributes.any(|(name, value)| name == "type" && value == "inline")
    };
    let licensing = |attachment: &&Element| attachment.child_text("Name") == Some(ATTACHMENT_NAME);
    let found = attachments.children_named("Attachment").filter(inline).find(licensing);
    let data = found.and_then(|found| found.child("Data")).ok_or_else(missing)?;
    let encoding = data.attributes.iter().find(|(name, _)| name == "encoding");
    // No public sample shows an absent one; what XML holds is text.
    if encoding.is_some_and(|(_, encoding)| !matches!(&**encoding, "plain" | "text" | "")) {
        let reason = "the licensing attachment must be plain text".to_owned();
        return Err(SoapFault { code: FaultCode::DataEncodingUnknown, reason });
    }
    let text = data.text.trim();
    if text.is_empty() { Err(missing()) } else { Ok(text.to_owned()) }
}

fn creation_date(now_ms: u64) -> String {
    let time = i64::try_from(now_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    // A clock outside the calendar stops at its end rather than at an error.
    time.unwrap_or(Timestamp::MAX).strftime("%Y-%m-%d %H:%M:%S GMT+00:00").to_string()
}

/// JSON text as a CDATA section can hold it: neither the section's end nor characters that XML has
/// none of. Both stand inside strings only, where JSON lets them be written as escapes.
fn in_cdata(json: &str) -> String {
    let json = json.replace("]]>", "]]\\u003e");
    if json.chars().all(is_xml_character) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_xml_character(character) {
            text.push(character);
        } else {
            text.push_str(&format!("\\u{:04x}", u32::from(character)));
        }
    }
    text
}

/// The status is what SOAP 1.2 gives each code over HTTP.
fn refused(fault: SoapFault) -> ServerAnswer {
    let status = if fault.code == FaultCode::Sender { 400 } else { 500 };
    ServerAnswer::new(status, CONTENT_TYPE, CallHome::Fault(fault).encode().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(data: &str) -> Message {
        Message {
            to: "http://receiver.test/".to_owned(),
            from: "http://sender.test/?a&b".to_owned(),
            message_id: "M4:MST0001:6A18A200".to_owned(),
            block_type: "type".to_owned(),
            builder_name: "Muster".to_owned(),
            builder_version: "2.0".to_owned(),
            group_id: "G4:MST0001:6A18A200".to_owned(),
            data: data.to_owned(),
        }
    }

    #[test]
    fn a_reply_reads_back_with_sender_and_receiver_swapped() {
        let asked = message("{}");
        let data = "{\"text\":\"a]]>b\u{ffff}\"}";
        let reply = asked.reply(data, &creation_date(1_780_000_000_000));
        let read = Message::read(reply.as_bytes()).unwrap();
        assert_eq!((&read.to, &read.from), (&asked.from, &asked.to));
        assert_eq!(read.message_id, "R4:MST0001:6A18A200");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&read.data), value(data));
        assert!(reply.contains(">2026-05-28 20:26:40 GMT+00:00<"));
    }

    #[test]
    fn what_is_no_licensing_message_gets_a_soap_fault() {
        let good = message("{}").reply("{}", "now");
        let other_name = good.replace(ATTACHMENT_NAME, "inventory");
        let not_inline = good.replace("\"inline\"", "\"external\"");
        for body in ["", "<a/>", "{}", &good[..200], other_name.as_str(), not_inline.as_str()] {
            let fault = Message::read(body.as_bytes()).unwrap_err();
            let answer = refused(fault.clone());
            assert_eq!(answer.status, 400);
            assert_eq!(CallHome::decode(&answer.body), Ok(CallHome::Fault(fault)));
        }
    }

    #[test]
    fn each_kind_of_fault_has_its_code() {
        let good = message("{}").reply("{}", "now");
        let header = "<x:H xmlns:x='urn:x' e:mustUnderstand='1' xmlns:e='";
        let other_header = format!("<soap-env:Header>{header}{SOAP}'/>");
        for (body, code) in [
            (good.replace(SOAP, SOAP_1_1), FaultCode::VersionMismatch),
            (good.replace("<soap-env:Header>", &other_header), FaultCode::MustUnderstand),
            (good.replace("\"plain\"", "\"base64\""), FaultCode::DataEncodingUnknown),
        ] {
            let fault = Message::read(body.as_bytes()).unwrap_err();
            assert_eq!(fault.code, code);
            assert_eq!(refused(fault).status, 500);
        }
        assert!(Message::read(good.replace("\"plain\"", "\"text\"").as_bytes()).is_ok());
    }
}
