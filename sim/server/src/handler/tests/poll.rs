//! Polls: whose they are, how often they answer, and the policy that comes once.

use muster_wire::LineStatus;

use super::*;

fn reported(server: &Server, path: &str) -> (Instance, PollId) {
    let mut instance = Instance::new(1);
    instance.trust(server, 1, "valid");
    let body = instance.simple_usage(1, 500);
    let poll_id = line(&post(server, path, &body)).poll_id.unwrap();
    (instance, poll_id)
}

#[test]
fn an_early_poll_waits_and_a_late_one_always_gets_the_same() {
    let server = good_server();
    let (mut instance, poll_id) = reported(&server, CSLU);
    server.advance_clock(59_999);
    let early = instance.poll(&server, CSLU, poll_id);
    assert_eq!((early.status, early.poll_id), (LineStatus::OkPoll, Some(poll_id)));
    assert!(early.poll_interval.unwrap() > 0);
    server.advance_clock(1);
    let first = instance.poll(&server, CSLU, poll_id);
    assert_eq!(first.status, LineStatus::Complete);
    server.advance_clock(86_400_000);
    assert_eq!(instance.poll(&server, CSLU, poll_id), first);
}

#[test]
fn cssm_has_the_acknowledgement_at_once() {
    let server = good_server();
    let (mut instance, poll_id) = reported(&server, RECEIVER);
    assert_eq!(instance.poll(&server, RECEIVER, poll_id).status, LineStatus::Complete);
}

#[test]
fn the_acknowledgement_is_signed_and_names_the_request() {
    let server = good_server();
    let (mut instance, poll_id) = reported(&server, RECEIVER);
    let acknowledgement = acknowledgement(&instance.poll(&server, RECEIVER, poll_id));
    let key = server.0.authority.signing_public_key();
    let verifies = |text: &str, signature: &str| {
        key.verify(text.as_bytes(), &STANDARD.decode(signature).unwrap())
    };
    assert!(verifies(&acknowledgement.signed, &acknowledgement.signature));
    let policy = &acknowledgement.policies[0];
    assert!(verifies(&policy.signed, &policy.signature));
    assert_eq!(acknowledgement.data.nonce.as_str(), "1000002");
    assert_eq!(acknowledgement.data.sudi.udi(), instance.udi);
    let due = acknowledgement.data.next_report_due;
    assert_eq!(due, START_MS / 1000 + 30 * 86_400);
}

#[test]
fn a_poll_id_is_of_no_use_to_others() {
    let server = good_server();
    let (mut instance, poll_id) = reported(&server, RECEIVER);
    for (mut other, poll_id) in
        [(Instance::new(2), poll_id), (Instance::new(3), PollId(poll_id.0 + 1))]
    {
        let refused = other.poll(&server, RECEIVER, poll_id);
        assert_eq!(refused.status, LineStatus::Failed);
        assert_eq!(refused.message_code.as_deref(), Some("UNKNOWN_POLL_ID"));
        assert!(refused.smart_license.is_none());
    }
    assert_eq!(instance.poll(&server, RECEIVER, poll_id).status, LineStatus::Complete);
}

#[test]
fn the_policy_comes_once_and_again_when_the_instance_started_over() {
    let server = good_server();
    let (mut instance, first) = reported(&server, RECEIVER);
    let policies = |instance: &mut Instance, poll_id| {
        acknowledgement(&instance.poll(&server, RECEIVER, poll_id)).policies.len()
    };
    assert_eq!(policies(&mut instance, first), 1);
    let body = instance.simple_usage(1, 501);
    let second = line(&post(&server, RECEIVER, &body)).poll_id.unwrap();
    assert_eq!(policies(&mut instance, second), 0);
    assert_eq!(policies(&mut instance, first), 1);
    instance.key = InstanceKey::derive(&Seed::from_u64(5), 1, 2);
    assert!(instance.trust(&server, 2, "valid").status.success);
    let body = instance.simple_usage(2, 502);
    let third = line(&post(&server, RECEIVER, &body)).poll_id.unwrap();
    assert_eq!(policies(&mut instance, third), 1);
}

#[test]
fn poll_ids_count_up_and_intervals_differ() {
    let server = good_server();
    let mut instance = Instance::new(1);
    instance.trust(&server, 1, "valid");
    let mut lines = (500..520).map(|report| {
        let body = instance.simple_usage(1, report);
        let line = line(&post(&server, CSLU, &body));
        (line.poll_id.unwrap(), line.poll_interval.unwrap())
    });
    let mut before = lines.next().unwrap();
    let mut differ = 0;
    for now in lines {
        assert!(now.0 > before.0);
        differ += usize::from(now.1 != before.1);
        before = now;
    }
    assert!(differ > 15);
}
