//! What a journey of the classic era leaves: a journal that can be compared, a fleet that can be
//! saved, requests that can be replayed.

use muster_fleet::saved_fleet::SavedFleet;
use muster_journal::{Event, Redactor, Writer};
use muster_journal::{Header, Sink as _, TargetInfo, TimeMode};
use serde_json::json;

use crate::bench::{PROFILE, START_MS, plan, play, play_plan};
use crate::classic::scenario;
use crate::classic_peer::ClassicPeer;

#[test]
fn the_same_seed_gives_the_same_journal_without_the_token() {
    let steps = "  - register: { id_token: valid }
  - { on: apic, register: { id_token: valid } }
  - export: { request: hseck9 }
  - parallel:
      - - { on: other, register: { id_token: valid } }
      - - poll: { until_complete: true }
  - advance: 40d
  - renew_id:
    tamper: [replay_nonce, { set: { pointer: /request/request_data/csr, value: none } }]
  - deregister
";
    let written = || {
        let played = play(&scenario(steps), &mut ClassicPeer::new());
        let header = Header {
            schema: muster_journal::entry::SCHEMA.to_owned(),
            muster: "0".to_owned(),
            seed: 7,
            time: TimeMode::Virtual,
            started_at_ms: START_MS,
            target: TargetInfo::default(),
            scenarios: Vec::new(),
            command: Vec::new(),
            sampling: None,
        };
        let redactor = Redactor::new(vec!["bench-token-7f3a".to_owned()]);
        let mut writer = Writer::new(Vec::new(), &header, redactor).unwrap();
        played.entries.iter().for_each(|entry| writer.record(entry));
        (writer.finish().unwrap(), json!(played.entries).to_string())
    };
    let ((once, text), (again, _)) = (written(), written());
    assert_eq!(once, again);
    assert!(text.contains("bench-token-7f3a"), "it was sent");
    let lines = muster_journal::Reader::new(once.as_slice()).unwrap().into_entries().unwrap();
    assert!(!json!(lines).to_string().contains("bench-token-7f3a"));
    let registrations = lines.iter().filter(|entry| match &entry.event {
        Event::Exchange(exchange) => {
            exchange.intent.request_type.as_deref() == Some("REGISTRATION")
        }
        _ => false,
    });
    assert_eq!(registrations.count(), 3);
}

#[test]
fn a_saved_fleet_goes_on_registered() {
    let mut peer = ClassicPeer::new();
    let steps =
        "  - register: { id_token: valid }\n  - { on: apic, register: { id_token: valid } }\n";
    let mut first = plan(&scenario(steps), PROFILE, 1);
    first.saves_fleet = true;
    let fleet = play_plan(&first, &mut peer, &|| false).summary.fleet;
    assert_eq!(fleet.len(), 3);
    let steps = "  - renew_authorization:
    expect: { status: COMPLETE }
  - assert: cast.apic.registration.registered && !cast.other.registration.registered
";
    let mut second = plan(&scenario(steps), PROFILE, 1);
    let saved = SavedFleet { seed: 7, instances: fleet, ..SavedFleet::default() };
    second.fleet = Some(std::sync::Arc::new(saved));
    let played = play_plan(&second, &mut peer, &|| false);
    assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
}

#[test]
fn requests_by_hand_and_replays_go_out_as_they_are() {
    let steps = "  - register: { id_token: valid }
  - replay
  - send: { json: { license_data: [] } }
    expect: { that: 'answer.message_code == \"NOT_UNDERSTOOD\" || http == 400' }
  - probe:
    expect: { http: 200, that: body == 'a banner' }
";
    let mut peer = ClassicPeer::new();
    let played = play(&scenario(steps), &mut peer);
    assert!(played.looks().iter().all(|look| look.3), "{}", played.outline());
    assert_eq!(peer.calls[1].body, peer.calls[2].body, "the last request again");
    let sent: Vec<_> = played.exchanges().iter().map(|one| one.intent.deviations.len()).collect();
    assert_eq!(sent, [0, 0, 1, 1, 0]);
    assert_eq!(
        json!(played.exchanges()[2].intent.deviations),
        json!([{"kind": "request_replayed"}])
    );
}
