//! As much of a JSON Schema validator as the scenario schema uses; an unknown keyword is a panic.

use serde_json::Value;

/// What is wrong with `value`; empty when it is valid.
pub(crate) fn validate(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, value, "", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let valid = |schema: &Value| {
        let mut inner = Vec::new();
        check(root, schema, value, at, &mut inner);
        inner.is_empty()
    };
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let good = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "contentEncoding" | "examples" => true,
            "$ref" => {
                let pointer = rule.as_str().expect("a reference is text");
                let target = root.pointer(&pointer[1..]).expect("a reference leads somewhere");
                check(root, target, value, at, faults);
                true
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|rule| is_type(rule, value)),
                rule => is_type(rule, value),
            },
            "enum" => rule.as_array().expect("a list").contains(value),
            "allOf" => rule.as_array().expect("a list").iter().all(valid),
            "propertyNames" => value.as_object().is_none_or(|members| {
                let name = |name: &String| Value::String(name.clone());
                members.keys().all(|key| validate(rule, &name(key)).is_empty())
            }),
            "anyOf" => rule.as_array().expect("a list").iter().any(valid),
            "oneOf" => {
                rule.as_array().expect("a list").iter().filter(|rule| valid(rule)).count() == 1
            }
            "not" => !valid(rule),
            "required" => value.as_object().is_none_or(|members| {
                let names = rule.as_array().expect("a list");
                names.iter().all(|name| members.contains_key(name.as_str().expect("a name")))
            }),
            "properties" | "additionalProperties" => {
                members(root, schema, keyword, value, at, faults)
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}/{index}"), faults);
                }
                true
            }
            "minItems" | "maxItems" | "minProperties" | "maxProperties" | "minLength"
            | "minimum" | "maximum" => within(keyword, rule, value),
            "pattern" => value.as_str().is_none_or(|text| {
                matches_pattern(rule.as_str().expect("a pattern is text"), text)
            }),
            other => panic!("the schema uses `{other}`, which this validator does not know"),
        };
        if !good {
            faults.push(format!("{at}: {keyword} {rule}"));
        }
    }
}

fn members(
    root: &Value,
    schema: &Value,
    keyword: &str,
    value: &Value,
    at: &str,
    faults: &mut Vec<String>,
) -> bool {
    for (name, member) in value.as_object().into_iter().flatten() {
        let rule = schema["properties"].get(name);
        let inner = format!("{at}/{name}");
        match (keyword, rule, &schema["additionalProperties"]) {
            ("properties", Some(rule), _) => check(root, rule, member, &inner, faults),
            ("additionalProperties", None, Value::Bool(false)) => return false,
            ("additionalProperties", None, rule) => check(root, rule, member, &inner, faults),
            _ => {}
        }
    }
    true
}

fn is_type(rule: &Value, value: &Value) -> bool {
    match rule.as_str().expect("a type is a name") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type `{other}`"),
    }
}

fn within(keyword: &str, rule: &Value, value: &Value) -> bool {
    let limit = rule.as_i64().expect("a limit is a number");
    let length = |length: usize| Some(i64::try_from(length).expect("it is short"));
    let actual = match keyword {
        "minItems" | "maxItems" => value.as_array().and_then(|items| length(items.len())),
        "minProperties" | "maxProperties" => value.as_object().and_then(|all| length(all.len())),
        "minLength" => value.as_str().and_then(|text| length(text.chars().count())),
        // Beyond 2^63 every number is over a minimum of the schema.
        _ => value.as_i64().or(value.as_u64().map(|_| i64::MAX)),
    };
    actual.is_none_or(|actual| match keyword.starts_with("min") {
        true => actual >= limit,
        false => actual <= limit,
    })
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    let durations = |text: &str| {
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let unit = ["ms", "s", "m", "h", "d"].into_iter().find(|unit| digits.starts_with(unit));
            match unit {
                Some(unit) if digits.len() < rest.len() => rest = &digits[unit.len()..],
                _ => return false,
            }
        }
        !text.is_empty()
    };
    match pattern {
        "^/" => text.starts_with('/'),
        "^(/|\\{[{%#])" => ["/", "{{", "{%", "{#"].iter().any(|start| text.starts_with(start)),
        "^[a-z][a-z0-9_]*$" => {
            let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(inner)
        }
        "^([0-9]+(ms|s|m|h|d))+$" => durations(text),
        "^[+-]?([0-9]+(ms|s|m|h|d))+$" => durations(text.trim_start_matches(['+', '-'])),
        "^[0-9]+(\\.[0-9]+)?/(s|min|h)$" => text
            .rsplit_once('/')
            .is_some_and(|(number, unit)| decimal(number) && ["s", "min", "h"].contains(&unit)),
        "^[0-9]+(\\.[0-9]+)?%$" => text.strip_suffix('%').is_some_and(decimal),
        "^[A-Z]{2,8}-[0-9]{3}$" => text.split_once('-').is_some_and(|(area, number)| {
            (2..=8).contains(&area.len())
                && area.chars().all(|c| c.is_ascii_uppercase())
                && number.len() == 3
                && number.chars().all(|c| c.is_ascii_digit())
        }),
        other => panic!("unknown pattern `{other}`"),
    }
}

fn decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(text),
    }
}
