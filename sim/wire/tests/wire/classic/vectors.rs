//! Every file of `tests/vectors/classic`: what it decodes to at each of its levels, and that
//! encoding gives the same bytes at each.
//!
//! One shape is that of a public sample (`request_third_party_key`); the others are Muster's
//! proposal. Serials, tags, names and keys are Muster's own.

use std::collections::BTreeSet;
use std::fs;

use muster_wire::classic::reservation::ReservationCode;
use muster_wire::classic::{
    AnswerEnvelope, AuthorizationState, ClassicStatus, EnforcementMode, MessageType,
    RequestEnvelope,
};
use muster_wire::tolerance::Tolerance;
use muster_wire::transport::callhome::CallHome;

use super::{folder, read, snapshot};

fn names(front: &str) -> BTreeSet<String> {
    let names: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(front))
        .collect();
    assert!(!names.is_empty(), "{front}");
    names
}

#[test]
fn each_request_decodes_at_every_level_and_encodes_to_its_bytes() {
    for name in names("request_") {
        let text = read(&name);
        let envelope = RequestEnvelope::decode(text.as_bytes()).unwrap();
        let request = envelope.open().unwrap_or_else(|error| panic!("{name}: {error}"));
        let data = request.data().unwrap_or_else(|error| panic!("{name}: {error}"));
        snapshot(&name, &format!("{envelope:#?}\n{request:#?}\n{data:#?}"));
        assert_eq!(String::from_utf8(envelope.encode()).unwrap(), text, "{name}");
        assert_eq!(request.encode(), envelope.request, "{name}");
        assert_eq!(data.encode(), request.request_data, "{name}");
    }
}

#[test]
fn each_answer_decodes_at_every_level_and_encodes_to_its_bytes() {
    for name in names("answer_") {
        let text = read(&name);
        let envelope = AnswerEnvelope::decode(text.as_bytes()).unwrap();
        let answer = envelope.open().unwrap_or_else(|error| panic!("{name}: {error}"));
        let data = answer.data().unwrap_or_else(|error| panic!("{name}: {error}"));
        snapshot(&name, &format!("{envelope:#?}\n{answer:#?}\n{data:#?}"));
        assert_eq!(String::from_utf8(envelope.encode()).unwrap(), text, "{name}");
        assert_eq!(answer.encode(), envelope.response, "{name}");
        assert_eq!(data.encode(), answer.response_data, "{name}");
    }
}

#[test]
fn each_call_home_document_decodes_and_encodes_to_its_bytes() {
    for name in names("callhome_") {
        let text = read(&name);
        let document = CallHome::decode(text.as_bytes()).unwrap();
        snapshot(&name, &format!("{document:#?}"));
        assert_eq!(document.encode(), text, "{name}");
    }
}

#[test]
fn a_reservation_code_decodes_and_encodes_to_its_bytes() {
    let text = read("reservation_code.xml");
    let code = ReservationCode::decode(text.as_bytes()).unwrap();
    snapshot("reservation_code.xml", &format!("{code:#?}"));
    assert_eq!(code.encode(), text);
}

#[test]
fn a_code_with_nothing_in_it_is_read_as_such() {
    let text = read("reservation_code_empty.xml");
    let code = ReservationCode::decode(text.as_bytes()).unwrap();
    snapshot("reservation_code_empty.xml", &format!("{code:#?}"));
    let again = ReservationCode::decode(code.encode().as_bytes()).unwrap();
    assert_eq!(again, code);
}

#[test]
fn there_is_a_request_vector_for_every_type() {
    let types: BTreeSet<_> = names("request_")
        .iter()
        .map(|name| RequestEnvelope::decode(read(name).as_bytes()).unwrap().open().unwrap())
        .map(|request| request.header.request_type.unwrap().as_str().to_owned())
        .collect();
    let every: BTreeSet<_> = MessageType::WORDS.iter().map(|word| (*word).to_owned()).collect();
    assert_eq!(types, every);
}

#[test]
fn every_wire_word_is_spelled_once_and_reads_as_itself() {
    let words = [MessageType::WORDS, ClassicStatus::WORDS].concat();
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    for word in MessageType::WORDS {
        assert_eq!(MessageType::from(*word).as_str(), *word);
    }
    insta::assert_debug_snapshot!((AuthorizationState::WORDS, EnforcementMode::WORDS));
}

#[test]
fn a_message_from_a_page_or_a_log_is_the_message_after_its_named_repair_only() {
    let whole = read("request_third_party_key.json");
    for (name, tolerance) in [
        ("printed_expanded.txt", Tolerance::ExpandedText),
        ("printed_logged.txt", Tolerance::LoggedAttachment),
    ] {
        let printed = read(name);
        assert!(RequestEnvelope::decode(printed.as_bytes()).is_err(), "{name}");
        assert_eq!(tolerance.repair(&printed), whole, "{name}");
    }
    for name in names("request_").union(&names("answer_")) {
        let text = read(name);
        for tolerance in Tolerance::ALL {
            assert_eq!(tolerance.repair(&text), text, "{name} {tolerance:?}");
        }
    }
}
