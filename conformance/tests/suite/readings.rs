//! What the sender decoded and what the judge decodes come to the same, and no check is passed over
//! that would have had something to say.

use muster_conformance::context::Context;
use muster_conformance::history::History;
use muster_conformance::message::Message;
use muster_conformance::occasion::Occasion;
use muster_conformance::{Judge, JudgeFn, checks};
use muster_journal::{Entry, Event, Exchange, Reading};

use crate::classic::journal::good_classic;
use crate::journals::{Journal, good, recorded};

fn journals() -> impl Iterator<Item = Journal> {
    recorded().into_iter().chain([good(), good_classic()])
}

fn exchange(entry: &mut Entry) -> Option<&mut Exchange> {
    match &mut entry.event {
        Event::Exchange(exchange) => Some(exchange),
        _ => None,
    }
}

/// The judgements in order, and the results.
fn told(journal: &Journal) -> (Vec<String>, muster_conformance::Results) {
    let mut all = Vec::new();
    let mut judge = Judge::for_run(&journal.header);
    for entry in &journal.entries {
        judge.record_with(entry, &mut |check, judgement| {
            all.push(format!("{} {check}: {judgement:?}", entry.seq));
        });
    }
    (all, judge.finish(&journal.header))
}

#[test]
fn readings_and_bytes_are_judged_alike() {
    let mut read = 0;
    for mut journal in journals() {
        let from_bytes = told(&journal);
        let whole = |reading: Reading| reading;
        let only_answer =
            |reading: Reading| Reading { answer: reading.answer, ..Reading::default() };
        let only_request = |reading: Reading| Reading { answer: None, ..reading };
        let forms: [&dyn Fn(Reading) -> Reading; 3] = [&whole, &only_answer, &only_request];
        for form in forms {
            for exchange in journal.entries.iter_mut().filter_map(exchange) {
                exchange.reading = Some(Box::new(form(Reading::of(exchange))));
                read += 1;
            }
            assert_eq!(told(&journal), from_bytes, "{}", journal.name);
        }
    }
    assert!(read > 1000, "{read}");
}

/// Asks every check, needed features or not.
#[test]
fn a_check_that_speaks_finds_what_it_needs() {
    let history = History::default();
    let mut spoke = 0;
    for journal in journals() {
        for entry in &journal.entries {
            let Event::Exchange(exchange) = &entry.event else { continue };
            let message = Message::new(exchange);
            let before = history.instance(None);
            let context = Context::new(entry, &message, &history, before, None);
            let occasion = Occasion::of(&context);
            for listed in checks::ALL {
                let JudgeFn::Exchange(judge) = listed.check.judge else { continue };
                if judge(&context).is_some() {
                    assert!(occasion.has(listed.check.needs), "{} at {}", listed.id, entry.seq);
                    spoke += 1;
                }
            }
        }
    }
    assert!(spoke > 3000, "{spoke}");
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "a reading says what decoding the bytes says")]
fn a_reading_that_contradicts_the_bytes_is_a_bug_of_the_sender() {
    let mut journal = good();
    let mut exchanges: Vec<_> = journal.entries.iter_mut().filter_map(exchange).collect();
    let other = Reading::of(exchanges[1]);
    exchanges[0].reading = Some(Box::new(other));
    let _ = told(&journal);
}
