//! From text to a scenario. Reads on after a mistake, so that one run tells all of them.

mod action;
mod arrivals;
mod classic;
mod era;
mod expect;
mod fields;
mod file;
mod gate;
mod gates;
mod load;
mod quantity;
mod reader;
mod request;
mod scalar;
mod scenario;
mod step;
mod tamper;

use crate::known_names::KnownNames;
use crate::model::Scenario;
use crate::report::{Problem, Report};
use crate::source::SourceText;
use crate::tree::Node;
use crate::vocabulary::FILE_BYTES_MAX;

use reader::Reader;
pub use scalar::duration_ms;

/// Reads a scenario. Names of platforms, endpoints, ID tokens and hooks are taken as they are.
pub fn parse(file_name: &str, text: &str) -> Result<Scenario, Report> {
    lint(file_name, text, &KnownNames::default())
}

/// Reads a scenario and reports names that are not known where it is to run.
pub fn lint(file_name: &str, text: &str, known: &KnownNames) -> Result<Scenario, Report> {
    if text.len() > FILE_BYTES_MAX {
        let length = text.len();
        let source = SourceText::new(file_name, "");
        let message = format!("the file has {length} bytes; {FILE_BYTES_MAX} is the most");
        let problem = Problem::new(&source, &(0..0), message)
            .with_help("split it into several scenarios, or use `repeat`");
        return Err(Report::new(source, vec![problem]));
    }
    // A byte order mark is not part of the first key.
    let source = SourceText::new(file_name, text.strip_prefix('\u{feff}').unwrap_or(text));
    let tree = match Node::read(&source) {
        Ok(tree) => tree,
        Err(problem) => return Err(Report::new(source, vec![*problem])),
    };
    let mut reader = Reader::new(&source, known);
    let scenario = reader.scenario(&tree);
    let problems = reader.finish();
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(Report::new(source, problems)),
    }
}
