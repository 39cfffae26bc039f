//! The scenario itself: its heading and its cast.

use crate::model::{CastMember, Scenario};
use crate::tree::{Node, Value};
use crate::vocabulary::{CAST_MAX, INSTANCE, SCENARIO, STEPS_PERFORMED_MAX};

use super::fields::Fields;
use super::reader::Reader;
use super::step::steps_performed;

impl Reader<'_> {
    pub(super) fn scenario(&mut self, node: &Node) -> Option<Scenario> {
        let Some(fields) = self.fields(node, &SCENARIO) else {
            // A missing title must not hide what is wrong in the steps.
            return self.rest_of_scenario(node);
        };
        let title = fields.value("title").and_then(|node| self.text(node));
        let about = fields.value("about").and_then(|node| self.text(node));
        let source = fields.value("source").and_then(|node| self.text(node));
        let provokes = self.provokes(&fields);
        let tags = self.texts(fields.value("tags"), "words");
        let cast = fields.value("instances").map(|node| self.cast(node)).unwrap_or_default();
        // What `setup` captures is known to `steps`, wherever in the file they stand.
        let setup = fields.value("setup").map(|node| self.steps(node)).unwrap_or_default();
        let steps = fields.value("steps").map(|node| self.steps(node)).unwrap_or_default();
        let load = fields.value("load").and_then(|node| self.load(node));
        let gates = fields.value("gates").map(|node| self.gates(node)).unwrap_or_default();
        self.gates_with_an_occasion(&gates, &steps, load.as_ref());
        let performed = steps_performed(&setup).saturating_add(steps_performed(&steps));
        if performed > STEPS_PERFORMED_MAX {
            let span = fields.key("steps").map_or(fields.span.clone(), |key| key.span.clone());
            let message = format!(
                "one replica performs {performed} steps; {STEPS_PERFORMED_MAX} is the most"
            );
            self.problem(&span, message, "lower the `times` of the repeats");
        }
        Some(Scenario {
            id: id_of(&self.source.name),
            file: self.source.name.clone(),
            title: title?,
            about,
            source,
            provokes,
            cast,
            setup,
            steps,
            load,
            gates: gates.into_iter().map(|(_, gate)| gate).collect(),
            tags,
        })
    }

    fn rest_of_scenario(&mut self, node: &Node) -> Option<Scenario> {
        let Value::Map(entries) = &node.value else { return None };
        let find = |name: &str| entries.iter().find(|(key, _)| key.name == name).map(|(_, v)| v);
        if let Some(instances) = find("instances") {
            self.cast(instances);
        }
        for steps in ["setup", "steps"].into_iter().filter_map(find) {
            self.steps(steps);
        }
        if let Some(load) = find("load") {
            self.load(load);
        }
        if let Some(gates) = find("gates") {
            self.gates(gates);
        }
        None
    }

    fn cast(&mut self, node: &Node) -> Vec<CastMember> {
        let what = "a mapping from names to instances";
        let Some(entries) = self.named(node, what) else { return Vec::new() };
        if entries.is_empty() || entries.len() > CAST_MAX {
            let message = format!("a scenario has 1 to {CAST_MAX} instances");
            self.problem(&node.span, message, "e.g. `wlc: { platform: c9800-l, via: cslu }`");
        }
        let mut cast = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            self.identifier(key);
            // A member that could not be read is still a name that steps may use.
            self.cast.push(key.name.clone());
            let Some(fields) = self.fields(value, &INSTANCE) else { continue };
            let known = self.known;
            let platform = fields
                .value("platform")
                .and_then(|node| self.known_name(node, "platform", &known.platforms));
            let via = fields
                .value("via")
                .and_then(|node| self.known_name(node, "endpoint", &known.endpoints));
            let boots = fields.value("boots").and_then(|node| self.flag(node)).unwrap_or(true);
            if let Some(platform) = &platform {
                self.platforms.insert(key.name.clone(), platform.clone());
            }
            let (Some(platform), Some(via)) = (platform, via) else { continue };
            cast.push(CastMember { name: key.name.clone(), platform, via, boots });
        }
        cast
    }

    fn provokes(&mut self, fields: &Fields<'_>) -> Vec<String> {
        let Some(node) = fields.value("provokes") else { return Vec::new() };
        let Some(items) = self.list(node, "requirement ids") else { return Vec::new() };
        let mut ids: Vec<String> = Vec::with_capacity(items.len());
        for item in items {
            let Some(id) = self.text(item) else { continue };
            if !is_requirement_id(&id) {
                let help = "an id is an area, a dash and three digits, e.g. RUM-030";
                self.problem(&item.span, format!("`{id}` is not a requirement id"), help);
            } else if ids.contains(&id) {
                self.problem(
                    &item.span,
                    format!("`{id}` stands here twice"),
                    "keep one of the two",
                );
            } else {
                self.known_name(item, "requirement", &self.known.requirements);
            }
            ids.push(id);
        }
        ids
    }

    fn texts(&mut self, node: Option<&Node>, what: &str) -> Vec<String> {
        let items = node.and_then(|node| self.list(node, what)).unwrap_or_default();
        items.iter().filter_map(|item| self.text(item)).collect()
    }
}

/// `…/library/demo/first-report.yaml` is `demo/first-report`; elsewhere the file stem counts.
fn id_of(file_name: &str) -> String {
    let path = file_name.replace('\\', "/");
    let below = path.rsplit_once("library/").map(|(_, below)| below);
    let path = below.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(&path));
    let stem = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml"));
    stem.unwrap_or(path).to_owned()
}

fn is_requirement_id(text: &str) -> bool {
    text.split_once('-').is_some_and(|(area, number)| {
        (2..=8).contains(&area.len())
            && area.bytes().all(|b| b.is_ascii_uppercase())
            && number.len() == 3
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::{id_of, is_requirement_id};

    #[test]
    fn an_id_is_the_path_below_the_library_or_the_stem() {
        assert_eq!(id_of("scenarios/library/demo/first-report.yaml"), "demo/first-report");
        assert_eq!(id_of("library/load/a.yaml"), "load/a");
        assert_eq!(id_of("/home/me/mine.yml"), "mine");
        assert_eq!(id_of("mine"), "mine");
    }

    #[test]
    fn requirement_ids_have_one_form() {
        assert!(is_requirement_id("RUM-030"));
        for text in ["RUM-30", "rum-030", "RUM030", "RUM-03a", "R-030", "RUM-0300", "-030"] {
            assert!(!is_requirement_id(text), "{text}");
        }
    }
}
