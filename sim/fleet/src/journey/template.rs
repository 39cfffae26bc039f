//! Templates of a scenario, filled with what expressions see. A template that names something
//! that is not there fails: nothing is sent in its place.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior};
use muster_scenarios::model::Tamper;
use serde_json::Value;

use super::Journey;

impl Journey {
    /// The text of a template; the error says which template and why.
    pub(super) fn render(&self, template: &str, member: usize) -> Result<String, String> {
        if !template.contains("{{") && !template.contains("{%") {
            return Ok(template.to_owned());
        }
        let facts = self.template_facts(member);
        environment().render_str(template, facts).map_err(|error| told(template, &error))
    }

    pub(super) fn render_all(
        &self,
        templates: &BTreeMap<String, String>,
        member: usize,
    ) -> Result<BTreeMap<String, String>, String> {
        templates
            .iter()
            .map(|(name, template)| Ok((name.clone(), self.render(template, member)?)))
            .collect()
    }

    /// Fills the templates inside a JSON value. A text that is one expression and nothing else
    /// becomes the integer, truth value or null it stands for: poll ids are numbers.
    pub(super) fn render_json(&self, value: &Value, member: usize) -> Result<Value, String> {
        Ok(match value {
            Value::String(template) => {
                let text = self.render(template, member)?;
                let plain = expression(template).and_then(|one| self.plain(one, member));
                plain.unwrap_or(Value::String(text))
            }
            Value::Array(items) => {
                let items = items.iter().map(|item| self.render_json(item, member));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, item)| Ok((name.clone(), self.render_json(item, member)?)));
                Value::Object(members.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }

    pub(super) fn render_tampers(
        &self,
        tampers: &[Tamper],
        member: usize,
    ) -> Result<Vec<Tamper>, String> {
        tampers
            .iter()
            .map(|tamper| match tamper {
                Tamper::Set { pointer, value } => {
                    let value = self.render_json(value, member)?;
                    Ok(Tamper::Set { pointer: pointer.clone(), value })
                }
                other => Ok(other.clone()),
            })
            .collect()
    }

    /// What an expression evaluates to, if that is an integer, a truth value or null.
    fn plain(&self, expression: &str, member: usize) -> Option<Value> {
        let environment = environment();
        let compiled = environment.compile_expression(expression).ok()?;
        let value = compiled.eval(self.template_facts(member)).ok()?;
        let value = serde_json::to_value(value).ok()?;
        let is_plain = value.is_i64() || value.is_u64() || value.is_boolean() || value.is_null();
        is_plain.then_some(value)
    }

    fn template_facts(&self, member: usize) -> minijinja::Value {
        let facts = self.facts(member, self.members[member].looked_at());
        minijinja::Value::from(minijinja::value::Serde(facts.into_members()))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

/// The expression of a template that is exactly one `{{ … }}`.
fn expression(template: &str) -> Option<&str> {
    let inner = template.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let is_one = !inner.contains("{{") && !inner.contains("}}");
    // A dash at either end belongs to the braces.
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    is_one.then(|| inner.strip_suffix('-').unwrap_or(inner).trim())
}

fn told(template: &str, error: &minijinja::Error) -> String {
    let why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    format!("template `{template}`: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_template_that_is_one_expression_has_one() {
        assert_eq!(expression(" {{ captures.id }} "), Some("captures.id"));
        assert_eq!(expression("{{- a -}}"), Some("a"));
        for text in ["id {{ a }}", "{{ a }}{{ b }}", "{{ a }} {{ b }}", "{% if a %}1{% endif %}"] {
            assert_eq!(expression(text), None, "{text}");
        }
    }
}
