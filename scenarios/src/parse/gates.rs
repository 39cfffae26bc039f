//! `gates`: each read by itself, then held against what the scenario does.

use crate::model::{Action, Bound, Gate, Load, Metric, Step};
use crate::tree::{Node, Value};
use crate::vocabulary::GATES_MAX;

use super::gate::{self, Terms};
use super::reader::Reader;

/// A gate and where it stands.
pub(super) type PlacedGate<'n> = (&'n Node, Gate);

impl Reader<'_> {
    pub(super) fn gates<'n>(&mut self, node: &'n Node) -> Vec<PlacedGate<'n>> {
        let Some(items) = self.list(node, "gates") else { return Vec::new() };
        if items.is_empty() || items.len() > GATES_MAX {
            let message = format!("a scenario has 1 to {GATES_MAX} gates, or leaves `gates` out");
            self.problem(&node.span, message, "e.g. `- p99(report usage) < 250ms`");
        }
        let mut gates: Vec<PlacedGate<'n>> = Vec::with_capacity(items.len());
        for item in items {
            let Some(gate) = self.gate(item) else { continue };
            if gates.iter().any(|(_, earlier)| same(earlier, &gate)) {
                self.problem(&item.span, "this gate stands here twice", "keep one of the two");
            }
            gates.push((item, gate));
        }
        gates
    }

    fn gate(&mut self, node: &Node) -> Option<Gate> {
        let Value::Text(text) = &node.value else {
            return self.expected(node, "a gate", gate::FORM_HELP);
        };
        let terms = gate::read(text);
        let senseless = terms.as_ref().ok().and_then(|terms| gate::senseless(text, terms));
        match (terms, senseless) {
            (Ok(Terms { metric, comparison, bound }), None) => {
                let (line, _) = self.source.place(node.span.start);
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                Some(Gate { text, line, metric, comparison, bound })
            }
            (Err(fault), _) | (Ok(_), Some(fault)) => {
                let span = self.inside(node, text, fault.at);
                self.problem(&span, fault.message, &fault.help);
                None
            }
        }
    }

    /// Notes gates on what this scenario never does. Only for a scenario that could be read: in
    /// any other, what is missed may stand where the mistake is.
    pub(super) fn gates_with_an_occasion(
        &mut self,
        gates: &[PlacedGate<'_>],
        steps: &[Step],
        load: Option<&Load>,
    ) {
        if !self.is_clean() {
            return;
        }
        let churns = load.is_some_and(|load| !load.churn.is_empty());
        for (node, gate) in gates {
            if let Some(step) = step_of(&gate.metric)
                && !may_send(steps, step, churns)
            {
                let message = format!("no step of this scenario sends a `{step}`");
                let help =
                    "leave the gate out, or add the step; what `setup` sends is not measured";
                self.problem(&node.span, message, help);
            }
            if !churns && counts_churn(gate) {
                let help = "add `churn` to `load`, or leave the gate out";
                self.problem(&node.span, "nothing is churned in this scenario", help);
            }
        }
    }
}

fn same(one: &Gate, other: &Gate) -> bool {
    (&one.metric, one.comparison, &one.bound) == (&other.metric, other.comparison, &other.bound)
}

/// The kind of step a gate measures; none when it measures all of them, or none in particular.
fn step_of(metric: &Metric) -> Option<&str> {
    match metric {
        Metric::Latency { step, .. } | Metric::Throughput { step } if step != "all" => Some(step),
        _ => None,
    }
}

fn counts_churn(gate: &Gate) -> bool {
    let about_churn = |word: &String| word == "churned" || word == "recovered";
    matches!(&gate.metric, Metric::Count(word) if about_churn(word))
        || matches!(&gate.bound, Bound::Count(word) if about_churn(word))
}

/// Whether a request of this kind may go out. Instances also act of their own accord while time
/// passes and after a restart, and what they then send depends on the answers.
fn may_send(steps: &[Step], kind: &str, churns: bool) -> bool {
    let mut found = churns && !matches!(kind, "probe" | "raw");
    for step in steps {
        step.each(&mut |step| {
            found |= match &step.action {
                Action::Probe { .. } => kind == "probe",
                Action::Send(_) | Action::Replay { .. } => kind == "raw",
                Action::Reload | Action::Boot | Action::Advance(_) | Action::Collect { .. } => {
                    !matches!(kind, "probe" | "raw")
                }
                Action::Sync | Action::Report => !matches!(kind, "probe" | "raw"),
                Action::Trust { .. } => matches!(kind, "trust" | "poll"),
                Action::Poll { .. } => kind == "poll",
                _ => false,
            };
        });
    }
    found
}
