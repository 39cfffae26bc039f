//! One scenario file at scale, over TLS.

use crate::{code, json, muster, out, said, text};

#[test]
fn a_thousand_instances_report_and_are_acknowledged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = folder.path().join("r.json");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/library/demo/first-report.yaml");
    let run = muster(&["run", file, "--scale", "1000", "--json", text(&results)]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(out(&run).contains("journeys: 1000 completed, 0 not run, 0 broken"), "{}", said(&run));
    let document = json(&results);
    let scenario = &document["scenarios"][0];
    assert_eq!(scenario["replicas"], 1000);
    assert_eq!(scenario["expectations_unmet_count"], 0);
    let acknowledged = out(&run)
        .split("reports acknowledged: ")
        .nth(1)
        .and_then(|after| after.split(';').next())
        .and_then(|number| number.parse::<u64>().ok())
        .expect("the summary counts them");
    assert!(acknowledged >= 1000, "{}", said(&run));
}
