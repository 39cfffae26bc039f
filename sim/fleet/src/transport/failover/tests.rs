//! An instance between its servers, without any server.

use proptest::prelude::*;

use super::*;

const DAY_MS: u64 = 24 * 3_600_000;
const START_MS: u64 = 1_800_000_000_000;

use FailoverInput::{Answered, Restarted, Stumbled, Unreachable};

/// The server after each input, one second apart; the servers are two.
fn course(inputs: &[FailoverInput]) -> Vec<usize> {
    let mut failover = Failover::default();
    let steps = inputs.iter().zip(1..).map(|(input, second)| {
        failover.take(*input, 2, START_MS + second * 1_000);
        failover.server()
    });
    steps.collect()
}

#[test]
fn a_server_that_cannot_be_reached_is_turned_away_from_at_once() {
    assert_eq!(course(&[Unreachable, Answered, Answered]), [1, 1, 1]);
    assert_eq!(course(&[Unreachable, Unreachable, Unreachable]), [1, 0, 1]);
}

#[test]
fn a_server_that_stumbles_is_asked_once_more() {
    assert_eq!(course(&[Stumbled, Answered, Stumbled, Answered]), [0, 0, 0, 0]);
    assert_eq!(course(&[Stumbled, Stumbled, Answered]), [0, 1, 1]);
    assert_eq!(course(&[Stumbled, Unreachable]), [0, 1]);
    // One that was just turned to has no credit yet.
    assert_eq!(course(&[Unreachable, Stumbled, Answered]), [1, 0, 0]);
}

#[test]
fn a_restart_begins_with_the_first_server() {
    assert_eq!(course(&[Unreachable, Answered, Restarted]), [1, 1, 0]);
    assert_eq!(course(&[Unreachable, Restarted]), [1, 0]);
}

#[test]
fn the_first_server_is_asked_again_after_a_day() {
    let mut failover = Failover::default();
    failover.take(Unreachable, 2, START_MS);
    failover.take(Answered, 2, START_MS);
    assert_eq!(failover.before_request(START_MS + DAY_MS - 3_600_000), None);
    assert_eq!(failover.server(), 1);
    let moved = failover.before_request(START_MS + DAY_MS).unwrap();
    assert_eq!((moved.to, moved.server), (FailoverState::Returning, 0));
    assert_eq!(failover.server(), 0);
    // It fails: the other one is there as before, and rests are counted anew.
    failover.take(Unreachable, 2, START_MS + DAY_MS);
    assert_eq!((failover.server(), failover.before_request(START_MS + DAY_MS)), (1, None));
    assert!(failover.before_request(START_MS + 2 * DAY_MS).is_some());
    failover.take(Answered, 2, START_MS + 2 * DAY_MS);
    assert_eq!(failover, Failover { since_hour: failover.since_hour, ..Failover::default() });
}

#[test]
fn a_move_is_told_and_a_stay_is_not() {
    let mut failover = Failover::default();
    assert_eq!(failover.take(Answered, 2, START_MS), None);
    let moved = failover.take(Unreachable, 2, START_MS).unwrap();
    assert_eq!((moved.from.as_str(), moved.to.as_str(), moved.server), ("settled", "turned", 1));
    assert!(failover.take(Unreachable, 2, START_MS).is_some(), "the server is another one");
}

#[test]
fn it_costs_an_instance_four_bytes() {
    assert_eq!(size_of::<Failover>(), 4);
}

#[test]
fn causes_are_told_apart_as_the_agent_tells_them() {
    let lost = |cause| Undelivered::new(cause, "why");
    let received = |status| Received { status, headers: Vec::new(), body: Vec::new() };
    for (cause, expected) in [
        (FailureCause::Dns, Unreachable),
        (FailureCause::Connect, Unreachable),
        (FailureCause::Tls, Unreachable),
        (FailureCause::Timeout, Stumbled),
        (FailureCause::Closed, Stumbled),
        (FailureCause::Http, Stumbled),
        (FailureCause::TooLong, Stumbled),
    ] {
        assert_eq!(FailoverInput::of(Err(&lost(cause))), expected, "{cause:?}");
    }
    for (status, expected) in [(200, Answered), (404, Answered), (500, Answered), (502, Stumbled)] {
        assert_eq!(FailoverInput::of(Ok(&received(status))), expected, "{status}");
    }
}

proptest! {
    #[test]
    fn no_course_leaves_the_list_or_the_table(
        count in 1_usize..5,
        inputs in prop::collection::vec((0_usize..5, 0_u64..3 * DAY_MS), 0..60),
    ) {
        let (mut failover, mut now_ms) = (Failover::default(), 0_u64);
        for (input, passed_ms) in inputs {
            now_ms += passed_ms;
            let before = failover;
            failover.before_request(now_ms);
            let input = FailoverInput::ALL[input];
            let is_known = failover.state.on(input).is_some();
            let at = failover;
            failover.take(input, count, now_ms);
            prop_assert!(failover.server() < count, "{before:?} {input:?} {failover:?}");
            prop_assert!(is_known || failover == at, "an illegal input changes nothing");
        }
    }
}
