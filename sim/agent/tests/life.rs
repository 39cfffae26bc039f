//! The ordinary life of an agent: trust, usage, poll, acknowledgement, policy, reload, refresh.

use muster_agent::{Command, Input, TransportKind};
use muster_wire::RequestType::{IdTokenTrust, LicenseUsage, Poll, TrustSync};
use muster_wire::proposed::policy::{Policy, PolicyTerms, ReportingDays};
use muster_wire::rum_report::RumPayload;

use crate::fake_server::{Bench, DAY_MS, HOUR_MS, SECOND_MS, START_MS, trust};

fn policy() -> Policy {
    let days = ReportingDays { first_report_days: 5, report_interval_days: 7, on_change_days: 2 };
    let terms = PolicyTerms {
        name: "Weekly".to_owned(),
        id: 9,
        timestamp: START_MS,
        acknowledgement_required: true,
        perpetual: days,
        subscription: days,
        enforced: days,
        export: days,
    };
    Policy::new(terms, |_| String::new())
}

#[test]
fn a_token_installs_trust_and_the_first_report_is_acknowledged() {
    let mut bench = Bench::new("c9800-l");
    assert_eq!(bench.view().communication_level, "INDIRECT");
    bench.use_licenses(0, 2);
    bench.command(trust(false));
    let view = bench.view();
    assert_eq!((view.trusted, view.trust_id, view.trust_state), (true, 1, "installed"));
    assert_eq!((view.communication_level, view.overall_state), ("DIRECT", ""));
    assert_eq!(view.virtual_account.as_deref(), Some("Default"));
    bench.now_ms += HOUR_MS;
    bench.command(Command::Sync);
    let view = bench.view();
    assert_eq!((view.unacknowledged, view.last_response), (1, "OK_POLL"));
    assert_eq!(view.polls.len(), 1);
    assert_eq!(view.polls[0].r#type, "LICENSE_USAGE");
    assert_eq!(view.polls[0].poll_time_ms, bench.now_ms + view.polls[0].delta * SECOND_MS);
    bench.command(Command::PollNow { poll_id: None });
    let view = bench.view();
    assert_eq!((view.acknowledged, view.unacknowledged, view.polls.len()), (1, 0, 0));
    assert_eq!(view.last_ack_ms, Some(bench.now_ms));
    assert_eq!(bench.requests, [IdTokenTrust, LicenseUsage, Poll]);
    insta::assert_json_snapshot!(view);
}

#[test]
fn a_sync_without_trust_asks_for_trust_first() {
    let mut bench = Bench::new("catalyst-9300");
    bench.command(Command::SetTransport(TransportKind::Cslu));
    bench.use_licenses(0, 1);
    bench.command(Command::Sync);
    assert_eq!(bench.view().trust_state, "deferred");
    bench.server.still_running = 1;
    bench.advance(4 * DAY_MS);
    assert_eq!(bench.requests, [TrustSync, Poll, Poll, LicenseUsage, Poll]);
    assert_eq!((bench.view().trusted, bench.view().acknowledged), (true, 1));
}

#[test]
fn the_9800_reports_every_eight_hours_whatever_is_configured() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(Command::SetReportInterval { days: 365 });
    let due = |bench: &Bench| bench.view().next_report_due_ms.unwrap();
    assert_eq!(due(&bench), START_MS + 8 * HOUR_MS);
    bench.advance(HOUR_MS);
    bench.command(Command::Sync);
    assert_eq!(due(&bench), START_MS + 8 * HOUR_MS, "a sync does not move the cycle");
    bench.advance(23 * HOUR_MS + 1);
    let sent = bench.requests.iter().filter(|request| **request == LicenseUsage).count();
    assert_eq!(sent, 4);
    assert_eq!(bench.server.deliveries, 4);
}

#[test]
fn a_quiet_agent_wakes_for_messages_only() {
    let mut bench = Bench::trusted("catalyst-9300");
    let before = bench.log.len();
    bench.advance(29 * DAY_MS);
    assert_eq!(bench.log.len(), before, "no timer for samples");
    bench.advance(2 * DAY_MS + HOUR_MS);
    let payloads: Vec<_> = bench.server.received.values().collect();
    assert_eq!(payloads.len(), 2);
    let payload = RumPayload::decode(payloads[0].as_bytes()).unwrap();
    assert_eq!(payload.measurements[0].num_samples, 30 * 96 + 1);
}

#[test]
fn a_policy_in_an_acknowledgement_changes_the_schedule() {
    let mut bench = Bench::trusted("catalyst-9300");
    assert_eq!(bench.view().policy.name, "CISCO default");
    assert_eq!(bench.view().ack_deadline_ms, Some(START_MS + 90 * DAY_MS));
    bench.server.policy = Some(policy());
    bench.command(Command::Sync);
    bench.advance(DAY_MS + 100 * SECOND_MS);
    let view = bench.view();
    assert_eq!((view.policy.name.as_str(), view.policy.installed), ("Weekly", true));
    assert_eq!(view.next_report_due_ms, Some(START_MS + 7 * DAY_MS));
    assert_eq!(view.ack_deadline_ms, view.last_ack_ms.map(|at_ms| at_ms + 2 * DAY_MS));
    bench.use_licenses(0, 5);
    assert_eq!(bench.view().next_report_due_ms, Some(bench.now_ms + 2 * DAY_MS));
}

#[test]
fn a_policy_file_is_imported() {
    let mut bench = Bench::new("catalyst-9300");
    bench.command(Command::Import(policy().encode().into_bytes()));
    assert_eq!(bench.view().policy.name, "Weekly");
    assert_eq!(bench.logged("POLICY_INSTALL_SUCCESS"), 1);
    bench.command(Command::Import(b"<smartLicense/>".to_vec()));
    bench.command(Command::Import(b"?".to_vec()));
    assert_eq!(bench.refusals().len(), 2);
}

#[test]
fn usage_changes_are_contiguous_measurements_and_a_reload_closes_the_report() {
    let mut bench = Bench::trusted("c9800-l");
    bench.now_ms += HOUR_MS;
    bench.use_licenses(0, 7);
    bench.now_ms += HOUR_MS;
    let open: Vec<_> = bench.view().reports.iter().map(|report| report.report_id).collect();
    bench.command(Command::Reload);
    let view = bench.view();
    assert!(!view.crypto_ready);
    let closed: Vec<_> = view.reports.iter().filter(|report| report.state == "closed").collect();
    assert_eq!(closed.iter().map(|report| report.report_id).collect::<Vec<_>>(), open);
    assert!(closed.iter().all(|report| report.close_reason == Some("ProductReload")));
    bench.command(Command::Sync);
    assert_eq!(bench.server.deliveries, 0, "crypto is not ready");
    bench.advance(30 * SECOND_MS);
    assert_eq!(bench.server.deliveries, 1);
    let payload = RumPayload::decode(bench.server.received[&open[0]].as_bytes()).unwrap();
    let counts: Vec<_> =
        payload.measurements.iter().map(|one| one.value.as_ref().unwrap().as_count()).collect();
    assert_eq!(counts, [Some(2), Some(7)]);
    assert_eq!(payload.measurements[1].meta["close_reason"], "ProductReload");
    assert_eq!(bench.logged("SAEVT_INIT_CRYPTO success=\"False\""), 1);
    assert_eq!(bench.logged("SAEVT_INIT_CRYPTO success=\"True\""), 1);
}

#[test]
fn reports_of_one_licence_form_a_chain() {
    let mut bench = Bench::trusted("c9800-l");
    for _ in 0..3 {
        bench.now_ms += HOUR_MS;
        bench.command(Command::Sync);
    }
    let reports = bench.view().reports;
    assert_eq!(reports.len(), 8);
    for feature in ["air-network-advantage", "air-dna-advantage"] {
        let chain: Vec<_> = reports.iter().filter(|one| one.feature == feature).collect();
        assert_eq!(chain[0].previous, 0);
        for pair in chain.windows(2) {
            assert_eq!((pair[0].next, pair[1].previous), (pair[1].report_id, pair[0].report_id));
            assert_eq!(pair[0].end, pair[1].start);
        }
        assert_eq!((chain[3].next, chain[3].state), (0, "open"));
    }
    let first = reports[0].report_id;
    assert_eq!(first, START_MS / SECOND_MS);
    assert!(reports.iter().enumerate().all(|(at, one)| one.report_id == first + at as u64));
}

#[test]
fn a_licence_out_of_use_is_reported_once_more_and_then_rests() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 2);
    bench.command(trust(false));
    bench.now_ms += HOUR_MS;
    bench.use_licenses(0, 0);
    assert_eq!(bench.view().licenses[0].status, "NOT IN USE");
    bench.now_ms += HOUR_MS;
    bench.command(Command::Sync);
    bench.command(Command::PollNow { poll_id: None });
    assert!(bench.view().reports.iter().all(|report| report.state == "acknowledged"));
    bench.advance(100 * DAY_MS);
    assert_eq!(bench.server.deliveries, 1);
    bench.command(Command::Sync);
    assert_eq!(bench.refusals(), ["no licence is in use and no report is waiting"]);
    bench.use_licenses(0, 1);
    bench.command(Command::Sync);
    assert_eq!(bench.server.received.len(), 2);
}

#[test]
fn trust_is_refreshed_with_a_higher_id_and_reports_follow_it() {
    let mut bench = Bench::trusted("c9800-l");
    bench.advance(32 * DAY_MS);
    let view = bench.view();
    assert_eq!((view.trust_state, view.trust_id), ("installed", 2));
    assert_eq!(view.statistics.trust_sync.total, 1);
    assert_eq!(bench.server.signed_under, 2);
    assert!(bench.server.deliveries > 90);
}

#[test]
fn a_second_token_needs_force() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(trust(false));
    assert_eq!(bench.refusals(), ["a trust code is already installed"]);
    let udi = bench.agent.identity().udi.clone();
    let shown = format!("PID:{},SN:{}", udi.product_id, udi.serial_number);
    assert_eq!(bench.logged(&shown), 2);
    assert_eq!(bench.logged("3-TRUST_CODE_INSTALL_FAILED"), 1);
    bench.command(trust(true));
    assert_eq!(bench.view().trust_id, 2);
}

#[test]
fn a_booting_agent_takes_commands_when_crypto_is_ready() {
    let mut bench = Bench::new("c9800-l");
    assert!(bench.step(Input::Boot).is_none());
    bench.use_licenses(0, 1);
    bench.command(trust(false));
    assert!(!bench.view().trusted);
    assert_eq!(bench.agent.next_timer(), Some(START_MS + 30 * SECOND_MS));
    bench.advance(30 * SECOND_MS);
    assert!(bench.view().trusted);
}

#[test]
fn a_clock_step_is_noted_in_the_measurement() {
    let mut bench = Bench::trusted("c9800-l");
    bench.now_ms += HOUR_MS;
    bench.command(Command::StepClock { by_ms: -3_433_000 });
    bench.now_ms += HOUR_MS;
    bench.command(Command::Sync);
    let text = bench.server.received.values().next().unwrap();
    let payload = RumPayload::decode(text.as_bytes()).unwrap();
    assert_eq!(payload.measurements[0].meta["clock_change_delta"], "-3433");
    assert_eq!(payload.measurements[0].sample_interval, 7200);
}

#[test]
fn intervals_outside_a_year_and_unknown_features_are_refused() {
    let mut bench = Bench::new("catalyst-9300");
    for days in [0, 366] {
        bench.command(Command::SetReportInterval { days });
    }
    bench.command(Command::Use { feature: "warp-drive".into(), count: 1 });
    assert_eq!(bench.refusals().len(), 3);
    bench.command(Command::SetTransport(TransportKind::Off));
    bench.command(Command::Sync);
    assert_eq!(bench.refusals().last(), Some(&"the transport is off"));
    assert_eq!(bench.view().overall_state, "Device configured for Offline transport");
}
