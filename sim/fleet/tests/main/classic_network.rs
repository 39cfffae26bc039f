//! Instances that lose their network on purpose: nothing they send arrives, and what they wanted is
//! done once it is back.

use crate::bench::play;
use crate::classic::scenario;
use crate::classic_peer::ClassicPeer;

#[test]
fn an_instance_without_a_network_reaches_nobody_until_it_is_back() {
    let steps = "  - network: lost
  - register: { id_token: valid }
    expect: { failure: connect }
  - probe:
    expect: { failure: connect }
  - { on: other, register: { id_token: valid }, expect: { status: COMPLETE } }
  - network: restored
  - network: restored
  - advance: { until: retry }
  - assert: agent.registration.state == 'registered' && cast.other.registration.registered
";
    let mut peer = ClassicPeer::new();
    let played = play(&scenario(steps), &mut peer);
    played.assert_sound();
    insta::assert_snapshot!(played.outline());
    let smart_transport = peer.calls.iter().filter(|call| &*call.endpoint == "smart_receiver");
    assert_eq!((smart_transport.count(), peer.calls.len()), (2, 4), "none before it was back");
}

#[test]
fn what_is_lost_belongs_to_one_instance_and_one_journey() {
    let text = "title: both
instances:
  wlc: { platform: c9800-l, via: cslu }
  spare: { platform: c9800-l, via: cslu }
steps:
  - when:
      condition: replica == 0
      steps:
        - { on: spare, network: lost }
  - sync:
    expect: { http: 200 }
  - on: spare
    sync:
    expect: { that: 'replica == 0 || http == 200' }
  - assert: agent.last_response == 'OK_POLL'
";
    let plan = crate::bench::plan(text, crate::bench::PROFILE, 2);
    let mut peer = crate::scripted_peer::ScriptedPeer::default();
    let played = crate::bench::play_plan(&plan, &mut peer, &|| false);
    played.assert_sound();
    assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
    let lost = played
        .exchanges()
        .into_iter()
        .filter(|one| matches!(one.outcome, muster_journal::ExchangeOutcome::Failed { .. }));
    assert_eq!(lost.count(), 1);
}
