//! Instances of the classic era in journeys: every step they have, what they do of themselves, and
//! instances of both eras side by side.

use muster_journal::FailureCause;

use crate::bench::{PROFILE, Played, plan, play, play_plan};
use crate::classic_peer::ClassicPeer;
use crate::scripted_peer::{answered, lost};

/// A whole scenario with a router, another one, and an APIC.
pub(crate) fn scenario(steps: &str) -> String {
    format!(
        "title: classic\ninstances:\n  router: {{ platform: csr1000v, via: call_home }}\n  \
         other: {{ platform: csr1000v, via: smart_receiver }}\n  \
         apic: {{ platform: apic, via: call_home }}\nsteps:\n{steps}"
    )
}

pub(crate) fn played(steps: &str, peer: &mut ClassicPeer) -> Played {
    let played = play(&scenario(steps), peer);
    played.assert_sound();
    assert_eq!(peer.complaints, [""; 0], "{}", played.outline());
    played
}

/// The lines of an outline that speak of one instance.
pub(crate) fn of_instance(outline: &str, index: u32) -> String {
    let who = format!("[{index}] ");
    outline.lines().filter(|line| line.starts_with(&who)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_registration_reports_what_is_in_use_in_either_envelope() {
    let steps = "  - register: { id_token: valid }
    expect: { http: 200, status: COMPLETE, that: answer.response_data.virtual_account == 'Drill Square' }
  - { on: other, register: { id_token: valid }, expect: { status: COMPLETE } }
  - assert:
      - agent.registration.state == 'registered' && agent.authorization.state == 'authorized'
      - agent.transport.framing == 'call_home' && agent.transport.mode == 'gateway'
      - cast.other.transport.framing == 'smart_transport' && cast.other.transport.mode == 'direct'
      - cast.apic.registration.state == 'not_registered' && cast.apic.evaluation.in_use
";
    let mut peer = ClassicPeer::new();
    let outline = played(steps, &mut peer).outline();
    insta::assert_snapshot!(outline);
    let bodies: Vec<_> = peer
        .calls
        .iter()
        .map(|call| String::from_utf8_lossy(&call.body[..12]).into_owned())
        .collect();
    assert_eq!(bodies, ["<?xml versio", "<?xml versio", "{\"signature\"", "{\"signature\""]);
    let numbers: Vec<_> = peer.calls[..2]
        .iter()
        .map(|call| {
            let body = String::from_utf8_lossy(&call.body).into_owned();
            let id = body.split("MessageId>").nth(1).unwrap().to_owned();
            id.split(':').next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(numbers, ["M1", "M2"], "messages of an instance are counted");
}

#[test]
fn every_command_of_a_router_has_its_request() {
    let steps = "  - register: { id_token: valid }
  - register: { id_token: valid }
    expect: { failure: refused }
  - register: { id_token: valid, force: true }
    expect: { status: COMPLETE }
  - renew_id:
    expect: { status: COMPLETE }
  - renew_authorization:
    expect: { status: COMPLETE }
  - use: { feature: CUBE_T_STD, count: 3 }
    expect: { status: COMPLETE, that: answer.response_data.entitlements.size() == 2 }
  - third_party_key: { name: VOUCHER_CODE, feature: prem_250M, routing: Vendor }
    expect: { status: COMPLETE }
  - transport: gateway
  - reload
  - release: 17
  - deregister:
    expect: { status: COMPLETE }
  - deregister
  - assert: agent.registration.state == 'not_registered' && agent.release == 17
";
    let outline = played(steps, &mut ClassicPeer::new()).outline();
    insta::assert_snapshot!(of_instance(&outline, 0));
}

#[test]
fn export_controlled_licences_are_polled_for_and_given_back_before_the_goodbye() {
    let steps = "  - export: { request: hseck9 }
    expect: { failure: refused }
  - register: { id_token: valid }
  - export: { request: hseck9, count: 2 }
    expect:
      status: OK_POLL
      that: agent.exports[0].state == 'pending'
  - poll
  - poll: { until_complete: true, limit: 4 }
    expect: { status: COMPLETE }
  - assert: agent.exports[0].state == 'authorized' && agent.exports[0].count == 2
  - poll:
    expect: { failure: refused }
  - deregister:
    expect: { status: COMPLETE }
";
    let mut peer = ClassicPeer::new();
    peer.still_running = 3;
    let outline = played(steps, &mut peer).outline();
    insta::assert_snapshot!(of_instance(&outline, 0));
}

#[test]
fn a_result_that_does_not_come_in_time_is_an_unmet_expectation() {
    let steps = "  - register: { id_token: valid }
  - export: { request: hseck9 }
  - poll: { until_complete: true, limit: 2 }
  - advance: { until: poll_due }
  - advance: { until: poll_due }
  - assert: agent.exports[0].state == 'authorized'
";
    let mut peer = ClassicPeer::new();
    peer.still_running = 2;
    let played = played(steps, &mut peer);
    let unmet: Vec<_> = played.looks().into_iter().filter(|look| !look.3).collect();
    let of = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned(), false);
    let outstanding = of("results outstanding", "0", "1");
    assert_eq!(unmet, [outstanding, of("step", "done", "refused: no poll is pending")]);
}

#[test]
fn a_conversion_is_started_by_hand_or_by_a_registration() {
    let steps = "  - convert: { automatic: true }
  - register: { id_token: valid }
  - advance: { until: poll_due }
  - assert: agent.conversion.state == 'converted'
  - convert:
    expect: { failure: refused }
  - { on: other, convert: }
  - { on: other, register: { id_token: valid } }
  - { on: other, convert: , expect: { status: OK_POLL } }
  - { on: other, poll: { until_complete: true } }
  - { on: other, assert: agent.conversion.state == 'converted' }
";
    insta::assert_snapshot!(played(steps, &mut ClassicPeer::new()).outline());
}

#[test]
fn a_fabric_counts_its_switches_and_shows_its_faults() {
    let steps = "  - { on: apic, fabric: report }
  - { on: apic, register: { id_token: valid } }
  - { on: apic, fabric: { commission: leaf, count: 2 } }
  - on: apic
    fabric: { enable: advantage, count: 3 }
    expect: { status: COMPLETE, that: answer.response_data.authorization_state == 'OUT_OF_COMPLIANCE' }
  - { on: apic, fabric: { disable: advantage, count: 3 }, expect: { status: COMPLETE } }
  - { on: apic, fabric: { decommission: leaf } }
  - { on: apic, fabric: { decommission: spine, count: 9 } }
  - { on: apic, release: 4 }
  - on: apic
    assert:
      - agent.licenses.exists(one, one.feature == 'ACI_LEAF_ESSENTIALS' && one.count == 5)
      - agent.registration.state == 'not_registered'
      - agent.faults.exists(one, one.kind == 'not_registered' && one.severity == 'info')
";
    let mut peer = ClassicPeer::new();
    peer.purchased.insert("ADVANTAGE", 2);
    let outline = played(steps, &mut peer).outline();
    insta::assert_snapshot!(of_instance(&outline, 2));
}

#[test]
fn a_redundant_pair_points_at_each_other_by_identifier() {
    let set = "application: { set: CUBE_T_RED, role: active, name: voice, id: v1, peers: [{ \
               instance: other, role: standby, id: v2 }] }";
    let steps = format!(
        "  - register: {{ id_token: valid }}
  - {set}
  - {{ on: other, register: {{ id_token: valid }} }}
  - use: {{ feature: CUBE_T_RED, count: 2 }}
  - {set}
    expect: {{ status: COMPLETE }}
  - on: other
    application:
      set: CUBE_T_RED
      role: standby
      name: voice
      id: v2
      peers: [{{ instance: router, role: active, id: v1 }}]
    expect: {{ status: COMPLETE }}
  - application: {{ take_over: CUBE_T_RED }}
    expect: {{ failure: refused }}
  - on: other
    application: {{ take_over: CUBE_T_RED }}
    expect: {{ status: COMPLETE }}
  - on: other
    assert: agent.licenses.exists(one, one.application.state == 'active_alone')
  - application: {{ remove_peers: CUBE_T_RED }}
  - application: {{ clear: CUBE_T_RED }}
    expect: {{ status: COMPLETE }}
"
    );
    let mut peer = ClassicPeer::new();
    let outline = played(&steps, &mut peer).outline();
    insta::assert_snapshot!(outline);
    let last = |part: &str| {
        let bodies = peer.calls.iter().map(|call| String::from_utf8_lossy(&call.body).into_owned());
        bodies.rev().find(|body| body.contains(part)).is_some()
    };
    assert!(last("product_instance_identifier") && last("pi-"));
}

#[test]
fn what_fails_is_tried_again_and_a_refused_token_is_not() {
    let steps = "  - register: { id_token: valid }
    expect: { failure: connect }
  - assert: agent.registration.state == 'retry' && agent.retry_due_ms > 0
  - advance: { until: retry }
  - assert: agent.registration.state == 'registered'
  - register: { id_token: other, force: true }
    expect: { status: FAILED, message_code: LS_INVALID_TOKEN }
  - advance: { until: retry }
";
    let profile = PROFILE.replace(
        "valid = { value = \"bench-token-7f3a\" }",
        "valid = { value = \"bench-token-7f3a\" }\nother = { value = \"bench-token-none\" }",
    );
    let mut peer = ClassicPeer::with(vec![lost(FailureCause::Connect)]);
    let played = play_plan(&plan(&scenario(steps), &profile, 1), &mut peer, &|| false);
    insta::assert_snapshot!(of_instance(&played.outline(), 0));
    let tokens: Vec<_> =
        played.exchanges().iter().filter_map(|one| one.intent.id_token.clone()).collect();
    assert_eq!(tokens, ["valid", "valid", "other"], "a retry uses the same token");
}

#[test]
fn answers_that_are_none_are_told_and_survived() {
    let soap = "<?xml version=\"1.0\"?><soap-env:Envelope \
                xmlns:soap-env=\"http://www.w3.org/2003/05/soap-envelope\"/>";
    let script = vec![
        answered(502, b"bad gateway"),
        answered(200, b"{\"signature\":null,\"response\":\"{}\"}"),
        answered(200, soap.as_bytes()),
    ];
    let steps = "  - { on: other, register: { id_token: valid }, expect: { http: 502 } }
  - { on: other, advance: { until: retry } }
  - { on: other, assert: agent.registration.last_attempt.failure_reason.size() > 0 }
  - register: { id_token: valid }
    expect: { http: 200, status: COMPLETE }
  - assert: agent.registration.state == 'failed'
";
    let played = play(&scenario(steps), &mut ClassicPeer::with(script));
    played.assert_sound();
    let unmet: Vec<_> = played.looks().into_iter().filter(|look| !look.3).collect();
    let status = ("status".to_owned(), "COMPLETE".to_owned(), "nothing".to_owned(), false);
    assert_eq!(unmet, [status], "{}", played.outline());
}

#[test]
fn moments_of_the_classic_era_are_waited_for() {
    let steps = "  - advance: { until: id_renewal }
  - advance: { until: evaluation_end }
  - assert: agent.evaluation.state == 'expired'
  - advance: { until: evaluation_end }
  - register: { id_token: valid }
  - advance: { until: authorization_refresh }
  - advance: { until: authorization_renewal }
  - advance: { until: id_renewal }
  - transport: direct
  - advance: 1d
";
    let outline = played(steps, &mut ClassicPeer::new()).outline();
    let own: Vec<_> = outline
        .lines()
        .filter(|line| line.contains(" ends: ") || line.contains("own"))
        .filter(|line| line.starts_with("[0]"))
        .collect();
    let renewals = own.iter().filter(|line| line.contains("ID_CERT_RENEW (own)")).count();
    let refreshes = own.iter().filter(|line| line.contains("ENTITLEMENT (own)")).count();
    assert_eq!(renewals, 1, "{outline}");
    assert!((150..=185).contains(&refreshes), "{refreshes} daily looks in half a year");
    assert!(own[0].ends_with("refused: no renewal of the ID certificate is planned"), "{own:?}");
    assert!(own.iter().any(|line| line.ends_with("refused: the evaluation period does not run")));
}

#[test]
fn without_contact_the_authorization_expires_and_then_the_registration() {
    let mut script = vec![];
    script.resize_with(5_000, || lost(FailureCause::Timeout));
    let steps = "  - { on: apic, register: { id_token: valid } }
  - { on: apic, probe: , expect: { failure: timeout } }
  - { on: apic, advance: { until: authorization_deadline } }
  - { on: apic, assert: agent.authorization.state == 'expired' }
  - { on: apic, advance: { until: id_expiry } }
  - { on: apic, assert: agent.registration.state == 'expired' }
  - { on: apic, advance: 1d }
";
    let mut peer = ClassicPeer::new();
    let mut peer = SilentAfter { answers: 2, script: script.into(), peer: &mut peer };
    let played = play(&scenario(steps), &mut peer);
    played.assert_sound();
    let faults: Vec<_> = played
        .outline()
        .lines()
        .filter(|line| line.starts_with("[2]") && line.contains("fault "))
        .map(str::to_owned)
        .collect();
    insta::assert_snapshot!(faults.join("\n"));
    assert!(played.looks().iter().all(|look| look.3), "{:?}", played.looks());
}

/// A peer that falls silent after so many answers.
struct SilentAfter<'a> {
    answers: usize,
    script: std::collections::VecDeque<
        Result<muster_fleet::transport::Received, muster_fleet::transport::Undelivered>,
    >,
    peer: &'a mut ClassicPeer,
}

impl muster_fleet::virtual_run::Peer for SilentAfter<'_> {
    fn exchange(&mut self, call: &muster_fleet::transport::Call) -> muster_fleet::transport::Reply {
        if self.answers > 0 {
            self.answers -= 1;
            return self.peer.exchange(call);
        }
        let result = self.script.pop_front().unwrap();
        muster_fleet::transport::Reply { result, tls: None, elapsed_us: 0 }
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.peer.set_clock(now_ms);
    }
}

#[test]
fn instances_of_both_eras_share_a_scenario() {
    let text = "title: both
instances:
  wlc: { platform: c9800-l, via: cslu }
  apic: { platform: apic, via: call_home }
steps:
  - sync
  - { on: apic, register: { id_token: valid }, expect: { status: COMPLETE } }
  - poll: { until_complete: true }
  - parallel:
      - - report:
          expect: { status: OK_POLL }
      - - { on: apic, renew_authorization: , expect: { status: COMPLETE } }
  - assert: agent.trusted && cast.apic.registration.registered
";
    let played = play(text, &mut ClassicPeer::new());
    played.assert_sound();
    insta::assert_snapshot!(played.outline());
}

#[test]
fn a_step_of_the_other_era_is_refused_when_it_is_reached() {
    let text = "title: strangers
instances:
  wlc: { platform: c9800-l, via: cslu }
  router: { platform: csr1000v, via: call_home }
steps:
  - register: { id_token: valid }
  - deregister:
    expect: { failure: refused }
  - { on: router, trust: { id_token: valid } }
  - { on: router, report: }
  - { on: router, transport: 'off' }
  - transport: gateway
  - { on: router, poll: { id: 7 } }
  - { on: router, advance: { until: report_due } }
  - advance: { until: id_expiry }
  - use: { feature: hseck9 }
    expect: { http: 200 }
  - { on: router, replay: , tamper: edit_payload }
  - { on: router, use: hseck9, expect: { envelope: COMPLETE, trust: accepted } }
";
    let played = play(text, &mut ClassicPeer::new());
    played.assert_sound();
    insta::assert_snapshot!(played.outline());
}

#[test]
fn a_second_url_is_turned_to_when_the_first_does_not_answer() {
    let second = "http://127.0.0.1:10/Transportgateway/services/DeviceRequestHandler";
    let first = second.replace(":10/", ":9/");
    let urls = format!("{{ urls = [\"{first}\", \"{second}\"] }}");
    let profile = PROFILE.replace(&format!("\"{first}\""), &urls);
    let steps = "  - register: { id_token: valid }
  - advance: { until: retry }
  - renew_authorization
  - assert: agent.server == 'secondary' && agent.transport.has_secondary
  - probe
  - renew_authorization:
    via: smart_receiver
";
    let mut peer = ClassicPeer::with(vec![lost(FailureCause::Connect)]);
    let played = play_plan(&plan(&scenario(steps), &profile, 1), &mut peer, &|| false);
    insta::assert_snapshot!(of_instance(&played.outline(), 0));
    let ports: Vec<_> = peer.calls.iter().map(|call| call.url.port).collect();
    assert_eq!(ports, [9, 10, 10, 10, 9, 9]);
}

#[test]
fn a_product_that_speaks_no_ipv6_refuses_to_register_over_it() {
    let profile =
        PROFILE.replace("http://127.0.0.1:9/Transportgateway", "http://[::1]:9/Transportgateway");
    let steps = "  - { on: apic, register: { id_token: valid }, expect: { failure: refused } }
  - register: { id_token: valid }
    expect: { status: COMPLETE }
";
    let mut peer = ClassicPeer::new();
    let played = play_plan(&plan(&scenario(steps), &profile, 1), &mut peer, &|| false);
    assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
}

#[test]
fn a_product_that_cannot_use_its_endpoint_breaks_the_journey_with_a_reason() {
    let profile =
        PROFILE.replace("http://127.0.0.1:9/Transportgateway", "http://127.0.0.1/Transportgateway");
    let mut peer = ClassicPeer::new();
    let played = play_plan(&plan(&scenario("  - reload\n"), &profile, 1), &mut peer, &|| false);
    let told = format!("{:?}", played.outcomes());
    assert!(told.contains("`apic` cannot be configured: the URL of a Transport Gateway"), "{told}");
}
