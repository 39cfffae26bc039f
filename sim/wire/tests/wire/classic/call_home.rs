//! Classic messages in Call Home: both directions, and an exact error for what is wrong.

use muster_wire::classic::{AnswerEnvelope, RequestEnvelope};
use muster_wire::limits::ATTACHMENT_BYTES_MAX;
use muster_wire::transport::callhome::{
    APPLIANCE, Attachment, BACKEND, CallHome, CallHomeMessage, FaultCode, Sender,
};
use muster_wire::{Error, limits};

use super::read;

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const SESSION: &str = "http://www.cisco.com/2004/01/aml-session";
const BLOCK: &str = "http://www.cisco.com/2004/01/aml-block";
const REQUEST: &str = "callhome_request_heartbeat.xml";

fn message(text: &str) -> CallHomeMessage {
    match CallHome::decode(text.as_bytes()) {
        Ok(CallHome::Message(message)) => *message,
        other => panic!("{other:?}"),
    }
}

/// The vector with one change in it, which must be there to be made.
fn changed(from: &str, to: &str) -> String {
    let text = read(REQUEST);
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

fn error(text: &str) -> String {
    CallHome::decode(text.as_bytes()).unwrap_err().to_string()
}

fn sender() -> Sender<'static> {
    Sender {
        product_id: "CSR1000V",
        serial_number: "MST0000C001",
        series: "Cisco CSR 1000V Series",
        hostname: "mst-csr-1",
    }
}

#[test]
fn a_built_message_is_the_vector() {
    let data = read("request_heartbeat.json");
    let built = CallHomeMessage::licensing(sender(), 4, 1_767_225_600, &data);
    assert_eq!(CallHome::Message(Box::new(built)).encode(), read(REQUEST));
}

#[test]
fn an_answer_mirrors_its_request() {
    let request = message(&read(REQUEST));
    let answer = request.answered(1_767_225_600, &read("answer_heartbeat.json"));
    assert_eq!((answer.to.as_str(), answer.from.as_str()), (APPLIANCE, BACKEND));
    let text = CallHome::Message(Box::new(answer)).encode();
    assert_eq!(text, read("callhome_answer_heartbeat.xml"));
}

#[test]
fn the_classic_message_inside_is_the_one_put_in() {
    let request = message(&read(REQUEST)).classic_request().unwrap();
    let expected = RequestEnvelope::decode(read("request_heartbeat.json").as_bytes()).unwrap();
    assert_eq!(request, expected);
    let answer = message(&read("callhome_answer_heartbeat.xml")).classic_answer().unwrap();
    let expected = AnswerEnvelope::decode(read("answer_heartbeat.json").as_bytes()).unwrap();
    assert_eq!(answer, expected);
    // A request is no answer.
    let error = message(&read(REQUEST)).classic_answer().unwrap_err();
    assert!(error.to_string().starts_with("classic answer: missing field `response`"), "{error}");
}

#[test]
fn prefixes_do_not_matter_but_namespaces_do() {
    let other = read(REQUEST).replace("soap-env:", "s:").replace("xmlns:soap-env", "xmlns:s");
    assert_eq!(message(&other), message(&read(REQUEST)));
    let default = read(REQUEST)
        .replace("aml-block:", "")
        .replace("xmlns:aml-block=", "xmlns=")
        .replace("<ch:CallHome ", "<ch:CallHome xmlns=\"\" ");
    assert_eq!(message(&default), message(&read(REQUEST)));

    let soap_1_1 = "http://schemas.xmlsoap.org/soap/envelope/";
    for (from, to, part, found, expected) in [
        (&format!("{SOAP}\">")[..], &format!("{soap_1_1}\">")[..], "Envelope", soap_1_1, SOAP),
        (SESSION, "urn:other", "Session", "urn:other", SESSION),
        (BLOCK, "urn:other", "Block", "urn:other", BLOCK),
        ("aml-block:Attachments", "Attachments", "Attachments", "", BLOCK),
    ] {
        assert_eq!(
            error(&changed(from, to)),
            format!("Call Home message: namespace of {part} is {found:?}, expected {expected}")
        );
    }
}

#[test]
fn a_prefix_that_is_not_declared_has_no_namespace() {
    let text = changed("xmlns:aml-session=\"http://www.cisco.com/2004/01/aml-session\"", "");
    assert_eq!(
        error(&text),
        format!("Call Home message: namespace of Session is \"\", expected {SESSION}")
    );
}

#[test]
fn an_element_of_another_namespace_does_not_hide_the_right_one() {
    let foreign = "<soap-env:Body><Block xmlns=\"urn:other\"/>";
    assert_eq!(message(&changed("<soap-env:Body>", foreign)), message(&read(REQUEST)));
}

#[test]
fn a_missing_part_is_named() {
    let without = |from: &str, to: &str| {
        let text = read(REQUEST);
        let (begin, end) = (text.find(from).unwrap(), text.find(to).unwrap() + to.len());
        error(&format!("{}{}", &text[..begin], &text[end..]))
    };
    for (part, from, to) in [
        ("Body", "<soap-env:Body>", "</soap-env:Body>"),
        ("Header", "<soap-env:Header>", "</soap-env:Header>"),
        ("Session", "<aml-session:Session", "</aml-session:Session>"),
        ("Block", "<aml-block:Block ", "</aml-block:Block>"),
        ("Header", "<aml-block:Header>", "</aml-block:Header>"),
        ("MessageId", "<aml-session:MessageId>", "</aml-session:MessageId>"),
        ("Type", "<aml-block:Type>", "</aml-block:Type>"),
        ("Data", "<aml-block:Data", "</aml-block:Data>"),
    ] {
        assert_eq!(without(from, to), format!("Call Home message has no {part}"), "{from}");
    }
    insta::assert_snapshot!(
        error("<a/>"),
        @r#"Call Home message: root element is "a", expected Envelope"#
    );
}

#[test]
fn licensing_data_must_be_attached_inline_as_plain_text() {
    let licensing = |text: String| message(&text).licensing_text().unwrap_err().to_string();
    insta::assert_snapshot!(
        licensing(changed("smart_licensing_data", "syslog")),
        @"Call Home message has no attachment smart_licensing_data"
    );
    insta::assert_snapshot!(
        licensing(changed("type=\"inline\"", "type=\"reference\"")),
        @r#"Call Home message: Attachment type is "reference", expected inline"#
    );
    insta::assert_snapshot!(
        licensing(changed("encoding=\"plain\"", "encoding=\"base64\"")),
        @r#"Call Home message: Data encoding is "base64", expected plain or text"#
    );
    for encoding in ["encoding=\"text\"", ""] {
        let message = message(&changed("encoding=\"plain\"", encoding));
        assert!(message.classic_request().is_ok(), "{encoding}");
    }
}

#[test]
fn the_right_attachment_is_found_among_others() {
    let mut message = message(&read(REQUEST));
    let other = Attachment { name: "show_version".to_owned(), ..message.attachments[0].clone() };
    message.attachments.insert(0, Attachment { data: "{}".to_owned(), ..other });
    assert!(message.classic_request().is_ok());
}

#[test]
fn an_oversized_attachment_is_refused_and_the_largest_is_not() {
    let document = |length: usize| {
        let data = "x".repeat(length);
        let message = CallHomeMessage::licensing(sender(), 1, 0, &data);
        CallHome::Message(Box::new(message)).encode()
    };
    assert!(CallHome::decode(document(ATTACHMENT_BYTES_MAX).as_bytes()).is_ok());
    let error = CallHome::decode(document(ATTACHMENT_BYTES_MAX + 1).as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Call Home attachment of 4194305 bytes is over the limit of 4194304"
    );
    let error = CallHome::decode(document(limits::ARTEFACT_BYTES_MAX).as_bytes()).unwrap_err();
    assert!(matches!(error, Error::TooLong { format: "Call Home message", .. }), "{error}");
}

#[test]
fn a_document_in_another_encoding_is_refused() {
    for known in ["utf-8", "US-ASCII"] {
        let text = changed("encoding=\"UTF-8\"?>", &format!("encoding='{known}'?>"));
        assert_eq!(message(&text), message(&read(REQUEST)), "{known}");
    }
    insta::assert_snapshot!(
        error(&changed("encoding=\"UTF-8\"?>", "encoding = \"ISO-8859-1\" ?>")),
        @r#"Call Home message: declared encoding is "ISO-8859-1", expected UTF-8"#
    );
    let mut latin = read(REQUEST).into_bytes();
    let at = latin.len() - 40;
    latin[at] = 0xe9;
    let error = CallHome::decode(&latin).unwrap_err();
    assert_eq!(error, Error::NotText { format: "Call Home message", offset: at });
}

#[test]
fn a_namespace_is_bounded_because_each_element_holds_a_copy() {
    let long = "x".repeat(limits::XML_NAMESPACE_BYTES_MAX + 1);
    let text = format!("<a xmlns=\"{long}\"/>");
    insta::assert_snapshot!(error(&text), @"Call Home message: a namespace is too long at byte 0");
}

#[test]
fn faults_are_told_by_their_code_without_its_prefix() {
    let text = read("callhome_fault_version.xml");
    for (code, expected) in [
        ("soap-env:VersionMismatch", FaultCode::VersionMismatch),
        ("env:Receiver", FaultCode::Receiver),
        ("MustUnderstand", FaultCode::MustUnderstand),
        ("soap-env:Server", FaultCode::Other("Server".to_owned())),
    ] {
        let text = text.replace("soap-env:VersionMismatch", code);
        let Ok(CallHome::Fault(fault)) = CallHome::decode(text.as_bytes()) else {
            panic!("{text}");
        };
        assert_eq!(fault.code, expected);
        assert_eq!(fault.reason, "the envelope is of SOAP 1.1");
    }
}
