//! Files with mistakes, and what is said about them. `INSTA_UPDATE=always` rewrites the answers.

use std::{env, fs};

use muster_scenarios::{Era, KnownNames, lint};

use super::files::{root, yaml_files};

#[test]
fn every_mistake_is_told_as_written_down() {
    let mut differences = Vec::new();
    for (name, text) in yaml_files("tests/errors") {
        let known = KnownNames {
            platforms: ["c9800-l", "c9300", "csr1000v"].map(str::to_owned).into(),
            features: [
                ("c9800-l", "air-dna-advantage"),
                ("c9300", "network-advantage"),
                ("csr1000v", "hseck9"),
            ]
            .map(|(platform, feature)| (platform.to_owned(), vec![feature.to_owned()]))
            .into(),
            eras: [("c9800-l", Era::Policy), ("csr1000v", Era::Classic)]
                .map(|(platform, era)| (platform.to_owned(), era))
                .into(),
            requirements: vec!["RUM-030".to_owned(), "RUM-031".to_owned()],
            ..KnownNames::common()
        };
        let report = lint(&name, &text, &known).expect_err(&name).to_string() + "\n";
        let path = root().join("tests/errors").join(name.replace(".yaml", ".err"));
        if env::var_os("INSTA_UPDATE").is_some_and(|mode| mode == "always") {
            fs::write(&path, &report).expect("the answer can be written");
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        if report != written {
            differences.push(format!("{name}\n--- told\n{report}--- written\n{written}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_long_list_of_known_names_is_cut() {
    let requirements = (0..100).map(|number| format!("RUM-{number:03}")).collect();
    let known = KnownNames { requirements, ..KnownNames::default() };
    let text = "title: t\nprovokes: [TRUST-777]\ninstances: { a: { platform: p, via: v } }\n\
                steps: [sync]\n";
    let report = lint("a.yaml", text, &known).expect_err("nobody knows the requirement");
    let help = report.problems()[0].help.as_deref().expect("names are offered");
    assert!(help.ends_with("RUM-038, RUM-039, … (100 in all)"), "{help}");
}

#[test]
fn a_report_is_a_miette_diagnostic_with_labels() {
    use miette::Diagnostic as _;
    let report = muster_scenarios::parse("a.yaml", "titel: x\n").expect_err("the key is wrong");
    let related: Vec<_> = report.related().expect("it has problems").collect();
    assert_eq!(related.len(), report.problems().len());
    assert!(report.source_code().is_some());
    assert!(related.iter().all(|problem| problem.labels().is_some_and(|l| l.count() == 1)));
}

#[test]
fn a_file_over_the_limit_is_refused_unread() {
    let text = "# ".repeat(600 * 1024);
    let report = muster_scenarios::parse("a.yaml", &text).expect_err("it is too long");
    assert!(report.to_string().contains("1048576 is the most"), "{report}");
}

#[test]
fn more_steps_than_the_limit_are_refused() {
    let head = "title: t\ninstances: { a: { platform: p, via: cslu } }\nsteps:\n";
    let steps = |count: usize| head.to_owned() + &"- sync\n".repeat(count);
    assert!(muster_scenarios::parse("a.yaml", &steps(10_000)).is_ok());
    let report = muster_scenarios::parse("a.yaml", &steps(10_001)).expect_err("one too many");
    assert_eq!(report.problems().len(), 1);
    assert_eq!(report.problems()[0].line, 10_004);
}

#[test]
fn no_text_makes_the_reader_panic() {
    break_up(include_str!("../library/demo/first-report.yaml"), 1);
    // A longer file, in which two neighbouring places seldom differ.
    break_up(include_str!("../library/load/churn.yaml"), 7);
}

fn break_up(good: &str, every: usize) {
    for cut in (0..good.len()).step_by(every) {
        if good.is_char_boundary(cut) {
            drop(muster_scenarios::parse("a.yaml", &good[..cut]));
            let spoiled = format!("{}\u{1}{}", &good[..cut], &good[cut..]);
            drop(muster_scenarios::parse("a.yaml", &spoiled));
            for extra in ["{", "]", ": ", "\n", "\t", "&a ", "*a ", "!!int ", "ö"] {
                drop(muster_scenarios::parse(
                    "a.yaml",
                    &format!("{}{extra}{}", &good[..cut], &good[cut..]),
                ));
            }
        }
    }
}

#[test]
fn aliases_cannot_blow_up_a_small_file() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert!(muster_scenarios::parse("a.yaml", &text).is_err());
}
