//! The air gap: usage is saved and carried to the account in a bundle; what comes back is imported.

use std::collections::BTreeSet;

use muster_agent::files::upload::{self, UploadAccount};
use muster_agent::{Command, Effect, TransportKind, UsageSelection};
use muster_wire::bundle::{ACKNOWLEDGED, Bundle, BundledArchive, BundledFile};
use muster_wire::usage_file::UsageFile;
use muster_wire::{Artefact, Udi};

use crate::fake_server::{Bench, HOUR_MS};
use crate::pull_collector::Visited;

const TIME_S: u64 = 1_800_000_000;

/// Instances of several products, each with usage and no way to a server.
fn cut_off() -> Vec<Visited> {
    ["c9800-l", "c8000v", "catalyst-9300"]
        .into_iter()
        .map(|platform| {
            let mut bench = Bench::new(platform);
            bench.command(Command::SetTransport(TransportKind::Off));
            bench.use_licenses(0, 1);
            bench.now_ms += HOUR_MS;
            Visited::new(bench)
        })
        .collect()
}

fn saved(visited: &mut Visited) -> String {
    visited.command(Command::SaveUsage(UsageSelection::Unreported));
    let last = visited.bench.log.iter().rev().find_map(muster_agent::files::written);
    last.expect("a file was written")
}

/// The account: acknowledges every report of every file, in a bundle of the same shape.
fn answer(bundle: &[u8], instances: &[Visited]) -> Vec<u8> {
    let bundle = Bundle::decode(bundle).unwrap();
    assert_eq!(bundle.manifest.as_ref().unwrap().smart_account, "Muster Test SA");
    let archives = bundle.archives.iter().map(|archive| {
        let files = archive.files.iter().map(|file| {
            let Ok(Artefact::Usage(usage)) = file.artefact() else { panic!("{}", file.name) };
            let udi = usage.system_info.as_ref().unwrap().sudi.udi();
            let one = instances.iter().find(|one| one.bench.agent.identity().udi == udi).unwrap();
            BundledFile {
                name: format!("{ACKNOWLEDGED}{}", file.name),
                bytes: one.acknowledgement(&usage.reports).encode().into_bytes(),
            }
        });
        BundledArchive { name: format!("{ACKNOWLEDGED}{}", archive.name), files: files.collect() }
    });
    Bundle { manifest: None, archives: archives.collect() }.encode(TIME_S).unwrap()
}

#[test]
fn usage_of_many_instances_is_acknowledged_by_one_bundle() {
    let mut instances = cut_off();
    let files: Vec<_> = instances.iter_mut().map(saved).collect();
    let account = UploadAccount {
        smart_account: "Muster Test SA".to_owned(),
        virtual_account: "Default".to_owned(),
        ..UploadAccount::default()
    };
    let bundle = upload::bundle(&account, files, TIME_S).unwrap();
    let returned = answer(&bundle, &instances);
    for visited in &mut instances {
        let udi = visited.bench.agent.identity().udi;
        let files = upload::answers_for(&udi, &returned).unwrap();
        assert_eq!(files.len(), 1, "{udi}");
        for file in files {
            visited.command(Command::Import(file));
        }
        let view = visited.bench.view();
        assert_eq!((view.acknowledged, view.policy.name.as_str()), (1, "Collected Policy"));
        assert!(visited.bench.requests.is_empty() && visited.bench.refusals().is_empty());
    }
    let stranger = Udi::new("C8000V", "MSTNOBODY");
    assert_eq!(upload::answers_for(&stranger, &returned), Ok(Vec::new()));
    assert!(upload::answers_for(&stranger, b"no bundle").is_err());
}

#[test]
fn a_saved_file_is_plain_text_that_reads_back() {
    for mut visited in cut_off() {
        let text = saved(&mut visited);
        assert!(text.starts_with("<?xml") && text.contains("<RUMReport><![CDATA["));
        let file = UsageFile::decode(text.as_bytes()).unwrap();
        assert_eq!(file.encode(), text);
        assert_eq!(file.system_info.unwrap().sudi.udi(), visited.bench.agent.identity().udi);
    }
}

#[test]
fn trust_crosses_the_air_gap_in_files() {
    let mut visited = cut_off().remove(0);
    visited.command(Command::SaveTrustRequest);
    let request = visited.bench.log.iter().rev().find_map(|effect| match effect {
        Effect::FileWritten(file) => match &**file {
            Artefact::TrustRequest(request) => Some(request.clone()),
            _ => None,
        },
        _ => None,
    });
    let request = request.expect("a trust request was written");
    assert_eq!(visited.bench.view().trust_state, "requested");
    visited.bench.now_ms += 40 * 60 * 1000;
    let now_ms = visited.bench.now_ms;
    let answer = visited.bench.server.trust_answer(now_ms, &request).encode();
    visited.command(Command::Import(answer.clone().into_bytes()));
    assert!(visited.bench.view().trusted, "{:?}", visited.bench.refusals());
    // A file that is carried twice installs nothing twice.
    visited.command(Command::Import(answer.into_bytes()));
    assert_eq!(visited.bench.refusals(), ["no trust request awaits an answer"]);
    // Reports are signed under it from now on, those that were handed out before as well.
    let text = saved(&mut visited);
    let file = UsageFile::decode(text.as_bytes()).unwrap();
    let kinds: BTreeSet<_> =
        file.reports.iter().map(|report| report.signature.signing_type.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["SHA-256"]));
    for report in &file.reports {
        use base64::Engine as _;
        let signature = base64::engine::general_purpose::STANDARD.decode(&report.signature.value);
        let key = visited.bench.agent.public_key();
        assert!(key.verify(report.payload.as_bytes(), &signature.unwrap()));
    }
}

#[test]
fn a_trust_request_is_not_saved_while_one_is_in_flight() {
    let mut bench = Bench::new("c9800-l");
    bench.step(muster_agent::Input::Command(Command::TrustSync { force: false })).unwrap();
    bench.step(muster_agent::Input::Command(Command::SaveTrustRequest));
    assert_eq!(bench.refusals(), ["a trust request is in flight"]);
}
