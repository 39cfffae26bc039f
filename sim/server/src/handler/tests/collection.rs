//! Collections: the file an instance is given for the reports it offers.

use muster_wire::usage_file::UsageFile;

use super::*;
use crate::collect::{Collection, Import, NotCollected};
use crate::refusal::Refusal;

fn trusted(server: &Server, number: u64) -> Instance {
    let mut instance = Instance::new(number);
    assert!(instance.trust(server, 1, "valid").status.success);
    instance
}

fn offer(reports: &[RumReport]) -> Vec<u8> {
    json!({ "usage": reports }).to_string().into_bytes()
}

fn good_report(instance: &Instance, report_id: u64) -> RumReport {
    instance.report(1, &instance.payload(report_id, LICENCE, 2))
}

fn import(server: &Server, reports: &[RumReport]) -> Import {
    let collected = server.0.collect(&offer(reports)).unwrap();
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
    match server.0.collect(&offer(reports)) {
        Err(NotCollected::Refused(Refusal::Failed { code, .. })) => code,
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

#[test]
fn what_is_no_list_of_reports_is_unreadable_and_an_empty_one_needs_no_file() {
    let server = good_server();
    let file = UsageFile { reports: Vec::new(), system_info: None }.encode();
    for body in ["", "{}", "[]", r#"{"usage":{}}"#, r#"{"usage":[{"payload":"{}"}]}"#, &file] {
        let outcome = server.0.collect(body.as_bytes());
        assert!(matches!(outcome, Err(NotCollected::Unreadable(_))), "{body}: {outcome:?}");
    }
    assert_eq!(server.0.collect(&offer(&[])), Ok(Collection { reports: 0, import: None }));
}
