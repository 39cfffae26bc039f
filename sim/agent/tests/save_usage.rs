//! Usage saved to a file: the reports stay until an acknowledgement is imported.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_agent::{Command, Effect, UsageSelection};
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::rum_report::RumReport;
use muster_wire::usage_file::UsageFile;
use muster_wire::{Extra, Nonce};

use crate::fake_server::{Bench, DAY_MS, HOUR_MS};

fn saved(bench: &Bench) -> Option<&UsageFile> {
    bench.log.iter().rev().find_map(|effect| match effect {
        Effect::UsageSaved(file) => Some(&**file),
        _ => None,
    })
}

fn acknowledgement(bench: &Bench, file: &UsageFile) -> Acknowledgement {
    let acks = file.reports.iter().map(|report| {
        let payload = report.payload().unwrap();
        AcknowledgedReport {
            report_id: payload.report_id().unwrap(),
            entitlement_tag: payload.meta.entitlement_tag.unwrap(),
            status: AcknowledgedReport::ACKED.to_owned(),
            message: String::new(),
        }
    });
    let data = AcknowledgementData {
        version: "2.0".to_owned(),
        timestamp: bench.now_ms,
        nonce: Nonce::new("1"),
        sudi: (&bench.agent.identity().udi).into(),
        product_instance_identifier: None,
        acks: acks.collect(),
        next_report_due: 0,
        extra: Extra::new(),
    };
    Acknowledgement::new(data, Vec::new(), |_| String::new())
}

#[test]
fn saved_reports_stay_closed_until_an_acknowledgement_is_imported() {
    let mut bench = Bench::trusted("c9800-l");
    bench.now_ms += HOUR_MS;
    bench.command(Command::SaveUsage(UsageSelection::Unreported));
    let file = saved(&bench).expect("a file was saved").clone();
    assert_eq!(file.reports.len(), 2);
    assert!(bench.requests.iter().all(|kind| kind.as_str() != "LICENSE_USAGE"), "nothing was sent");
    let closed = |bench: &Bench| {
        bench.view().reports.iter().filter(|report| report.state == "closed").count()
    };
    assert_eq!(closed(&bench), 2);
    let key = bench.agent.public_key();
    for report in &file.reports {
        let signature = STANDARD.decode(&report.signature.value);
        assert!(key.verify(report.payload.as_bytes(), &signature.unwrap()));
    }
    let ack = acknowledgement(&bench, &file).encode().into_bytes();
    bench.command(Command::Import(ack));
    assert_eq!((bench.view().acknowledged, closed(&bench)), (2, 0));
}

#[test]
fn saving_again_gives_the_same_reports_and_newer_ones() {
    let mut bench = Bench::trusted("c9800-l");
    bench.now_ms += HOUR_MS;
    bench.command(Command::SaveUsage(UsageSelection::Unreported));
    let first = saved(&bench).expect("a file was saved").reports.clone();
    bench.now_ms += HOUR_MS;
    bench.command(Command::SaveUsage(UsageSelection::Unreported));
    let second = &saved(&bench).expect("a file was saved").reports;
    assert_eq!(second.len(), 4);
    assert_eq!(second[..2], first[..], "a closed report never changes");
}

#[test]
fn nothing_is_saved_without_use() {
    let mut bench = Bench::new("c9800-l");
    bench.command(Command::SaveUsage(UsageSelection::Unreported));
    let refusals = vec!["no licence is in use and no report is waiting"];
    assert_eq!((saved(&bench), bench.refusals()), (None, refusals));
}

#[test]
fn without_trust_reports_are_signed_as_built_in() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 1);
    bench.now_ms += HOUR_MS;
    bench.command(Command::SaveUsage(UsageSelection::Unreported));
    let file = saved(&bench).expect("a file was saved").clone();
    let [report] = &file.reports[..] else { panic!("{file:?}") };
    assert_eq!(report.signature.signing_type, "builtin");
    assert_eq!(report.signature.key, bench.agent.platform().software_tag.as_str());
    assert_eq!(STANDARD.decode(&report.signature.value).unwrap().len(), 32);
    // Its acknowledgement is as good as any.
    let ack = acknowledgement(&bench, &file).encode().into_bytes();
    bench.command(Command::Import(ack));
    assert_eq!(bench.view().acknowledged, 1);
}

#[test]
fn a_selection_takes_the_reports_it_names() {
    let mut bench = Bench::trusted("c9800-l");
    bench.now_ms += HOUR_MS;
    bench.command(Command::Sync);
    bench.now_ms += 10 * DAY_MS;
    bench.command(Command::CloseReports);
    let ids = |bench: &mut Bench, which| {
        bench.command(Command::CollectReports(which));
        let file = saved(bench).expect("a file was saved");
        let id = |report: &RumReport| report.payload().unwrap().report_id().unwrap().0;
        file.reports.iter().map(id).collect::<Vec<_>>()
    };
    let all = ids(&mut bench, UsageSelection::All);
    assert_eq!(all.len(), 4);
    // Two were sent and await their poll.
    assert_eq!(ids(&mut bench, UsageSelection::Unreported), all[2..]);
    assert_eq!(ids(&mut bench, UsageSelection::Days(1)), all[2..]);
    assert_eq!(ids(&mut bench, UsageSelection::Days(365)), all);
    assert_eq!(ids(&mut bench, UsageSelection::Report(all[1])), [all[1]]);
    // What goes over the wire later is the same.
    bench.command(Command::PollNow { poll_id: None });
    bench.command(Command::Sync);
    bench.command(Command::PollNow { poll_id: None });
    let received: Vec<_> = bench.server.received.keys().copied().collect();
    assert_eq!((&received[..4], bench.view().acknowledged), (&all[..], 6));
    assert_eq!(ids(&mut bench, UsageSelection::All), [0_u64; 0]);
}

#[test]
fn a_selection_of_nothing_is_refused_where_it_names_one_report() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(Command::CollectReports(UsageSelection::Report(1)));
    for days in [0, 366] {
        bench.command(Command::CollectReports(UsageSelection::Days(days)));
    }
    let days = "the days are 1 to 365";
    assert_eq!(bench.refusals(), ["no such report is stored", days, days]);
    bench.command(Command::CollectReports(UsageSelection::All));
    assert_eq!(saved(&bench).map(|file| file.reports.len()), Some(0), "nothing is closed yet");
}

#[test]
fn closing_again_in_the_same_second_adds_no_report() {
    let mut bench = Bench::trusted("c9800-l");
    bench.now_ms += HOUR_MS;
    for _ in 0..5 {
        bench.command(Command::CloseReports);
    }
    let closed = bench.view().reports.iter().filter(|report| report.state == "closed").count();
    assert_eq!(closed, 2);
}
