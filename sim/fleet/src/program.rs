//! A scenario made ready to run: nested steps as numbered blocks, expressions compiled once.

use std::collections::BTreeMap;

use muster_scenarios::model::{Action, Scenario, Step};

/// One place in a block.
#[derive(Debug)]
pub(crate) enum Node {
    /// An ordinary step.
    Step(Box<NumberedStep>),
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
}

impl Program {
    /// Compiles a scenario. An expression that does not compile is an unmet expectation when it is
    /// reached; the linter has reported it before.
    pub fn new(scenario: Scenario) -> Self {
        let (blocks, expressions) = (Vec::new(), BTreeMap::new());
        let mut program = Self { blocks, expressions, replays_max: 0, scenario };
        let steps = std::mem::take(&mut program.scenario.steps);
        let mut number = 0;
        program.block(&steps, &mut number);
        program.scenario.steps = steps;
        program
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
                Node::Step(Box::new(NumberedStep { number: *number, step: step.clone() }))
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
