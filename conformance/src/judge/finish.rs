//! From counts to results: verdicts per check, then per requirement, and what was out of reach.

use std::collections::{BTreeMap, BTreeSet};

use muster_journal::load::{GateResult, GateVerdict};
use muster_journal::{Header, LoadSummary, ScenarioInfo};

use super::Judge;
use super::journeys::ScenarioTally;
use super::tally::Tally;
use crate::catalogue::Catalogue;
use crate::check::{JudgeFn, Listed};
use crate::checks;
use crate::requirement::{Requirement, RequirementId};
use crate::results::{
    CheckResult, ExpectationReport, RequirementResult, Results, RunInfo, ScenarioOutcome,
    ScenarioResult, Summary,
};
use crate::verdict::Verdict;

impl Judge {
    /// Closes the run.
    #[must_use]
    pub fn finish(mut self, header: &Header) -> Results {
        let scenarios: Vec<_> = header
            .scenarios
            .iter()
            .map(|info| scenario_result(info, self.journeys.take(&info.id)))
            .collect();
        let lacks = lacking(&header.scenarios, &scenarios);
        let tallies = std::mem::take(&mut self.tallies);
        let checks: Vec<_> = checks::ALL
            .iter()
            .zip(tallies)
            .map(|(listed, tally)| self.check_result(listed, tally, &lacks))
            .collect();
        let requirements = requirement_results(&header.scenarios, &checks, &lacks);
        let mut summary = Summary::default();
        for requirement in &requirements {
            summary.count(&requirement.verdict);
        }
        Results {
            run: RunInfo {
                muster: header.muster.clone(),
                seed: header.seed,
                time: header.time,
                target: header.target.name.clone(),
                started_at_ms: header.started_at_ms,
                scenarios: header.scenarios.iter().map(|info| info.id.clone()).collect(),
                endpoints: header.target.endpoints.clone(),
                command: header.command.clone(),
                partial: header.sampling.is_some(),
            },
            requirements,
            checks,
            scenarios,
            summary,
            expectations: ExpectationReport::default(),
            interrupted: self.interrupted,
            exchanges: self.exchanges,
            failed_exchanges: self.failed_exchanges,
            gates_unjudged: unjudged_gates(&header.scenarios, self.load.as_ref()),
            load: self.load,
        }
    }

    fn check_result(&self, listed: &Listed, mut tally: Tally, lacks: &Lacking) -> CheckResult {
        if let JudgeFn::Fleet(judge) = listed.check.judge
            && let Some(judgement) = judge(&self.facts)
        {
            tally.add(listed, judgement, || None);
        }
        let requirements: Vec<_> = listed.check.requirement_ids().collect();
        let verdict = match tally.verdict() {
            Verdict::NotExercised => out_of_reach(&requirements, lacks),
            verdict => verdict,
        };
        CheckResult {
            check: listed.id.to_owned(),
            title: listed.check.title.to_owned(),
            area: listed.area.to_owned(),
            requirements,
            level: listed.check.level,
            compatibility: listed.check.is_compatibility(),
            verdict,
            conforming: tally.conforming,
            violating: tally.violating,
            inconclusive: tally.inconclusive + tally.open,
            findings: tally.findings,
            expectation: None,
        }
    }
}

/// The gates the header names and the measurement does not.
fn unjudged_gates(infos: &[ScenarioInfo], load: Option<&LoadSummary>) -> Vec<GateResult> {
    let why = match load {
        None => "not judged: the run measured nothing",
        Some(_) => "not judged: the measurement does not name it",
    };
    let named = |info: &ScenarioInfo, gate: &str| {
        let mut judged = load.iter().flat_map(|load| &load.gates);
        judged.any(|known| known.gate == gate && known.scenario == info.id)
    };
    let all = infos.iter().flat_map(|info| info.gates.iter().map(move |gate| (info, gate)));
    all.filter(|(info, gate)| !named(info, gate))
        .map(|(info, gate)| GateResult {
            gate: gate.clone(),
            scenario: info.id.clone(),
            line: 0,
            verdict: GateVerdict::Indeterminate { why: why.to_owned() },
            actual: String::new(),
        })
        .collect()
}

/// Requirements that scenarios provoke: none if one of those was run, else what the target lacks.
type Lacking = BTreeMap<RequirementId, Option<BTreeSet<String>>>;

fn lacking(infos: &[ScenarioInfo], results: &[ScenarioResult]) -> Lacking {
    let mut all = Lacking::new();
    for (info, result) in infos.iter().zip(results) {
        for id in info.provokes.iter().filter_map(|id| id.parse().ok()) {
            let known = all.entry(id).or_insert_with(|| Some(BTreeSet::new()));
            match &result.outcome {
                ScenarioOutcome::NotRun { lacks } => {
                    if let Some(known) = known {
                        known.extend(lacks.iter().cloned());
                    }
                }
                _ => *known = None,
            }
        }
    }
    all
}

/// `Untestable` when every scenario that provokes any of the requirements could not be run.
fn out_of_reach(requirements: &[RequirementId], lacks: &Lacking) -> Verdict {
    let provoked: Vec<_> = requirements.iter().filter_map(|id| lacks.get(id)).collect();
    if provoked.is_empty() || provoked.iter().any(|lacks| lacks.is_none()) {
        return Verdict::NotExercised;
    }
    let lacks: BTreeSet<_> = provoked.into_iter().flatten().flatten().map(String::as_str).collect();
    let lacks: Vec<_> = lacks.into_iter().collect();
    Verdict::Untestable { why: format!("lacks {}", lacks.join(", ")) }
}

fn requirement_results(
    infos: &[ScenarioInfo],
    checks: &[CheckResult],
    lacks: &Lacking,
) -> Vec<RequirementResult> {
    let mut judged: BTreeMap<RequirementId, Vec<&CheckResult>> = BTreeMap::new();
    for check in checks {
        for id in &check.requirements {
            judged.entry(*id).or_default().push(check);
        }
    }
    for id in infos.iter().flat_map(|info| &info.provokes).filter_map(|id| id.parse().ok()) {
        judged.entry(id).or_default();
    }
    Catalogue::embedded()
        .iter()
        .filter_map(|requirement| {
            let checks = judged.get(&requirement.id)?;
            Some(requirement_result(requirement, checks, lacks))
        })
        .collect()
}

fn requirement_result(
    requirement: &Requirement,
    checks: &[&CheckResult],
    lacks: &Lacking,
) -> RequirementResult {
    let verdict = match (checks, requirement.status.reason()) {
        ([], Some(reason)) => Verdict::Untestable { why: reason.to_owned() },
        ([], None) => Verdict::Untestable { why: "no check judges it yet".to_owned() },
        _ => match Verdict::combine(checks.iter().map(|check| check.verdict.clone())) {
            Verdict::NotExercised => out_of_reach(&[requirement.id], lacks),
            verdict => verdict,
        },
    };
    RequirementResult {
        id: requirement.id,
        verdict,
        checks: checks.iter().map(|check| check.check.clone()).collect(),
        provenance: requirement.provenance,
        level: requirement.level,
    }
}

fn scenario_result(info: &ScenarioInfo, tally: Option<ScenarioTally>) -> ScenarioResult {
    let outcome = tally.as_ref().map_or(ScenarioOutcome::Interrupted, ScenarioTally::outcome);
    let tally = tally.unwrap_or_default();
    ScenarioResult {
        id: info.id.clone(),
        title: info.title.clone(),
        file: info.file.clone(),
        outcome,
        expectations_met: tally.met,
        expectations_unmet: tally.unmet,
        expectations_unmet_count: tally.unmet_count,
        known: false,
        exchanges: tally.exchanges,
        replicas: tally.replicas,
    }
}
