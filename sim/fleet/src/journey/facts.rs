//! What expressions and templates can see, and how they are evaluated.

use std::collections::BTreeMap;

use muster_scenarios::model::Tamper;
use serde_json::{Value, json};

use super::Journey;
use super::member::Last;

/// The values an expression sees.
pub(crate) struct Facts(serde_json::Map<String, Value>);

pub(crate) type Expression<'a> = Result<&'a cel::Program, &'a str>;

impl Facts {
    /// Evaluates an expression that must be true or false.
    pub(crate) fn holds(&self, expression: Expression<'_>) -> Result<bool, String> {
        match self.evaluate(expression)? {
            cel::Value::Bool(holds) => Ok(holds),
            other => {
                let shown = plain(&other).map_or_else(|_| format!("{other:?}"), |v| v.to_string());
                Err(format!("{shown} is neither true nor false"))
            }
        }
    }

    /// Evaluates an expression to a JSON value.
    pub(crate) fn value(&self, expression: Expression<'_>) -> Result<Value, String> {
        plain(&self.evaluate(expression)?)
    }

    fn evaluate(&self, expression: Expression<'_>) -> Result<cel::Value, String> {
        let program = expression.map_err(str::to_owned)?;
        let mut context = cel::Context::default();
        for (name, value) in &self.0 {
            context.add_variable(name.as_str(), value).map_err(|error| error.to_string())?;
        }
        program.execute(&context).map_err(|error| error.to_string())
    }
}

impl Journey {
    /// What expressions see, from the standpoint of one member that got `last`.
    pub(super) fn facts(&self, member: usize, last: &Last) -> Facts {
        let member = &self.members[member];
        let answer: Value = serde_json::from_slice(&last.body).unwrap_or(Value::Null);
        let line = answer.pointer("/license_data/0").cloned().unwrap_or(Value::Null);
        let artefact = line
            .get("smart_license")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .and_then(|text| muster_wire::Artefact::from_smart_license(text).ok())
            .map_or(Value::Null, |artefact| artefact.to_json());
        let view = |member: &super::Member| {
            serde_json::to_value(member.agent.view()).expect("a view is plain data")
        };
        let cast: serde_json::Map<_, _> =
            self.members.iter().map(|member| (member.name.clone(), view(member))).collect();
        let captures: serde_json::Map<_, _> = self.captures.clone().into_iter().collect();
        let mut facts = serde_json::Map::new();
        facts.insert("http".to_owned(), last.http.map_or(Value::Null, Value::from));
        facts.insert("body".to_owned(), String::from_utf8_lossy(&last.body).into_owned().into());
        facts.insert("answer".to_owned(), answer);
        facts.insert("line".to_owned(), line);
        facts.insert("artefact".to_owned(), artefact);
        facts.insert("agent".to_owned(), view(member));
        facts.insert("udi".to_owned(), member.agent.identity().udi.to_string().into());
        facts.insert("cast".to_owned(), cast.into());
        facts.insert("captures".to_owned(), captures.into());
        facts.insert("scale".to_owned(), self.setting.scale.into());
        facts.insert("replica".to_owned(), self.replica.into());
        Facts(facts)
    }

    pub(super) fn expression(&self, source: &str) -> Expression<'_> {
        match self.setting.program.expressions.get(source) {
            Some(Ok(program)) => Ok(program),
            Some(Err(problem)) => Err(problem),
            None => Err("the expression was not compiled with the scenario"),
        }
    }

    /// Renders a template; a template that fails renders as the failure, where it can be seen.
    pub(super) fn render(&self, template: &str, member: usize) -> String {
        if !template.contains("{{") && !template.contains("{%") {
            return template.to_owned();
        }
        let facts = self.facts(member, self.members[member].looked_at());
        let facts = minijinja::Value::from(minijinja::value::Serde(facts.0));
        minijinja::Environment::new()
            .render_str(template, facts)
            .unwrap_or_else(|error| format!("[template failed: {error}]"))
    }

    pub(super) fn render_all(
        &self,
        templates: &BTreeMap<String, String>,
        member: usize,
    ) -> BTreeMap<String, String> {
        templates
            .iter()
            .map(|(name, template)| (name.clone(), self.render(template, member)))
            .collect()
    }

    pub(super) fn render_json(&self, value: &Value, member: usize) -> Value {
        match value {
            Value::String(template) => Value::String(self.render(template, member)),
            Value::Array(items) => {
                items.iter().map(|item| self.render_json(item, member)).collect()
            }
            Value::Object(members) => members
                .iter()
                .map(|(name, item)| (name.clone(), self.render_json(item, member)))
                .collect(),
            other => other.clone(),
        }
    }

    pub(super) fn render_tampers(&self, tampers: Vec<Tamper>, member: usize) -> Vec<Tamper> {
        tampers
            .into_iter()
            .map(|tamper| match tamper {
                Tamper::Set { pointer, value } => {
                    Tamper::Set { pointer, value: self.render_json(&value, member) }
                }
                other => other,
            })
            .collect()
    }
}

/// A CEL value as plain JSON.
fn plain(value: &cel::Value) -> Result<Value, String> {
    Ok(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(flag) => json!(flag),
        cel::Value::Int(number) => json!(number),
        cel::Value::UInt(number) => json!(number),
        cel::Value::Float(number) => json!(number),
        cel::Value::String(text) => json!(text.as_str()),
        cel::Value::List(items) => items.iter().map(plain).collect::<Result<Vec<_>, _>>()?.into(),
        other => return Err(format!("{other:?} cannot be captured; take a member of it")),
    })
}
