//! Which journey belongs to which scenario, and how the scenarios fare.

use std::collections::BTreeMap;

use muster_journal::{Entry, Event, JourneyOutcome};

use crate::results::{ScenarioOutcome, UNMET_MAX, UnmetExpectation};

/// Scenarios by id, and the journeys under way.
#[derive(Debug, Default)]
pub(super) struct Journeys {
    scenarios: Vec<(String, ScenarioTally)>,
    /// Scenario id to its place among them.
    places: BTreeMap<String, u32>,
    under_way: BTreeMap<u32, Journey>,
}

/// Small, because a whole fleet can be under way at once.
#[derive(Debug)]
struct Journey {
    /// Place of its scenario.
    scenario: u32,
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
            let scenario = self.place(scenario);
            self.scenarios[scenario as usize].1.replicas += 1;
            self.under_way.insert(journey, Journey { scenario, replica: *replica });
            return;
        }
        let Some(known) = self.under_way.get(&journey) else { return };
        let tally = &mut self.scenarios[known.scenario as usize].1;
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
        let (scenario, tally) = &mut self.scenarios[known.scenario as usize];
        tally.exchanges += 1;
        scenario
    }

    /// How a scenario fared; none when it never began.
    pub(super) fn take(&mut self, scenario: &str) -> Option<ScenarioTally> {
        let place = self.places.remove(scenario)?;
        Some(std::mem::take(&mut self.scenarios[place as usize].1))
    }

    /// Adds another shard's journeys.
    pub(super) fn merge(&mut self, other: Self) {
        let mut moved = Vec::with_capacity(other.scenarios.len());
        for (id, theirs) in other.scenarios {
            let place = self.place(&id);
            self.scenarios[place as usize].1.merge(theirs);
            moved.push(place);
        }
        for (journey, Journey { scenario, replica }) in other.under_way {
            let scenario = moved[scenario as usize];
            self.under_way.insert(journey, Journey { scenario, replica });
        }
    }

    /// The place of a scenario, new if need be.
    fn place(&mut self, scenario: &str) -> u32 {
        if let Some(place) = self.places.get(scenario) {
            return *place;
        }
        let place = u32::try_from(self.scenarios.len()).expect("journeys have 32-bit numbers");
        self.scenarios.push((scenario.to_owned(), ScenarioTally::default()));
        self.places.insert(scenario.to_owned(), place);
        place
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
