//! A server with a state file is killed under a fleet, again and again: whatever an instance was
//! told stays true.
//!
//! What the instances were told is read from the journals of their runs, what the server knows
//! from its control API. `MUSTER_CRASH_ROUNDS` says how often it is killed, 3 times by default;
//! `just crash-test` asks for 20.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use muster_journal::{Entry, Event, Exchange, ExchangeOutcome, Reader};
use muster_wire::artefact::Artefact;
use muster_wire::classic::proposed::export_authorization::{ExportAuthorization, ExportStatus};
use muster_wire::classic::{AnswerData, ClassicReading};
use muster_wire::transport::smart_answer::SmartAnswer;
use serde_json::Value;

use crate::server::Server;
use crate::{command, control, text};

/// Instances of both eras do what changes something at a server. Forty journeys a second keep a
/// debug build busy.
const SCENARIO: &str = "title: A server is killed under its fleet
instances:
  router: { platform: c8000v, via: smart_receiver }
  old: { platform: csr1000v, via: smart_receiver }
steps:
  - trust: { id_token: valid }
  - { on: router, slac: { request: hseck9 } }
  - { on: router, poll: { until_complete: true } }
  - { on: old, register: { id_token: valid } }
  - { on: old, export: { request: hseck9 } }
  - repeat:
      times: 3
      steps:
        - report
        - poll: { until_complete: true }
load:
  instances: 400
  connections: keep_alive
  arrivals: { rate: 40/s }
";

/// The same, for a fleet that is there already: what its instances are told is only acknowledged.
const LATER: &str = "title: A server is killed under a fleet it knows
instances:
  router: { platform: c8000v, via: smart_receiver }
  old: { platform: csr1000v, via: smart_receiver }
setup:
  - trust: { id_token: valid }
  - { on: old, register: { id_token: valid } }
steps:
  - repeat:
      times: 3
      steps:
        - report
        - poll: { until_complete: true }
load:
  instances: 60
  connections: keep_alive
  arrivals: { rate: 40/s }
";

/// The server is killed once this many instances reported, one more in each round: by then others
/// are at every step before and after.
const REPORTING: usize = 20;

/// How often the server is asked whether it is time.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Far over what a run takes to get so far, and to end when it is interrupted.
const PATIENCE: Duration = Duration::from_secs(60);

/// What instances were told, by UDI.
#[derive(Debug, Default)]
struct Told {
    trust: BTreeMap<String, u64>,
    acknowledged: BTreeMap<String, BTreeSet<u64>>,
    authorized: BTreeSet<String>,
    registered: BTreeSet<String>,
}

impl Told {
    fn count(&self) -> [usize; 4] {
        let reports = self.acknowledged.values().map(BTreeSet::len).sum();
        [self.trust.len(), reports, self.authorized.len(), self.registered.len()]
    }

    fn read(&mut self, journal: &Path) {
        let mut joined = BTreeMap::new();
        let reader = Reader::open(journal).expect("the journal was asked for");
        for entry in reader.collect::<Result<Vec<Entry>, _>>().expect("it is whole") {
            match &entry.event {
                Event::InstanceJoined { udi, .. } => {
                    joined.insert(entry.instance, udi.to_string());
                }
                Event::Exchange(exchange) => {
                    let udi = joined.get(&entry.instance).expect("it joined before it asked");
                    self.take(udi, exchange);
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, udi: &str, exchange: &Exchange) {
        let ExchangeOutcome::Answered(answer) = &exchange.outcome else { return };
        if answer.status != 200 || exchange.method != "POST" {
            return;
        }
        let body = &answer.message.body.0;
        match ClassicReading::of(body).data {
            Some(Ok(AnswerData::Registration(_))) => {
                self.registered.insert(udi.to_owned());
            }
            Some(Ok(AnswerData::ExportAuthorization(data))) => {
                let granted = |one: &ExportAuthorization| one.status == ExportStatus::Success;
                assert!(data.authorizations.iter().all(granted), "there are plenty: {data:?}");
                self.authorized.insert(udi.to_owned());
            }
            _ => {}
        }
        let Ok(answer) = SmartAnswer::decode(body) else { return };
        for artefact in answer.license_data.iter().filter_map(|line| line.artefact()) {
            match artefact.expect("the server's artefacts are whole") {
                Artefact::Trust(trust) => {
                    let id = trust.trust_code.trust_id.expect("an honest request gets a code");
                    self.trust.insert(udi.to_owned(), id.0);
                }
                Artefact::Authorization(code) => {
                    assert!(code.code.status.success, "there are plenty: {code:?}");
                    self.authorized.insert(udi.to_owned());
                }
                Artefact::Acknowledgement(acknowledgement) => {
                    let reports = acknowledgement.data.acks.iter().map(|ack| ack.report_id.0);
                    self.acknowledged.entry(udi.to_owned()).or_default().extend(reports);
                }
                _ => {}
            }
        }
    }

    /// Everything that a server no longer knows.
    fn lost(&self, profile: &Path) -> Vec<String> {
        let instances = by_udi(&control::get(profile, "product-instances")["product_instances"]);
        let registrations = by_udi(&control::get(profile, "registrations")["registrations"]);
        let mut lost = Vec::new();
        for (udi, trust_id) in &self.trust {
            let known = instances.get(udi).and_then(|of| of["trust_id"].as_u64());
            if known < Some(*trust_id) {
                lost.push(format!("trust {trust_id} of {udi}: {known:?}"));
            }
        }
        for (udi, reports) in &self.acknowledged {
            let taken = instances.get(udi).and_then(|of| of["record"]["reports_taken"].as_u64());
            if taken < Some(reports.len() as u64) {
                lost.push(format!("{} reports of {udi}: {taken:?}", reports.len()));
            }
        }
        let gone = self.registered.iter().filter(|udi| !registrations.contains_key(*udi));
        lost.extend(gone.map(|udi| format!("the registration of {udi}")));
        let reserved = reserved(profile);
        if reserved < self.authorized.len() as u64 {
            let given = self.authorized.len();
            lost.push(format!("{given} authorization codes, {reserved} licences reserved"));
        }
        lost
    }
}

fn by_udi(list: &Value) -> BTreeMap<String, Value> {
    let all = list.as_array().expect("a list").iter();
    all.map(|one| (one["udi"].as_str().expect("a UDI").to_owned(), one.clone())).collect()
}

/// Licences given out with authorization codes.
fn reserved(profile: &Path) -> u64 {
    let all = control::get(profile, "entitlements?virtual_account=Default");
    let rows = all["entitlements"].as_array().expect("a list").iter();
    rows.map(|row| row["reserved"].as_u64().expect("a number")).sum()
}

/// A fleet that is interrupted like by Ctrl-C; its journal is whole.
struct Fleet(Child);

impl Fleet {
    fn start(scenario: &Path, profile: &Path, journal: &Path, more: &[&str]) -> Self {
        let mut run = command(&["run", text(scenario), "--target", text(profile)]);
        run.args(["--journal", text(journal), "--journal-mode", "full", "--no-checks", "--quiet"]);
        run.args(more);
        run.stdout(Stdio::null()).stderr(Stdio::null());
        Self(run.spawn().expect("the binary under test was built with this test"))
    }

    fn finish(mut self) {
        let status = self.0.wait().expect("it is our child");
        assert!(status.success(), "{status}");
    }

    fn interrupt(mut self) {
        let process = self.0.id().to_string();
        let sent = Command::new("kill").args(["-INT", &process]).status();
        assert!(sent.expect("`kill` is part of every Unix").success());
        let ended = within_patience(|| self.0.try_wait().expect("it is our child").is_some());
        if !ended {
            let _ = self.0.kill();
        }
        assert!(ended, "the run did not end after an interrupt");
    }
}

/// Whether something comes about in time.
fn within_patience(mut has_come: impl FnMut() -> bool) -> bool {
    let since = Instant::now();
    while !has_come() {
        if since.elapsed() > PATIENCE {
            return false;
        }
        thread::sleep(LOOK_EVERY);
    }
    true
}

/// Reports that a server has taken in all.
fn taken(profile: &Path) -> u64 {
    let all = control::get(profile, "product-instances");
    let all = all["product_instances"].as_array().expect("a list").iter();
    all.filter_map(|one| one["record"]["reports_taken"].as_u64()).sum()
}

/// Instances that a server has a second report of: they were told that it has the first.
fn reporting(profile: &Path) -> usize {
    let all = control::get(profile, "product-instances");
    let all = all["product_instances"].as_array().expect("a list").iter();
    all.filter(|one| one["record"]["reports_taken"].as_u64() > Some(1)).count()
}

fn rounds() -> u32 {
    let asked = std::env::var("MUSTER_CRASH_ROUNDS").ok();
    asked.map_or(3, |text| text.parse().expect("MUSTER_CRASH_ROUNDS is a number"))
}

#[test]
fn whatever_an_instance_was_told_survives_a_kill_of_the_server() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let (state, scenario) = (at("server.state"), at("crash.yaml"));
    std::fs::write(&scenario, SCENARIO).expect("a temporary file");
    let serve = |profile: &Path| Server::start(profile, &["--state", text(&state)]);
    let mut told = Told::default();
    for round in 0..rounds() {
        let (profile, journal) = (at("target.toml"), at(&format!("{round}.journal.zst")));
        let server = serve(&profile);
        let wanted = reporting(&profile) + REPORTING + round as usize;
        let run_id = format!("crash-{round}");
        let fleet = Fleet::start(&scenario, &profile, &journal, &["--run-id", &run_id]);
        assert!(within_patience(|| reporting(&profile) >= wanted), "nobody reports");
        server.kill();
        fleet.interrupt();
        let before = told.count();
        told.read(&journal);
        // A round in which nobody was told anything would prove nothing.
        let now = told.count();
        assert!(before.iter().zip(now).all(|(before, now)| *before < now), "{before:?} {now:?}");
        let again = serve(&profile);
        let lost = told.lost(&profile);
        assert!(lost.is_empty(), "round {round}, of {now:?}: {lost:#?}");
        drop(again);
    }
}

#[test]
fn a_fleet_that_was_saved_goes_on_and_what_it_is_told_survives_a_kill_of_the_server() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let (state, scenario, saved) = (at("server.state"), at("later.yaml"), at("fleet"));
    std::fs::write(&scenario, LATER).expect("a temporary file");
    let profile = at("target.toml");
    let serve = || Server::start(&profile, &["--state", text(&state)]);
    let mut told = Told::default();
    let mut server = serve();
    for round in 0..rounds() {
        let (first, later) = (at(&format!("{round}.z")), at(&format!("{round}-later.z")));
        let run_id = format!("crash-{round}");
        let saves = ["--run-id", &run_id, "--save-fleet", text(&saved)];
        Fleet::start(&scenario, &profile, &first, &saves).finish();
        told.read(&first);
        server.kill();
        server = serve();
        let wanted = taken(&profile) + REPORTING as u64 + u64::from(round);
        let fleet = Fleet::start(&scenario, &profile, &later, &["--load-fleet", text(&saved)]);
        assert!(within_patience(|| taken(&profile) >= wanted), "nobody reports");
        server.kill();
        fleet.interrupt();
        let before = told.count();
        told.read(&later);
        let now = told.count();
        assert!(before[1] < now[1], "nobody was told anything: {now:?}");
        // An instance that was not known any more would have asked for trust or registered again.
        assert_eq!((before[0], before[3]), (now[0], now[3]), "the fleet is the same one");
        server = serve();
        let lost = told.lost(&profile);
        assert!(lost.is_empty(), "round {round}, of {now:?}: {lost:#?}");
    }
}
