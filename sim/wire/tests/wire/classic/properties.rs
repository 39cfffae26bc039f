//! Decoding gives back what was encoded at every level, and no bytes make a decoder panic.

use muster_wire::bundle::{Bundle, Manifest};
use muster_wire::classic::reservation::{ReservationCode, ReservationRequestCode};
use muster_wire::classic::{
    AgentErrorCode, AnswerData, AnswerEnvelope, ClassicAnswer, ClassicRequest, ClassicStatus,
    MessageType, RequestData, RequestEnvelope,
};
use muster_wire::transport::callhome::{CallHome, MessageId, creation_date};
use muster_wire::transport::instance_service::{CollectedReports, UsageList, imported_file};
use muster_wire::{Artefact, decoded_json};
use proptest::collection::vec;
use proptest::prelude::*;

use super::any_value;

proptest! {
    #[test]
    fn request_data_round_trips(data in any_value::request_data()) {
        prop_assert_eq!(RequestData::decode(&data.message_type(), &data.encode()), Ok(data));
    }

    #[test]
    fn answer_data_round_trips((kind, data) in any_value::answer_data()) {
        let decoded = AnswerData::decode(&kind, &ClassicStatus::Complete, &data.encode());
        prop_assert_eq!(decoded, Ok(data));
    }

    #[test]
    fn a_deferred_answer_is_one_whatever_was_asked(
        data in any_value::deferred(),
        kind in prop::sample::select(MessageType::WORDS),
    ) {
        let kind = MessageType::from(kind);
        let decoded = AnswerData::decode(&kind, &ClassicStatus::OkPoll, &data.encode());
        prop_assert_eq!(decoded, Ok(data));
    }

    #[test]
    fn requests_round_trip_through_envelope_and_call_home(
        header in any_value::header(),
        data in any_value::request_data(),
        signature in any_value::signature(),
        credential in any_value::credential(),
    ) {
        let request = ClassicRequest::new(header, &data);
        let envelope = RequestEnvelope::new(request.encode(), signature, credential);
        let decoded = RequestEnvelope::decode(&envelope.encode()).unwrap();
        prop_assert_eq!(&decoded, &envelope);
        let opened = decoded.open().unwrap();
        prop_assert_eq!(opened.data(), Ok(data));
        prop_assert_eq!(&opened.header.nonce, &opened.nonce);
        prop_assert_eq!(opened, request);
    }

    #[test]
    fn answers_round_trip_through_their_envelope(
        header in any_value::header(),
        (kind, data) in any_value::answer_data(),
        signature in any_value::signature(),
    ) {
        let header = muster_wire::classic::Header { response_type: Some(kind), ..header };
        let answer = ClassicAnswer::new(header, ClassicStatus::Complete, &data);
        let envelope = AnswerEnvelope::new(answer.encode(), signature);
        let decoded = AnswerEnvelope::decode(&envelope.encode()).unwrap();
        prop_assert_eq!(&decoded, &envelope);
        let opened = decoded.open().unwrap();
        prop_assert_eq!(opened.data(), Ok(data));
        prop_assert_eq!(opened, answer);
    }

    #[test]
    fn reservation_codes_round_trip(code in any_value::reservation()) {
        prop_assert_eq!(ReservationCode::decode(code.encode().as_bytes()), Ok(code.clone()));
        let artefact = Artefact::decode(code.encode().as_bytes());
        prop_assert_eq!(artefact, Ok(Artefact::Reservation(Box::new(code))));
    }

    #[test]
    fn no_view_shows_an_id_token(
        header in any_value::header(),
        data in any_value::request_data(),
        tail in "[a-z0-9]{0,8}",
    ) {
        let token = format!("MUSTER-TEST-ID-TOKEN-{tail}");
        let credential = muster_wire::classic::proposed::credential::Credential::id_token(token);
        let text = ClassicRequest::new(header, &data).encode();
        let body = RequestEnvelope::new(text, None, Some(credential)).encode();
        let view = decoded_json(&body).to_string();
        prop_assert!(!view.contains("MUSTER-TEST-ID-TOKEN"), "{}", view);
        prop_assert!(view.contains("[id token]"), "{}", view);
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in vec(any::<u8>(), 0..300)) {
        decode_with_everything(&bytes);
    }

    #[test]
    fn no_text_that_looks_right_makes_a_decoder_panic(text in pieces()) {
        decode_with_everything(text.as_bytes());
    }

    #[test]
    fn no_change_to_a_message_makes_a_decoder_panic(
        header in any_value::header(),
        data in any_value::request_data(),
        code in any_value::reservation(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let request = ClassicRequest::new(header, &data);
        let envelope = RequestEnvelope::new(request.encode(), None, None).encode();
        for mut bytes in [envelope, request.encode().into_bytes(), data.encode().into_bytes(),
            code.encode().into_bytes()]
        {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            decode_with_everything(&bytes);
            decode_with_everything(&bytes[..at]);
        }
    }
}

/// Pieces of the formats in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\\"",
        "\"request\":",
        "\"response\":",
        "\"request_data\":",
        "\"header\":",
        "\"credential\":",
        "\"usage\":[",
        "\"import\":\"",
        "\"{\\\"header\\\":{}}\"",
        "null",
        "1",
        "<specificPLR>",
        "</specificPLR>",
        "<authorizationCode>",
        "</authorizationCode>",
        "<entitlements>",
        "<smartLicense>",
        "<smartLicenseAuthorization>",
        "<smartLicenseAuthRequest>",
        "<soap-env:Envelope xmlns:soap-env=\"http://www.w3.org/2003/05/soap-envelope\">",
        "</soap-env:Envelope>",
        "<soap-env:Body>",
        "<?xml encoding=",
        "xmlns:a=\"b\"",
        "é",
        " ",
        "PHNwZWNpZmljUExSLz4=",
    ]);
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn decode_with_everything(bytes: &[u8]) {
    if let Ok(envelope) = RequestEnvelope::decode(bytes) {
        let _ = envelope.open().map(|request| request.data());
    }
    if let Ok(envelope) = AnswerEnvelope::decode(bytes) {
        let _ = envelope.open().map(|answer| answer.data());
    }
    let _ = ReservationCode::decode(bytes);
    let _ = CallHome::decode(bytes).map_err(|error| AgentErrorCode::of_undecodable(&error));
    let _ = Artefact::decode(bytes).map(|artefact| artefact.to_json());
    let _ = CollectedReports::decode(bytes);
    let _ = UsageList::decode(bytes);
    let _ = imported_file(bytes);
    let _ = Bundle::decode(bytes);
    let _ = decoded_json(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = ClassicRequest::decode(text).map(|request| request.data());
    let _ = ClassicAnswer::decode(text).map(|answer| answer.data());
    for word in MessageType::WORDS {
        let kind = MessageType::from(*word);
        let _ = RequestData::decode(&kind, text);
        let _ = AnswerData::decode(&kind, &ClassicStatus::Complete, text);
        let _ = AnswerData::decode(&kind, &ClassicStatus::Failed, text);
    }
    let _ = Manifest::decode(text);
    let _ = text.parse::<MessageId>();
    let _ = text.parse::<ReservationRequestCode>();
    let _ = creation_date::epoch_s(text);
}
