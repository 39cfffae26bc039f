//! Decoding gives back what was encoded, and no bytes make a decoder panic.
//!
//! What XML cannot carry is left out by the generators: a text in an element of its own has no
//! blanks around it and no characters outside XML 1.0. JSON inside XML carries everything but
//! U+FFFE and U+FFFF.

use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::acknowledgement::{Acknowledgement, AcknowledgementData};
use muster_wire::proposed::policy::Policy;
use muster_wire::proposed::system_info::SystemInfo;
use muster_wire::proposed::trust_request::{TrustRequest, TrustRequestEntry};
use muster_wire::rum_report::{RumPayload, RumReport};
use muster_wire::tolerance::{Tolerance, printed_payload};
use muster_wire::transport::callhome::CallHome;
use muster_wire::transport::smart::SmartRequest;
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::trust::TrustAnswer;
use muster_wire::usage_file::UsageFile;
use muster_wire::xml::{self, Element};
use muster_wire::{Artefact, Udi, decoded_json};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::any_value;

fn json(value: &impl serde::Serialize, pretty: bool) -> String {
    match pretty {
        true => serde_json::to_string_pretty(value).unwrap(),
        false => serde_json::to_string(value).unwrap(),
    }
}

/// One place of a text replaced by something JSON takes notice of.
#[derive(Clone, Debug)]
struct Edit {
    at: prop::sample::Index,
    removed: usize,
    put: &'static str,
}

fn edit() -> impl Strategy<Value = Edit> {
    let put = prop::sample::select(vec![
        "",
        " ",
        "0",
        "1",
        "\"",
        "\\",
        "{",
        "}",
        "[]",
        ",",
        ":",
        "null",
        "true",
        "\u{7}",
        "\"status\":\"COMPLETE\",",
        "\"request_type\":null,",
        "\"x\":1,",
    ]);
    (any::<prop::sample::Index>(), 0..3_usize, put).prop_map(|(at, removed, put)| Edit {
        at,
        removed,
        put,
    })
}

impl Edit {
    fn made_in(&self, text: &str) -> String {
        let mut changed: Vec<char> = text.chars().collect();
        let at = self.at.index(changed.len());
        let end = (at + self.removed).min(changed.len());
        changed.splice(at..end, self.put.chars());
        changed.into_iter().collect()
    }
}

proptest! {
    #[test]
    fn requests_round_trip(message in any_value::request()) {
        prop_assert_eq!(SmartRequest::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn messages_are_written_as_serde_writes_them(
        request in any_value::request(),
        answer in any_value::answer(),
        payload in any_value::payload(),
        report in any_value::report(),
    ) {
        prop_assert_eq!(request.encode(), serde_json::to_vec(&request).unwrap());
        prop_assert_eq!(answer.encode(), serde_json::to_vec(&answer).unwrap());
        prop_assert_eq!(payload.encode(), serde_json::to_string(&payload).unwrap());
        let asset = &payload.asset_identification;
        prop_assert_eq!(asset.encode(), serde_json::to_string(asset).unwrap());
        prop_assert_eq!(report.encode(), serde_json::to_string(&report).unwrap());
    }

    #[test]
    fn answers_are_read_as_serde_reads_them(
        answer in any_value::answer(),
        pretty: bool,
        edit in edit(),
    ) {
        let text = json(&answer, pretty);
        prop_assert_eq!(SmartAnswer::decode(text.as_bytes()), Ok(answer));
        let edited = edit.made_in(&text);
        let read = SmartAnswer::decode(edited.as_bytes());
        prop_assert_eq!(read.ok(), serde_json::from_str::<SmartAnswer>(&edited).ok());
    }

    #[test]
    fn requests_are_read_as_serde_reads_them(
        request in any_value::request(),
        pretty: bool,
        edit in edit(),
    ) {
        let text = json(&request, pretty);
        prop_assert_eq!(SmartRequest::decode(text.as_bytes()), Ok(request));
        let edited = edit.made_in(&text);
        let read = SmartRequest::decode(edited.as_bytes());
        prop_assert_eq!(read.ok(), serde_json::from_str::<SmartRequest>(&edited).ok());
    }

    #[test]
    fn reports_are_read_as_serde_reads_them(
        report in any_value::report(),
        payload in any_value::payload(),
        pretty: bool,
        edit in edit(),
    ) {
        let (report, payload) = (json(&report, pretty), json(&payload, pretty));
        for text in [edit.made_in(&report), report] {
            let read = RumReport::decode(text.as_bytes());
            prop_assert_eq!(read.ok(), serde_json::from_str::<RumReport>(&text).ok());
        }
        for text in [edit.made_in(&payload), payload] {
            let read = RumPayload::decode(text.as_bytes());
            prop_assert_eq!(read.ok(), serde_json::from_str::<RumPayload>(&text).ok());
        }
    }

    #[test]
    fn answers_round_trip(message in any_value::answer()) {
        prop_assert_eq!(SmartAnswer::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn payloads_round_trip(payload in any_value::payload()) {
        prop_assert_eq!(RumPayload::decode(payload.encode().as_bytes()), Ok(payload));
    }

    #[test]
    fn reports_round_trip(report in any_value::report()) {
        prop_assert_eq!(RumReport::decode(report.encode().as_bytes()), Ok(report));
    }

    #[test]
    fn usage_files_round_trip(file in any_value::usage_file()) {
        prop_assert_eq!(UsageFile::decode(file.encode().as_bytes()), Ok(file));
    }

    #[test]
    fn trust_requests_round_trip(request in any_value::trust_request()) {
        prop_assert_eq!(TrustRequest::decode(request.encode().as_bytes()), Ok(request));
    }

    #[test]
    fn trust_entries_are_read_as_serde_reads_them(
        request in any_value::trust_request(),
        edit in edit(),
    ) {
        let signed = edit.made_in(&request.signed);
        let xml = TrustRequest { signed, ..request }.encode();
        // The text as it comes out of the XML, which cannot carry everything.
        let carried = Element::parse("test", &xml).unwrap();
        let carried = &carried.child("smartLicenseTrustRequest").unwrap();
        let carried = &carried.child("data").unwrap().text;
        let expected = serde_json::from_str::<Vec<TrustRequestEntry>>(carried).ok();
        let read = TrustRequest::decode(xml.as_bytes());
        prop_assert_eq!(read.ok().map(|read| read.entries), expected);
    }

    #[test]
    fn trust_answers_round_trip(answer in any_value::trust_answer()) {
        prop_assert_eq!(TrustAnswer::decode(answer.encode().as_bytes()), Ok(answer));
    }

    #[test]
    fn policies_round_trip(policy in any_value::policy()) {
        prop_assert_eq!(Policy::decode(policy.encode().as_bytes()), Ok(policy));
    }

    #[test]
    fn acknowledgements_round_trip(acknowledgement in any_value::acknowledgement()) {
        let encoded = acknowledgement.encode();
        prop_assert_eq!(Acknowledgement::decode(encoded.as_bytes()), Ok(acknowledgement));
    }

    #[test]
    fn acknowledgement_data_is_written_as_serde_writes_it(
        acknowledgement in any_value::acknowledgement(),
    ) {
        prop_assert_eq!(acknowledgement.signed, json(&acknowledgement.data, false));
    }

    #[test]
    fn system_info_is_read_as_serde_reads_it(
        request in any_value::trust_request(),
        pretty: bool,
        edit in edit(),
    ) {
        let Some(info) = request.system_info else { return Ok(()) };
        let data = json(&info, pretty);
        for data in [edit.made_in(&data), data] {
            let data = xml::escape(&data);
            let xml = format!(
                "<smartLicense><smartLicenseSystemInfo><data>{data}</data></smartLicenseSystemInfo>\
                 </smartLicense>"
            );
            let root = Element::parse("test", &xml).unwrap();
            let carried = root.child("smartLicenseSystemInfo").unwrap().child_text("data");
            let expected = carried.and_then(|text| serde_json::from_str::<SystemInfo>(text).ok());
            let read = UsageFile::decode(xml.as_bytes());
            prop_assert_eq!(read.ok().and_then(|file| file.system_info), expected);
        }
    }

    #[test]
    fn acknowledgement_data_is_read_as_serde_reads_it(
        acknowledgement in any_value::acknowledgement(),
        at in any::<prop::sample::Index>(),
        change in prop::sample::select(vec![
            "", " ", "0", "\"", "\\", "{", "}", "[]", ",", ":", "null", "\"version\":\"1\",",
        ]),
    ) {
        let mut signed: Vec<char> = acknowledgement.signed.chars().collect();
        let at = at.index(signed.len());
        signed.splice(at..at + 1, change.chars());
        let signed: String = signed.into_iter().collect();
        let read = serde_json::from_str::<AcknowledgementData>(&signed).ok();
        let whole = Acknowledgement { signed: signed.clone(), ..acknowledgement };
        let decoded = Acknowledgement::decode(whole.encode().as_bytes());
        // What XML cannot hold is another text.
        if signed.chars().all(xml::is_xml_character) {
            prop_assert_eq!(decoded.ok().map(|decoded| decoded.data), read);
        }
    }

    #[test]
    fn authorization_artefacts_round_trip(
        request in any_value::authorization_request(),
        answer in any_value::authorization_answer(),
        info in any_value::account_info(),
        conversion in any_value::conversion_acknowledgement(),
    ) {
        let read = |xml: String| Artefact::decode(xml.as_bytes());
        prop_assert_eq!(
            read(request.encode()),
            Ok(Artefact::AuthorizationRequest(Box::new(request)))
        );
        prop_assert_eq!(read(answer.encode()), Ok(Artefact::Authorization(Box::new(answer))));
        prop_assert_eq!(read(info.encode()), Ok(Artefact::AccountInfo(Box::new(info))));
        prop_assert_eq!(
            read(conversion.encode()),
            Ok(Artefact::ConversionAcknowledgement(Box::new(conversion)))
        );
    }

    #[test]
    fn call_home_messages_round_trip(message in any_value::call_home()) {
        prop_assert_eq!(CallHome::decode(message.encode().as_bytes()), Ok(message));
    }

    #[test]
    fn an_artefact_survives_its_transport(answer in any_value::trust_answer()) {
        let decoded = Artefact::from_smart_license(&to_smart_license(&answer.encode()));
        prop_assert_eq!(decoded, Ok(Artefact::Trust(Box::new(answer))));
    }

    #[test]
    fn element_text_is_given_back_but_for_what_xml_cannot_hold(text in any_value::text()) {
        let element = Element::parse("test", &format!("<a>{}</a>", xml::escape(&text))).unwrap();
        let held: String = text
            .chars()
            .map(|c| if xml::is_xml_character(c) { c } else { char::REPLACEMENT_CHARACTER })
            .collect();
        prop_assert_eq!(element.text, held);
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in vec(any::<u8>(), 0..300)) {
        decode_with_everything(&bytes);
    }

    #[test]
    fn no_text_that_looks_right_makes_a_decoder_panic(text in markup()) {
        decode_with_everything(text.as_bytes());
    }

    #[test]
    fn no_change_to_a_message_makes_a_decoder_panic(
        message in any_value::acknowledgement(),
        request in any_value::request(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        for mut bytes in [message.encode().into_bytes(), request.encode()] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            decode_with_everything(&bytes);
            decode_with_everything(&bytes[..at]);
        }
    }
}

/// Pieces of the formats in any order.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<smartLicense>",
        "</smartLicense>",
        "<RUMReport>",
        "</RUMReport>",
        "<![CDATA[",
        "]]>",
        "<smartLicenseTrust>",
        "<trustCode>",
        "</trustCode>",
        "<signature>",
        "</subCA>",
        "<status>",
        "<smartLicensePolicy>",
        "<policy>",
        "<Envelope>",
        "<Body>",
        "&amp;",
        "&#x0;",
        "<!--",
        "<?",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\"sender_info\":",
        "\"payload\":",
        "\"sudi\":",
        "\"request_type\":",
        "\"device_list\":",
        "\"udi_pid\":",
        "null",
        "1",
        "```\n",
        "é",
        " ",
    ]);
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn decode_with_everything(bytes: &[u8]) {
    let _ = SmartRequest::decode(bytes);
    let _ = SmartAnswer::decode(bytes);
    let _ = RumPayload::decode(bytes);
    let _ = RumReport::decode(bytes);
    let _ = UsageFile::decode(bytes);
    let _ = TrustRequest::decode(bytes);
    let _ = TrustAnswer::decode(bytes);
    let _ = Policy::decode(bytes);
    let _ = Acknowledgement::decode(bytes);
    let _ = CallHome::decode(bytes);
    let _ = Artefact::decode(bytes).map(|artefact| artefact.to_json());
    let _ = decoded_json(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Artefact::from_smart_license(text);
        let _ = text.parse::<Udi>();
        let _ = printed_payload(text);
        for tolerance in Tolerance::ALL {
            let _ = tolerance.repair(text);
        }
    }
}
