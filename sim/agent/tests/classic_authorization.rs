//! Authorization: immediate, daily, monthly, out of compliance, expired, and what a fabric counts.

use muster_agent::ClassicCommand;
use muster_agent::classic::{FabricChange, FaultKind};
use muster_agent::{SwitchRole, Tier};
use muster_wire::classic::MessageType::Entitlement;

use crate::classic_server::{ClassicBench, DAY_MS, START_MS, register};

#[test]
fn a_change_of_use_is_reported_at_once_with_everything_in_use() {
    let mut bench = ClassicBench::registered("csr1000v");
    let cube = 3;
    bench.use_licenses(cube, 4);
    assert_eq!(bench.requests, [Entitlement]);
    let reported = |bench: &ClassicBench| {
        bench
            .server
            .reported
            .iter()
            .map(|(tag, count, _)| (tag.clone(), *count))
            .collect::<Vec<_>>()
    };
    assert_eq!(reported(&bench), [(bench.tag(0), 1), (bench.tag(cube), 4)]);
    bench.use_licenses(0, 0);
    assert_eq!(reported(&bench), [(bench.tag(cube), 4)]);
    bench.use_licenses(cube, 4);
    assert_eq!(bench.requests.len(), 2, "no change, no request");
    bench.use_licenses(cube, 0);
    assert!(reported(&bench).is_empty());
    assert_eq!(bench.view().authorization.status, "NO LICENSES IN USE");
}

#[test]
fn the_status_is_refreshed_daily_and_renewed_every_thirty_days() {
    let mut bench = ClassicBench::registered("apic");
    let renewals = |bench: &ClassicBench| {
        let view = bench.view();
        (view.authorization.next_communication_ms, view.authorization.communication_deadline_ms)
    };
    bench.advance(29 * DAY_MS);
    assert_eq!(bench.asked(&Entitlement), 29);
    let now_ms = bench.now_ms;
    assert_eq!(renewals(&bench), (Some(START_MS + 30 * DAY_MS), Some(now_ms + 90 * DAY_MS)));
    bench.advance(DAY_MS);
    let now_ms = bench.now_ms;
    assert_eq!(renewals(&bench), (Some(now_ms + 30 * DAY_MS), Some(now_ms + 90 * DAY_MS)));
    assert_eq!(bench.asked(&Entitlement), 30, "one request serves both");
}

#[test]
fn each_licence_out_of_compliance_is_a_major_fault_until_it_complies() {
    let mut bench = ClassicBench::registered("apic");
    let (essentials, spine) = (bench.tag(0), bench.tag(3));
    bench.server.purchased.insert(essentials.clone(), 3);
    bench.server.purchased.insert(spine.clone(), 1);
    bench.command(ClassicCommand::RenewAuthorization);
    assert_eq!(bench.view().authorization.status, "OUT OF COMPLIANCE");
    let details: Vec<_> = bench.view().faults.into_iter().map(|fault| fault.detail).collect();
    assert_eq!(details, [essentials.clone(), spine]);
    assert_eq!(bench.logged("OUT_OF_COMPLIANCE:"), 1);
    let shown = &bench.view().licenses[0];
    assert_eq!((shown.status, shown.count), ("OUT OF COMPLIANCE", 4), "nothing is disabled");
    bench.server.purchased.insert(essentials, 4);
    bench.advance(DAY_MS);
    assert_eq!(bench.view().faults.len(), 1);
    bench.server.purchased.clear();
    bench.advance(DAY_MS);
    assert!(bench.view().faults.is_empty());
    assert_eq!(bench.logged("5-IN_COMPLIANCE"), 2);
}

#[test]
fn ninety_days_of_silence_expire_the_authorization_and_contact_brings_it_back() {
    let mut bench = ClassicBench::registered("apic");
    bench.up = false;
    bench.advance(90 * DAY_MS - 1);
    assert_eq!(bench.view().authorization.state, "authorized");
    bench.advance(1);
    assert_eq!(bench.view().authorization.status, "AUTHORIZATION EXPIRED");
    assert_eq!(bench.view().licenses[0].status, "AUTHORIZATION EXPIRED");
    assert!(bench.fault(FaultKind::AuthorizationExpired).is_some());
    assert_eq!(bench.logged("3-COMM_FAILED"), 1);
    let failed = bench.view().authorization.last_communication.unwrap();
    assert!(!failed.succeeded);
    assert_eq!(failed.failure_reason.as_deref(), Some("Fail to send out Call Home HTTP message."));
    bench.advance(85 * DAY_MS);
    assert_eq!(bench.view().authorization.state, "expired");
    bench.advance(5 * DAY_MS);
    assert_eq!(bench.view().authorization.state, "grace_expired");
    bench.up = true;
    bench.command(ClassicCommand::RenewAuthorization);
    assert_eq!(bench.view().authorization.status, "AUTHORIZED");
    assert_eq!(bench.fault(FaultKind::AuthorizationExpired), None);
    assert_eq!(bench.logged("5-COMM_RESTORED"), 1);
}

#[test]
fn silence_is_tried_less_and_less_often_and_at_least_once_a_day() {
    let mut bench = ClassicBench::registered("apic");
    bench.up = false;
    bench.advance(100 * DAY_MS);
    let attempts = bench.asked(&Entitlement);
    assert!((100..130).contains(&attempts), "{attempts}");
    bench.up = true;
    bench.advance(DAY_MS);
    assert_eq!(bench.view().authorization.state, "authorized");
}

#[test]
fn a_fabric_counts_its_switches_and_the_tier_of_each_leaf() {
    let mut bench = ClassicBench::registered("apic");
    let counts = |bench: &ClassicBench| {
        let licenses = bench.view().licenses;
        licenses.iter().map(|one| (one.feature.to_string(), one.count)).collect::<Vec<_>>()
    };
    let (essentials, advantage, spine) = ("ACI_LEAF_ESSENTIALS", "ACI_LEAF_ADVANTAGE", "ACI_SPINE");
    let has = |expected: &[(&str, u32)]| {
        expected.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>()
    };
    assert_eq!(counts(&bench), has(&[(essentials, 4), (spine, 2)]));
    let (leaf, tier) = (SwitchRole::Leaf, Tier::Advantage);
    bench.command(ClassicCommand::Fabric(FabricChange::Enable { tier, count: 2 }));
    assert_eq!(counts(&bench), has(&[(essentials, 2), (advantage, 2), (spine, 2)]));
    bench.command(ClassicCommand::Fabric(FabricChange::Commission { role: leaf, count: 3 }));
    assert_eq!(counts(&bench), has(&[(essentials, 5), (advantage, 2), (spine, 2)]));
    bench.command(ClassicCommand::Fabric(FabricChange::Decommission { role: leaf, count: 1 }));
    bench.command(ClassicCommand::Fabric(FabricChange::Disable { tier, count: 2 }));
    assert_eq!(counts(&bench), has(&[(essentials, 6), (spine, 2)]));
    assert_eq!(bench.requests, [Entitlement, Entitlement, Entitlement, Entitlement]);
    bench.command(ClassicCommand::Fabric(FabricChange::Decommission { role: leaf, count: 7 }));
    bench.command(ClassicCommand::Use { feature: "warp-drive".into(), count: 1 });
    assert_eq!(
        bench.refusals(),
        ["the fabric has not that many switches to change", "the platform has no such feature"]
    );
    let mut router = ClassicBench::new("csr1000v");
    router.command(ClassicCommand::Fabric(FabricChange::Report));
    assert_eq!(router.refusals(), ["the product has no fabric"]);
}

#[test]
fn an_instance_that_uses_nothing_registers_and_renews_with_an_empty_list() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.command(register(false));
    assert_eq!(bench.view().authorization.state, "none");
    bench.advance(31 * DAY_MS);
    assert!(bench.server.reported.is_empty());
    assert!(bench.asked(&Entitlement) > 30);
    bench.use_licenses(0, 1);
    assert_eq!(bench.view().authorization.state, "authorized");
}
