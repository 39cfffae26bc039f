//! What a scenario means once its text is understood: the cast and the steps the fleet interprets.
//! Names of platforms, endpoints, ID tokens and hooks stay names; the target decides what they are.

mod action;
mod classic;
mod era;
mod expect;
mod file;
mod gate;
mod load;
mod need;
mod tamper;

pub use action::{Action, Advance, ClassicMoment, RawBody, RawRequest};
pub use classic::{
    Application, ApplicationPeer, ApplicationRole, ClassicAction, Convert, Export, Fabric,
    SwitchRole, Tier,
};
pub use era::Era;
pub use expect::{Expect, TrustExpectation};
pub use file::{PullInterface, Saved, SavedUsage, Slac, SlacWish, Upload, UploadedFiles};
pub use gate::{Bound, Comparison, Figure, Gate, Latency, Metric};
pub(crate) use gate::{SIZES, TIMES};
pub use load::{Arrivals, Churn, ChurnKind, Connections, Crossing, Group, Load};
pub use need::Need;
pub use tamper::Tamper;

use std::collections::BTreeSet;

/// One scenario: a cast of product instances and what they do, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Path below the library without `.yaml`, e.g. `demo/first-report`; elsewhere the file stem.
    pub id: String,
    /// The file name the text was read from, as given by the caller.
    pub file: String,
    /// One sentence: what happens.
    pub title: String,
    /// Why it matters, in a few sentences.
    pub about: Option<String>,
    /// The document and section the behaviour comes from.
    pub source: Option<String>,
    /// Requirement ids (`RUM-030`) this scenario gives the server an occasion to show.
    pub provokes: Vec<String>,
    /// The product instances of one replica, in the order of the file; never empty.
    pub cast: Vec<CastMember>,
    /// What an instance does once, before its first arrival counts: not measured against gates.
    pub setup: Vec<Step>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// How a fleet plays it; `None` for a scenario that says nothing of load.
    pub load: Option<Load>,
    /// What a load run must meet, in the order of the file.
    pub gates: Vec<Gate>,
    /// Words to select scenarios by.
    pub tags: Vec<String>,
}

/// One product instance of the cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CastMember {
    /// How steps (`on:`) and expressions call it.
    pub name: String,
    /// Name of a platform profile, e.g. `c9800-l`.
    pub platform: String,
    /// Name of the endpoint its requests go to, e.g. `cslu`.
    pub via: String,
    /// Whether it is switched on when the scenario starts; otherwise a `boot` step does it.
    pub boots: bool,
}

/// One step: an action, who does it, what is done to its request and what must come back.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Line of the step in the file, from 1.
    pub line: u32,
    /// Column of the step in the file, from 1, in characters.
    pub column: u32,
    /// What happens.
    pub action: Action,
    /// The cast member that acts; `None` is the first one.
    pub on: Option<String>,
    /// Endpoint for this step only; `None` is the member's own.
    pub via: Option<String>,
    /// Changes made to the outgoing request, in order.
    pub tamper: Vec<Tamper>,
    /// What the last answer of the step must be; `None` accepts anything.
    pub expect: Option<Expect>,
    /// Values kept for later steps, in order.
    pub capture: Vec<Capture>,
}

/// A value kept under a name, as `captures.<name>` for the rest of the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The name, unique per scenario or overwritten by the later step.
    pub name: String,
    /// CEL over the context of the step's answer.
    pub expression: String,
}

impl Scenario {
    /// Everything the target must offer for this scenario to run.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<Need> {
        let mut needs: BTreeSet<Need> =
            self.cast.iter().map(|member| Need::Endpoint(member.via.clone())).collect();
        self.each_step(&mut |step| step.add_needs(&mut needs));
        needs
    }

    /// How many product instances one replica of the scenario occupies.
    #[must_use]
    pub fn instances_per_replica(&self) -> u32 {
        u32::try_from(self.cast.len()).expect("the parser limits the cast to far fewer than 2^32")
    }

    /// The cast member a step acts on: the named one, or the first.
    #[must_use]
    pub fn member(&self, on: Option<&str>) -> Option<&CastMember> {
        match on {
            Some(name) => self.cast.iter().find(|member| member.name == name),
            None => self.cast.first(),
        }
    }

    /// Visits every step, outer before inner, in the order of the file.
    pub fn each_step<'a>(&'a self, visit: &mut dyn FnMut(&'a Step)) {
        self.setup.iter().chain(&self.steps).for_each(|step| step.each(visit));
    }
}

impl Step {
    /// Visits this step and then every step inside it.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match &self.action {
            Action::Repeat { steps, .. } => steps.iter().for_each(|step| step.each(visit)),
            Action::When { steps, otherwise, .. } => {
                steps.iter().chain(otherwise).for_each(|step| step.each(visit));
            }
            Action::Parallel { branches } => {
                branches.iter().flatten().for_each(|step| step.each(visit));
            }
            _ => {}
        }
    }

    fn add_needs(&self, needs: &mut BTreeSet<Need>) {
        if let Some(via) = &self.via {
            needs.insert(Need::Endpoint(via.clone()));
        }
        match &self.action {
            Action::Trust { id_token: Some(name), .. }
            | Action::Classic(ClassicAction::Register { id_token: name, .. }) => {
                needs.insert(Need::IdToken(name.clone()));
            }
            Action::Advance(_) => {
                needs.insert(Need::Clock);
            }
            Action::Collect { .. } => {
                needs.insert(Need::Hook("collect".to_owned()));
            }
            Action::Upload(_) => {
                needs.insert(Need::Hook("upload".to_owned()));
            }
            // The clock hook is what `Need::Clock` asks for, however the scenario spells it.
            Action::Hook { name, .. } if name == "clock" => {
                needs.insert(Need::Clock);
            }
            Action::Hook { name, .. } => {
                needs.insert(Need::Hook(name.clone()));
            }
            _ => {}
        }
    }
}
