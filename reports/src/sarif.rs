//! SARIF 2.1.0 for code scanning views: violations, unmet expectations and missed gates, at their
//! scenario.
//!
//! Source: OASIS, Static Analysis Results Interchange Format Version 2.1.0.

use muster_conformance::catalogue::Catalogue;
use muster_conformance::results::{
    CheckResult, ExpectationOutcome, ScenarioResult, UnmetExpectation,
};
use muster_conformance::{Finding, Results, Verdict};
use muster_journal::load::{GateResult, GateVerdict};
use serde_json::{Value, json};

use crate::text::visible;
use crate::{load_text, reproduction, summary};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Rule of expectations that scenarios state themselves.
const EXPECTATION_RULE: &str = "scenario/expectation";

/// Rule of the gates that load scenarios state.
const GATE_RULE: &str = "scenario/gate";

/// Locations are relative to the folder of scenarios, wherever that is checked out.
const BASE: &str = "SCENARIOS";

/// The log as JSON text.
#[must_use]
pub fn render(results: &Results, catalogue: &Catalogue) -> String {
    let violating = summary::violations(results);
    let mut rules: Vec<Value> = violating.iter().map(|check| rule(check, catalogue)).collect();
    let mut entries: Vec<Value> = Vec::new();
    for (index, check) in violating.iter().enumerate() {
        let findings = check.findings.iter().filter(|found| found.verdict == Verdict::Violates);
        for (ordinal, finding) in findings.enumerate() {
            entries.push(violation(results, check, finding, index, ordinal));
        }
    }
    let rule_index = rules.len();
    let before = entries.len();
    for scenario in &results.scenarios {
        let unmet = scenario.expectations_unmet.iter();
        entries.extend(unmet.map(|unmet| expectation(scenario, unmet, rule_index)));
    }
    if entries.len() > before {
        rules.push(json!({
            "id": EXPECTATION_RULE,
            "shortDescription": {"text": "An expectation stated in a scenario is met"},
            "defaultConfiguration": {"level": "error"},
        }));
    }
    let missed: Vec<Value> =
        missed_gates(results).map(|gate| missed_gate(results, gate, rules.len())).collect();
    if !missed.is_empty() {
        rules.push(json!({
            "id": GATE_RULE,
            "shortDescription": {"text": "A gate stated in a load scenario is met"},
            "defaultConfiguration": {"level": "error"},
        }));
        entries.extend(missed);
    }
    let mut log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "Muster", "version": results.run.muster, "rules": rules}},
            "originalUriBaseIds": {
                BASE: {"description": {"text": "The folder the scenarios were read from."}},
            },
            "columnKind": "unicodeCodePoints",
            "properties": {"target": results.run.target, "seed": results.run.seed},
            "results": entries,
        }],
    });
    if results.run.partial {
        log["runs"][0]["properties"]["partial_journal"] = true.into();
    }
    let saturated = results.load.iter().flat_map(|load| load_text::saturated(&load.health));
    let saturated: Vec<Value> = saturated.map(notification).collect();
    if !saturated.is_empty() {
        log["runs"][0]["invocations"] = json!([{
            "executionSuccessful": false,
            "toolExecutionNotifications": saturated,
        }]);
    }
    format!("{log:#}\n")
}

fn missed_gates(results: &Results) -> impl Iterator<Item = &GateResult> {
    results.gates().filter(|gate| gate.verdict == GateVerdict::Missed)
}

fn missed_gate(results: &Results, gate: &GateResult, rule_index: usize) -> Value {
    let mut text = format!("Gate missed: expected {}, actual {}.", gate.gate, gate.actual);
    if let Some(command) = reproduction::command(results, &gate.scenario) {
        text.push_str(&format!(" Reproduce: {command}"));
    }
    let mut locations = Vec::new();
    if !gate.scenario.is_empty() {
        let file = load_text::scenario_file(&gate.scenario, results);
        locations.push(location(&gate.scenario, file, gate.line));
    }
    let print = format!("{}/{}", gate.scenario, gate.gate);
    json!({
        "ruleId": GATE_RULE,
        "ruleIndex": rule_index,
        "level": "error",
        "message": {"text": visible(&text)},
        "locations": locations,
        "partialFingerprints": {"musterGate/v1": visible(&print)},
    })
}

/// Why the result is invalid: it concerns the run, not a line of a scenario.
fn notification(reason: String) -> Value {
    let text = format!("The load generator was the bottleneck: {reason}");
    json!({"level": "error", "message": {"text": visible(&text)}})
}

fn rule(check: &CheckResult, catalogue: &Catalogue) -> Value {
    let known = check.requirements.iter().filter_map(|id| catalogue.requirement(id));
    let texts: Vec<String> = known
        .map(|requirement| {
            format!("{}: {} ({})", requirement.id, requirement.statement, requirement.source)
        })
        .collect();
    let text = if texts.is_empty() { check.title.clone() } else { texts.join("\n") };
    let tags: Vec<&str> = check.requirements.iter().map(|id| id.as_str()).collect();
    json!({
        "id": check.check,
        "shortDescription": {"text": visible(&check.title)},
        "fullDescription": {"text": visible(&text)},
        "defaultConfiguration": {"level": level(check)},
        "properties": {"tags": tags},
    })
}

fn violation(
    results: &Results,
    check: &CheckResult,
    finding: &Finding,
    rule_index: usize,
    ordinal: usize,
) -> Value {
    let mut text = format!("Expected: {}. Actual: {}.", finding.expected, finding.actual);
    let mut properties = json!({
        "requirements": check.requirements,
        "compatibility": check.compatibility,
    });
    let mut locations = Vec::new();
    if let Some(evidence) = &finding.evidence {
        properties["journal_seq"] = evidence.seq.into();
        properties["endpoint"] = visible(&evidence.endpoint).into();
        if !evidence.scenario.is_empty() {
            let known = results.scenarios.iter().find(|known| known.id == evidence.scenario);
            let file = known.map_or("", |known| known.file.as_str());
            locations.push(location(&evidence.scenario, file, 0));
        }
        if let Some(command) = reproduction::command(results, &evidence.scenario) {
            text.push_str(&format!(" Reproduce: {command}"));
        }
    }
    let mut entry = json!({
        "ruleId": check.check,
        "ruleIndex": rule_index,
        "level": level(check),
        "message": {"text": visible(&text)},
        "occurrenceCount": finding.occurrences.max(1),
        "locations": locations,
        "partialFingerprints": {"musterFinding/v1": format!("{}/{ordinal}", check.check)},
        "properties": properties,
    });
    if let Some(ExpectationOutcome::AsExpected { reason, .. }) = &check.expectation {
        entry["suppressions"] = suppression(reason);
    }
    entry
}

fn expectation(scenario: &ScenarioResult, unmet: &UnmetExpectation, rule_index: usize) -> Value {
    let text = format!("{}: expected {}, actual {}.", unmet.subject, unmet.expected, unmet.actual);
    let print = format!("{}/{}/{}", scenario.id, unmet.step, unmet.subject);
    let mut entry = json!({
        "ruleId": EXPECTATION_RULE,
        "ruleIndex": rule_index,
        "level": "error",
        "message": {"text": visible(&text)},
        "locations": [location(&scenario.id, &scenario.file, unmet.line)],
        "partialFingerprints": {"musterExpectation/v1": visible(&print)},
        "properties": {"step": unmet.step, "replica": unmet.replica},
    });
    if scenario.known {
        entry["suppressions"] = suppression("listed in the expectation file");
    }
    entry
}

fn suppression(reason: &str) -> Value {
    json!([{"kind": "external", "status": "accepted", "justification": visible(reason)}])
}

/// A file named on the command line stands where the reader says, one of the library in its folder.
fn location(scenario: &str, file: &str, line: u32) -> Value {
    let mut place = json!({"artifactLocation": {"uri": uri(&reproduction::file(scenario, file))}});
    if file.is_empty() {
        place["artifactLocation"]["uriBaseId"] = BASE.into();
    }
    if line > 0 {
        place["region"] = json!({"startLine": line});
    }
    json!({"physicalLocation": place})
}

fn level(check: &CheckResult) -> &'static str {
    match summary::leniency(check) {
        None => "error",
        Some("option") => "note",
        Some(_) => "warning",
    }
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("trust/first ü.yaml"), "trust/first%20%C3%BC.yaml");
    }
}
