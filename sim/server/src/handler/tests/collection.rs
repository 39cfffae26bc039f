//! Collections: the file an instance is given for the reports it offers.

use muster_wire::usage_file::UsageFile;

use super::*;
use crate::collect::{Collection, Import};
use crate::refusal::Refusal;

fn trusted(server: &Server, number: u64) -> Instance {
    let mut instance = Instance::new(number);
    assert!(instance.trust(server, 1, "valid").status.success);
    instance
}

fn good_report(instance: &Instance, report_id: u64) -> RumReport {
    instance.report(1, &instance.payload(report_id, LICENCE, 2))
}

fn import(server: &Server, reports: &[RumReport]) -> Import {
    let collected = server.0.collect(reports.to_vec()).unwrap();
    assert_eq!(collected.reports, reports.len());
    collected.import.unwrap()
}

fn file(import: &Import) -> Acknowledgement {
    match Artefact::decode(import.file.as_bytes()).unwrap() {
        Artefact::Acknowledgement(acknowledgement) => *acknowledgement,
        other => panic!("{other:?}"),
    }
}

fn refusal(server: &Server, reports: &[RumReport]) -> &'static str {
    match server.0.collect(reports.to_vec()) {
        Err(Refusal::Failed { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn collected_reports_are_counted_and_acknowledged_at_once() {
    let server = good_server();
    let instance = trusted(&server, 1);
    let unknown = instance.payload(501, &LICENCE.replace("MUSTER", "UNKNOWN"), 1);
    let reports = [good_report(&instance, 500), instance.report(1, &unknown)];
    let acknowledgement = file(&import(&server, &reports));
    let data = &acknowledgement.data;
    assert_eq!((data.sudi.udi(), data.timestamp), (instance.udi.clone(), START_MS));
    let acks: Vec<_> = data.acks.iter().map(|ack| (ack.report_id.0, ack.status.as_str())).collect();
    assert_eq!(acks, [(500, "ACKED"), (501, "REJECTED")]);
    let key = server.0.authority.signing_public_key();
    let signature = STANDARD.decode(&acknowledgement.signature).unwrap();
    assert!(key.verify(acknowledgement.signed.as_bytes(), &signature));
    let store = server.0.store();
    let record = store.instance(&instance.udi).unwrap().record.as_ref().unwrap();
    assert_eq!(record.account.virtual_account, "Default");
    assert_eq!(
        (record.reports_taken, record.in_use().map(|(_, count)| count).sum::<u64>()),
        (2, 2)
    );
}

#[test]
fn reports_collected_twice_count_once_and_are_acknowledged_under_another_nonce() {
    let server = good_server();
    let instance = trusted(&server, 1);
    let nonces =
        [(); 2].map(|()| file(&import(&server, &[good_report(&instance, 500)])).data.nonce);
    assert_ne!(nonces[0], nonces[1]);
    let store = server.0.store();
    assert_eq!(store.instance(&instance.udi).unwrap().record.as_ref().unwrap().reports_taken, 1);
}

#[test]
fn the_policy_comes_until_it_was_imported() {
    let server = good_server();
    let instance = trusted(&server, 1);
    let first = import(&server, &[good_report(&instance, 500)]);
    assert!(first.policy);
    assert_eq!(file(&first).policies.len(), 1);
    let broken_off = import(&server, &[good_report(&instance, 500)]);
    assert!(broken_off.policy);
    server.0.imported(&broken_off);
    let later = import(&server, &[good_report(&instance, 501)]);
    assert!(!later.policy);
    assert!(file(&later).policies.is_empty());
}

#[test]
fn push_and_pull_share_one_record_of_the_policy() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let body = instance.simple_usage(1, 500);
    let poll_id = line(&post(&server, CSLU, &body)).poll_id.unwrap();
    server.0.imported(&import(&server, &[good_report(&instance, 501)]));
    server.advance_clock(60_000);
    let pushed = acknowledgement(&instance.poll(&server, CSLU, poll_id));
    assert!(pushed.policies.is_empty());
}

#[test]
fn a_server_that_keeps_the_policy_keeps_it_here_too() {
    let server = server(&[Defect::POLICY_NOT_DELIVERED]);
    let instance = trusted(&server, 1);
    let given = import(&server, &[good_report(&instance, 500)]);
    assert!(!given.policy);
    assert!(file(&given).policies.is_empty());
}

#[test]
fn collections_leave_room_for_what_the_instance_waits_for() {
    let server = good_server();
    let mut instance = trusted(&server, 1);
    let body = instance.simple_usage(1, 500);
    let poll_id = line(&post(&server, CSLU, &body)).poll_id.unwrap();
    for report in 501..600 {
        import(&server, &[good_report(&instance, report)]);
    }
    server.advance_clock(60_000);
    let acknowledged = acknowledgement(&instance.poll(&server, CSLU, poll_id));
    assert_eq!(acknowledged.data.acks[0].report_id.0, 500);
}

#[test]
fn what_would_be_refused_when_pushed_is_refused_when_pulled() {
    let server = good_server();
    let instance = trusted(&server, 1);
    let stranger = Instance::new(2);
    assert_eq!(refusal(&server, &[good_report(&stranger, 1)]), "INVALID_TRUST");
    let mut edited = good_report(&instance, 1);
    edited.payload = edited.payload.replace("\"2\"", "\"1\"");
    assert_eq!(refusal(&server, &[edited]), "INVALID_SIGNATURE");
    let mixed = [good_report(&instance, 1), good_report(&trusted(&server, 3), 1)];
    assert_eq!(refusal(&server, &mixed), "INVALID_SIGNATURE");
    let mut no_payload = good_report(&instance, 1);
    no_payload.payload = "{".to_owned();
    assert_eq!(refusal(&server, &[no_payload]), "INVALID_REQUEST");
    put_settings(&server, &json!({ "tenants": { "Default-1": { "validate_device": true } } }));
    assert_eq!(refusal(&server, &[good_report(&instance, 1)]), "HOST_NOT_FOUND");
    let store = server.0.store();
    assert!(store.instance(&instance.udi).unwrap().record.is_none());
}

/// Collects over a conversation whose calls get these answers; what the control API says, and what
/// was asked.
fn talk(server: &Server, order: &Value, mut answers: Vec<Vec<u8>>) -> (u16, Value, Vec<String>) {
    let mut asked = Vec::new();
    let answer = server.collect(order.to_string().as_bytes(), &mut |call| {
        asked.push(format!("{} {}", call.method, call.path));
        if answers.is_empty() { Err("nobody is there".to_owned()) } else { Ok(answers.remove(0)) }
    });
    (answer.status, serde_json::from_slice(&answer.body).unwrap(), asked)
}

fn offer(reports: &[RumReport]) -> Vec<u8> {
    json!({ "usage": reports }).to_string().into_bytes()
}

#[test]
fn what_is_no_list_of_reports_is_unreadable_and_an_empty_one_needs_no_file() {
    let server = good_server();
    let order = json!({ "url": "http://instance.test" });
    let file = UsageFile { reports: Vec::new(), system_info: None }.encode();
    for body in ["", "{}", "[]", r#"{"usage":{}}"#, r#"{"usage":[{"payload":"{}"}]}"#, &file] {
        let (status, answer, _) = talk(&server, &order, vec![body.as_bytes().to_vec()]);
        let error = answer["error"].as_str().unwrap();
        assert!(status == 502 && error.contains("no list of reports"), "{body}: {error}");
    }
    assert_eq!(server.0.collect(Vec::new()), Ok(Collection { reports: 0, import: None }));
    let (status, answer, asked) = talk(&server, &order, vec![offer(&[])]);
    let nothing = json!({ "collected": 0, "policy": false, "trust": false });
    assert_eq!((status, answer), (200, nothing));
    assert_eq!(asked, ["GET /smartlic-service/all-reports"]);
}

#[test]
fn a_collection_over_restconf_has_files_written_fetched_and_imported() {
    let server = good_server();
    let instance = trusted(&server, 1);
    let order = json!({ "url": "http://instance.test", "interface": "restconf" });
    let trusted = br#"{"cisco-smart-license:trust-code":[{"is-installed":true}]}"#.to_vec();
    let done = br#"{"cisco-smart-license:output":{"return-code":"success"}}"#.to_vec();
    let reports = vec![good_report(&instance, 700)];
    let usage = UsageFile { reports, system_info: None }.encode().into_bytes();
    let answers = vec![trusted.clone(), done.clone(), usage, Vec::new(), done];
    let (status, answer, asked) = talk(&server, &order, answers);
    assert_eq!((status, &answer["collected"], &answer["policy"]), (200, &json!(1), &json!(true)));
    insta::assert_snapshot!(asked.join("\n"));
    let refused = br#"{"cisco-smart-license:output":{"return-code":"notfound"}}"#.to_vec();
    let (status, answer, _) = talk(&server, &order, vec![trusted, refused]);
    assert!(status == 502 && answer["error"].as_str().unwrap().contains("returned notfound"));
    let (status, answer, _) = talk(&server, &order, Vec::new());
    assert!(status == 502 && answer["error"].as_str().unwrap().ends_with("nobody is there"));
}
