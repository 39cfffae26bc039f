//! No answer and no request makes the judge panic.

use muster_conformance::recorded_answer::RecordedAnswer;
use muster_conformance::{Judge, checks};
use muster_journal::{Entry, Event, Exchange, ExchangeOutcome, Sink};
use proptest::prelude::*;

use crate::journals::{Journal, good};

fn exchange(entry: &mut Entry) -> Option<&mut Exchange> {
    match &mut entry.event {
        Event::Exchange(exchange) => Some(exchange),
        _ => None,
    }
}

/// Puts the bytes in place of the answer (or the request) of the nth exchange, or into it.
fn disturb(journal: &mut Journal, nth: usize, status: u16, bytes: &[u8], at: Option<usize>) {
    let mut exchanges: Vec<_> = journal.entries.iter_mut().filter_map(exchange).collect();
    let count = exchanges.len();
    let exchange = &mut exchanges[nth % count];
    let ExchangeOutcome::Answered(answer) = &mut exchange.outcome else { return };
    answer.status = status;
    let body =
        if nth.is_multiple_of(3) { &mut exchange.request.body } else { &mut answer.message.body };
    match at {
        None => body.0 = bytes.to_vec(),
        Some(at) => {
            let from = at % (body.0.len() + 1);
            let to = (from + bytes.len()).min(body.0.len());
            body.0.splice(from..to, bytes.iter().copied());
        }
    }
}

fn judged(journal: &Journal) {
    let mut judge = Judge::new();
    journal.entries.iter().for_each(|entry| judge.record(entry));
    let results = judge.finish(&journal.header);
    let json = serde_json::to_string(&results).expect("results serialise");
    let back: muster_conformance::Results = serde_json::from_str(&json).expect("and come back");
    assert_eq!(back, results);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_in_place_of_a_message_are_judged(
        nth in 0_usize..1000,
        status in 100_u16..600,
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "\\{\"status\":\"[A-Z_]{2,12}\",\"license_data\":\\[\\{\"status\":\"OK_POLL\",\
             \"poll_interval\":[0-9]{1,19}\\}\\]\\}".prop_map(String::into_bytes),
        ],
    ) {
        let mut journal = good();
        disturb(&mut journal, nth, status, &bytes, None);
        judged(&journal);
    }

    #[test]
    fn any_bytes_inside_a_message_are_judged(
        nth in 0_usize..1000,
        at in any::<usize>(),
        bytes in proptest::collection::vec(any::<u8>(), 1..8),
    ) {
        let mut journal = good();
        disturb(&mut journal, nth, 200, &bytes, Some(at));
        judged(&journal);
    }
}

#[test]
fn tampering_with_what_cannot_be_read_does_nothing_bad() {
    let mut journal = good();
    for entry in &mut journal.entries {
        let Some(exchange) = exchange(entry) else { continue };
        exchange.request.body.0 = vec![0xff, 0x00];
        if let ExchangeOutcome::Answered(answer) = &mut exchange.outcome {
            answer.message.body.0 = vec![0xff, 0x00];
        }
        for listed in checks::ALL {
            (listed.check.tamper)(&mut RecordedAnswer::new(exchange));
        }
    }
    judged(&journal);
}
