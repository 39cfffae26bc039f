//! Polls until a result is there: limits, renamed poll ids, and failures on the way.

use crate::bench::play;
use crate::scripted_peer::ScriptedPeer;

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
fn it_goes_on_after_a_lost_answer_without_hurry() {
    let mut peer = ScriptedPeer { lost_polls: 2, ..ScriptedPeer::default() };
    let (actual, met, polls) = outstanding(&mut peer);
    assert_eq!((actual.as_str(), met, polls), ("0", true, 3));
    assert!(peer.clock.windows(2).all(|pair| pair[1] - pair[0] >= 10_000), "{:?}", peer.clock);
    let mut peer = ScriptedPeer { lost_polls: 100, ..ScriptedPeer::default() };
    let (actual, met, _) = outstanding(&mut peer);
    assert_eq!((actual.as_str(), met), ("1", false));
}
