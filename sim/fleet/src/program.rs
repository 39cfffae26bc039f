//! A scenario made ready to run: nested steps as numbered blocks, expressions compiled once.

use std::collections::BTreeMap;
use std::rc::Rc;

use muster_scenarios::model::{Action, Scenario, Step};

/// One place in a block.
#[derive(Debug)]
pub(crate) enum Node {
    /// An ordinary step.
    Step(Rc<NumberedStep>),
    /// A block that runs several times.
    Repeat { times: u32, block: usize },
    /// A block that runs when a condition holds, another when not.
    When { condition: String, block: usize, otherwise: usize, line: u32 },
    /// Blocks that run side by side.
    Parallel { blocks: Vec<usize> },
}

/// A step and its number in the scenario, from 1, in reading order.
#[derive(Debug)]
pub(crate) struct NumberedStep {
    pub(crate) number: u32,
    pub(crate) step: Step,
}

/// A scenario made ready to run; shared by all its replicas.
#[derive(Debug)]
pub struct Program {
    /// The scenario as written.
    pub scenario: Scenario,
    pub(crate) blocks: Vec<Vec<Node>>,
    pub(crate) expressions: BTreeMap<String, Result<cel::Program, String>>,
    /// How far back a `replay` of the scenario reaches: so many requests are kept per instance.
    pub(crate) replays_max: usize,
    /// Whether a step may look at what an earlier one sent or received.
    pub(crate) keeps_answers: bool,
    /// The block an instance goes through once, before its first arrival counts.
    pub(crate) setup: Option<usize>,
    /// The block of the scenario's steps.
    pub(crate) steps: usize,
}

/// What expressions see of the last answer.
const ANSWER_ROOTS: [&str; 5] = ["http", "body", "answer", "line", "artefact"];

impl Program {
    /// Compiles a scenario. An expression that does not compile is an unmet expectation when it is
    /// reached; the linter has reported it before.
    pub fn new(scenario: Scenario) -> Self {
        let (blocks, expressions) = (Vec::new(), BTreeMap::new());
        let (replays_max, keeps_answers, setup, steps) = (0, false, None, 0);
        let mut program =
            Self { blocks, expressions, replays_max, keeps_answers, setup, steps, scenario };
        let setup = std::mem::take(&mut program.scenario.setup);
        let steps = std::mem::take(&mut program.scenario.steps);
        let mut number = 0;
        if !setup.is_empty() {
            program.setup = Some(program.block(&setup, &mut number));
        }
        program.steps = program.block(&steps, &mut number);
        (program.scenario.setup, program.scenario.steps) = (setup, steps);
        program.keeps_answers = program.looks_back();
        program
    }

    /// Whether a block belongs to the setup: blocks are numbered in reading order.
    pub(crate) const fn is_setup(&self, block: usize) -> bool {
        block < self.steps
    }

    fn looks_back(&self) -> bool {
        let mut looks = self.replays_max > 0;
        self.scenario.each_step(&mut |step| {
            looks |= !step.tamper.is_empty() || matches!(step.action, Action::Send(_));
            // Templates see what expressions see; they stand in texts of all kinds.
            looks |= has_template(step);
        });
        let reads = |program: &cel::Program| {
            let seen = program.references();
            ANSWER_ROOTS.iter().any(|root| seen.has_variable(root))
        };
        looks || self.expressions.values().flatten().any(reads)
    }

    fn block(&mut self, steps: &[Step], number: &mut u32) -> usize {
        let at = self.blocks.len();
        self.blocks.push(Vec::new());
        let mut nodes = Vec::with_capacity(steps.len());
        for step in steps {
            nodes.push(self.node(step, number));
        }
        self.blocks[at] = nodes;
        at
    }

    fn node(&mut self, step: &Step, number: &mut u32) -> Node {
        match &step.action {
            Action::Repeat { times, steps } => {
                Node::Repeat { times: *times, block: self.block(steps, number) }
            }
            Action::When { condition, steps, otherwise } => {
                self.expression(condition);
                Node::When {
                    condition: condition.clone(),
                    block: self.block(steps, number),
                    otherwise: self.block(otherwise, number),
                    line: step.line,
                }
            }
            Action::Parallel { branches } => {
                let blocks = branches.iter().map(|branch| self.block(branch, number)).collect();
                Node::Parallel { blocks }
            }
            action => {
                *number += 1;
                if let Action::Assert(conditions) = action {
                    conditions.iter().for_each(|condition| self.expression(condition));
                }
                if let Action::Replay { of } = action {
                    self.replays_max = self.replays_max.max(of.unwrap_or(1) as usize);
                }
                if let Some(expect) = &step.expect {
                    expect.that.iter().for_each(|condition| self.expression(condition));
                }
                step.capture.iter().for_each(|capture| self.expression(&capture.expression));
                Node::Step(Rc::new(NumberedStep { number: *number, step: step.clone() }))
            }
        }
    }

    fn expression(&mut self, source: &str) {
        if !self.expressions.contains_key(source) {
            let program = cel::Program::compile(source).map_err(|error| error.to_string());
            self.expressions.insert(source.to_owned(), program);
        }
    }
}

fn has_template(step: &Step) -> bool {
    let texts: Vec<&str> = match &step.action {
        Action::Poll { id: Some(id), .. } => vec![id],
        Action::Hook { with, .. } => with.values().map(String::as_str).collect(),
        Action::Probe { path: Some(path) } => vec![path],
        _ => Vec::new(),
    };
    texts.iter().any(|text| text.contains("{{") || text.contains("{%"))
}
