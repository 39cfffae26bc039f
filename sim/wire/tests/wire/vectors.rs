//! Every file of `tests/vectors`: what it decodes to, and that encoding gives the same bytes.
//!
//! The shapes are those of documented and public samples, with serials, tags, names and keys of
//! Muster's own. A `_damaged` or `_split` file is as broken as its printed model.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;

use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::account_info::AccountInfo;
use muster_wire::proposed::acknowledgement::Acknowledgement;
use muster_wire::proposed::authorization_request::AuthorizationRequest;
use muster_wire::proposed::conversion_acknowledgement::ConversionAcknowledgement;
use muster_wire::proposed::policy::Policy;
use muster_wire::proposed::slac::AuthorizationAnswer;
use muster_wire::proposed::trust_request::TrustRequest;
use muster_wire::rum_report::RumPayload;
use muster_wire::tolerance::{Tolerance, printed_payload};
use muster_wire::transport::callhome::CallHome;
use muster_wire::transport::instance_service::{CollectedReports, UsageList};
use muster_wire::transport::smart::SmartRequest;
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::trust::TrustAnswer;
use muster_wire::usage_file::UsageFile;
use muster_wire::{Artefact, Error, decoded_json};

/// Reads `bytes` and gives what was read, as text, and its encoding.
type Codec = fn(&[u8]) -> Result<(String, Vec<u8>), Error>;

/// The codec of a file, told by the longest matching front of its name.
const CODECS: &[(&str, Codec)] = &[
    ("account_info", |b| show(AccountInfo::decode(b), |m| m.encode().into_bytes())),
    ("authorization", |b| show(AuthorizationRequest::decode(b), |m| m.encode().into_bytes())),
    ("acknowledgement", |b| show(Acknowledgement::decode(b), |m| m.encode().into_bytes())),
    ("answer", |b| show(SmartAnswer::decode(b), SmartAnswer::encode)),
    ("callhome", |b| show(CallHome::decode(b), |m| m.encode().into_bytes())),
    ("collected_reports", |b| show(CollectedReports::decode(b), CollectedReports::encode)),
    ("conversion", |b| show(ConversionAcknowledgement::decode(b), |m| m.encode().into_bytes())),
    ("listed_reports", |b| show(UsageList::decode(b), UsageList::encode)),
    ("payload", |b| show(RumPayload::decode(b), |m| m.encode().into_bytes())),
    ("policy", |b| show(Policy::decode(b), |m| m.encode().into_bytes())),
    ("report", |b| show(UsageFile::decode(b), |m| m.encode().into_bytes())),
    ("request", |b| show(SmartRequest::decode(b), SmartRequest::encode)),
    ("slac", |b| show(AuthorizationAnswer::decode(b), |m| m.encode().into_bytes())),
    ("trust_accepted", |b| show(TrustAnswer::decode(b), |m| m.encode().into_bytes())),
    ("trust_refused", |b| show(TrustAnswer::decode(b), |m| m.encode().into_bytes())),
    ("trust_request", |b| show(TrustRequest::decode(b), |m| m.encode().into_bytes())),
    ("usage", |b| show(UsageFile::decode(b), |m| m.encode().into_bytes())),
];

/// Files that are well formed but not in the form this crate writes, and why.
const NOT_CANONICAL: &[(&str, &str)] = &[
    ("acknowledgement_quotes_escaped.xml", "a writer that escapes what may stay"),
    ("callhome_request_other_prefixes.xml", "another writer's prefixes and order"),
    ("report_bare.xml", "a lone report, indented"),
];

fn show<T: Debug>(
    decoded: Result<T, Error>,
    encode: impl FnOnce(&T) -> Vec<u8>,
) -> Result<(String, Vec<u8>), Error> {
    decoded.map(|message| (format!("{message:#?}"), encode(&message)))
}

fn codec(name: &str) -> Codec {
    let found = CODECS.iter().find(|(front, _)| name.starts_with(front));
    found.unwrap_or_else(|| panic!("no codec for {name}")).1
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

fn names(keep: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let names: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| keep(name))
        .collect();
    assert!(!names.is_empty());
    names
}

fn snapshot(name: &str, value: &str) {
    let (stem, _) = name.split_once('.').unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../vectors/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(stem, value));
}

#[test]
fn each_vector_decodes_to_its_value_and_encodes_to_its_bytes() {
    for name in names(|name| name.ends_with(".json") || name.ends_with(".xml")) {
        let bytes = read(&name).into_bytes();
        let (value, encoded) = codec(&name)(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        snapshot(&name, &value);
        if NOT_CANONICAL.iter().any(|(other, _)| *other == name) {
            assert_ne!(encoded, bytes, "{name} is canonical after all");
            let (again, _) = codec(&name)(&encoded).unwrap();
            assert_eq!(again, value, "{name}");
        } else {
            assert_eq!(String::from_utf8(encoded).unwrap(), read(&name), "{name}");
        }
    }
}

#[test]
fn the_reports_alone_are_those_of_the_whole_file() {
    let mut files = 0;
    for name in names(|name| name.ends_with(".xml")) {
        let Ok(artefact) = Artefact::decode(read(&name).as_bytes()) else { continue };
        let smart_license = to_smart_license(&read(&name));
        let reports = Artefact::reports_from_smart_license(&smart_license).unwrap();
        let expected = match artefact {
            Artefact::Usage(file) => Some(file.reports),
            _ => None,
        };
        assert_eq!(reports, expected, "{name}");
        files += usize::from(expected.is_some());
    }
    assert!(files > 0);
}

#[test]
fn each_damaged_vector_decodes_after_its_named_repairs_only() {
    use Tolerance::*;
    let repairs: &[(&str, &[Tolerance])] = &[
        ("answer_ok_poll_split.txt", &[SplitByExtraction]),
        ("report_printed_whole_damaged.txt", &[PrintedPayload]),
        ("request_id_token_trust_damaged.txt", &[MisplacedBraces]),
        ("request_license_usage_damaged.txt", &[MisplacedBraces]),
        ("request_trust_sync_damaged.txt", &[MisplacedBraces]),
        ("trust_accepted_damaged.txt", &[DoubledBracket, LostStartTag, TruncatedSignature]),
        ("trust_refused_damaged.txt", &[DoubledBracket, TruncatedSignature]),
    ];
    for (name, tolerances) in repairs {
        let mut text = read(name);
        for tolerance in *tolerances {
            assert!(codec(name)(text.as_bytes()).is_err(), "{name} without {tolerance:?}");
            text = tolerance.repair(&text);
        }
        let (value, _) = codec(name)(text.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
        snapshot(name, &value);
    }
    let fragments = ["report_printed_cut_damaged.txt", "report_printed_damaged.txt"];
    let listed: BTreeSet<_> = repairs.iter().map(|(name, _)| *name).chain(fragments).collect();
    assert!(names(|name| name.ends_with(".txt")).iter().map(String::as_str).eq(listed));
}

#[test]
fn the_answer_split_in_two_is_the_whole_answer() {
    let joined = Tolerance::SplitByExtraction.repair(&read("answer_ok_poll_split.txt"));
    let whole = SmartAnswer::decode(read("answer_ok_poll.json").as_bytes());
    assert_eq!(SmartAnswer::decode(joined.as_bytes()), whole);
}

#[test]
fn a_fragment_of_a_printed_report_gives_its_payload_or_a_clear_error() {
    let fragment = read("report_printed_damaged.txt");
    let payload = printed_payload(&fragment).expect("the payload of this fragment is whole");
    assert_eq!(payload, read("payload_v1.json"));

    let cut = read("report_printed_cut_damaged.txt");
    assert_eq!(printed_payload(&cut), None);
    let text = Tolerance::PrintedPayload.repair(&cut);
    assert_eq!(text, cut);
    insta::assert_snapshot!(
        UsageFile::decode(text.as_bytes()).unwrap_err(),
        @"usage file: syntax error: CDATA not closed: `]]>` not found before end of input at byte 66"
    );
}

#[test]
fn a_text_without_the_damage_is_given_back() {
    for name in names(|name| name.ends_with(".json")) {
        let text = read(&name);
        for tolerance in Tolerance::ALL {
            assert_eq!(tolerance.repair(&text), text, "{name} {tolerance:?}");
        }
    }
    let text = read("trust_accepted.xml");
    for tolerance in Tolerance::ALL {
        assert_eq!(tolerance.repair(&text), text, "{tolerance:?}");
    }
}

#[test]
fn artefacts_are_told_apart() {
    for (name, kind) in [
        ("account_info.xml", "account_info"),
        ("acknowledgement.xml", "acknowledgement"),
        ("authorization_confirmation.xml", "authorization_request"),
        ("authorization_request.xml", "authorization_request"),
        ("authorization_return.xml", "authorization_request"),
        ("callhome_fault.xml", "unknown"),
        ("conversion_acknowledgement.xml", "conversion_acknowledgement"),
        ("policy.xml", "policy"),
        ("slac.xml", "authorization"),
        ("slac_refused.xml", "authorization"),
        ("trust_accepted.xml", "trust"),
        ("trust_refused.xml", "trust"),
        ("trust_request.xml", "trust_request"),
        ("usage_file.xml", "usage"),
    ] {
        let view = Artefact::decode(read(name).as_bytes()).unwrap().to_json();
        assert_eq!(view["kind"], kind, "{name}");
    }
}

#[test]
fn people_see_artefacts_opened_and_no_id_token() {
    for name in [
        "answer_acknowledged.json",
        "answer_trusted.json",
        "request_id_token_trust.json",
        "request_license_usage.json",
    ] {
        let view = decoded_json(read(name).as_bytes());
        assert!(!view.to_string().contains("MUSTER-TEST-ID-TOKEN"));
        let view = format!("{:#}", view["license_data"]);
        snapshot(&format!("view_of_{name}"), &view);
    }
}
