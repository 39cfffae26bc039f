//! Usage saved to a file: the reports stay until an acknowledgement is imported.

use muster_agent::{Command, Effect};
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::usage_file::UsageFile;
use muster_wire::{Extra, Nonce};

use crate::fake_server::{Bench, HOUR_MS};

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
    bench.command(Command::SaveUsage);
    let file = saved(&bench).expect("a file was saved").clone();
    assert_eq!(file.reports.len(), 2);
    assert!(bench.requests.iter().all(|kind| kind.as_str() != "LICENSE_USAGE"), "nothing was sent");
    let closed = |bench: &Bench| {
        bench.view().reports.iter().filter(|report| report.state == "closed").count()
    };
    assert_eq!(closed(&bench), 2);
    let key = bench.agent.public_key();
    for report in &file.reports {
        use base64::Engine as _;
        let signature = base64::engine::general_purpose::STANDARD.decode(&report.signature.value);
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
    bench.command(Command::SaveUsage);
    let first = saved(&bench).expect("a file was saved").reports.clone();
    bench.now_ms += HOUR_MS;
    bench.command(Command::SaveUsage);
    let second = &saved(&bench).expect("a file was saved").reports;
    assert_eq!(second.len(), 4);
    assert_eq!(second[..2], first[..], "a closed report never changes");
}

#[test]
fn nothing_is_saved_without_trust_or_use() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 1);
    bench.command(Command::SaveUsage);
    assert_eq!((saved(&bench), bench.refusals()), (None, vec!["no trust code is installed"]));
}
