//! Large stores and unusual platforms.

use muster_agent::{Command, Platform, SmartAgent};
use muster_certs::Seed;
use muster_wire::RequestType::{LicenseUsage, TrustSync};

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
    assert_eq!(bench.requests[1..], [LicenseUsage, LicenseUsage]);
    assert_eq!(bench.server.received.len(), 251);
    bench.command(Command::PollNow { poll_id: None });
    let view = bench.view();
    assert_eq!((view.acknowledged, view.polls.len()), (251, 0));
    assert!(view.reports.len() <= 5, "acknowledged reports are purged");
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
