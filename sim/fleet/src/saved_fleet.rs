//! The state of a fleet between two runs: one JSON line for the fleet, one for each instance.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// `schema` of the files this release writes.
const SCHEMA: &str = "muster.fleet/1";
/// Longest line that is read: an instance with a thousand stored reports stays well below.
const LINE_BYTES_MAX: u64 = 16 * 1_024 * 1_024;

/// What the instances of a fleet held when they were saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedFleet {
    /// Of the run that saved it: identities follow from it.
    pub seed: u64,
    /// The same; empty where the run had none.
    pub run_id: String,
    /// Logical time of saving, milliseconds since the epoch.
    pub saved_at_ms: u64,
    /// State by fleet index.
    pub instances: BTreeMap<u32, Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    schema: String,
    seed: u64,
    run_id: String,
    saved_at_ms: u64,
    instances: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instance {
    index: u32,
    state: String,
}

/// Why a saved fleet cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SavedFleetError {
    /// The file system says no.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// A line is not what it should be.
    #[error("{path} line {line}: {reason}")]
    Line {
        /// The file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong, and what to do.
        reason: String,
    },
}

impl SavedFleet {
    /// Writes the fleet; the file has its name only when it is whole.
    pub fn write(&self, path: &Path) -> Result<(), SavedFleetError> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = Path::new(&part);
        let failed = |at: &Path| {
            let path = at.display().to_string();
            move |error: std::io::Error| SavedFleetError::File { path, reason: error.to_string() }
        };
        let mut file = BufWriter::new(File::create(part).map_err(failed(part))?);
        let heading = Heading {
            schema: SCHEMA.to_owned(),
            seed: self.seed,
            run_id: self.run_id.clone(),
            saved_at_ms: self.saved_at_ms,
            instances: self.instances.len(),
        };
        let mut line = serde_json::to_string(&heading).expect("plain data");
        for (index, state) in &self.instances {
            writeln!(file, "{line}").map_err(failed(part))?;
            let instance = Instance { index: *index, state: STANDARD.encode(state) };
            line = serde_json::to_string(&instance).expect("plain data");
        }
        writeln!(file, "{line}").map_err(failed(part))?;
        let file = file.into_inner().map_err(|error| failed(part)(error.into_error()))?;
        file.sync_all().map_err(failed(part))?;
        std::fs::rename(part, path).map_err(failed(path))
    }

    /// Reads a fleet back.
    pub fn read(path: &Path) -> Result<Self, SavedFleetError> {
        let shown = || path.display().to_string();
        let file = File::open(path)
            .map_err(|error| SavedFleetError::File { path: shown(), reason: error.to_string() })?;
        let mut lines = Lines { from: BufReader::new(file), path: shown(), line: 0 };
        let heading: Heading = lines.next()?.ok_or_else(|| lines.wrong("the file is empty"))?;
        if heading.schema != SCHEMA {
            let reason = format!("schema `{}`; this release reads {SCHEMA}", heading.schema);
            return Err(lines.wrong(&reason));
        }
        let mut instances = BTreeMap::new();
        while let Some(Instance { index, state }) = lines.next()? {
            let state = STANDARD.decode(state).map_err(|_| lines.wrong("`state` is not base64"))?;
            if instances.insert(index, state).is_some() {
                return Err(lines.wrong(&format!("instance {index} is there twice")));
            }
        }
        if instances.len() != heading.instances {
            let (held, said) = (instances.len(), heading.instances);
            let reason = format!("the file ends after {held} of {said} instances; it was cut");
            return Err(lines.wrong(&reason));
        }
        let Heading { seed, run_id, saved_at_ms, .. } = heading;
        Ok(Self { seed, run_id, saved_at_ms, instances })
    }
}

struct Lines {
    from: BufReader<File>,
    path: String,
    line: usize,
}

impl Lines {
    fn next<T: serde::de::DeserializeOwned>(&mut self) -> Result<Option<T>, SavedFleetError> {
        use std::io::Read;
        self.line += 1;
        let mut text = Vec::new();
        let mut from = self.from.by_ref().take(LINE_BYTES_MAX);
        let read = from.read_until(b'\n', &mut text);
        let count = read.map_err(|error| self.wrong(&error.to_string()))?;
        if count == 0 {
            return Ok(None);
        }
        if count as u64 == LINE_BYTES_MAX {
            return Err(self.wrong("the line is too long for a saved fleet"));
        }
        let parsed = serde_json::from_slice(&text);
        parsed.map(Some).map_err(|error| self.wrong(&format!("no line of a saved fleet: {error}")))
    }

    fn wrong(&self, reason: &str) -> SavedFleetError {
        let (path, line, reason) = (self.path.clone(), self.line.max(1), reason.to_owned());
        SavedFleetError::Line { path, line, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet() -> SavedFleet {
        let instances = [(0, vec![1, 2, 3]), (7, vec![]), (9, vec![255; 300])];
        let run_id = "drill".to_owned();
        SavedFleet { seed: 7, run_id, saved_at_ms: 1_800_000_000_000, instances: instances.into() }
    }

    #[test]
    fn a_fleet_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet");
        fleet().write(&path).unwrap();
        assert_eq!(SavedFleet::read(&path).unwrap(), fleet());
        assert!(!folder.path().join("fleet.part").exists());
    }

    #[test]
    fn a_file_that_is_no_whole_fleet_says_where_and_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet");
        fleet().write(&path).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = whole.lines().collect();
        let cases = [
            (String::new(), "line 1: the file is empty"),
            (lines[..3].join("\n"), "line 4: the file ends after 2 of 3 instances; it was cut"),
            (whole.replace("fleet/1", "fleet/9"), "line 1: schema `muster.fleet/9`"),
            (whole.replace("AQID", "A?"), "line 2: `state` is not base64"),
            (whole.replace("\"index\":7", "\"index\":0"), "line 3: instance 0 is there twice"),
            (format!("{whole}x"), "line 5: no line of a saved fleet"),
        ];
        for (text, expected) in cases {
            std::fs::write(&path, text).unwrap();
            let error = SavedFleet::read(&path).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
