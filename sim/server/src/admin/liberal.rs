//! What clients write in more than one way: numbers as texts, `null` as a body.
//!
//! Public: published clients send `"365"` for 365, and a body of `null` with calls that have none.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A whole number, written as a number or as a text; none when it is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole(pub(super) Option<i64>);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }))
    }
}

impl JsonSchema for Whole {
    fn schema_name() -> Cow<'static, str> {
        "Whole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"], "description": "A whole number." })
    }
}

impl Whole {
    pub(super) fn from_text(text: &str) -> Self {
        Self(text.trim().parse().ok())
    }

    pub(super) fn as_u32(self) -> Option<u32> {
        self.0.and_then(|number| u32::try_from(number).ok())
    }
}

/// A body; nothing, and `null`, stand for one without members.
pub(super) fn read<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, String> {
    if body.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    let read = serde_json::from_slice::<Option<T>>(body);
    read.map(Option::unwrap_or_default).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Body {
        days: Option<Whole>,
    }

    #[test]
    fn numbers_may_be_texts_and_bodies_may_be_null() {
        for (body, days) in [
            ("", None),
            (" \n", None),
            ("null", None),
            ("{}", None),
            (r#"{"days":null}"#, None),
            (r#"{"days":365}"#, Some(Whole(Some(365)))),
            (r#"{"days":" 365 "}"#, Some(Whole(Some(365)))),
            (r#"{"days":"many","more":1}"#, Some(Whole(None))),
            (r#"{"days":1.5}"#, Some(Whole(None))),
            (r#"{"days":99999999999999999999}"#, Some(Whole(None))),
        ] {
            assert_eq!(read::<Body>(body.as_bytes()).unwrap(), Body { days }, "{body}");
        }
        for body in ["[]", "{", "1", "nul", "\u{0}"] {
            assert!(read::<Body>(body.as_bytes()).is_err(), "{body}");
        }
    }
}
