//! m
#![allow(dead_code, missing_docs, clippy::all)]
use std::path::Path;
use muster_conformance::Judge;
use muster_journal::{Entry, Event, Exchange, Header, Reader, Reading, Sink};
use muster_wire::Artefact;
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
        Some(Artefact::Usage(file)) => {
            file.reports.iter().any(|report| report.payload.contains("_00000000-0000-0000-0000-000000000000"))
        }
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

/// Joining, trust, report and acknowledgement of one instance after the other.
fn first_days(entries: &[Entry], instances: u32) -> Vec<Entry> {
    let find = |asked, answered| entries.iter().find(|entry| is_kind(entry, asked, answered));
    let joined = entries.iter().find(|entry| matches!(entry.event, Event::InstanceJoined { .. }));
    let pattern: Vec<_> = [
        joined,
        find("ID_TOKEN_TRUST", "\"COMPLETE\""),
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
            let r=Reading::of(exchange).request.unwrap();
            exchange.reading=None;
            let t=String::from_utf8(std::mem::take(&mut exchange.request.body.0)).unwrap();
            exchange.request.body.0=t.replace(r.sender_info.sudi.udi_serial_number.as_str(),&serial).into_bytes();
        }
        _ => {}
    }
    entry
}

fn rss()->u64{ let t=std::fs::read_to_string("/proc/self/statm").unwrap(); t.split(' ').nth(1).unwrap().parse::<u64>().unwrap()*4096 }
fn main(){
 let n:u32=std::env::args().nth(1).unwrap().parse().unwrap();
 let (header,entries)=recorded();
 let pattern=first_days(&entries,1);
 drop(entries);
 let mut judge=Judge::for_run(&header);
 let warm: Vec<Entry> = pattern.iter().map(|e| renamed(e,0)).collect(); warm.iter().for_each(|e| judge.record(e));
 let before=rss();
 for phase in 0..pattern.len() { for i in 0..n { let e=renamed(&pattern[phase],i); let mut e=e; e.journey=Some(i);
   if phase==0 { let s=Entry{seq:1,at_ms:1,journey:Some(i),instance:None,event:Event::JourneyStarted{scenario:"load/day".into(),replica:i}}; judge.record(&s); }
   judge.record(&e);} eprintln!("phase {phase}: {} B per instance", (rss()-before)/u64::from(n)); }
 drop(judge);
}
