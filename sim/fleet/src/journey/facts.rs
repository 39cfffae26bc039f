//! What expressions and templates can see, and how expressions are evaluated.

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
            other => Err(format!("{} is neither true nor false", shown(&other))),
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
        program.execute(&context).map_err(|error| in_words(&error))
    }

    /// The values by name.
    pub(super) fn into_members(self) -> serde_json::Map<String, Value> {
        self.0
    }
}

impl Journey {
    /// What expressions see, from the standpoint of one member that got `last`.
    pub(super) fn facts(&self, member: usize, last: &Last) -> Facts {
        let member = &self.members[member];
        let opened = member.agent.is_classic().then(|| opened_answer(&last.body)).flatten();
        let answer = opened.or_else(|| serde_json::from_slice(&last.body).ok());
        let answer = answer.unwrap_or(Value::Null);
        let line = answer.pointer("/license_data/0").cloned().unwrap_or(Value::Null);
        let artefact = line
            .get("smart_license")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .and_then(|text| muster_wire::Artefact::from_smart_license(text).ok())
            .map_or(Value::Null, |artefact| artefact.to_json());
        let cast: serde_json::Map<_, _> = (0..)
            .zip(&self.members)
            .map(|(at, member)| (self.role(at).name.clone(), member.agent.view()))
            .collect();
        let mut facts = serde_json::Map::new();
        facts.insert("http".to_owned(), last.http.map_or(Value::Null, Value::from));
        facts.insert("body".to_owned(), String::from_utf8_lossy(&last.body).into_owned().into());
        facts.insert("answer".to_owned(), answer);
        facts.insert("line".to_owned(), line);
        facts.insert("artefact".to_owned(), artefact);
        facts.insert("agent".to_owned(), member.agent.view());
        facts.insert("udi".to_owned(), member.agent.identity().udi.to_string().into());
        facts.insert("cast".to_owned(), cast.into());
        facts.insert("captures".to_owned(), self.captures().into());
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
}

/// The text inside a classic answer, itself opened; none when the body is no such answer.
fn opened_answer(body: &[u8]) -> Option<Value> {
    match muster_wire::decoded_json(body) {
        Value::Object(mut envelope) => envelope.remove("response").filter(Value::is_object),
        _ => None,
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
        other => return Err(format!("{} cannot be captured; take a member of it", shown(other))),
    })
}

/// A CEL value in words: as JSON where it has such a form.
fn shown(value: &cel::Value) -> String {
    match value {
        cel::Value::Map(_) => "a map".to_owned(),
        cel::Value::List(_) => "a list".to_owned(),
        value if is_plain(value) => plain(value).map_or_else(|text| text, |one| one.to_string()),
        _ => "a value that is no JSON".to_owned(),
    }
}

/// Whether a value is one that JSON has, without looking into it.
const fn is_plain(value: &cel::Value) -> bool {
    use cel::Value as V;
    matches!(value, V::Null | V::Bool(_) | V::Int(_) | V::UInt(_) | V::Float(_) | V::String(_))
}

/// The evaluator prints some values as Rust does; a scenario's author gets them in words.
fn in_words(error: &cel::ExecutionError) -> String {
    use cel::ExecutionError as E;
    match error {
        E::UnsupportedTargetType { target } => format!("{} is no argument here", shown(target)),
        E::NotSupportedAsMethod { method, target } => {
            format!("{} has no `{method}`", shown(target))
        }
        E::UnsupportedKeyType(key) => format!("{} is no key", shown(key)),
        E::ValuesNotComparable(a, b) => {
            format!("{} cannot be compared to {}", shown(a), shown(b))
        }
        E::UnsupportedBinaryOperator(operator, a, b) => {
            format!("`{operator}` does not apply to {} and {}", shown(a), shown(b))
        }
        E::UnsupportedIndex(index, of) => format!("{} has no index {}", shown(of), shown(index)),
        E::DivisionByZero(value) | E::RemainderByZero(value) => {
            format!("{} is divided by zero", shown(value))
        }
        E::Overflow(operator, a, b) => {
            format!("`{operator}` of {} and {} is too large", shown(a), shown(b))
        }
        E::IndexOutOfBounds(index) => format!("the list has no index {}", shown(index)),
        E::DuplicateKey(key) => format!("the key {} occurs twice", shown(key)),
        other => other.to_string(),
    }
}
