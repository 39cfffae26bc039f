//! Files at the account's page: each kind, bundles of them, and those that have no answer.

use muster_wire::bundle::{Bundle, BundledArchive, BundledFile};
use muster_wire::proposed::authorization_request::{
    AuthorizationRequest, AuthorizationRequestEntry, RequestedKey,
};
use muster_wire::{EntitlementTag, Extra, ReturnCode, Sudi};

use super::*;

const HSEC: &str = "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2";

fn upload(server: &Server, file: &[u8]) -> (u16, Value) {
    let body = json!({ "file": STANDARD.encode(file) }).to_string();
    call(server, &body)
}

fn call(server: &Server, body: &str) -> (u16, Value) {
    let request = ServerRequest {
        method: "POST",
        path_and_query: "/muster/control/upload",
        headers: &[],
        body: body.as_bytes(),
    };
    let answer = server.answer(Listener::Admin, request);
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

fn answer_to(server: &Server, file: &[u8]) -> Vec<u8> {
    let (status, answer) = upload(server, file);
    assert_eq!(status, 200, "{answer}");
    STANDARD.decode(answer["file"].as_str().unwrap()).unwrap()
}

fn artefact_for(server: &Server, file: &str) -> Artefact {
    Artefact::decode(&answer_to(server, file.as_bytes())).unwrap()
}

fn code_of(server: &Server, file: &[u8]) -> String {
    let (status, answer) = upload(server, file);
    assert_eq!(status, 422, "{answer}");
    answer["code"].as_str().unwrap().to_owned()
}

/// Gives the instance trust id 1 by file.
fn trusted(server: &Server, number: u64) -> Instance {
    let instance = Instance::new(number);
    match artefact_for(server, &instance.trust_request(1, None).encode()) {
        Artefact::Trust(answer) => assert!(answer.trust_code.status.success),
        other => panic!("{other:?}"),
    }
    instance
}

fn usage(instance: &Instance, report_id: u64) -> String {
    let report = instance.report(1, &instance.payload(report_id, LICENCE, 2));
    UsageFile { reports: vec![report], system_info: None }.encode()
}

fn authorization(instance: &Instance, tags: &[&str], returned: Option<&str>) -> String {
    let key = |tag: &&str| RequestedKey {
        entitlement: EntitlementTag::new(tag),
        count: 1,
        extra: Extra::new(),
    };
    let entry = AuthorizationRequestEntry {
        sudi: Sudi::from(&instance.udi),
        keys: tags.iter().map(key).collect(),
        confirm_code: None,
        remove_code: returned.map(|code| ReturnCode::from(code.to_owned())),
        extra: Extra::new(),
    };
    AuthorizationRequest { system_info: None, entries: vec![entry] }.encode()
}

#[test]
fn trust_usage_and_authorization_codes_come_by_file_at_once() {
    let server = good_server();
    let instance = trusted(&server, 1);
    match artefact_for(&server, &usage(&instance, 500)) {
        Artefact::Acknowledgement(ack) => {
            assert_eq!((ack.data.sudi.udi(), ack.data.acks.len()), (instance.udi.clone(), 1));
            assert_eq!(ack.policies.len(), 1, "the policy it lacks comes along");
        }
        other => panic!("{other:?}"),
    }
    match artefact_for(&server, &authorization(&instance, &[HSEC], None)) {
        Artefact::Authorization(answer) => assert_eq!(answer.code.licenses[0].tag.as_str(), HSEC),
        other => panic!("{other:?}"),
    }
    let returned = "AAAAAA-AAAAAA-AAAAAA-AAAAAA";
    match artefact_for(&server, &authorization(&instance, &[], Some(returned))) {
        Artefact::Authorization(answer) => assert!(answer.code.licenses.is_empty()),
        other => panic!("{other:?}"),
    }
    assert!(server.0.store().holdings.reserved(&instance.udi).is_empty());
}

#[test]
fn a_file_may_be_on_its_way_for_days_but_not_come_from_the_future() {
    let server = good_server();
    server.advance_clock(5 * 86_400_000);
    trusted(&server, 1);
    let mut early = Instance::new(2);
    early.now_ms = server.now_ms() + 3_600_000;
    match artefact_for(&server, &early.trust_request(1, None).encode()) {
        Artefact::Trust(answer) => {
            assert_eq!(answer.trust_code.status.code.as_deref(), Some("TIMESTAMP_MISMATCH"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bundle_is_answered_by_a_bundle_without_what_was_refused() {
    let server = good_server();
    let [one, two] = [1, 2].map(|number| trusted(&server, number));
    let stranger = Instance::new(3);
    let texts = [usage(&one, 500), usage(&two, 600), usage(&stranger, 700), "<x/>".to_owned()];
    let files = (1..).zip(texts).map(|(number, text)| BundledFile {
        name: format!("dev_{number}.txt"),
        bytes: text.into_bytes(),
    });
    let archive = BundledArchive { name: "UD_VA_1.tar.gz".to_owned(), files: files.collect() };
    let bundle = Bundle { manifest: None, archives: vec![archive] };
    let answer = Bundle::decode(&answer_to(&server, &bundle.encode(1).unwrap())).unwrap();
    assert_eq!(answer.archives[0].name, "ACK_UD_VA_1.tar.gz");
    let names: Vec<_> = answer.archives[0].files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["ACK_dev_1.txt", "ACK_dev_2.txt"]);
    for file in &answer.archives[0].files {
        assert!(matches!(file.artefact(), Ok(Artefact::Acknowledgement(_))));
    }
}

#[test]
fn what_has_no_answer_is_refused_with_a_code() {
    let server = good_server();
    let instance = trusted(&server, 1);
    let stranger = usage(&Instance::new(3), 700);
    assert_eq!(code_of(&server, stranger.as_bytes()), "INVALID_TRUST");
    let nothing = UsageFile { reports: Vec::new(), system_info: None }.encode();
    let no_request = answer_to(&server, usage(&instance, 1).as_bytes());
    let two = instance.trust_request(2, None);
    let entries = [two.entries.clone(), two.entries.clone()].concat();
    let two = TrustRequest { signed: serde_json::to_string(&entries).unwrap(), entries, ..two };
    for file in ["", "no XML", nothing.as_str(), two.encode().as_str()] {
        assert_eq!(code_of(&server, file.as_bytes()), "INVALID_FILE", "{file}");
    }
    assert_eq!(code_of(&server, &no_request), "INVALID_FILE");
    assert_eq!(code_of(&server, &[0x1f, 0x8b, 8, 0]), "INVALID_FILE");
    let none = authorization(&instance, &[], Some("AAAAAA-AAAAAA-AAAAAA-AAAAAA"));
    assert_eq!(code_of(&server, none.as_bytes()), "NO_AUTHORIZATION");
    for body in ["", "{}", r#"{"file":"?"}"#, r#"{"file":"","more":1}"#] {
        assert_eq!(call(&server, body).0, 400, "{body}");
    }
}
