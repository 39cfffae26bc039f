//! Classic messages in Call Home.

use muster_wire::transport::callhome::{CallHome, CallHomeMessage, FaultCode, Sender};

use super::*;

const ONPREM_CALL_HOME: &str = "/Transportgateway/services/DeviceRequestHandler";
const CSSM_CALL_HOME: &str = "/its/service/oddce/services/DDCEService";

pub(crate) fn enveloped(instance: &Instance, body: &[u8]) -> CallHomeMessage {
    let sender = Sender {
        product_id: &instance.udi.product_id,
        serial_number: &instance.udi.serial_number,
        series: "Cisco CSR 1000V Series",
        hostname: "",
    };
    let data = std::str::from_utf8(body).unwrap();
    CallHomeMessage::licensing(sender, 8, START_MS / 1000, data)
}

#[test]
fn a_registration_travels_in_call_home_to_either_server() {
    let server = good_server();
    for (number, path, listed_as) in [(1, ONPREM_CALL_HOME, "onprem"), (2, CSSM_CALL_HOME, "cssm")]
    {
        let mut instance = Instance::new(number);
        let data = instance.registration(false);
        let body = instance.registration_body(data, &token("valid"));
        let asked = enveloped(&instance, &body);
        let answer =
            post(&server, path, CallHome::Message(Box::new(asked.clone())).encode().as_bytes());
        assert_eq!(answer.status, 200);
        let Ok(CallHome::Message(message)) = CallHome::decode(&answer.body) else {
            panic!("{answer:?}");
        };
        assert_eq!((&message.to, &message.from), (&asked.from, &asked.to));
        assert!(message.message_id.starts_with("R8:9MST"), "{}", message.message_id);
        let inner = opened(&server, message.licensing_text().unwrap().as_bytes());
        assert_eq!(inner.status, ClassicStatus::Complete);
        assert_eq!(listed(&server, &instance.udi).unwrap()["server"], listed_as);
    }
}

#[test]
fn text_that_xml_cannot_hold_still_verifies() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let data = instance.heartbeat();
    let mut header = instance.header();
    header.sudi.udi_vid = Some("]]>\u{ffff}".into());
    let body = instance.body_with(header, &data);
    // As an instance would send it: its own envelope escapes what XML has no room for.
    let text = String::from_utf8(body).unwrap().replace('\u{ffff}', "\\uffff");
    let mut envelope: RequestEnvelope = serde_json::from_str(&text).unwrap();
    envelope.signature = Some(instance.sign(&envelope.request));
    let text = String::from_utf8(envelope.encode()).unwrap().replace('\u{ffff}', "\\uffff");
    let asked = enveloped(&instance, text.as_bytes());
    let document = CallHome::Message(Box::new(asked)).encode();
    let answer = post(&server, ONPREM_CALL_HOME, document.as_bytes());
    let Ok(CallHome::Message(message)) = CallHome::decode(&answer.body) else {
        panic!("{answer:?}");
    };
    let inner = opened(&server, message.licensing_text().unwrap().as_bytes());
    assert_eq!(inner.status, ClassicStatus::Complete);
    assert_eq!(inner.header.sudi.udi_vid.as_deref(), Some("]]>\u{ffff}"));
}

#[test]
fn a_bad_envelope_is_a_fault_and_a_bad_message_a_failure_inside() {
    let server = good_server();
    let instance = Instance::new(1);
    let refused = post(&server, ONPREM_CALL_HOME, b"<x/>");
    assert_eq!(refused.status, 400);
    let Ok(CallHome::Fault(fault)) = CallHome::decode(&refused.body) else { panic!() };
    assert_eq!(fault.code, FaultCode::Sender);
    let asked = enveloped(&instance, br#"{"signature":null}"#);
    let document = CallHome::Message(Box::new(asked)).encode();
    let answer = post(&server, ONPREM_CALL_HOME, document.as_bytes());
    assert_eq!(answer.status, 200);
    let Ok(CallHome::Message(message)) = CallHome::decode(&answer.body) else { panic!() };
    let inner = opened(&server, message.licensing_text().unwrap().as_bytes());
    assert_eq!(code(&inner), "LS_INVALID_REQUEST");
}
