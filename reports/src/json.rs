//! Results as a versioned JSON document, and back.
//!
//! The document has types of its own, so that a published version does not change when the types
//! of the checks do. Unknown members are ignored when reading.

mod convert;
pub mod document;
pub mod load;
mod words;

use muster_conformance::Results;
use serde::Deserialize;
use serde_json::Value;

use crate::Error;
use document::Document;

/// `schema` of the documents this crate writes.
pub const SCHEMA: &str = "muster.results/1";

/// The document as indented JSON text.
#[must_use]
pub fn render(results: &Results) -> String {
    let document = Document::from(results);
    let mut text =
        serde_json::to_string_pretty(&document).expect("string keys and plain values serialise");
    text.push('\n');
    text
}

/// Reads a document of [`SCHEMA`].
pub fn from_json(text: &str) -> Result<Results, Error> {
    /// Read first: another version may differ in everything else.
    #[derive(Deserialize)]
    struct Version {
        schema: String,
    }
    let version: Version = serde_json::from_str(text)?;
    if version.schema != SCHEMA {
        return Err(Error::Schema { found: version.schema });
    }
    let document: Document = serde_json::from_str(text)?;
    Results::try_from(document)
}

/// The JSON Schema of the document, as published in `schema/results.schema.json`.
#[must_use]
pub fn schema() -> Value {
    schemars::schema_for!(Document).to_value()
}
