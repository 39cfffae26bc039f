//! The JSON Schema of scenario files, made from the vocabulary.

use serde_json::{Map, Value, json};

use crate::vocabulary::{
    ACTIONS, CAST_MAX, EXAMPLES, GROUPS_MAX, Key, MODIFIERS, Mapping, Rule, SCENARIO, STEPS_MAX,
    Shape, TAMPERS,
};

/// The schema (JSON Schema 2020-12) by which editors complete and check scenario files.
///
/// It knows the form only; names, expressions, templates and limits across the file are checked by
/// [`lint`](crate::lint).
#[must_use]
pub fn schema() -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!("Muster scenario"));
    if let Value::Object(scenario) = mapping(&SCENARIO) {
        schema.extend(scenario);
    }
    schema["properties"]["instances"]["minProperties"] = json!(1);
    schema["properties"]["instances"]["maxProperties"] = json!(CAST_MAX);
    let groups = &mut schema["properties"]["load"]["properties"]["groups"];
    groups["minProperties"] = json!(1);
    groups["maxProperties"] = json!(GROUPS_MAX);
    schema.insert("$defs".into(), json!({ "step": step(), "tamper": tamper() }));
    Value::Object(schema)
}

fn mapping(mapping: &Mapping) -> Value {
    let required: Vec<_> =
        mapping.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = object(mapping.keys.iter().map(property));
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    let rules: Vec<Value> = mapping.rules.iter().map(rule).collect();
    if !rules.is_empty() {
        schema["allOf"] = json!(rules);
    }
    schema
}

fn rule(rule: &Rule) -> Value {
    match rule {
        Rule::NotEmpty => json!({ "minProperties": 1 }),
        Rule::Without(key, others) => {
            let others: Vec<_> =
                others.iter().map(|other| json!({ "required": [key, other] })).collect();
            json!({ "not": { "anyOf": others } })
        }
        Rule::AtMostOne(keys) => {
            let pairs = keys.iter().enumerate().flat_map(|(at, key)| {
                keys[at + 1..].iter().map(move |other| json!({ "required": [key, other] }))
            });
            json!({ "not": { "anyOf": pairs.collect::<Vec<_>>() } })
        }
        Rule::ExactlyOne(keys) => {
            let each: Vec<_> = keys.iter().map(|key| json!({ "required": [key] })).collect();
            json!({ "oneOf": each })
        }
        Rule::OnlyBeside(key, others) => {
            let beside = others.iter().map(|other| json!({ "required": [other] }));
            let absent = json!({ "not": { "required": [key] } });
            json!({ "anyOf": std::iter::once(absent).chain(beside).collect::<Vec<_>>() })
        }
        Rule::Together(key, others) => {
            let all: Vec<_> = std::iter::once(key).chain(*others).collect();
            json!({ "anyOf": [{ "not": { "required": [key] } }, { "required": all }] })
        }
        Rule::OnlyWith(key, flag) => json!({ "anyOf": [
            { "not": { "required": [key] } },
            { "required": [flag], "properties": { (*flag): { "enum": [true] } } },
        ] }),
    }
}

fn property(key: &Key) -> (&'static str, Value) {
    (key.name, described(shape(&key.shape), key.about))
}

fn object(properties: impl Iterator<Item = (&'static str, Value)>) -> Value {
    let properties: Map<_, _> =
        properties.map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn described(mut schema: Value, about: &str) -> Value {
    if let Value::Object(members) = &mut schema {
        members.insert("description".into(), json!(about));
    }
    schema
}

fn step() -> Value {
    let bare: Vec<_> = ACTIONS.iter().filter(|action| action.bare).map(|a| a.name).collect();
    let actions = ACTIONS
        .iter()
        .map(|action| (action.name, described(shape(&action.argument), action.about)));
    let mut full = object(actions.chain(MODIFIERS.iter().map(property)));
    full["oneOf"] = ACTIONS
        .iter()
        .map(|action| {
            let not_taken: Vec<Value> = MODIFIERS
                .iter()
                .filter(|modifier| !action.modifiers.names().contains(&modifier.name))
                .map(|modifier| json!({ "required": [modifier.name] }))
                .collect();
            if not_taken.is_empty() {
                json!({ "required": [action.name] })
            } else {
                json!({ "required": [action.name], "not": { "anyOf": not_taken } })
            }
        })
        .collect();
    json!({ "anyOf": [{ "enum": bare }, full] })
}

fn tamper() -> Value {
    let bare: Vec<_> = TAMPERS
        .iter()
        .filter(|tamper| matches!(tamper.argument, Shape::Nothing))
        .map(|tamper| tamper.name)
        .collect();
    let full = object(
        TAMPERS
            .iter()
            .map(|tamper| (tamper.name, described(shape(&tamper.argument), tamper.about))),
    );
    let mut full = full;
    full["minProperties"] = json!(1);
    full["maxProperties"] = json!(1);
    json!({ "anyOf": [{ "enum": bare }, full] })
}

fn shape(value: &Shape) -> Value {
    match value {
        Shape::Nothing => json!({ "anyOf": [
            { "type": "null" },
            { "type": "object", "maxProperties": 0 },
        ] }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Text => json!({ "type": "string", "minLength": 1 }),
        Shape::Template => json!({ "type": ["string", "integer"] }),
        Shape::Expression => json!({ "type": ["string", "boolean"] }),
        Shape::Integer { min, max } => {
            // The largest integers are left to the parser: JSON readers disagree about them.
            match i64::try_from(*max) {
                Ok(max) => json!({ "type": "integer", "minimum": *min as i64, "maximum": max }),
                Err(_) => json!({ "type": "integer", "minimum": *min as i64 }),
            }
        }
        Shape::Duration => json!({ "type": "string", "pattern": "^([0-9]+(ms|s|m|h|d))+$" }),
        Shape::SignedDuration => {
            json!({ "type": "string", "pattern": "^[+-]?([0-9]+(ms|s|m|h|d))+$" })
        }
        Shape::Pointer => json!({ "type": "string", "pattern": "^/" }),
        Shape::Path => json!({ "type": "string", "pattern": "^(/|\\{[{%#])" }),
        Shape::Base64 => json!({ "type": "string", "contentEncoding": "base64" }),
        Shape::RequirementId => {
            json!({ "type": "string", "pattern": "^[A-Z]{2,8}-[0-9]{3}$" })
        }
        Shape::Words(words) => json!({ "enum": words }),
        Shape::Any => json!({}),
        Shape::Rate => json!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?/(s|min|h)$" }),
        Shape::Percent => json!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?%$" }),
        Shape::Gate => json!({ "type": "string", "minLength": 1, "examples": EXAMPLES }),
        Shape::List(item) => json!({ "type": "array", "items": shape(item) }),
        Shape::Listed { item, max } => {
            json!({ "type": "array", "items": shape(item), "minItems": 1, "maxItems": max })
        }
        Shape::OneOrMore(item) => {
            let item = shape(item);
            json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1 }] })
        }
        Shape::Named(item) => json!({ "type": "object", "additionalProperties": shape(item) }),
        Shape::Identified(item) => json!({
            "type": "object",
            "propertyNames": { "pattern": "^[a-z][a-z0-9_]*$" },
            "additionalProperties": shape(item),
        }),
        Shape::Map(inner) => mapping(inner),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(shape).collect::<Vec<_>>() }),
        Shape::Steps => json!({
            "type": "array",
            "items": { "$ref": "#/$defs/step" },
            "minItems": 1,
            "maxItems": STEPS_MAX,
        }),
        Shape::Branches => {
            json!({ "type": "array", "items": shape(&Shape::Steps), "minItems": 2 })
        }
        Shape::Tamper => json!({ "$ref": "#/$defs/tamper" }),
    }
}
