//! Journals that leave entries out on purpose, and journals of several shards.

use std::num::NonZeroU32;
use std::sync::mpsc;

use muster_journal::batch::{Batches, Numbers, drain};
use muster_journal::failures::{ContextLimits, Failures, FailuresKept};
use muster_journal::{
    Entry, Event, Header, JourneyOutcome, Reader, Recorder, Redactor, Sampled, Sampling, Sink,
    Writer,
};
use proptest::prelude::*;

use crate::sample::header;

fn entry(seq: u64, journey: Option<u32>, event: Event) -> Entry {
    Entry { seq, at_ms: seq, journey, instance: journey, event }
}

fn line(seq: u64, journey: u32) -> Entry {
    entry(seq, Some(journey), Event::Syslog { text: format!("line {seq}") })
}

fn started(seq: u64, journey: u32) -> Entry {
    let event = Event::JourneyStarted { scenario: "load/day".to_owned(), replica: journey };
    entry(seq, Some(journey), event)
}

fn finished(seq: u64, journey: u32) -> Entry {
    entry(seq, Some(journey), Event::JourneyFinished { outcome: JourneyOutcome::Completed })
}

fn expectation(seq: u64, journey: u32, met: bool) -> Entry {
    let text = String::new;
    let event =
        Event::Expectation { step: 1, subject: text(), expected: text(), actual: text(), met };
    entry(seq, Some(journey), event)
}

fn run_finished(seq: u64) -> Entry {
    entry(seq, None, Event::RunFinished { completed: 1, interrupted: false })
}

fn numbers(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}

const LIMITS: ContextLimits =
    ContextLimits { entries_max: 2, journey_bytes_max: 100_000, bytes_max: 1_000_000 };

fn failures(limits: ContextLimits, entries: &[(Entry, bool)]) -> (Vec<u64>, FailuresKept) {
    let mut sink = Failures::new(Recorder::new(), limits);
    for (entry, failed) in entries {
        sink.take(entry, *failed);
    }
    let (recorder, kept) = sink.finish();
    (numbers(&recorder.entries), kept)
}

#[test]
fn a_sampled_journal_holds_whole_journeys_and_reads_with_its_gaps() {
    let every = NonZeroU32::new(10).unwrap();
    let header = header().sampled(Sampled::<Writer<Vec<u8>>>::sampling(every));
    let writer = Writer::new(Vec::new(), &header, Redactor::default()).unwrap();
    let mut sink = Sampled::new(writer, every);
    for seq in 1..=100 {
        sink.record(&line(seq, u32::try_from(seq % 25).unwrap()));
    }
    sink.record(&run_finished(101));
    let bytes = sink.into_inner().finish().unwrap();
    let reader = Reader::new(bytes.as_slice()).unwrap();
    assert_eq!(reader.header().sampling, Some(Sampling::EveryNthJourney { every: 10 }));
    let read = numbers(&reader.into_entries().unwrap());
    assert_eq!(read, [10, 20, 25, 35, 45, 50, 60, 70, 75, 85, 95, 100, 101]);
}

#[test]
fn an_old_header_is_of_a_whole_journal_and_a_later_way_of_sampling_is_read() {
    let mut value = serde_json::to_value(header()).unwrap();
    assert_eq!(value.get("sampling"), None);
    let read: Header = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(read.sampling, None);
    value["sampling"] = serde_json::json!({ "mode": "by_moon_phase", "phase": 3 });
    let read: Header = serde_json::from_value(value).unwrap();
    assert_eq!(read.sampling, Some(Sampling::Other));
}

#[test]
fn a_failure_brings_how_the_journey_began_and_what_came_last() {
    let told: Vec<_> = [started(1, 1), started(2, 2), line(3, 1), line(4, 2), line(5, 1)]
        .into_iter()
        .chain([line(6, 1), line(7, 1)])
        .map(|entry| (entry, false))
        .chain([(line(8, 1), true), (line(9, 1), false), (finished(10, 1), false)])
        .chain([(finished(11, 2), false), (run_finished(12), false)])
        .collect();
    let (written, kept) = failures(LIMITS, &told);
    // 9 had no failure after it; journey 2 had none at all.
    assert_eq!(written, [1, 6, 7, 8, 10, 12]);
    assert_eq!(kept, FailuresKept { journeys_failed: 1, ..FailuresKept::default() });
}

#[test]
fn an_unmet_expectation_and_a_broken_journey_are_failures() {
    let broken = JourneyOutcome::Broken { reason: "refused".to_owned() };
    let broken = entry(6, Some(2), Event::JourneyFinished { outcome: broken });
    let told = [
        started(1, 1),
        started(2, 2),
        expectation(3, 1, true),
        expectation(4, 1, false),
        line(5, 2),
        broken,
    ];
    let told: Vec<_> = told.into_iter().map(|entry| (entry, false)).collect();
    let (written, kept) = failures(LIMITS, &told);
    assert_eq!((written, kept.journeys_failed), (vec![1, 3, 4, 2, 5, 6], 2));
}

#[test]
fn the_oldest_context_goes_when_there_is_no_room() {
    let size = line(1, 1).bytes();
    let limits = ContextLimits { bytes_max: size * 4, ..LIMITS };
    let told = [line(1, 1), line(2, 1), line(3, 2), line(4, 2), line(5, 3)];
    let told: Vec<_> = told
        .into_iter()
        .map(|entry| (entry, false))
        .chain([(line(6, 1), true), (line(7, 2), true), (line(8, 3), true)])
        .collect();
    let (written, kept) = failures(limits, &told);
    assert_eq!(written, [6, 3, 4, 7, 5, 8]);
    let expected =
        FailuresKept { journeys_failed: 3, contexts_dropped: 1, failed_without_context: 1 };
    assert_eq!(kept, expected);
}

proptest! {
    #[test]
    fn what_waits_stays_within_its_limits_and_its_order(
        steps in proptest::collection::vec((0_u32..6, 0_u8..12, 0_usize..400), 1..300),
        bytes_max in 0_u64..20_000,
    ) {
        let limits = ContextLimits { entries_max: 5, journey_bytes_max: 4_000, bytes_max };
        let mut sink = Failures::new(Recorder::new(), limits);
        let mut failed = std::collections::BTreeSet::new();
        for (seq, (journey, kind, length)) in (1..).zip(steps) {
            let told = match kind {
                0 => started(seq, journey),
                1 => finished(seq, journey),
                _ => entry(seq, Some(journey), Event::Syslog { text: "x".repeat(length) }),
            };
            if kind == 2 {
                failed.insert(seq);
            }
            sink.take(&told, kind == 2);
            prop_assert!(sink.bytes() <= bytes_max);
        }
        let (recorder, kept) = sink.finish();
        let written = recorder.entries;
        for journey in 0..6 {
            let own: Vec<_> = written.iter().filter(|it| it.journey == Some(journey)).collect();
            prop_assert!(own.is_sorted_by(|one, next| one.seq < next.seq), "{own:?}");
        }
        let numbers = numbers(&written);
        prop_assert!(failed.iter().all(|seq| numbers.contains(seq)));
        prop_assert!(kept.failed_without_context <= kept.journeys_failed);
    }
}

#[test]
fn shards_number_without_a_clash_and_one_shard_without_a_gap() {
    assert_eq!(Numbers::of_shard(0, 1).take(4).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let mut all: Vec<_> = (0..3).flat_map(|shard| Numbers::of_shard(shard, 3).take(5)).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=15).collect::<Vec<_>>());
}

#[test]
fn batches_of_several_shards_come_into_one_journal() {
    let (sender, receiver) = mpsc::sync_channel(2);
    let shards = (0..3).map(|shard| {
        let mut sink = Batches::new(sender.clone(), 7);
        std::thread::spawn(move || {
            for seq in Numbers::of_shard(shard, 3).take(100) {
                sink.record(&line(seq, shard));
            }
        })
    });
    let shards: Vec<_> = shards.collect();
    drop(sender);
    let mut writer = Writer::new(Vec::new(), &header(), Redactor::default()).unwrap();
    drain(&receiver, &mut writer);
    shards.into_iter().for_each(|shard| shard.join().unwrap());
    let bytes = writer.finish().unwrap();
    let read = Reader::new(bytes.as_slice()).unwrap().into_entries().unwrap();
    for shard in 0..3 {
        let own: Vec<_> = read.iter().filter(|it| it.journey == Some(shard)).cloned().collect();
        assert_eq!(numbers(&own), Numbers::of_shard(shard, 3).take(100).collect::<Vec<_>>());
    }
}

#[test]
fn appended_batches_are_numbered_and_one_shard_gives_the_same_bytes() {
    let told: Vec<_> = (1..=50).map(|seq| line(seq, 0)).collect();
    let write = |fill: &dyn Fn(&mut Writer<Vec<u8>>)| {
        let mut writer = Writer::new(Vec::new(), &header(), Redactor::default()).unwrap();
        fill(&mut writer);
        writer.finish().unwrap()
    };
    let recorded = write(&|writer| told.iter().for_each(|entry| writer.record(entry)));
    let appended = write(&|writer| {
        for batch in told.chunks(8) {
            // The numbers of a shard that began elsewhere.
            let local = batch.iter().map(|entry| Entry { seq: entry.seq + 900, ..entry.clone() });
            writer.append(local.collect());
        }
    });
    assert_eq!(recorded, appended);
}
