//! One check as the template shows it: badges, rules, findings with their exchange.

use muster_conformance::catalogue::Catalogue;
use muster_conformance::requirement::{Requirement, RequirementId};
use muster_conformance::results::{CheckResult, ExpectationOutcome};
use muster_conformance::{Evidence, Finding, Results, Verdict};
use serde::Serialize;

use super::budget::Budget;
use crate::exchange_text::{self, Piece};
use crate::text::{counted, cut, instant, one_line, visible};
use crate::{reproduction, summary};

/// Characters of an expected or actual text.
const TEXT_LETTERS_MAX: usize = 4_000;

#[derive(Debug, Serialize)]
pub(super) struct CheckView {
    pub(super) anchor: String,
    id: String,
    title: String,
    area: String,
    verdict: &'static str,
    words: &'static str,
    level: &'static str,
    why: String,
    leniency: &'static str,
    pub(super) failure: bool,
    pub(super) open: bool,
    counts: String,
    expectation: String,
    rules: Vec<RuleView>,
    findings: Vec<FindingView>,
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct RuleView {
    id: String,
    known: bool,
    level: &'static str,
    statement: String,
    trigger: String,
    expected: String,
    timer: String,
    provenance: &'static str,
    derived: bool,
    source: String,
    ambiguity: String,
}

#[derive(Debug, Serialize)]
struct FindingView {
    verdict: &'static str,
    words: &'static str,
    expected: String,
    actual: String,
    occurrences: String,
    evidence: Option<EvidenceView>,
}

#[derive(Debug, Serialize)]
struct EvidenceView {
    facts: Vec<(&'static str, String)>,
    request: Vec<Piece>,
    answer: Vec<Piece>,
    command: String,
}

impl CheckView {
    pub(super) fn new(
        index: usize,
        check: &CheckResult,
        results: &Results,
        catalogue: &Catalogue,
        budget: &mut Budget,
    ) -> Self {
        let findings: Vec<FindingView> =
            check.findings.iter().filter_map(|found| finding(found, results, budget)).collect();
        Self {
            anchor: format!("check-{}", index + 1),
            id: one_line(&check.check),
            title: one_line(&check.title),
            area: one_line(&check.area),
            verdict: summary::verdict_name(&check.verdict),
            words: check.verdict.as_str(),
            level: check.level.as_str(),
            why: visible(check.verdict.why().unwrap_or_default()).into_owned(),
            leniency: match check.verdict {
                Verdict::Violates => summary::leniency(check).unwrap_or_default(),
                _ => "",
            },
            failure: check.is_failure(),
            open: false,
            counts: counts(check),
            expectation: expectation(check),
            rules: check.requirements.iter().map(|id| rule(*id, catalogue)).collect(),
            left_out: check.findings.len() - findings.len(),
            findings,
        }
    }
}

fn counts(check: &CheckResult) -> String {
    let parts: Vec<String> = [
        (check.conforming, "conforming"),
        (check.violating, "violating"),
        (check.inconclusive, "inconclusive"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    parts.join(" · ")
}

fn expectation(check: &CheckResult) -> String {
    let text = match &check.expectation {
        None => String::new(),
        Some(ExpectationOutcome::AsExpected { reason, owner, link }) => {
            let link = if link.is_empty() { String::new() } else { format!(", {link}") };
            format!("Known deviation: {reason} ({owner}{link})")
        }
        Some(ExpectationOutcome::UnexpectedPass) => {
            "The expectation file says this fails, but it conforms: remove the entry.".to_owned()
        }
        Some(ExpectationOutcome::Expired { expires }) => {
            format!("The entry of the expectation file ended on {expires}.")
        }
        Some(ExpectationOutcome::NotExercised) => {
            "Listed in the expectation file, but not exercised.".to_owned()
        }
    };
    visible(&text).into_owned()
}

fn rule(id: RequirementId, catalogue: &Catalogue) -> RuleView {
    match catalogue.requirement(&id) {
        Some(requirement) => known_rule(requirement, catalogue),
        None => RuleView {
            id: id.to_string(),
            known: false,
            level: "",
            statement: "Not in the catalogue of the Muster that made this page.".to_owned(),
            trigger: String::new(),
            expected: String::new(),
            timer: String::new(),
            provenance: "",
            derived: false,
            source: String::new(),
            ambiguity: String::new(),
        },
    }
}

fn known_rule(requirement: &Requirement, catalogue: &Catalogue) -> RuleView {
    let ambiguity = requirement.ambiguity.and_then(|id| catalogue.ambiguity(id));
    RuleView {
        id: requirement.id.to_string(),
        known: true,
        level: requirement.level.as_str(),
        statement: requirement.statement.clone(),
        trigger: requirement.trigger.clone(),
        expected: requirement.expected.clone(),
        timer: requirement.timer.clone().unwrap_or_default(),
        provenance: requirement.provenance.as_str(),
        derived: requirement.derived,
        source: requirement.source.to_string(),
        ambiguity: ambiguity
            .map(|ambiguity| format!("{}: {}", ambiguity.id, ambiguity.resolution))
            .unwrap_or_default(),
    }
}

/// None when the page has no room left.
fn finding(finding: &Finding, results: &Results, budget: &mut Budget) -> Option<FindingView> {
    let expected = cut(&finding.expected, TEXT_LETTERS_MAX);
    let actual = cut(&finding.actual, TEXT_LETTERS_MAX);
    if !budget.admits([&expected, &actual]) {
        return None;
    }
    let evidence = finding.evidence.as_ref();
    Some(FindingView {
        verdict: summary::verdict_name(&finding.verdict),
        words: finding.verdict.as_str(),
        expected: visible(&expected).into_owned(),
        actual: visible(&actual).into_owned(),
        occurrences: counted(finding.occurrences, "occurrence"),
        evidence: evidence.map(|evidence| evidence_view(evidence, results, budget)),
    })
}

fn evidence_view(evidence: &Evidence, results: &Results, budget: &mut Budget) -> EvidenceView {
    let asked = exchange_text::request_type(&evidence.request).unwrap_or("none");
    let status = evidence.http_status.map_or_else(|| "no answer".to_owned(), |it| it.to_string());
    let mut facts = vec![
        ("Endpoint", one_line(&format!("{} — {}", evidence.endpoint, evidence.url))),
        ("Request type", one_line(asked)),
        ("HTTP status", status),
        ("Journal", format!("seq {}, exchange {}", evidence.seq, evidence.exchange)),
        ("Logical time", instant(evidence.at_ms)),
    ];
    if !evidence.scenario.is_empty() {
        facts.push(("Scenario", one_line(&evidence.scenario)));
    }
    if let Some(udi) = &evidence.udi {
        let index = evidence.instance.map(|index| format!(" (instance {index})"));
        facts.push(("Product instance", one_line(&format!("{udi}{}", index.unwrap_or_default()))));
    }
    EvidenceView {
        facts,
        request: budget.body(&evidence.request),
        answer: budget.body(&evidence.answer),
        command: reproduction::command(results, &evidence.scenario).unwrap_or_default(),
    }
}
