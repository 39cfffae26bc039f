//! `arrivals`: when journeys begin, and whether that fits the time and the instances there are.

use crate::model::Arrivals;
use crate::tree::{Node, Value};
use crate::vocabulary::{ARRIVALS, INSTANCES_MAX, MODELS, RAMP, RATES, SPIKE, STAIRS, STAIRS_MAX};

use super::fields::Fields;
use super::reader::{Reader, nearest};

const FORMS_HELP: &str = "e.g. storm, { spread: 60s }, { rate: 500/s } or { concurrency: 200 }";

impl Reader<'_> {
    pub(super) fn arrivals(&mut self, node: &Node) -> Option<Arrivals> {
        match &node.value {
            Value::Text(word) => return self.arrivals_word(node, word),
            Value::Map(entries) => {
                if let Some((key, _)) = entries.iter().find(|(key, _)| key.name == "storm") {
                    let help = "write `arrivals: storm`";
                    self.problem(&key.span, "`storm` takes no argument", help);
                    return None;
                }
            }
            _ => return self.expected(node, "an arrival model", FORMS_HELP),
        }
        let fields = self.fields(node, &ARRIVALS)?;
        let mut models = MODELS.iter().filter_map(|name| fields.key(name));
        let Some(model) = models.next() else {
            // An unknown key was probably meant as the model, and has been told.
            if fields.all_known() {
                self.problem(&node.span, "this does not say when journeys begin", FORMS_HELP);
            }
            return None;
        };
        if let Some(second) = models.next() {
            let message = format!("two arrival models: `{}` and `{}`", model.name, second.name);
            self.problem(&second.span, message, "keep one, or write `groups`, each with its own");
            return None;
        }
        if let (Some(key), true) = (fields.key("think"), model.name != "concurrency") {
            let message = format!("`think` does not go with `{}`", model.name);
            self.problem(&key.span, message, "it is the pause between journeys of `concurrency`");
        }
        let is_rate = RATES.contains(&model.name.as_str());
        if let (Some(key), false) = (fields.key("poisson"), is_rate) {
            let message = format!("`poisson` does not go with `{}`", model.name);
            self.problem(&key.span, message, &format!("it goes with {}", RATES.join(", ")));
        }
        let poisson = fields.value("poisson").and_then(|node| self.flag(node)).unwrap_or(false);
        let value = fields.value(&model.name)?;
        match model.name.as_str() {
            "spread" => self.load_time(value, 1).map(|over_ms| Arrivals::Spread { over_ms }),
            "rate" => self.rate_over_zero(value).map(|per_s| Arrivals::Rate { per_s, poisson }),
            "ramp" => self.ramp(value, poisson),
            "stairs" => self.stairs(value, poisson),
            "spike" => self.spike(value, poisson),
            _ => self.concurrency(&fields, value),
        }
    }

    fn arrivals_word(&mut self, node: &Node, word: &str) -> Option<Arrivals> {
        if word == "storm" {
            return Some(Arrivals::Storm);
        }
        if MODELS.contains(&word) {
            let message = format!("`{word}` needs an argument");
            let key = ARRIVALS.keys.iter().find(|key| key.name == word);
            let help = format!("write `{{ {word}: … }}`; {}", key.map_or("", |key| key.about));
            self.problem(&node.span, message, &help);
        } else if word.contains('/') {
            let message = format!("`{word}` does not say of what it is the rate");
            self.problem(&node.span, message, &format!("write `{{ rate: {word} }}`"));
        } else {
            let known: Vec<&str> = MODELS.iter().copied().chain(["storm"]).collect();
            let help = match nearest(word, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => FORMS_HELP.to_owned(),
            };
            self.problem(&node.span, format!("unknown arrival model `{word}`"), &help);
        }
        None
    }

    fn ramp(&mut self, node: &Node, poisson: bool) -> Option<Arrivals> {
        let fields = self.fields(node, &RAMP)?;
        let from = fields.value("from").and_then(|node| self.rate(node));
        let to = fields.value("to").and_then(|node| self.rate(node));
        let over = fields.value("over").and_then(|node| self.load_time(node, 1));
        let (from_per_s, to_per_s, over_ms) = (from?, to?, over?);
        if from_per_s == to_per_s {
            let help = "a rate that does not change is `rate`";
            self.problem(&node.span, "this ramp goes nowhere", help);
        }
        Some(Arrivals::Ramp { from_per_s, to_per_s, over_ms, poisson })
    }

    fn stairs(&mut self, node: &Node, poisson: bool) -> Option<Arrivals> {
        let fields = self.fields(node, &STAIRS)?;
        let from = fields.value("from").and_then(|node| self.rate(node));
        let step = fields.value("step").and_then(|node| self.rate_over_zero(node));
        let every = fields.value("every").and_then(|node| self.load_time(node, 1));
        let to = fields.value("to").and_then(|node| self.rate(node));
        let (from_per_s, step_per_s, every_ms, to_per_s) = (from?, step?, every?, to?);
        if to_per_s <= from_per_s {
            let help = "stairs rise: `to` is higher than `from`";
            self.problem(&node.span, "these stairs do not rise", help);
        } else if (to_per_s - from_per_s) / step_per_s > STAIRS_MAX {
            let message = format!("these are more than {STAIRS_MAX} steps");
            self.problem(&node.span, message, "raise `step`, or write `ramp`");
        }
        Some(Arrivals::Stairs { from_per_s, step_per_s, every_ms, to_per_s, poisson })
    }

    fn spike(&mut self, node: &Node, poisson: bool) -> Option<Arrivals> {
        let fields = self.fields(node, &SPIKE)?;
        let base = fields.value("base").and_then(|node| self.rate(node));
        let peak = fields.value("peak").and_then(|node| self.rate_over_zero(node));
        let at = fields.value("at").and_then(|node| self.load_time(node, 0));
        let lasts = fields.value("for").and_then(|node| self.load_time(node, 1));
        let (base_per_s, peak_per_s, at_ms, for_ms) = (base?, peak?, at?, lasts?);
        if peak_per_s <= base_per_s {
            let help = "a spike rises: `peak` is higher than `base`";
            self.problem(&node.span, "this spike does not rise", help);
        }
        Some(Arrivals::Spike { base_per_s, peak_per_s, at_ms, for_ms, poisson })
    }

    fn concurrency(&mut self, fields: &Fields<'_>, node: &Node) -> Option<Arrivals> {
        let journeys = self.integer(node, 1, INSTANCES_MAX);
        let think = fields.value("think").and_then(|node| self.load_time(node, 0));
        Some(Arrivals::Concurrency { journeys: journeys?, think_ms: think.unwrap_or(0) })
    }
}

/// What is wrong with arrivals that end after `for_ms`, and what to do.
pub(super) fn too_short(arrivals: &Arrivals, for_ms: u64) -> Option<(String, String)> {
    let (what, needed_ms) = match *arrivals {
        Arrivals::Storm => {
            let help = "for a load that goes on, write a rate, or `concurrency`";
            return Some(("everyone arrives once in a storm".to_owned(), help.to_owned()));
        }
        Arrivals::Spread { over_ms } => ("everyone has arrived", over_ms),
        Arrivals::Ramp { over_ms, .. } => ("the ramp does", over_ms),
        Arrivals::Stairs { from_per_s, step_per_s, every_ms, to_per_s, .. } => {
            // At most `STAIRS_MAX` of them, each of at most `LOAD_MS_MAX`.
            let stairs = ((to_per_s - from_per_s) / step_per_s).ceil().clamp(0.0, STAIRS_MAX);
            ("the last of the stairs does", (stairs as u64 + 1) * every_ms)
        }
        Arrivals::Spike { at_ms, for_ms, .. } => ("the spike does", at_ms + for_ms),
        Arrivals::Rate { .. } | Arrivals::Concurrency { .. } => return None,
    };
    (for_ms < needed_ms).then(|| {
        let message = format!("arrivals end before {what}");
        (message, format!("`for` is at least {} here", shown(needed_ms)))
    })
}

/// Why not all of `instances` ever arrive, or not as it is written, when each is to arrive once.
pub(super) fn never_all(arrivals: &Arrivals, instances: u64) -> Option<(String, String)> {
    match *arrivals {
        Arrivals::Ramp { from_per_s, to_per_s: 0.0, over_ms, .. } => {
            let arrived = from_per_s * over_ms as f64 / 2_000.0;
            ends_at_zero(arrived, instances)
        }
        Arrivals::Spike { base_per_s: 0.0, peak_per_s, for_ms, .. } => {
            ends_at_zero(peak_per_s * for_ms as f64 / 1_000.0, instances)
        }
        Arrivals::Spike { base_per_s, at_ms, .. } => {
            let before = base_per_s * at_ms as f64 / 1_000.0;
            (before >= instances as f64).then(|| {
                let message = format!("all {instances} instances arrive before the spike begins");
                (message, "add `for`: then they take part again; or begin it earlier".to_owned())
            })
        }
        _ => None,
    }
}

fn ends_at_zero(arrived: f64, instances: u64) -> Option<(String, String)> {
    (arrived < instances as f64).then(|| {
        let arrived = arrived.floor();
        let message = format!("{arrived} of {instances} instances arrive before the rate is 0/s");
        (message, "add `for`, which says when arrivals end, or raise the rate".to_owned())
    })
}

fn shown(ms: u64) -> String {
    if ms.is_multiple_of(1_000) { format!("{}s", ms / 1_000) } else { format!("{ms}ms") }
}
