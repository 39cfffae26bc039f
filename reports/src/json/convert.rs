//! Results to document and back, member by member.

use muster_conformance::requirement::{InvalidRequirementId, Level, Provenance, RequirementId};
use muster_conformance::results::{
    CheckResult, EntryReport, ExpectationReport, RequirementResult, RunInfo, ScenarioResult,
    Summary, UnmetExpectation,
};
use muster_conformance::{Evidence, Finding, Results};
use muster_journal::TimeMode;
use muster_wire::Udi;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;

use super::SCHEMA;
use super::document::{
    CheckEntry, Counts, Document, Endpoint, EvidenceEntry, ExpectationEntry, Expectations,
    FindingEntry, RequirementEntry, Run, ScenarioEntry, UdiEntry, Unmet,
};
use super::words::{apart, together};
use crate::Error;

impl From<&Results> for Document {
    fn from(results: &Results) -> Self {
        let findings = results.checks.iter().flat_map(|check| &check.findings);
        Self {
            schema: SCHEMA.to_owned(),
            run: run(results),
            summary: counts(&results.summary),
            requirements: results.requirements.iter().map(requirement).collect(),
            checks: results.checks.iter().map(check).collect(),
            scenarios: results.scenarios.iter().map(scenario).collect(),
            findings: findings.map(finding).collect(),
            expectations: Expectations {
                entries: results.expectations.entries.iter().map(entry).collect(),
                lost_coverage: results.expectations.lost_coverage.clone(),
            },
            load: results.load.clone().map(Into::into),
            gates_unjudged: results.gates_unjudged.iter().cloned().map(Into::into).collect(),
        }
    }
}

fn run(results: &Results) -> Run {
    let run = &results.run;
    Run {
        muster: run.muster.clone(),
        target: run.target.clone(),
        seed: run.seed,
        time: match run.time {
            TimeMode::Real => "real".to_owned(),
            TimeMode::Virtual => "virtual".to_owned(),
        },
        started_at_ms: run.started_at_ms,
        scenarios: run.scenarios.clone(),
        endpoints: run.endpoints.iter().map(endpoint).collect(),
        command: run.command.clone(),
        exchanges: results.exchanges,
        failed_exchanges: results.failed_exchanges,
        interrupted: results.interrupted,
        partial: run.partial,
        outcome: results.exit().into(),
    }
}

fn endpoint((name, url): (&String, &String)) -> Endpoint {
    Endpoint { name: name.clone(), url: url.clone() }
}

const fn counts(summary: &Summary) -> Counts {
    Counts {
        conforms: summary.conforms,
        violates: summary.violates,
        not_exercised: summary.not_exercised,
        untestable: summary.untestable,
        inconclusive: summary.inconclusive,
    }
}

fn requirement(result: &RequirementResult) -> RequirementEntry {
    let (verdict, why) = apart(&result.verdict);
    RequirementEntry {
        id: result.id.to_string(),
        verdict,
        why,
        level: result.level.to_string(),
        provenance: result.provenance.to_string(),
        checks: result.checks.clone(),
    }
}

fn check(result: &CheckResult) -> CheckEntry {
    let (verdict, why) = apart(&result.verdict);
    CheckEntry {
        id: result.check.clone(),
        title: result.title.clone(),
        area: result.area.clone(),
        requirements: names(&result.requirements),
        level: result.level.to_string(),
        compatibility: result.compatibility,
        verdict,
        why,
        failure: result.is_failure(),
        conforming: result.conforming,
        violating: result.violating,
        inconclusive: result.inconclusive,
        expectation: result.expectation.clone().map(Into::into),
    }
}

fn scenario(result: &ScenarioResult) -> ScenarioEntry {
    let unmet = |unmet: &UnmetExpectation| Unmet {
        replica: unmet.replica,
        step: unmet.step,
        line: unmet.line,
        subject: unmet.subject.clone(),
        expected: unmet.expected.clone(),
        actual: unmet.actual.clone(),
    };
    ScenarioEntry {
        id: result.id.clone(),
        title: result.title.clone(),
        file: result.file.clone(),
        outcome: result.outcome.clone().into(),
        expectations_met: result.expectations_met,
        expectations_unmet_count: result.expectations_unmet_count,
        expectations_unmet: result.expectations_unmet.iter().map(unmet).collect(),
        known: result.known,
        exchanges: result.exchanges,
        replicas: result.replicas,
    }
}

fn finding(finding: &Finding) -> FindingEntry {
    let (verdict, why) = apart(&finding.verdict);
    FindingEntry {
        check: finding.check.clone(),
        requirements: names(&finding.requirements),
        verdict,
        why,
        expected: finding.expected.clone(),
        actual: finding.actual.clone(),
        occurrences: finding.occurrences,
        evidence: finding.evidence.as_ref().map(evidence),
    }
}

fn evidence(evidence: &Evidence) -> EvidenceEntry {
    EvidenceEntry {
        seq: evidence.seq,
        exchange: evidence.exchange,
        journey: evidence.journey,
        scenario: evidence.scenario.clone(),
        instance: evidence.instance,
        udi: evidence.udi.as_ref().map(|udi| UdiEntry {
            product_id: udi.product_id.to_string(),
            serial_number: udi.serial_number.to_string(),
        }),
        at_ms: evidence.at_ms,
        endpoint: evidence.endpoint.clone(),
        url: evidence.url.clone(),
        http_status: evidence.http_status,
        request: evidence.request.clone(),
        answer: evidence.answer.clone(),
    }
}

fn entry(entry: &EntryReport) -> ExpectationEntry {
    ExpectationEntry {
        pattern: entry.pattern.clone(),
        line: entry.line,
        reason: entry.reason.clone(),
        state: entry.state.clone().into(),
    }
}

fn names(ids: &[RequirementId]) -> Vec<String> {
    ids.iter().map(RequirementId::to_string).collect()
}

impl TryFrom<Document> for Results {
    type Error = Error;

    fn try_from(document: Document) -> Result<Self, Error> {
        let mut checks: Vec<CheckResult> =
            document.checks.into_iter().map(CheckResult::try_from).collect::<Result<_, _>>()?;
        for entry in document.findings {
            let Some(check) = checks.iter_mut().find(|check| check.check == entry.check) else {
                return Err(Error::StrayFinding { check: entry.check });
            };
            check.findings.push(entry.try_into()?);
        }
        let run = document.run;
        let requirements = document.requirements.into_iter().map(RequirementResult::try_from);
        Ok(Self {
            interrupted: run.interrupted,
            exchanges: run.exchanges,
            failed_exchanges: run.failed_exchanges,
            run: RunInfo {
                muster: run.muster,
                seed: run.seed,
                time: word::<TimeMode>(&run.time)?,
                target: run.target,
                started_at_ms: run.started_at_ms,
                scenarios: run.scenarios,
                endpoints: run.endpoints.into_iter().map(|it| (it.name, it.url)).collect(),
                command: run.command,
                partial: run.partial,
            },
            load: document.load.map(Into::into),
            gates_unjudged: document.gates_unjudged.into_iter().map(Into::into).collect(),
            requirements: requirements.collect::<Result<_, _>>()?,
            checks,
            scenarios: document.scenarios.into_iter().map(ScenarioResult::from).collect(),
            summary: Summary {
                conforms: document.summary.conforms,
                violates: document.summary.violates,
                not_exercised: document.summary.not_exercised,
                untestable: document.summary.untestable,
                inconclusive: document.summary.inconclusive,
            },
            expectations: ExpectationReport {
                entries: document.expectations.entries.into_iter().map(EntryReport::from).collect(),
                lost_coverage: document.expectations.lost_coverage,
            },
        })
    }
}

impl TryFrom<RequirementEntry> for RequirementResult {
    type Error = Error;

    fn try_from(entry: RequirementEntry) -> Result<Self, Error> {
        Ok(Self {
            id: entry.id.parse()?,
            verdict: together(entry.verdict, entry.why),
            checks: entry.checks,
            provenance: word::<Provenance>(&entry.provenance)?,
            level: word::<Level>(&entry.level)?,
        })
    }
}

impl TryFrom<CheckEntry> for CheckResult {
    type Error = Error;

    fn try_from(entry: CheckEntry) -> Result<Self, Error> {
        Ok(Self {
            check: entry.id,
            title: entry.title,
            area: entry.area,
            requirements: ids(&entry.requirements)?,
            level: word::<Level>(&entry.level)?,
            compatibility: entry.compatibility,
            verdict: together(entry.verdict, entry.why),
            conforming: entry.conforming,
            violating: entry.violating,
            inconclusive: entry.inconclusive,
            findings: Vec::new(),
            expectation: entry.expectation.map(Into::into),
        })
    }
}

impl TryFrom<FindingEntry> for Finding {
    type Error = Error;

    fn try_from(entry: FindingEntry) -> Result<Self, Error> {
        Ok(Self {
            check: entry.check,
            requirements: ids(&entry.requirements)?,
            verdict: together(entry.verdict, entry.why),
            expected: entry.expected,
            actual: entry.actual,
            evidence: entry.evidence.map(Evidence::from),
            occurrences: entry.occurrences,
        })
    }
}

impl From<EvidenceEntry> for Evidence {
    fn from(entry: EvidenceEntry) -> Self {
        Self {
            seq: entry.seq,
            exchange: entry.exchange,
            journey: entry.journey,
            scenario: entry.scenario,
            instance: entry.instance,
            udi: entry.udi.map(|udi| Udi::new(&udi.product_id, &udi.serial_number)),
            at_ms: entry.at_ms,
            endpoint: entry.endpoint,
            url: entry.url,
            request: entry.request,
            answer: entry.answer,
            http_status: entry.http_status,
        }
    }
}

impl From<ScenarioEntry> for ScenarioResult {
    fn from(entry: ScenarioEntry) -> Self {
        let unmet = |unmet: Unmet| UnmetExpectation {
            replica: unmet.replica,
            step: unmet.step,
            line: unmet.line,
            subject: unmet.subject,
            expected: unmet.expected,
            actual: unmet.actual,
        };
        Self {
            id: entry.id,
            title: entry.title,
            file: entry.file,
            outcome: entry.outcome.into(),
            expectations_met: entry.expectations_met,
            expectations_unmet: entry.expectations_unmet.into_iter().map(unmet).collect(),
            expectations_unmet_count: entry.expectations_unmet_count,
            known: entry.known,
            exchanges: entry.exchanges,
            replicas: entry.replicas,
        }
    }
}

impl From<ExpectationEntry> for EntryReport {
    fn from(entry: ExpectationEntry) -> Self {
        Self {
            pattern: entry.pattern,
            line: entry.line,
            reason: entry.reason,
            state: entry.state.into(),
        }
    }
}

fn ids(names: &[String]) -> Result<Vec<RequirementId>, InvalidRequirementId> {
    names.iter().map(|name| name.parse()).collect()
}

/// A unit variant from the word that stands for it.
fn word<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, serde_json::Error> {
    let deserializer: StrDeserializer<'de, serde_json::Error> = text.into_deserializer();
    T::deserialize(deserializer)
}
