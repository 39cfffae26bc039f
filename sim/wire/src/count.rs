//! A count as the wire writes it, number or text: both read, a number is written unless a format
//! is known to write text.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u32),
        Text(String),
    }
    match Form::deserialize(deserializer)? {
        Form::Number(count) => Ok(count),
        Form::Text(text) => text
            .parse()
            .map_err(|_| D::Error::custom(format_args!("count is {text:?}, expected a number"))),
    }
}

pub(crate) fn as_text<S: Serializer>(count: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(count)
}
