//! `/smartlic-service`, asked by a collector.

use muster_agent::pull::InstanceAnswer;
use muster_agent::{Command, Input, TransportKind};
use muster_wire::artefact::to_smart_license;
use muster_wire::limits::MESSAGE_BYTES_MAX;
use muster_wire::transport::instance_service::{CollectedReports, UsageList, import_body};
use muster_wire::{Artefact, ReportId};

use crate::fake_server::{Bench, DAY_MS, HOUR_MS};
use crate::pull_account::CodeAccount;
use crate::pull_collector::{Visited, body, header, policy};

fn status_and_error(answer: &InstanceAnswer) -> (u16, String) {
    (answer.status, body(answer)["error"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn collected_reports_are_acknowledged_by_what_is_pushed() {
    let mut visited = Visited::controller();
    visited.command(Command::SetTransport(TransportKind::Off));
    visited.bench.now_ms += 8 * HOUR_MS;
    let reports = visited.collect();
    assert_eq!(reports.len(), 2);
    let ack = visited.acknowledgement(&reports).encode();
    let answer = visited.post("/smartlic-service/import", &import_body(ack.as_bytes()));
    assert_eq!((answer.status, body(&answer)["import"].as_str()), (200, Some("success")));
    let view = visited.bench.view();
    assert_eq!((view.acknowledged, view.policy.name.as_str()), (2, "Collected Policy"));
    assert_eq!(visited.collect(), [], "what is acknowledged is not given again");
    visited.bench.now_ms += HOUR_MS;
    assert_eq!(visited.collect().len(), 2, "use goes on");
}

#[test]
fn only_closed_reports_are_given_and_asking_changes_none() {
    let mut visited = Visited::controller();
    visited.bench.now_ms += HOUR_MS;
    let usage = |answer: &InstanceAnswer| CollectedReports::decode(&answer.body).unwrap().usage;
    let before = visited.get("/smartlic-service/all-reports");
    assert_eq!((before.status, usage(&before)), (200, vec![]), "open reports are left alone");
    let first = visited.collect();
    assert_eq!(first.len(), 2);
    let again = visited.get("/smartlic-service/all-reports");
    assert_eq!(usage(&again), first);
    assert_eq!(visited.collect(), first, "nothing new within the second");
}

#[test]
fn the_list_names_every_report_and_its_state() {
    let mut visited = Visited::controller();
    visited.bench.now_ms += HOUR_MS;
    let reports = visited.collect();
    let ack = visited.acknowledgement(&reports[..1]).encode();
    visited.post("/smartlic-service/import", &ack);
    let answer = visited.get("/smartlic-service/list");
    let list = UsageList::decode(&answer.body).unwrap().usage_list;
    let states: Vec<_> = list.iter().map(|listed| listed.state.as_str()).collect();
    assert_eq!(states, ["ACK", "CLOSED", "OPEN", "OPEN"]);
    assert_eq!(list[1].end_time - list[1].start_time, HOUR_MS / 1000);
    let ids: Vec<_> = list.iter().map(|listed| listed.report_id).collect();
    assert_eq!(ids[..2], reports.iter().map(id).collect::<Vec<_>>());
}

fn id(report: &muster_wire::rum_report::RumReport) -> ReportId {
    report.payload().unwrap().report_id().unwrap()
}

#[test]
fn reports_are_given_by_days_and_by_id() {
    let mut visited = Visited::controller();
    visited.bench.now_ms += HOUR_MS;
    let old = visited.collect();
    visited.bench.now_ms += 100 * DAY_MS;
    let all = visited.collect();
    assert_eq!((old.len(), all.len()), (2, 4));
    let given = |visited: &mut Visited, path: &str| {
        let answer = visited.get(&format!("/smartlic-service/{path}"));
        assert_eq!(answer.status, 200, "{path}");
        CollectedReports::decode(&answer.body).unwrap().usage
    };
    assert_eq!(given(&mut visited, "days"), all[2..], "90 days by default");
    assert_eq!(given(&mut visited, "days/1"), all[2..]);
    assert_eq!(given(&mut visited, "days/101"), all);
    let one = id(&all[1]);
    assert_eq!(given(&mut visited, &format!("days/{one}")), all[1..2]);
    assert_eq!(given(&mut visited, &format!("{one}/")), all[1..2]);
}

#[test]
fn every_kind_of_file_is_imported_in_every_wrapping() {
    let mut visited = Visited::new(Bench::trusted("c8000v"));
    let mut account = CodeAccount { stamp_ms: visited.bench.now_ms, ..CodeAccount::default() };
    let import = |visited: &mut Visited, body: &str| {
        let answer = visited.post("/smartlic-service/import", body);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    };
    let policy = policy().encode();
    import(&mut visited, &format!("\u{20}\n{policy}\n"));
    assert_eq!(visited.bench.view().policy.name, "Collected Policy");
    visited.bench.now_ms += HOUR_MS;
    let reports = visited.collect();
    let ack = visited.acknowledgement(&reports).encode();
    import(&mut visited, &format!("{{\"import\":\"{}\"}}", import_body(ack.as_bytes())));
    assert_eq!(visited.bench.view().acknowledged, 1);
    // A code, as the REST interface of the account gives it.
    visited.command(Command::RequestAuthorization {
        feature: "hseck9".into(),
        count: 1,
        add: true,
        carrier: muster_agent::Carrier::File,
    });
    let code = written(&visited, |file| match file {
        Artefact::AuthorizationRequest(request) => Some(account.answer(request).encode()),
        _ => None,
    });
    import(&mut visited, &format!("\"{}\"", to_smart_license(&code)));
    assert!(visited.bench.view().authorization.installed);
}

/// What can be made of the last file that was written.
fn written(visited: &Visited, mut make: impl FnMut(&Artefact) -> Option<String>) -> String {
    let mut files = visited.bench.log.iter().rev().filter_map(|effect| match effect {
        muster_agent::Effect::FileWritten(file) => make(file),
        _ => None,
    });
    files.next().expect("a file was written")
}

#[test]
fn a_collection_brings_a_trust_code() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 1);
    let mut visited = Visited::new(bench);
    visited.bench.now_ms += HOUR_MS;
    let first = visited.get("/smartlic-service/all-reports");
    let text = body(&first)["trust_request"].as_str().unwrap().to_owned();
    let Ok(Artefact::TrustRequest(request)) = Artefact::from_smart_license(&text) else {
        panic!("not a trust request")
    };
    assert_eq!(request.entries[0].trust_id.0, 1);
    // Asking again asks for the same.
    visited.bench.now_ms += HOUR_MS;
    let second = visited.get("/smartlic-service/all-reports");
    assert!(body(&second)["trust_request"].is_string());
    assert_eq!(visited.bench.view().last_trust_id, 1);
    let trust = visited.bench.server.trust_answer(visited.bench.now_ms, &request).encode();
    assert_eq!(visited.post("/smartlic-service/import", &trust).status, 200);
    assert!(visited.bench.view().trusted);
    let third = visited.get("/smartlic-service/all-reports");
    assert!(body(&third)["trust_request"].is_null());
    let reports = visited.collect();
    assert_eq!(reports[0].signature.signing_type, "SHA-256");
}

#[test]
fn a_release_from_before_brings_none() {
    let mut bench = Bench::new("c8000v");
    bench.use_licenses(0, 1);
    let mut visited = Visited::new(bench);
    visited.bench.now_ms += HOUR_MS;
    let reports = visited.collect();
    assert_eq!(reports[0].signature.signing_type, "builtin");
    assert_eq!(visited.bench.view().last_trust_id, 0);
}

#[test]
fn requests_without_the_right_credentials_are_refused() {
    let mut visited = Visited::controller();
    let right = std::mem::take(&mut visited.headers);
    for (method, target) in [
        ("GET", "/smartlic-service/list"),
        ("POST", "/smartlic-service/import"),
        ("GET", "/nowhere"),
        ("GET", "/flash/x"),
    ] {
        let answer = visited.ask(method, target, b"");
        assert_eq!(answer.status, 401, "{target}");
        assert!(header(&answer, "www-authenticate").unwrap().starts_with("Basic "));
    }
    let restconf = visited.get("/restconf/data");
    assert_eq!(restconf.status, 401);
    let error = &body(&restconf)["ietf-restconf:errors"]["error"][0];
    assert_eq!(error["error-tag"], "access-denied");
    // Without credentials of its own an instance asks for none.
    visited.interface.access = None;
    assert_eq!(visited.get("/smartlic-service/list").status, 200);
    visited.headers = right;
}

#[test]
fn wrong_methods_and_paths_are_told_apart() {
    let mut visited = Visited::controller();
    for (target, method) in [
        ("/smartlic-service/list", "GET"),
        ("/smartlic-service/all-reports", "GET"),
        ("/smartlic-service/days", "GET"),
        ("/smartlic-service/days/3", "GET"),
        ("/smartlic-service/close-reports", "POST"),
        ("/smartlic-service/import", "POST"),
    ] {
        for other in ["GET", "POST", "PUT", "DELETE", "HEAD", "nonsense"] {
            if other == method {
                continue;
            }
            let answer = visited.ask(other, target, b"x");
            assert_eq!((answer.status, header(&answer, "allow")), (405, Some(method)), "{target}");
        }
    }
    for target in ["/", "", "/smartlic-service", "/smartlic-service/none", "/restcon", "*"] {
        let answer = visited.get(target);
        let fault = (404, "there is no such resource".to_owned());
        assert_eq!(status_and_error(&answer), fault, "{target}");
    }
    assert_eq!(visited.bench.view().reports.len(), 2, "nothing was closed");
}

#[test]
fn what_cannot_be_imported_says_why() {
    let mut visited = Visited::controller();
    visited.bench.now_ms += HOUR_MS;
    let reports = visited.collect();
    let mut foreign = visited.acknowledgement(&reports);
    foreign.data.sudi = (&muster_wire::Udi::new("C9800-L-F-K9", "MSTOTHER")).into();
    let data = foreign.data.clone();
    let foreign =
        muster_wire::proposed::acknowledgement::Acknowledgement::new(data, Vec::new(), |_| {
            String::new()
        });
    for (body, status, reason) in [
        (String::new(), 400, "the body holds no file"),
        (" \n".to_owned(), 400, "the body holds no file"),
        ("%%".to_owned(), 400, "the file cannot be read"),
        ("{}".to_owned(), 400, "the file cannot be read"),
        ("<smartLicense>".to_owned(), 400, "the file cannot be read"),
        ("<other/>".to_owned(), 400, "the file holds nothing that can be imported"),
        (foreign.encode(), 400, "the acknowledgement is of another product instance"),
    ] {
        let answer = visited.post("/smartlic-service/import", &body);
        assert_eq!(status_and_error(&answer), (status, reason.to_owned()), "{body}");
    }
    let trust = "<smartLicenseTrust><trustCode><udi>P:A,S:B</udi><status><success>true</success>\
                 </status></trustCode></smartLicenseTrust>";
    let answer = visited.post("/smartlic-service/import", trust);
    let reason = "no trust request awaits an answer".to_owned();
    assert_eq!(status_and_error(&answer), (409, reason));
    assert_eq!(visited.bench.view().acknowledged, 0);
}

#[test]
fn what_is_not_stored_or_too_long_is_refused() {
    let mut visited = Visited::controller();
    let answer = visited.get("/smartlic-service/days/4711");
    assert_eq!(status_and_error(&answer), (404, "no such report is stored".to_owned()));
    let answer = visited.get("/smartlic-service/days/0");
    assert_eq!(status_and_error(&answer), (400, "the days are 1 to 365".to_owned()));
    let long = vec![b'<'; MESSAGE_BYTES_MAX + 1];
    assert_eq!(visited.ask("POST", "/smartlic-service/import", &long).status, 413);
}

#[test]
fn an_instance_without_power_serves_nothing() {
    let mut visited = Visited::controller();
    visited.bench.step(Input::PowerLost);
    for target in ["/smartlic-service/list", "/restconf/data", "/flash/x"] {
        assert_eq!(visited.get(target).status, 503, "{target}");
    }
}

#[test]
fn an_answer_stays_within_what_a_message_may_have() {
    let mut visited = Visited::controller();
    // A count that changes every second fills a report with measurements.
    for day in 0..60 {
        for change in 0..300_u64 {
            visited.bench.now_ms += 1000;
            visited.bench.use_licenses(0, u32::try_from(2 + (change + day) % 2).unwrap());
        }
        visited.post("/smartlic-service/close-reports", "");
    }
    let answer = visited.get("/smartlic-service/all-reports");
    assert!(answer.body.len() < MESSAGE_BYTES_MAX, "{}", answer.body.len());
    let given = CollectedReports::decode(&answer.body).unwrap().usage;
    let closed = visited.bench.view().reports.len() - 2;
    println!("{} of {closed} reports in {} bytes", given.len(), answer.body.len());
    // Whatever was left out comes once these are acknowledged.
    let ack = visited.acknowledgement(&given).encode();
    assert_eq!(visited.post("/smartlic-service/import", &ack).status, 200);
    let rest = visited.get("/smartlic-service/all-reports");
    let rest = CollectedReports::decode(&rest.body).unwrap().usage.len();
    assert_eq!(given.len() + rest, closed);
}
