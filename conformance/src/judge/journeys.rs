//! Which journey belongs to which scenario, and how the scenarios fare.

use std::collections::BTreeMap;

use muster_journal::{Entry, Event, JourneyOutcome};

use crate::results::{ScenarioOutcome, UNMET_MAX, UnmetExpectation};

/// Scenarios by id, and the journeys under way.
#[derive(Debug, Default)]
pub(super) struct Journeys {
    scenarios: BTreeMap<String, ScenarioTally>,
    under_way: BTreeMap<u32, Journey>,
}

#[derive(Debug)]
struct Journey {
    scenario: String,
    replica: u32,
}

/// How one scenario fares.
#[derive(Debug, Default)]
pub(super) struct ScenarioTally {
    pub(super) replicas: u32,
    pub(super) met: u32,
    pub(super) unmet: Vec<UnmetExpectation>,
    pub(super) unmet_count: u32,
    pub(super) exchanges: u64,
    /// The worst outcome of a finished replica.
    pub(super) outcome: Option<ScenarioOutcome>,
    /// Step number to line of the scenario file.
    lines: BTreeMap<u32, u32>,
    finished: u32,
}

impl Journeys {
    /// Takes an entry that is about the course of a journey.
    pub(super) fn record(&mut self, entry: &Entry) {
        let Some(journey) = entry.journey else { return };
        if let Event::JourneyStarted { scenario, replica } = &entry.event {
            self.scenarios.entry(scenario.clone()).or_default().replicas += 1;
            let started = Journey { scenario: scenario.clone(), replica: *replica };
            self.under_way.insert(journey, started);
            return;
        }
        let Some(known) = self.under_way.get(&journey) else { return };
        let Some(tally) = self.scenarios.get_mut(&known.scenario) else { return };
        match &entry.event {
            Event::StepStarted { step, line, .. } => {
                tally.lines.insert(*step, *line);
            }
            Event::Expectation { met: true, .. } => tally.met += 1,
            Event::Expectation { step, subject, expected, actual, met: false } => {
                tally.miss(UnmetExpectation {
                    replica: known.replica,
                    step: *step,
                    line: tally.lines.get(step).copied().unwrap_or_default(),
                    subject: subject.clone(),
                    expected: expected.clone(),
                    actual: actual.clone(),
                });
            }
            Event::JourneyFinished { outcome } => {
                tally.finished += 1;
                tally.end(outcome_of(outcome));
                self.under_way.remove(&journey);
            }
            _ => {}
        }
    }

    /// Counts an exchange and tells the scenario it belongs to; empty when the journal does not.
    pub(super) fn count_exchange(&mut self, journey: Option<u32>) -> &str {
        let known = journey.and_then(|journey| self.under_way.get(&journey));
        let Some(known) = known else { return "" };
        if let Some(tally) = self.scenarios.get_mut(&known.scenario) {
            tally.exchanges += 1;
        }
        &known.scenario
    }

    /// How a scenario fared; none when it never began.
    pub(super) fn take(&mut self, scenario: &str) -> Option<ScenarioTally> {
        self.scenarios.remove(scenario)
    }

    /// Adds another shard's journeys.
    pub(super) fn merge(&mut self, other: Self) {
        self.under_way.extend(other.under_way);
        for (id, theirs) in other.scenarios {
            self.scenarios.entry(id).or_default().merge(theirs);
        }
    }
}

impl ScenarioTally {
    /// The outcome over all replicas; one that never finished was interrupted.
    pub(super) fn outcome(&self) -> ScenarioOutcome {
        match &self.outcome {
            Some(outcome) if self.finished >= self.replicas => outcome.clone(),
            Some(broken @ ScenarioOutcome::Broken { .. }) => broken.clone(),
            _ => ScenarioOutcome::Interrupted,
        }
    }

    fn miss(&mut self, unmet: UnmetExpectation) {
        self.unmet_count += 1;
        if self.unmet.len() < UNMET_MAX {
            self.unmet.push(unmet);
        }
    }

    fn end(&mut self, outcome: ScenarioOutcome) {
        let worse = self.outcome.as_ref().is_none_or(|known| weight(&outcome) > weight(known));
        if worse {
            self.outcome = Some(outcome);
        }
    }

    fn merge(&mut self, other: Self) {
        self.replicas += other.replicas;
        self.finished += other.finished;
        self.met += other.met;
        self.exchanges += other.exchanges;
        self.unmet_count += other.unmet_count;
        self.unmet.extend(other.unmet);
        self.unmet.sort_by_key(|unmet| (unmet.replica, unmet.step));
        self.unmet.truncate(UNMET_MAX);
        self.lines.extend(other.lines);
        if let Some(outcome) = other.outcome {
            self.end(outcome);
        }
    }
}

fn outcome_of(outcome: &JourneyOutcome) -> ScenarioOutcome {
    match outcome {
        JourneyOutcome::Completed => ScenarioOutcome::Completed,
        JourneyOutcome::NotRun { lacks } => ScenarioOutcome::NotRun { lacks: lacks.clone() },
        JourneyOutcome::Broken { reason } => ScenarioOutcome::Broken { reason: reason.clone() },
        JourneyOutcome::Interrupted => ScenarioOutcome::Interrupted,
    }
}

const fn weight(outcome: &ScenarioOutcome) -> u8 {
    match outcome {
        ScenarioOutcome::Completed => 0,
        ScenarioOutcome::NotRun { .. } => 1,
        ScenarioOutcome::Interrupted => 2,
        ScenarioOutcome::Broken { .. } => 3,
    }
}
