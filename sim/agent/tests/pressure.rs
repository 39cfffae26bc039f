//! Large stores and unusual platforms.

use muster_agent::{Command, Input, Platform, SmartAgent};
use muster_certs::Seed;
use muster_wire::Artefact;
use muster_wire::RequestType::{LicenseUsage, TrustSync};
use muster_wire::transport::smart_answer::SmartAnswer;

use crate::fake_server::{Bench, HOUR_MS, SECOND_MS, trust};

#[test]
fn usage_without_a_server_accumulates_and_goes_out_in_batches() {
    let mut bench = Bench::new("catalyst-9300");
    bench.use_licenses(0, 1);
    for _ in 0..250 {
        bench.now_ms += HOUR_MS;
        bench.command(Command::Reload);
        bench.advance(30 * SECOND_MS);
    }
    assert_eq!(bench.view().reports.len(), 251);
    bench.command(trust(false));
    bench.command(Command::Sync);
    assert_eq!(bench.requests[1..], vec![LicenseUsage; 6], "50 reports a request");
    assert_eq!(bench.server.received.len(), 251);
    bench.command(Command::PollNow { poll_id: None });
    let view = bench.view();
    assert_eq!((view.acknowledged, view.polls.len()), (251, 0));
    assert!(view.reports.len() <= 5, "acknowledged reports are purged");
}

#[test]
fn a_server_that_refuses_for_forty_days_is_asked_seldom_and_a_little_at_a_time() {
    let mut bench = Bench::trusted("c9800-l");
    let end_ms = bench.now_ms + 40 * 24 * HOUR_MS;
    let mut outbound = bench.step(Input::Command(Command::Sync));
    let (mut requests, mut reports_max) = (0, 0);
    while bench.now_ms < end_ms {
        if let Some(sent) = outbound {
            requests += 1;
            let sent = bench.sealed(&sent);
            let text = sent.request.license_data[0].smart_license.as_deref().unwrap();
            // Now and then it is the trust code that is refreshed.
            if let Ok(Artefact::Usage(usage)) = Artefact::from_smart_license(text) {
                reports_max = reports_max.max(usage.reports.len());
            }
            let nonce = sent.request.sender_info.nonce.clone();
            let answer = SmartAnswer::failure("HOST_NOT_FOUND", "not here", nonce).encode();
            bench.step(Input::Answer { status: 200, body: &answer });
        }
        outbound = bench.wake();
    }
    assert!((100..140).contains(&requests), "{requests}");
    assert_eq!(reports_max, 50);
}

#[test]
fn a_full_store_measures_on_until_acknowledgements_come() {
    let mut bench = Bench::trusted("catalyst-9300");
    for _ in 0..502 {
        bench.now_ms += SECOND_MS;
        bench.command(Command::Sync);
    }
    let view = bench.view();
    assert_eq!((view.unacknowledged, view.reports.len()), (1000, 1002));
    assert_eq!(bench.refusals().len(), 2);
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(bench.view().acknowledged, 1000);
    bench.command(Command::Sync);
    assert_eq!(bench.view().unacknowledged, 2);
}

#[test]
fn a_factory_trust_code_is_overwritten_by_force_or_by_itself() {
    let text = toml::to_string(Platform::named("c9800-l").unwrap()).unwrap();
    let text = text.replace("factory_trust_code = false", "factory_trust_code = true");
    let platform: &'static Platform = Box::leak(Box::new(Platform::from_toml(&text).unwrap()));
    let mut bench = Bench::new("c9800-l");
    bench.agent = SmartAgent::new(platform, &Seed::from_u64(1), 0);
    bench.use_licenses(0, 1);
    assert_eq!((bench.view().trust_state, bench.view().trusted), ("factory", false));
    bench.command(trust(false));
    assert_eq!(bench.refusals(), ["a trust code is already installed"]);
    bench.command(Command::Sync);
    assert_eq!(bench.requests, [TrustSync]);
    let mut bench = Bench { agent: SmartAgent::new(platform, &Seed::from_u64(1), 0), ..bench };
    bench.server = Default::default();
    bench.command(trust(true));
    assert!(bench.view().trusted);
}
