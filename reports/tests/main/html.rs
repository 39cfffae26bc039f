//! The HTML page: whole, offline, small, and closed to what servers answer.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_conformance::Results;
use muster_conformance::catalogue::Catalogue;
use muster_reports::html;
use serde_json::Value;

use crate::support::{HOSTILE, clean_results, results};

fn page(results: &Results) -> String {
    html::render(results, Catalogue::embedded()).expect("the template fits its view")
}

/// The page without style sheet and script, which change often and are files of their own.
fn body(page: &str) -> String {
    let (start, rest) = page.split_once("<style>").expect("one style sheet");
    let (_, rest) = rest.split_once("</style>").expect("it ends");
    let (middle, rest) = rest.split_once("<script>").expect("one script");
    let (_, end) = rest.split_once("</script>").expect("it ends");
    format!("{start}<style></style>{middle}<script></script>{end}")
}

#[test]
fn the_page() {
    insta::assert_snapshot!(body(&page(&results())).replace(html::SCRIPT_SHA256, "[script]"));
}

#[test]
fn the_run_names_every_endpoint_of_the_target() {
    let page = page(&clean_results());
    for url in ["127.0.0.1:8443&#x2f;cslu", "127.0.0.1:8443&#x2f;licservice"] {
        assert!(page.contains(url), "{url}");
    }
}

#[test]
fn an_answer_cannot_break_out() {
    let mut results = results();
    make_hostile(&mut results);
    let hostile = page(&results);
    let honest = page(&crate::support::results());
    assert!(hostile.contains("&lt;script&gt;alert("), "the answer is shown");
    for opening in ["<script", "<img", "<style", "</script", "<meta", "<form"] {
        let count = |page: &str| page.matches(opening).count();
        assert_eq!(count(&hostile), count(&honest), "{opening}");
    }
    let tags = |page: &str| page.matches('<').count();
    assert_eq!(tags(&hostile), tags(&honest), "texts make no tags");
    let inside_tags = |page: &str| -> usize {
        let tags = page.split('<').filter_map(|part| part.split_once('>'));
        tags.filter(|(tag, _)| tag.contains("onerror") || tag.contains("javascript:")).count()
    };
    assert_eq!(inside_tags(&body(&hostile).replace("&lt;", "").replace("&gt;", "")), 0);
    assert!(!hostile.contains(['\u{1b}', '\u{202e}', '\0', '\u{fffe}']));
}

/// Puts the hostile text wherever a server, a scenario or a profile has a say, with as many texts
/// as before.
fn make_hostile(results: &mut Results) {
    let spoil = |text: &mut String| *text = format!("{HOSTILE}{text}");
    spoil(&mut results.run.target);
    spoil(&mut results.run.muster);
    results.run.endpoints.values_mut().for_each(spoil);
    results.run.command.iter_mut().for_each(spoil);
    for check in &mut results.checks {
        spoil(&mut check.title);
        spoil(&mut check.check);
        for finding in &mut check.findings {
            spoil(&mut finding.expected);
            spoil(&mut finding.actual);
            if let Some(evidence) = &mut finding.evidence {
                spoil(&mut evidence.url);
                spoil(&mut evidence.endpoint);
                spoil(&mut evidence.scenario);
                spoil_texts(&mut evidence.request);
                spoil_texts(&mut evidence.answer);
            }
        }
    }
    for scenario in &mut results.scenarios {
        spoil(&mut scenario.id);
        spoil(&mut scenario.file);
        spoil(&mut scenario.title);
        for unmet in &mut scenario.expectations_unmet {
            spoil(&mut unmet.actual);
        }
    }
    for entry in &mut results.expectations.entries {
        spoil(&mut entry.pattern);
        spoil(&mut entry.reason);
    }
}

fn spoil_texts(value: &mut Value) {
    match value {
        Value::String(text) => text.insert_str(0, HOSTILE),
        Value::Array(items) => items.iter_mut().for_each(spoil_texts),
        Value::Object(members) => {
            let named = std::mem::take(members).into_iter();
            members.extend(named.map(|(name, mut member)| {
                // The request type decides which words are shown; its member keeps its name.
                spoil_texts(&mut member);
                let kept = name == "request_type" || name == "license_data";
                (if kept { name } else { format!("{name}{HOSTILE}") }, member)
            }));
        }
        _ => {}
    }
}

#[test]
fn only_the_script_of_this_crate_may_run() {
    let page = page(&results());
    let (_, rest) = page.split_once("<script>").expect("one script");
    let (script, _) = rest.split_once("</script>").expect("it ends");
    let hash = STANDARD.encode(digest(&SHA256, script.as_bytes()));
    assert_eq!(html::SCRIPT_SHA256, hash, "SCRIPT_SHA256 follows templates/report.js");
    assert!(page.contains(&format!("script-src 'sha256-{hash}'")));
}

#[test]
fn the_page_needs_no_network() {
    let page = page(&results());
    for reference in ["@import", "url(", "<link", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(reference), "{reference}");
    }
    for (tag, _) in page.split('<').filter_map(|part| part.split_once('>')) {
        assert!(!tag.contains(" src="), "{tag}");
    }
    for (_, link) in page.match_indices("href=\"").map(|(at, _)| page[at..].split_at(6)) {
        assert!(link.starts_with('#'), "{}", &link[..20]);
    }
}

#[test]
fn every_link_has_its_target() {
    let page = page(&results());
    for (at, _) in page.match_indices("href=\"#") {
        let anchor = page[at + 7..].split('"').next().expect("a split has a first part");
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    assert!(page.contains("Jump to first violation"));
    assert!(!self::page(&clean_results()).contains("Jump to first violation"));
}

#[test]
fn a_page_of_many_large_findings_stays_under_two_megabytes() {
    let mut results = results();
    let template = results.checks[8].clone();
    let entry = serde_json::json!({"text": "x".repeat(400), "list": vec![1; 50]});
    for index in 0..300 {
        let mut check = template.clone();
        check.check = format!("trust/sample_{index}");
        let finding = &mut check.findings[0];
        let evidence = finding.evidence.as_mut().expect("the template has evidence");
        evidence.answer = Value::from(vec![entry.clone(); 50]);
        check.findings = vec![check.findings[0].clone(); 5];
        results.checks.push(check);
    }
    let length = page(&results).len();
    assert!(length < 2_000_000, "{length} bytes");
}
