//! Finding scenarios: files by path, library entries by id or glob.

use std::path::Path;
use std::rc::Rc;

use muster_agent::Platform;
use muster_conformance::Catalogue;
use muster_fleet::program::Program;
use muster_scenarios::model::Scenario;
use muster_scenarios::{Era, KnownNames, library, lint};

use crate::error::Error;

/// Folder of the library that `muster check` plays.
const CHECK_FOLDER: &str = "conformance/";

/// The scenarios `muster check` plays, narrowed by globs over their ids.
pub(crate) fn for_check(globs: &[String]) -> Result<Vec<Rc<Program>>, Error> {
    let entries = library().iter().filter(|entry| entry.id.starts_with(CHECK_FOLDER));
    let chosen: Vec<_> = entries
        .filter(|entry| globs.is_empty() || globs.iter().any(|glob| matches(glob, entry.id)))
        .collect();
    if let Some(glob) = globs.iter().find(|g| !chosen.iter().any(|entry| matches(g, entry.id))) {
        return Err(Error::unknown("scenario", glob, library().iter().map(|entry| entry.id)));
    }
    chosen.into_iter().map(|entry| prepare(entry.file, entry.text, Some(entry.id))).collect()
}

/// The scenarios named on the command line of `muster run`.
pub(crate) fn named(names: &[String]) -> Result<Vec<Rc<Program>>, Error> {
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    for name in names {
        match named_one(name) {
            Ok(program) => found.push(program),
            Err(Error::Scenario(report)) => wrong.push(report),
            Err(error) => return Err(error),
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(Error::Scenario(wrong.join("\n"))) }
}

fn named_one(name: &str) -> Result<Rc<Program>, Error> {
    let path = Path::new(name);
    if path.is_file() {
        let text = std::fs::read_to_string(path).map_err(|error| Error::file(path, &error))?;
        return prepare(name, &text, None);
    }
    if let Some(entry) = library().iter().find(|entry| entry.id == name) {
        return prepare(entry.file, entry.text, Some(entry.id));
    }
    if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
        return Err(Error::file(path, &std::io::Error::from(std::io::ErrorKind::NotFound)));
    }
    Err(Error::unknown("scenario", name, library().iter().map(|entry| entry.id)))
}

/// Reads and lints one scenario.
pub(crate) fn read(file: &str, text: &str) -> Result<Scenario, Error> {
    let platforms = Platform::all().iter().map(|platform| platform.name.to_string()).collect();
    // A target profile may have hooks of its own: a name nobody knows is a hook it lacks.
    let requirements = Catalogue::embedded().iter().map(|row| row.id.to_string()).collect();
    let eras = Platform::all().iter().map(|platform| {
        let era = match platform.era {
            muster_agent::Era::Policy => Era::Policy,
            muster_agent::Era::Classic => Era::Classic,
        };
        (platform.name.to_string(), era)
    });
    let features = Platform::all().iter().map(|platform| {
        let features = platform.licenses.iter().map(|license| license.feature.to_string());
        (platform.name.to_string(), features.collect())
    });
    let known = KnownNames {
        platforms,
        features: features.collect(),
        eras: eras.collect(),
        requirements,
        hooks: Vec::new(),
        ..KnownNames::common()
    };
    lint(file, text, &known).map_err(|report| Error::Scenario(report.to_string()))
}

fn prepare(file: &str, text: &str, id: Option<&str>) -> Result<Rc<Program>, Error> {
    let mut scenario = read(file, text)?;
    if let Some(id) = id {
        id.clone_into(&mut scenario.id);
    }
    Ok(Rc::new(Program::new(scenario)))
}

/// Whether `text` matches a glob in which `*` stands for any characters.
fn matches(glob: &str, text: &str) -> bool {
    match glob.split_once('*') {
        None => glob == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| matches(after, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters() {
        assert!(matches("conformance/trust/*", "conformance/trust/first"));
        assert!(matches("*trust*", "conformance/trust/first"));
        assert!(matches("a", "a"));
        assert!(!matches("a", "ab"));
        assert!(!matches("*/rum/*", "conformance/trust/first"));
    }
}
