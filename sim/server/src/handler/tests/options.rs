//! Options for load: how many instances fit, and what a server takes that verifies nothing.

use muster_wire::LineStatus;

use super::*;

fn server_with(options: ServerOptions) -> Server {
    let options = ServerOptions { seed: SEED, ..options };
    Server::new(options, ClockSource::Manual { start_ms: START_MS }).unwrap()
}

#[test]
fn one_instance_too_many_is_told_to_try_again_and_the_others_go_on() {
    let server = server_with(ServerOptions { instances_max: 2, ..ServerOptions::default() });
    let mut known = [Instance::new(1), Instance::new(2)];
    for instance in &mut known {
        assert!(instance.trust(&server, 1, "valid").status.success);
    }
    let mut stranger = Instance::new(3);
    let body = stranger.trust_body(1, token("valid"));
    assert_eq!(line(&post(&server, RECEIVER, &body)).status, LineStatus::OkTryAgain);
    for instance in &mut known {
        let body = instance.simple_usage(1, 500);
        assert_eq!(line(&post(&server, CSLU, &body)).status, LineStatus::OkPoll);
    }
    assert_eq!(ServerOptions::default().instances_max, 100_000);
}

#[test]
fn a_server_that_does_not_verify_takes_what_nobody_signed() {
    for (verify_signatures, accepted) in [(true, false), (false, true)] {
        let server = server_with(ServerOptions { verify_signatures, ..ServerOptions::default() });
        let mut instance = Instance::new(1);
        let mut request = instance.trust_request(1, token("valid"));
        request.signature = "AAAA".to_owned();
        let body = instance.artefact_body("ID_TOKEN_TRUST", &request.encode());
        let code = trust_code(&line(&post(&server, RECEIVER, &body)));
        assert_eq!(code.status.success, accepted);
        instance.trust(&server, 2, "valid");
        let mut report = instance.report(2, &instance.payload(500, LICENCE, 2));
        report.signature.value = "AAAA".to_owned();
        let body = instance.usage_body(vec![report]);
        let answer = decoded(&post(&server, CSLU, &body));
        assert_eq!(!answer.is_short(), accepted, "{answer:?}");
        // What else is wrong stays wrong: the trust id is not the one in force.
        let report = instance.report(1, &instance.payload(501, LICENCE, 2));
        let body = instance.usage_body(vec![report]);
        assert_eq!(super::code(&post(&server, CSLU, &body)), "INVALID_TRUST");
    }
}
