//! Polls until a result is there: limits, renamed poll ids, and failures on the way.

use muster_journal::FailureCause;

use crate::bench::play;
use crate::scripted_peer::{ScriptedPeer, lost};

const STEPS: &str = "
  - sync
  - poll: { until_complete: true, limit: 4 }
";

fn outstanding(peer: &mut ScriptedPeer) -> (String, bool, usize) {
    let played = play(STEPS, peer);
    played.assert_sound();
    let polls = played.exchanges();
    let polls = polls.iter().filter(|one| one.intent.request_type.as_deref() == Some("POLL"));
    let (subject, _, actual, met) = played.looks().pop().unwrap();
    assert_eq!(subject, "results outstanding");
    (actual, met, polls.count())
}

#[test]
fn it_polls_until_the_result_is_there() {
    let mut peer = ScriptedPeer { still_running: 2, ..ScriptedPeer::default() };
    assert_eq!(outstanding(&mut peer), ("0".to_owned(), true, 3));
    let hours: Vec<_> = peer.clock.windows(2).map(|pair| (pair[1] - pair[0]) / 3_600_000).collect();
    assert_eq!(hours, [1, 1]);
}

#[test]
fn it_gives_up_at_its_limit() {
    let mut peer = ScriptedPeer { still_running: 100, ..ScriptedPeer::default() };
    assert_eq!(outstanding(&mut peer), ("1".to_owned(), false, 4));
}

#[test]
fn it_follows_a_result_that_is_deferred_under_another_id() {
    let mut peer = ScriptedPeer { still_running: 2, renames: true, ..ScriptedPeer::default() };
    assert_eq!(outstanding(&mut peer), ("0".to_owned(), true, 3));
    let mut peer = ScriptedPeer { still_running: 100, renames: true, ..ScriptedPeer::default() };
    assert_eq!(outstanding(&mut peer), ("1".to_owned(), false, 4));
}

#[test]
fn it_holds_back_after_a_failure_as_the_instance_does() {
    let mut peer = ScriptedPeer::default();
    let sync = crate::bench::play("\n  - sync\n", &mut peer);
    let muster_journal::ExchangeOutcome::Answered(answer) = &sync.exchanges()[0].outcome else {
        panic!("answered");
    };
    let deferred = crate::scripted_peer::answered(200, &answer.message.body.0);
    let closed = || lost(FailureCause::Closed);
    let mut peer = ScriptedPeer::with(vec![deferred, closed(), closed(), closed(), closed()]);
    let (actual, met, polls) = outstanding(&mut peer);
    assert_eq!((actual.as_str(), met, polls), ("1", false, 4));
    assert!(peer.clock.len() >= 4, "time passes between the attempts: {:?}", peer.clock);
}
