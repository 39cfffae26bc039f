//! One good journal in which every check's trigger occurs, and the reading of recorded ones.

use std::path::Path;

use muster_conformance::{Judge, Results};
use muster_journal::{Deviation, Entry, Event, Header, JourneyOutcome, Reader, Sink};
use muster_wire::RequestType;
use muster_wire::status::{
    DEVICE_HOST_IS_NOT_FOUND, ERROR_CONSUMING_LICENSES, HIGHER_TRUST_ID_PROCESSED, HOST_NOT_FOUND,
    OLD_TRUST_ID, RECEIVER_BANNER,
};
use serde_json::json;

use crate::artefacts::{
    LICENCE, UNKNOWN_LICENCE, acknowledgement, authorization, authorization_request, policy,
    trust_request, trusted, untrusted, usage, usage_edited,
};
use crate::fixture::{Ask, Instance, Recorder, Reply};

pub(crate) struct Journal {
    pub(crate) name: String,
    pub(crate) header: Header,
    pub(crate) entries: Vec<Entry>,
}

impl Journal {
    pub(crate) fn results(&self) -> Results {
        let mut judge = Judge::for_run(&self.header);
        self.entries.iter().for_each(|entry| judge.record(entry));
        judge.finish(&self.header)
    }
}

/// The journals recorded into `tests/journals`.
pub(crate) fn recorded() -> Vec<Journal> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals");
    let listed = std::fs::read_dir(folder).expect("the folder is part of the crate");
    let paths = listed.map(|entry| entry.expect("a readable folder").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "zst")).collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Journal {
    let reader = Reader::open(path).expect("a recorded journal has a header");
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let header = reader.header().clone();
    let entries = reader.collect::<Result<Vec<_>, _>>().expect("a recorded journal is whole");
    Journal { name, header, entries }
}

/// A server that does everything right.
pub(crate) fn good() -> Journal {
    let mut recorder = Recorder::new(&[
        ("conformance/direct", &["TRUST-012", "RUM-060"]),
        ("conformance/tenants", &["RUM-041"]),
    ]);
    recorder.begin(1, "conformance/direct");
    direct(&mut recorder);
    recorder.push(None, Event::JourneyFinished { outcome: JourneyOutcome::Completed });
    recorder.begin(2, "conformance/tenants");
    tenants(&mut recorder);
    services(&mut recorder);
    recorder.push(None, Event::JourneyFinished { outcome: JourneyOutcome::Completed });
    recorder.push(None, Event::RunFinished { completed: 2, interrupted: false });
    Journal { name: "good".to_owned(), header: recorder.header, entries: recorder.entries }
}

fn token_trust<'a>(instance: &'a Instance, id: u64, token: &'a str) -> Ask<'a> {
    let ask = Ask::new(instance, "smart_receiver", RequestType::IdTokenTrust);
    ask.with(trust_request(instance, id)).token(token)
}

fn report<'a>(instance: &'a Instance, endpoint: &'a str, xml: String) -> Ask<'a> {
    Ask::new(instance, endpoint, RequestType::LicenseUsage).with(xml)
}

const fn failed(code: &'static str, message: &'static str) -> Reply {
    Reply::Failed { status: 200, code, message }
}

fn direct(recorder: &mut Recorder) {
    let a = &recorder.join("MST0000F001");
    recorder.exchange(token_trust(a, 1, "valid"), Reply::Complete(trusted(a, 1)));
    recorder.exchange(token_trust(a, 2, "valid"), Reply::Complete(trusted(a, 2)));
    let old = Reply::Complete(untrusted(a, OLD_TRUST_ID, HIGHER_TRUST_ID_PROCESSED));
    recorder.exchange(token_trust(a, 1, "valid").deviating(Deviation::TrustIdReused), old);
    let unknown = report(a, "smart_receiver", usage(a, 99, LICENCE));
    let unknown = unknown.deviating(Deviation::TrustIdUnknown);
    recorder.exchange(unknown, failed("INVALID_TRUST", "unknown trust id"));
    let other = Reply::Complete(untrusted(a, "ACCOUNT_MISMATCH", "another account"));
    recorder.exchange(token_trust(a, 3, "other_account"), other);
    let licence = report(a, "smart_receiver", usage(a, 2, UNKNOWN_LICENCE));
    recorder.exchange(licence, failed("UNKNOWN_LICENSE", ""));
    let edited = usage_edited(a, 2, LICENCE, |payload| payload.replace("2.0", "2.1"));
    let edited = report(a, "smart_receiver", edited).deviating(Deviation::PayloadEdited);
    recorder.exchange(edited, failed("INVALID_SIGNATURE", ""));
    recorder.exchange(token_trust(a, 4, "valid"), Reply::Complete(trusted(a, 4)));
    let taken = Reply::Deferred { poll: 501, interval: 86_000 };
    recorder.exchange(report(a, "smart_receiver", usage(a, 2, LICENCE)), taken);
    recorder.wait(60_000);
    let still = Reply::Deferred { poll: 501, interval: 86_000 };
    recorder.exchange(Ask::poll(a, "smart_receiver", 501), still);
    let acknowledged = acknowledgement(a, "ACKED", vec![policy()]);
    for _ in 0..2 {
        recorder.wait(90_000_000);
        let still = Reply::Deferred { poll: 501, interval: 86_000 };
        recorder.exchange(Ask::poll(a, "smart_receiver", 501), still);
    }
    recorder.wait(90_000_000);
    recorder.exchange(Ask::poll(a, "smart_receiver", 501), Reply::Complete(acknowledged));
    let taken = Reply::Deferred { poll: 502, interval: 86_000 };
    recorder.exchange(report(a, "smart_receiver", usage(a, 2, LICENCE)), taken);
    recorder.wait(60_000);
    let early = acknowledgement(a, "ACKED", vec![policy()]);
    recorder.exchange(Ask::poll(a, "smart_receiver", 502), Reply::Complete(early));
    authorize(recorder, a);
    let old = Reply::Complete(untrusted(a, OLD_TRUST_ID, HIGHER_TRUST_ID_PROCESSED));
    recorder.exchange(token_trust(a, 2, "valid").deviating(Deviation::TrustIdReused), old);
    let stopped = report(a, "smart_receiver", usage(a, 2, LICENCE));
    recorder.exchange(stopped, failed("INVALID_TRUST", "the trust is not valid"));

    let b = &recorder.join("MST0000F002");
    recorder.exchange(token_trust(b, 1, "valid"), Reply::Complete(trusted(b, 1)));
    let c = &recorder.join("MST0000F003");
    let unknown = Reply::Complete(untrusted(c, "INVALID_TOKEN", "unknown token"));
    recorder.exchange(token_trust(c, 1, "unknown"), unknown);
}

/// Asks twice for an authorization code: it is given, and it is refused.
fn authorize(recorder: &mut Recorder, instance: &Instance) {
    for (poll, given) in [(511, true), (512, false)] {
        let ask = Ask::new(instance, "smart_receiver", RequestType::AuthRequest);
        let ask = ask.with(authorization_request(instance));
        recorder.exchange(ask, Reply::Deferred { poll, interval: 300 });
        recorder.wait(400_000);
        let code = Reply::Complete(authorization(instance, given));
        recorder.exchange(Ask::poll(instance, "smart_receiver", poll), code);
    }
}

fn tenants(recorder: &mut Recorder) {
    let mut members = Vec::new();
    for (number, serial) in (0..).zip(["D", "E", "F", "G", "H"]) {
        let instance = recorder.join(&format!("MST0000F10{serial}"));
        let sync = Ask::new(&instance, "cslu", RequestType::TrustSync);
        let (poll, interval) = (600 + number, 85_000 + 700 * number);
        let sync = sync.with(trust_request(&instance, 1));
        recorder.exchange(sync, Reply::Deferred { poll, interval });
        recorder.wait(90_000_000);
        let trust = Reply::Complete(trusted(&instance, 1));
        recorder.exchange(Ask::poll(&instance, "cslu", poll), trust);
        let taken = Reply::Deferred { poll: 700 + number, interval: 86_100 };
        recorder.exchange(report(&instance, "cslu", usage(&instance, 1, LICENCE)), taken);
        members.push(instance);
    }
    let [d, e, ..] = members.as_slice() else { panic!("five instances joined") };
    conflict(recorder, d);
    let bad_gateway = Reply::Http(502, "Bad Gateway");
    recorder.exchange(report(e, "cslu", usage(e, 1, LICENCE)), bad_gateway);
    recorder.wait(10_000);
    let taken = Reply::Deferred { poll: 750, interval: 86_100 };
    recorder.exchange(report(e, "cslu", usage(e, 1, LICENCE)), taken);

    let i = &recorder.join("MST0000F10I");
    recorder.exchange(token_trust(i, 1, "valid"), Reply::Complete(trusted(i, 1)));
    let unknown =
        Reply::Failed { status: 404, code: HOST_NOT_FOUND, message: DEVICE_HOST_IS_NOT_FOUND };
    recorder.exchange(report(i, "cslu_validating", usage(i, 1, LICENCE)), unknown);
    let j = &recorder.join("MST0000F10J");
    let trust = Ask::new(j, "cslu", RequestType::IdTokenTrust).with(trust_request(j, 1));
    recorder.exchange(trust.token("valid"), Reply::Http(404, "Not Found"));
}

fn conflict(recorder: &mut Recorder, instance: &Instance) {
    let again = || report(instance, "cslu_other", usage(instance, 1, LICENCE));
    recorder.exchange(again(), failed(ERROR_CONSUMING_LICENSES, ""));
    let event = Event::HookCalled {
        hook: "remove_product_instance".to_owned(),
        arguments: json!({ "udi": instance.udi.to_string() }),
        failure: None,
    };
    recorder.push(Some(instance.index), event);
    recorder.exchange(again(), Reply::Deferred { poll: 760, interval: 86_200 });
}

fn services(recorder: &mut Recorder) {
    let k = &recorder.join("MST0000F201");
    for (number, endpoint) in (0..).zip(["smart_transport", "smart_transport_http", "call_home"]) {
        let sync = Ask::new(k, endpoint, RequestType::TrustSync);
        let sync = sync.with(trust_request(k, number + 1));
        recorder.exchange(sync, Reply::Deferred { poll: 800 + number, interval: 86_300 });
    }
    recorder.get("smart_receiver", 200, RECEIVER_BANNER);
    recorder.get("cslu", 200, RECEIVER_BANNER);
    recorder.get("admin", 200, "<html></html>");
    let collected = Event::HookCalled {
        hook: "collect".to_owned(),
        arguments: json!({ "url": "http://instance.test" }),
        failure: None,
    };
    recorder.push(Some(k.index), collected);
    recorder.import(k, acknowledgement(k, "ACKED", vec![policy()]));
}
