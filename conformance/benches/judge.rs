//! What judging costs: one exchange of each ordinary kind with all checks on, decoded by the sender
//! or not, and a whole fleet's first day.

use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use muster_conformance::Judge;
use muster_journal::{Entry, Event, Exchange, Header, Reader, Reading, Sink};
use muster_wire::Artefact;

/// The kinds that make up a load run, by what is asked and what the first line of the answer says.
const KINDS: [(&str, &str, &str); 4] = [
    ("trust", "ID_TOKEN_TRUST", "\"COMPLETE\""),
    ("report", "LICENSE_USAGE", "OK_POLL"),
    ("early poll", "POLL", "OK_POLL"),
    ("completing poll", "POLL", "smart_license\":\"P"),
];

/// A recorded journal of the library against the embedded server.
fn recorded() -> (Header, Vec<Entry>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals");
    let reader = Reader::open(path.join("virtual-time.journal.zst")).expect("part of the crate");
    (reader.header().clone(), reader.into_entries().expect("a whole journal"))
}

fn exchange(entry: &Entry) -> Option<&Exchange> {
    match &entry.event {
        Event::Exchange(exchange) => Some(exchange),
        _ => None,
    }
}

fn is_kind(entry: &Entry, asked: &str, answered: &str) -> bool {
    exchange(entry).is_some_and(|exchange| {
        let muster_journal::ExchangeOutcome::Answered(answer) = &exchange.outcome else {
            return false;
        };
        let body = answer.message.body.as_text().unwrap_or_default();
        exchange.intent.is_honest()
            && !names_unknown_licence(exchange)
            && exchange.intent.request_type.as_deref() == Some(asked)
            && body.contains(answered)
    })
}

/// Such a report is no ordinary one: its payloads are opened.
fn names_unknown_licence(exchange: &Exchange) -> bool {
    match Reading::of(exchange).asked {
        Some(Artefact::Usage(file)) => file
            .reports
            .iter()
            .any(|report| report.payload.contains("_00000000-0000-0000-0000-000000000000")),
        _ => false,
    }
}

fn with_reading(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if let Event::Exchange(exchange) = &mut entry.event {
        exchange.reading = Some(Box::new(Reading::of(exchange)));
    }
    entry
}

fn per_exchange(criterion: &mut Criterion) {
    let (header, entries) = recorded();
    let mut group = criterion.benchmark_group("exchange");
    for (kind, asked, answered) in KINDS {
        let place = entries.iter().position(|entry| is_kind(entry, asked, answered));
        let place = place.unwrap_or_else(|| panic!("the journal holds no {kind}"));
        for (form, entry) in
            [("decoded", with_reading(&entries[place])), ("bytes", entries[place].clone())]
        {
            let mut judge = Judge::for_run(&header);
            entries[..place].iter().for_each(|entry| judge.record(entry));
            group.bench_function(format!("{kind}, {form}"), |bencher| {
                bencher.iter(|| judge.record(&entry));
            });
        }
    }
    group.finish();
}

/// The journal of one instance's first day, told again for many instances.
fn per_fleet(criterion: &mut Criterion) {
    const INSTANCES: u32 = 10_000;
    let (header, entries) = recorded();
    let days = first_days(&entries, INSTANCES);
    let mut group = criterion.benchmark_group("fleet");
    group.sample_size(10);
    let exchanges = days.iter().filter(|entry| exchange(entry).is_some()).count();
    group.throughput(Throughput::Elements(exchanges as u64));
    group.bench_function("10,000 instances, decoded", |bencher| {
        bencher.iter_batched_ref(
            || Judge::for_run(&header),
            |judge| days.iter().for_each(|entry| judge.record(entry)),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Joining, trust, report and acknowledgement of one instance after the other.
fn first_days(entries: &[Entry], instances: u32) -> Vec<Entry> {
    let trusted = entries.iter().find(|entry| is_kind(entry, "ID_TOKEN_TRUST", "\"COMPLETE\""));
    let trusted = trusted.expect("the journal holds one");
    let endpoint = |entry: &Entry| exchange(entry).map(|exchange| exchange.endpoint.clone());
    // An ordinary instance deals with one server.
    let find = |asked, answered| {
        let mut all = entries.iter().filter(|entry| endpoint(entry) == endpoint(trusted));
        all.find(|entry| is_kind(entry, asked, answered))
    };
    let joined = entries.iter().find(|entry| {
        entry.instance == trusted.instance && matches!(entry.event, Event::InstanceJoined { .. })
    });
    let pattern: Vec<_> = [
        joined,
        Some(trusted),
        find("LICENSE_USAGE", "OK_POLL"),
        find("POLL", "smart_license\":\"P"),
    ]
    .map(|entry| with_reading(entry.expect("the journal holds all of them")))
    .to_vec();
    let told = |instance| pattern.iter().map(move |entry| renamed(entry, instance));
    (0..instances).flat_map(told).collect()
}

fn renamed(entry: &Entry, instance: u32) -> Entry {
    let mut entry = entry.clone();
    entry.instance = Some(instance);
    let serial = format!("MST{instance:08}");
    match &mut entry.event {
        Event::InstanceJoined { udi, .. } => udi.serial_number = serial.as_str().into(),
        Event::Exchange(exchange) => {
            let reading = exchange.reading.as_mut().expect("put there above");
            let request = reading.request.as_mut().expect("an envelope");
            request.sender_info.sudi.udi_serial_number = serial.as_str().into();
        }
        _ => {}
    }
    entry
}

criterion_group!(benches, per_exchange, per_fleet);
criterion_main!(benches);
