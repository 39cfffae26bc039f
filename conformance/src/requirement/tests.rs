//! The committed catalogue as a whole: counts, numbering, citations, statuses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::catalogue::Catalogue;

/// Area, rows, MUST, SHOULD, MAY, rows owed by servers, rows owed by product instances.
#[rustfmt::skip]
const COUNTS: [(&str, usize, usize, usize, usize, usize, usize); 31] = [
    ("REG", 41, 38, 1, 2, 18, 22),
    ("EVAL", 15, 15, 0, 0, 0, 15),
    ("AUTH", 34, 31, 1, 2, 11, 22),
    ("IDC", 22, 19, 2, 1, 12, 8),
    ("FLT", 10, 10, 0, 0, 0, 10),
    ("RUM", 81, 78, 1, 2, 27, 54),
    ("TRUST", 33, 30, 1, 2, 12, 21),
    ("POL", 23, 23, 0, 0, 7, 16),
    ("SLAC", 27, 26, 0, 1, 17, 10),
    ("EXP", 37, 36, 1, 0, 30, 6),
    ("DLC", 47, 46, 1, 0, 23, 23),
    ("AHA", 25, 24, 0, 1, 13, 12),
    ("TOK", 18, 13, 0, 5, 17, 1),
    ("LIC", 41, 39, 0, 2, 41, 0),
    ("XFER", 25, 24, 0, 1, 25, 0),
    ("ACCT", 26, 23, 1, 2, 25, 0),
    ("SYNC", 38, 35, 0, 3, 38, 0),
    ("PIL", 15, 14, 0, 1, 15, 0),
    ("API", 58, 55, 0, 3, 58, 0),
    ("ALERT", 21, 21, 0, 0, 21, 0),
    ("EVT", 19, 19, 0, 0, 19, 0),
    ("SYSLOG", 44, 43, 0, 1, 38, 6),
    ("CERT", 24, 21, 1, 2, 15, 8),
    ("TRANS", 24, 21, 1, 2, 17, 7),
    ("SCALE", 10, 9, 0, 1, 10, 0),
    ("SEC", 18, 18, 0, 0, 18, 0),
    ("RBAC", 7, 7, 0, 0, 7, 0),
    ("NET", 8, 8, 0, 0, 8, 0),
    ("BKP", 6, 6, 0, 0, 6, 0),
    ("HAC", 3, 3, 0, 0, 3, 0),
    ("RPT", 6, 6, 0, 0, 6, 0),
];

const DOCUMENTS: [&str; 6] = [
    "ACI Smart Licensing",
    "Obtaining a SLAC Response",
    "Public",
    "SLP on Catalyst 9400 (17.4), System Messages",
    "SSM On-Prem 7 User Guide",
    "Troubleshoot SLP on 9800",
];

fn rows(area: &str) -> Vec<&'static Requirement> {
    Catalogue::embedded().iter().filter(|row| row.id.area() == area).collect()
}

fn ids<'a>(rows: impl Iterator<Item = &'a Requirement>) -> Vec<String> {
    rows.map(|row| row.id.to_string()).collect()
}

/// Ids of the rows for which `holds` is false.
fn exceptions(holds: impl Fn(&Requirement) -> bool) -> Vec<String> {
    ids(Catalogue::embedded().iter().filter(|row| !holds(row)))
}

#[test]
fn the_catalogue_holds_806_requirements_with_distinct_ids() {
    let distinct: BTreeSet<RequirementId> =
        Catalogue::embedded().iter().map(|row| row.id).collect();
    assert_eq!(Catalogue::embedded().iter().count(), 806);
    assert_eq!(distinct.len(), 806);
}

#[test]
fn every_area_has_its_expected_counts() {
    let areas: Vec<&str> = Catalogue::embedded().areas().collect();
    assert_eq!(areas, COUNTS.map(|counts| counts.0));
    for expected in COUNTS {
        let rows = rows(expected.0);
        let of = |level| rows.iter().filter(|row| row.level == level).count();
        let actual = (
            expected.0,
            rows.len(),
            of(Level::Must),
            of(Level::Should),
            of(Level::May),
            rows.iter().filter(|row| row.actor.is_server()).count(),
            rows.iter().filter(|row| row.actor == Actor::ProductInstance).count(),
        );
        assert_eq!(actual, expected);
    }
}

#[test]
fn numbers_run_from_one_without_a_gap_in_every_area() {
    for area in Catalogue::embedded().areas() {
        let numbers: Vec<u16> = rows(area).iter().map(|row| row.id.number()).collect();
        assert_eq!(numbers, (1..=rows(area).len() as u16).collect::<Vec<_>>(), "{area}");
    }
}

#[test]
fn every_file_of_the_folder_is_part_of_the_catalogue() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements");
    let found: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder is part of the crate")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("ASCII names"))
        .filter(|name| name.ends_with(".toml"))
        .collect();
    let mut known: BTreeSet<String> =
        COUNTS.iter().map(|counts| format!("{}.toml", counts.0.to_lowercase())).collect();
    known.insert("ambiguities.toml".to_owned());
    assert_eq!(found, known);
}

#[test]
fn every_ambiguity_is_cited_unless_it_concerns_no_single_requirement() {
    let catalogue = Catalogue::embedded();
    let numbers: Vec<u8> = catalogue.ambiguities().map(|known| known.id.number()).collect();
    assert_eq!(numbers, (1..=33).collect::<Vec<_>>());
    let uncited: Vec<String> = catalogue
        .ambiguities()
        .filter(|known| catalogue.citing(known.id).next().is_none())
        .map(|known| known.id.to_string())
        .collect();
    // AMB-24 divides the documents by server release; AMB-29 is a gap no row fills.
    assert_eq!(uncited, ["AMB-24", "AMB-29"]);
    assert_eq!(
        exceptions(|row| row.ambiguity.is_none_or(|id| catalogue.ambiguity(id).is_some())),
        [""; 0]
    );
}

#[test]
fn every_status_follows_from_actor_and_observation() {
    let misfits = exceptions(|row| {
        let sides: BTreeSet<Observe> =
            row.observe.iter().copied().filter(|side| *side != Observe::Clock).collect();
        let expected = match row.actor {
            Actor::Operator => "out-of-scope",
            Actor::ProductInstance => "simulated",
            _ if sides == BTreeSet::from([Observe::Ops]) => "out-of-scope",
            _ if sides == BTreeSet::from([Observe::Ui]) => "ui-only",
            _ => "planned",
        };
        row.status.as_str() == expected
    });
    assert_eq!(misfits, [""; 0]);
}

#[test]
fn every_row_that_no_check_can_judge_has_a_reason() {
    let unexplained = exceptions(|row| {
        row.status.is_checkable() == row.status.reason().is_none_or(str::is_empty)
    });
    assert_eq!(unexplained, [""; 0]);
}

#[test]
fn statuses_add_up() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in Catalogue::embedded() {
        *counts.entry(row.status.as_str()).or_default() += 1;
    }
    let expected = [("out-of-scope", 19), ("planned", 488), ("simulated", 241), ("ui-only", 58)];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn every_source_is_one_of_the_known_documents() {
    assert_eq!(exceptions(|row| DOCUMENTS.contains(&row.source.document.as_str())), [""; 0]);
    // What is assumed may lean on something public, too.
    let split = exceptions(|row| match row.provenance {
        Provenance::Public => row.source.document == "Public",
        Provenance::Assumed => true,
        _ => row.source.document != "Public",
    });
    assert_eq!(split, [""; 0]);
    let without_line =
        exceptions(|row| row.source.document == "Public" || row.source.section.contains("(L"));
    assert_eq!(without_line, [""; 0]);
}

#[test]
fn texts_are_whole_and_hold_no_marks() {
    let marked = exceptions(|row| {
        let texts = [&row.statement, &row.trigger, &row.expected]
            .into_iter()
            .chain(&row.timer)
            .chain([&row.source.section]);
        texts.into_iter().all(|text| {
            !text.is_empty()
                && text != "-"
                && text.trim() == text
                && ["[sample]", "[derived]", "AMB-"].iter().all(|mark| !text.contains(mark))
        })
    });
    assert_eq!(marked, [""; 0]);
    assert_eq!(exceptions(|row| row.statement.ends_with(['.', '\'', '"', ')'])), [""; 0]);
}

#[test]
fn every_row_says_how_it_can_be_seen() {
    let unclear = exceptions(|row| {
        let sides: BTreeSet<Observe> = row.observe.iter().copied().collect();
        sides.len() == row.observe.len() && sides.iter().any(|side| *side != Observe::Clock)
    });
    assert_eq!(unclear, [""; 0]);
}

#[test]
fn no_two_requirements_state_the_same() {
    let mut seen = BTreeSet::new();
    let repeated = Catalogue::embedded().iter().filter(|row| !seen.insert(&row.statement));
    assert_eq!(ids(repeated), [""; 0]);
}

#[test]
fn every_row_survives_json_and_shows_its_terms_as_written() {
    for row in Catalogue::embedded() {
        let json = serde_json::to_value(row).expect("a row has string keys");
        assert_eq!(json["id"], row.id.as_str());
        assert_eq!(json["level"], row.level.as_str());
        assert_eq!(json["actor"], row.actor.as_str());
        assert_eq!(json["provenance"], row.provenance.as_str());
        assert_eq!(json["status"], row.status.as_str());
        assert_eq!(json["reason"].as_str(), row.status.reason());
        let sides: Vec<&str> = row.observe.iter().map(|side| side.as_str()).collect();
        assert_eq!(json["observe"], serde_json::json!(sides));
        let back: Requirement = serde_json::from_value(json).expect("the same shape");
        assert_eq!(&back, row);
    }
}

#[test]
fn a_requirement_reads_as_in_its_file() {
    let id = RequirementId::from_static("TRUST-012");
    let row = Catalogue::embedded().requirement(&id).expect("in the catalogue");
    insta::assert_json_snapshot!(row);
}
