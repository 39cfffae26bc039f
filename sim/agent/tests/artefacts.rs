//! What an agent says it asked is what its bytes say, and a shared reading is as good as bytes.

use muster_agent::{Command, Common, Effect, Input, SealedRequest};
use muster_wire::Artefact;
use muster_wire::reading::AnswerReading;
use muster_wire::transport::smart::SmartRequest;
use proptest::prelude::*;

use crate::disturbance::{Life, happening};
use crate::fake_server::{Bench, trust};

fn carried(sealed: &SealedRequest) -> Option<Artefact> {
    let text = sealed.request.license_data[0].smart_license.as_deref()?;
    Some(Artefact::from_smart_license(text).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_asked_is_what_the_bytes_carry(
        happenings in prop::collection::vec(happening(), 1..40),
    ) {
        let mut life = Life::new();
        for happening in happenings {
            if let Some(sent) = life.happens(happening) {
                let sealed = life.bench.sealed(&sent);
                prop_assert_eq!(&sealed.asked, &carried(&sealed));
                let decoded = SmartRequest::decode(&sealed.request.encode());
                prop_assert_eq!(decoded.as_ref(), Ok(&sealed.request));
                life.sent = Some(sent);
            }
        }
    }
}

/// Takes one input three ways: as bytes, as a reading, and quietly.
fn alike(bench: &mut Bench, status: u16, body: &[u8]) {
    let (mut read, mut quiet) = (bench.agent.clone(), bench.agent.clone());
    let (mut by_bytes, mut by_reading, mut quietly) = (Vec::new(), Vec::new(), Vec::new());
    let now_ms = bench.now_ms;
    bench.agent.handle(now_ms, Input::Answer { status, body }, &mut by_bytes);
    let reading = AnswerReading::of(body);
    let input = || Input::Read { status, reading: &reading };
    read.handle(now_ms, input(), &mut by_reading);
    quiet.handle_quietly(now_ms, input(), &mut quietly, &mut Common::new(4));
    assert_eq!(by_bytes, by_reading);
    let is_fact = |effect: &Effect| {
        matches!(effect, Effect::StateChanged { .. } | Effect::Syslog(_) | Effect::TimerFired(_))
    };
    by_bytes.retain(|effect| !is_fact(effect));
    assert_eq!(by_bytes, quietly);
    assert_eq!(bench.view(), read.view());
    assert_eq!(bench.view(), quiet.view());
}

#[test]
fn a_reading_does_what_its_bytes_do() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 2);
    for command in [trust(false), Command::Sync, Command::PollNow { poll_id: None }] {
        let sent = bench.step(Input::Command(command)).unwrap();
        let body = bench.answer(&sent).encode();
        alike(&mut bench, 200, &body);
    }
    assert_eq!((bench.view().trusted, bench.view().acknowledged), (true, 1));
    for (status, body) in [(200, &b"{}"[..]), (502, b"<html>"), (404, b"")] {
        assert!(bench.step(Input::Command(Command::Sync)).is_some());
        alike(&mut bench, status, body);
    }
}

#[test]
fn an_artefact_is_taken_from_the_line_that_answers() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(Command::Sync);
    let poll = bench.step(Input::Command(Command::PollNow { poll_id: None })).unwrap();
    let mut answer = bench.answer(&poll);
    // Another line first, with nothing of use in it.
    let mut other = answer.license_data[0].clone();
    (other.request_line_id, other.smart_license) = (Some(9), Some("%%".to_owned()));
    answer.license_data.insert(0, other);
    alike(&mut bench, 200, &answer.encode());
    assert_eq!(bench.view().acknowledged, 2);
}
