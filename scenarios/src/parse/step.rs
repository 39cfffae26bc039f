//! Steps: one action each, and the modifiers beside it.

use crate::model::{Action, Capture, Step};
use crate::source::Span;
use crate::tree::{Key, Node, Value};
use crate::vocabulary::{ACTIONS, DEPTH_MAX, MODIFIERS, STEPS_MAX};

use super::era::Written;
use super::reader::{Reader, nearest};

impl Reader<'_> {
    pub(super) fn steps(&mut self, node: &Node) -> Vec<Step> {
        let Some(items) = self.list(node, "steps") else { return Vec::new() };
        if items.is_empty() {
            self.problem(
                &node.span,
                "there are no steps here",
                "write at least one, e.g. `- sync`",
            );
        }
        if self.depth == DEPTH_MAX {
            let message = format!("blocks are nested deeper than {DEPTH_MAX}");
            self.problem(&node.span, message, "write the inner steps out, or split the scenario");
            return Vec::new();
        }
        self.depth += 1;
        let steps = items.iter().filter_map(|item| self.counted_step(item)).collect();
        self.depth -= 1;
        steps
    }

    fn counted_step(&mut self, node: &Node) -> Option<Step> {
        self.steps += 1;
        if self.steps == STEPS_MAX + 1 {
            let message = format!("this scenario has more than {STEPS_MAX} steps");
            self.problem(&node.span, message, "use `repeat`, or split the scenario");
        }
        if self.steps > STEPS_MAX { None } else { self.step(node) }
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        match &node.value {
            Value::Text(word) => self.bare_step(node, word),
            Value::Map(entries) => self.full_step(node, entries),
            _ => self.expected(node, "a step", "e.g. `- report` or `- advance: 8h`"),
        }
    }

    fn bare_step(&mut self, node: &Node, word: &str) -> Option<Step> {
        let Some(action) = ACTIONS.iter().find(|action| action.name == word) else {
            self.unknown_action(&node.span, word);
            return None;
        };
        if !action.bare {
            let help = format!("write `- {word}: …`; {}", action.about);
            self.problem(&node.span, format!("`{word}` needs an argument"), &help);
            return None;
        }
        let argument = Node { span: node.span.clone(), value: Value::Null };
        let read = self.action(action.name, &argument)?;
        let step = self.at(node, read);
        let written = Written { word: &node.span, action, argument: &argument, entries: &[] };
        self.check_era(&written, &step);
        Some(step)
    }

    fn full_step(&mut self, node: &Node, entries: &[(Key, Node)]) -> Option<Step> {
        let actions = ACTIONS.iter().map(|action| action.name);
        let modifiers = MODIFIERS.iter().map(|modifier| modifier.name);
        let known: Vec<&str> = actions.chain(modifiers).collect();
        let is_action = |key: &Key| ACTIONS.iter().any(|action| action.name == key.name);
        let misspelt = self.misspelt_action(entries, &known);
        let others = entries.iter().filter(|(key, _)| Some(&key.span) != misspelt.as_ref());
        let entries = self.entries(others, &known, "a step", &[]);
        let mut found = entries.iter().filter(|(key, _)| is_action(key));
        let Some((word, argument)) = found.next() else {
            // An unknown key was probably meant as the action, and has been told.
            let all_known = matches!(&node.value, Value::Map(all) if all.len() == entries.len());
            if all_known && misspelt.is_none() {
                let help = "a step is one action and its modifiers, e.g. `report:` and `on: wlc`";
                self.problem(&node.span, "this step has no action", help);
            }
            return None;
        };
        if let Some((second, _)) = found.next() {
            let message = format!("two actions in one step: `{}` and `{}`", word.name, second.name);
            self.problem(&second.span, message, "start a step of its own with `- `");
        }
        let action = self.action(&word.name, argument);
        let mut step = self.at(node, action.unwrap_or_else(|| Action::Assert(Vec::new())));
        let read = !self.modifiers(&word.name, &entries, &mut step);
        if let Some(feature) = step.action.feature() {
            self.known_feature(argument, feature, step.on.as_deref());
        }
        if let Some(action) = ACTIONS.iter().find(|action| action.name == word.name) {
            let written = Written { word: &word.span, action, argument, entries: &entries };
            self.check_era(&written, &step);
        }
        (read && !matches!(&step.action, Action::Assert(all) if all.is_empty())).then_some(step)
    }

    /// Tells the key that was meant as the action of a step without one; where it stands.
    fn misspelt_action(&mut self, entries: &[(Key, Node)], known: &[&str]) -> Option<Span> {
        let is_action = |name: &str| ACTIONS.iter().any(|action| action.name == name);
        if entries.iter().any(|(key, _)| is_action(&key.name)) {
            return None;
        }
        let mut unknown = entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str()));
        let (key, _) = unknown.find(|(key, _)| nearest(&key.name, known).is_none_or(is_action))?;
        self.unknown_action(&key.span, &key.name);
        Some(key.span.clone())
    }

    /// Notes a feature that the platform of the acting instance does not have.
    fn known_feature(&mut self, argument: &Node, feature: &str, on: Option<&str>) {
        let member = on.or(self.cast.first().map(String::as_str));
        let platform = member.and_then(|member| self.platforms.get(member));
        let known = self.known;
        let Some(features) = platform.and_then(|platform| known.features.get(platform)) else {
            return;
        };
        if features.iter().any(|known| known == feature) {
            return;
        }
        let is_it = |node: &Node| matches!(&node.value, Value::Text(text) if text == feature);
        let node = match &argument.value {
            Value::Map(entries) => entries.iter().find(|(_, node)| is_it(node)),
            _ => None,
        };
        let span = node.map_or(&argument.span, |(_, node)| &node.span);
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        self.unknown(span, "feature", feature, &features);
    }

    /// Reads the modifiers into `step`; true when one does not belong to the action.
    fn modifiers(&mut self, word: &str, entries: &[(&Key, &Node)], step: &mut Step) -> bool {
        let action = ACTIONS.iter().find(|action| action.name == word);
        let allowed = action.map_or(&[][..], |action| action.modifiers.names());
        let mut misplaced = false;
        for (key, value) in entries {
            let name = key.name.as_str();
            if !MODIFIERS.iter().any(|modifier| modifier.name == name) {
                continue;
            }
            if !allowed.contains(&name) {
                let help = match allowed {
                    [] => format!("put `{name}` on the steps inside"),
                    allowed => format!("`{word}` takes {}", allowed.join(", ")),
                };
                let message = format!("`{name}` does not go with `{word}`");
                self.problem(&key.span, message, &help);
                misplaced = true;
                continue;
            }
            match name {
                "on" => step.on = self.cast_member(value),
                "via" => {
                    step.via = self.known_name(value, "endpoint", &self.known.endpoints);
                }
                "tamper" => step.tamper = self.tampers(value, word),
                "expect" => step.expect = self.expect(value),
                _ => step.capture = self.captures(value),
            }
        }
        misplaced
    }

    pub(super) fn cast_member(&mut self, node: &Node) -> Option<String> {
        let name = self.text(node)?;
        self.known_instance(&node.span, &name);
        Some(name)
    }

    fn captures(&mut self, node: &Node) -> Vec<Capture> {
        let what = "a mapping from names to CEL expressions";
        let mut captures = Vec::new();
        for (key, value) in self.named(node, what).unwrap_or_default() {
            self.identifier(key);
            if let Some(expression) = self.expression(value) {
                captures.push(Capture { name: key.name.clone(), expression });
            }
            // Known from here on, also to the captures that follow in the same step.
            self.captures.insert(key.name.clone());
        }
        captures
    }

    fn unknown_action(&mut self, span: &Span, word: &str) {
        let known: Vec<&str> = ACTIONS.iter().map(|action| action.name).collect();
        let help = match nearest(word, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("actions: {}", known.join(", ")),
        };
        self.problem(span, format!("unknown action `{word}`"), &help);
    }

    fn at(&self, node: &Node, action: Action) -> Step {
        let (line, column) = self.source.place(node.span.start);
        Step {
            line,
            column,
            action,
            on: None,
            via: None,
            tamper: Vec::new(),
            expect: None,
            capture: Vec::new(),
        }
    }
}

/// How many steps these are once every `repeat` is unrolled.
pub(super) fn steps_performed(steps: &[Step]) -> u64 {
    let sum = |lists: &[&[Step]]| {
        lists.iter().fold(0_u64, |sum, list| sum.saturating_add(steps_performed(list)))
    };
    steps.iter().fold(0, |total, step| {
        total.saturating_add(match &step.action {
            Action::Repeat { times, steps } => {
                steps_performed(steps).saturating_mul(u64::from(*times))
            }
            Action::When { steps, otherwise, .. } => sum(&[steps, otherwise]),
            Action::Parallel { branches } => {
                sum(&branches.iter().map(Vec::as_slice).collect::<Vec<_>>())
            }
            _ => 1,
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn a_step_knows_where_it_stands() {
        let text = "title: t\ninstances:\n  wlc: { platform: p, via: cslu }\nsteps:\n  - sync\n  \
                    - repeat:\n      times: 2\n      steps:\n        - on: wlc\n          report:\n";
        let scenario = parse("a.yaml", text).expect("it is a scenario");
        let mut places = Vec::new();
        scenario.each_step(&mut |step| places.push((step.line, step.column)));
        assert_eq!(places, [(5, 5), (6, 5), (9, 11)]);
    }
}
