//! The platform files: what each says, and what is said about one that says it wrong.

use muster_agent::{Error, FabricInventory, HaRole, Platform, ReportingCycle, SwitchRole, Tier};

const WIRELESS: &str = include_str!("../platforms/c9800-l.toml");
const FABRIC: &str = include_str!("../platforms/apic.toml");
const ROUTER: &str = include_str!("../platforms/c8000v.toml");

#[test]
fn every_documented_family_has_a_profile() {
    let mut out = String::new();
    for platform in Platform::all() {
        let cycle = match platform.cycle {
            ReportingCycle::Policy => "policy".to_owned(),
            ReportingCycle::Fixed { hours } => format!("{hours} h"),
        };
        let roles: Vec<_> = platform.ha_roles.iter().map(|role| role.as_str()).collect();
        let export = platform.export_license().map_or("-", |license| &license.feature);
        let free = platform.throughput.as_ref().map(|throughput| throughput.free_mbps);
        let free = free.map_or("-".to_owned(), |mbps| format!("{mbps} Mbit/s"));
        out += &format!(
            "{:<15} {:<14} {:?}, {cycle}, {}, export {export}, free {free}\n",
            platform.name,
            platform.product_id,
            platform.era,
            roles.join(" "),
        );
        for license in &platform.licenses {
            let (label, class) = (license.label(), license.class);
            out += &format!("    {} ({label}), {class:?}\n", license.feature);
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn only_the_9800_reports_every_eight_hours() {
    for platform in Platform::all() {
        let eight = platform.cycle == ReportingCycle::Fixed { hours: 8 };
        assert_eq!(eight, platform.name.starts_with("c9800"), "{}", platform.name);
    }
}

#[test]
fn hsec_is_needed_above_the_free_throughput_only() {
    let needs = |name, mbps| {
        let throughput = Platform::named(name).unwrap().throughput.as_ref().unwrap();
        throughput.needs_export_license(mbps)
    };
    for name in ["c8000v", "csr1000v", "isr4000", "catalyst-9300x", "catalyst-9500x"] {
        assert!(!needs(name, 250) && needs(name, 1000), "{name}");
        assert!(Platform::named(name).unwrap().export_license().is_some(), "{name}");
    }
}

#[test]
fn stacks_and_pairs_know_their_roles() {
    let roles = |name| Platform::named(name).unwrap().ha_roles.as_slice();
    assert_eq!(roles("catalyst-9300"), [HaRole::Active, HaRole::Standby, HaRole::Member]);
    assert_eq!(roles("c9800-l"), [HaRole::Active, HaRole::Standby]);
    assert_eq!(roles("c8000v"), [HaRole::Active]);
}

#[test]
fn the_apic_counts_the_switches_of_its_fabric() {
    let apic = Platform::named("apic").unwrap();
    let fabric = apic.fabric.as_ref().unwrap();
    let mut inventory = FabricInventory::new(fabric);
    inventory.enable(Tier::Premier, 1);
    inventory.decommission(SwitchRole::Spine, 1);
    let consumed = inventory.consumption(fabric);
    assert_eq!(consumed.map(|(_, count)| count), [3, 0, 1, 1]);
    for (feature, _) in consumed {
        assert!(apic.licenses.iter().any(|license| license.feature == feature), "{feature}");
    }
}

#[test]
fn a_platform_survives_toml() {
    for platform in Platform::all() {
        let text = toml::to_string(platform).unwrap();
        assert_eq!(Platform::from_toml(&text).as_ref(), Ok(platform));
    }
}

#[test]
fn each_fault_is_told_with_file_key_and_remedy() {
    let edits: &[(&str, &str, &str)] = &[
        (WIRELESS, "payload = \"v2\"", ""),
        (WIRELESS, "title =", "titel ="),
        (WIRELESS, "payload = \"v2\"", "payload = \"v3\""),
        (WIRELESS, "payload = \"v2\"", "payload = v2"),
        (WIRELESS, "name = \"c9800-l\"", "name = 9800"),
        (WIRELESS, "default_count = 2", "default_count = -2"),
        (WIRELESS, "fixed_hours = 8", "fixed_hours = 0"),
        (WIRELESS, "\"MST\"", "\"\""),
        (WIRELESS, "regid.2019-06.com.cisco.C9800", "regid.19.com.cisco.C9800"),
        (WIRELESS, "regid.2017-08.com", "regid.17.com"),
        (WIRELESS, "lic_c9800l_perf", "air-dna-advantage"),
        (WIRELESS, "[\"active\", \"standby\"]", "[\"standby\"]"),
        (WIRELESS, "[\"active\", \"standby\"]", "[\"active\", \"active\"]"),
        (ROUTER, "[10, 50, 250,", "[10, 50, 50,"),
        (ROUTER, "free_mbps = 250", "free_mbps = 100000"),
        (ROUTER, "throughput_mbps = 50\n", "throughput_mbps = 0\n"),
        (FABRIC, "era = \"classic\"", "era = \"policy\""),
        (FABRIC, "era = \"classic\"", "era = \"classic\"\nfactory_trust_code = true"),
        (FABRIC, "premier = \"ACI_LEAF_PREMIER\"", "premier = \"ACI_LEAF_GOLD\""),
        (FABRIC, "leaves = 4", "leaves = 4000"),
    ];
    let mut out = String::new();
    for (text, from, to) in edits {
        assert!(text.contains(from), "{from}");
        let error = Platform::from_file("lab.toml", &text.replacen(from, to, 1)).unwrap_err();
        assert!(matches!(error, Error::Platform { .. }));
        out += &format!("{error}\n");
    }
    insta::assert_snapshot!(out);
}
