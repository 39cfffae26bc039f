//! A saved agent goes on as if it had never been away, and no bytes make one that cannot be.

use muster_agent::{Command, Error, Input, Platform, SavedFault, SmartAgent};
use muster_certs::{Seed, SigningMode};
use proptest::prelude::*;

use crate::disturbance::{Life, happening};
use crate::fake_server::{Bench, DAY_MS, START_MS};

fn saved(agent: &SmartAgent) -> Vec<u8> {
    let mut bytes = Vec::new();
    agent.save(&mut bytes);
    bytes
}

fn restored(platform: &str, bytes: &[u8]) -> Result<SmartAgent, Error> {
    let platform = Platform::named(platform).unwrap();
    SmartAgent::restore(platform, &Seed::from_u64(7), 3, SigningMode::Deterministic, bytes)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_life_with_pauses_is_the_same_life(
        happenings in prop::collection::vec(happening(), 1..50),
    ) {
        let (mut steady, mut paused) = (Life::new(), Life::new());
        for happening in happenings {
            let bytes = saved(&paused.bench.agent);
            paused.bench.agent = restored("c9800-l", &bytes).unwrap();
            prop_assert_eq!(saved(&paused.bench.agent), bytes);
            let sent = steady.happens(happening.clone());
            prop_assert_eq!(&paused.happens(happening), &sent);
            if let Some(sent) = sent {
                paused.sent = Some(sent.clone());
                steady.sent = Some(sent);
            }
            prop_assert_eq!(paused.bench.view(), steady.bench.view());
            prop_assert_eq!(paused.bench.agent.next_timer(), steady.bench.agent.next_timer());
        }
        prop_assert_eq!(paused.bench.log, steady.bench.log);
    }

    #[test]
    fn no_changed_bytes_panic_or_make_an_agent_that_does(
        happenings in prop::collection::vec(happening(), 1..25),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        after in prop::collection::vec(happening(), 1..12),
    ) {
        let mut life = Life::new();
        for happening in happenings {
            if let Some(sent) = life.happens(happening) {
                life.sent = Some(sent);
            }
        }
        let mut bytes = saved(&life.bench.agent);
        for length in 0..bytes.len() {
            prop_assert!(restored("c9800-l", &bytes[..length]).is_err());
        }
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if let Ok(mut agent) = restored("c9800-l", &bytes) {
            let mut effects = Vec::new();
            for happening in after {
                let now_ms = life.bench.now_ms;
                for input in inputs(&happening) {
                    agent.handle(now_ms, input, &mut effects);
                }
                agent.view();
                agent.next_timer();
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(restored("c9800-l", &bytes).is_err());
    }
}

/// The inputs of a happening that need no server.
fn inputs(happening: &crate::disturbance::Happening) -> Vec<Input<'_>> {
    use crate::disturbance::Happening::{Boot, Command, Fail, Garbage, PowerLost, Status};
    match happening {
        Command(command) => vec![Input::Command(command.clone())],
        Boot => vec![Input::Boot],
        PowerLost => vec![Input::PowerLost],
        Fail(failure) => vec![Input::Failure(*failure)],
        Status(status) => vec![Input::Answer { status: *status, body: b"" }],
        Garbage(body) => vec![Input::Answer { status: 200, body }],
        _ => vec![Input::TimerDue],
    }
}

#[test]
fn each_fault_is_named() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(Command::Sync);
    let bytes = saved(&bench.agent);
    let fault = |result: Result<SmartAgent, Error>| match result {
        Err(Error::Saved(fault)) => fault,
        other => panic!("{:?}", other.map(|_| ())),
    };
    let foreign = |what| SavedFault::Foreign { what };
    assert_eq!(fault(restored("c8000v", &bytes)), foreign("platform"));
    let platform = Platform::named("c9800-l").unwrap();
    let as_of = |seed: u64, index, mode| {
        fault(SmartAgent::restore(platform, &Seed::from_u64(seed), index, mode, &bytes))
    };
    assert_eq!(as_of(8, 3, SigningMode::Deterministic), foreign("seed"));
    assert_eq!(as_of(7, 4, SigningMode::Deterministic), foreign("index"));
    assert_eq!(as_of(7, 3, SigningMode::Fast), foreign("signing mode"));
    let longer = [&bytes[..], b"x"].concat();
    assert_eq!(
        fault(restored("c9800-l", &longer)),
        SavedFault::Trailing { at: bytes.len(), count: 1 }
    );
    assert_eq!(fault(restored("c9800-l", &bytes[..9])), SavedFault::Short { at: 9 },);
    let newer = [&[5][..], &bytes[1..]].concat();
    let version = SavedFault::Version { found: 5, expected: 4 };
    assert_eq!(fault(restored("c9800-l", &newer)), version);
}

#[test]
fn an_idle_trusted_agent_saves_in_little_space() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 1);
    bench.command(crate::fake_server::trust(false));
    bench.advance(DAY_MS / 24);
    assert!(bench.now_ms > START_MS);
    let length = saved(&bench.agent).len();
    assert!(length <= 200, "{length}");
}
