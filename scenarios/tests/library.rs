//! The library: every scenario is sound, and together they provoke what the checks judge.

use std::collections::BTreeSet;

use muster_scenarios::{Action, KnownNames, Need, library, library_entry, lint, parse};

/// Requirements on the server that a check judges and that a scenario must therefore provoke.
const PROVOKED: &str = "RUM-022 RUM-030 RUM-031 RUM-032 RUM-033 RUM-034 RUM-035 RUM-039 RUM-040 \
    RUM-041 RUM-042 RUM-043 RUM-044 RUM-045 RUM-046 RUM-047 RUM-060 RUM-072 TRUST-002 TRUST-012 \
    TRUST-013 TRUST-014 TRUST-015 TRUST-016 TRUST-019 TRUST-022 TRUST-023 POL-002 POL-014 \
    TRANS-001 TRANS-002 TRANS-005 TRANS-006 TRANS-007 TRANS-008 TRANS-010 TRANS-012 TRANS-016 \
    REG-002 REG-003 REG-005 REG-009 REG-011 REG-012 REG-016 REG-021 REG-024 IDC-001 IDC-002 \
    IDC-003 IDC-007 IDC-008 IDC-010 IDC-020 IDC-021 TOK-004 TOK-006 TOK-010 CERT-008 CERT-009 \
    CERT-014 CERT-015 AUTH-001 AUTH-009 AUTH-011 AUTH-012 AUTH-013 AUTH-031 AUTH-032 AUTH-033 \
    AUTH-034 PIL-006 PIL-009 AHA-008 AHA-009 EXP-007 EXP-013 EXP-015 EXP-017 EXP-025 EXP-029 \
    SLAC-004 DLC-002 DLC-004 DLC-006 DLC-007 DLC-011 DLC-013 DLC-017 DLC-021 LIC-013 LIC-041 \
    TRANS-018 TRANS-019 TRANS-020 TRANS-021 TRANS-022 TRANS-023 TRANS-024";

#[test]
fn every_scenario_of_the_library_is_sound() {
    for entry in library() {
        let scenario = lint(entry.file, entry.text, &KnownNames::common());
        let scenario = scenario.unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(scenario.id, entry.id);
        assert!(scenario.source.is_some(), "{}: no source", entry.id);
        assert!(!scenario.tags.is_empty(), "{}: no tags", entry.id);
        assert!(!scenario.title.ends_with('.'), "{}: a title has no full stop", entry.id);
    }
}

#[test]
fn the_library_is_ordered_and_found_by_id() {
    let ids: Vec<_> = library().iter().map(|entry| entry.id).collect();
    assert!(ids.is_sorted());
    assert!(ids.len() >= 22, "{} scenarios", ids.len());
    assert_eq!(library_entry("demo/first-report").map(|entry| entry.id), Some("demo/first-report"));
    assert_eq!(library_entry("demo/none"), None);
}

#[test]
fn every_judged_requirement_is_provoked() {
    let provoked: BTreeSet<String> = library()
        .iter()
        .flat_map(|entry| parse(entry.file, entry.text).expect("it is sound").provokes)
        .collect();
    let missing: Vec<_> =
        PROVOKED.split_whitespace().filter(|id| !provoked.contains(*id)).collect();
    assert!(missing.is_empty(), "not provoked: {missing:?}");
}

#[test]
fn the_demo_needs_one_endpoint_only() {
    let entry = library_entry("demo/first-report").expect("it is in the library");
    let scenario = parse(entry.file, entry.text).expect("it is sound");
    assert_eq!(scenario.instances_per_replica(), 1);
    assert_eq!(scenario.cast[0].platform, "c9800-l");
    assert_eq!(scenario.needs(), BTreeSet::from([Need::Endpoint("cslu".to_owned())]));
    assert!(matches!(scenario.steps.last().map(|step| &step.action), Some(Action::Assert(_))));
}
