//! `muster recheck`: the verdicts of a recorded journal, with no network; and the expectation
//! files that every judged run is compared with.

use std::collections::BTreeSet;
use std::path::Path;

use muster_conformance::{Expectations, Judge, Results, checks, coverage};
use muster_journal::{Reader, Sink};

use crate::cli::{ExpectationArgs, RecheckArgs};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::{harness, output};

pub(crate) fn run(args: &RecheckArgs, colour: bool) -> Result<Exit, Error> {
    let expectations = expectations(&args.expectations)?;
    let baseline = baseline(&args.expectations)?;
    let mut reader = Reader::open(&args.source)?;
    let header = reader.header().clone();
    let mut judge = Judge::for_run(&header);
    let mut cut = None;
    for entry in &mut reader {
        match entry {
            Ok(entry) => judge.record(&entry),
            Err(error) if error.is_cut() => {
                cut = Some(error);
                break;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let mut results = judge.finish(&header);
    if let Some(error) = cut {
        output::note(&format!("{error}; judged up to there"));
        results.interrupted = true;
    }
    compare(&mut results, expectations.as_ref(), baseline.as_ref());
    harness::report(&results, &args.reports, colour)
}

/// Reads the expectation file, if one is given.
pub(crate) fn expectations(args: &ExpectationArgs) -> Result<Option<Expectations>, Error> {
    let Some(path) = &args.expect else { return Ok(None) };
    let expectations = Expectations::parse(&path.to_string_lossy(), &text(path)?)
        .map_err(|error| Error::Expectations(error.to_string()))?;
    Ok(Some(expectations))
}

/// Reads the coverage baseline, if one is given.
pub(crate) fn baseline(args: &ExpectationArgs) -> Result<Option<BTreeSet<String>>, Error> {
    let Some(path) = &args.coverage else { return Ok(None) };
    let baseline = coverage::parse(&path.to_string_lossy(), &text(path)?)
        .map_err(|error| Error::Expectations(error.to_string()))?;
    if let Some(id) = baseline.iter().find(|id| checks::by_id(id).is_none()) {
        let known = checks::ALL.iter().map(|listed| listed.id);
        let unknown = Error::unknown("check", id, known);
        return Err(Error::Expectations(format!("{}: {unknown}", path.display())));
    }
    Ok(Some(baseline))
}

/// Compares results with what was expected of this server.
pub(crate) fn compare(
    results: &mut Results,
    expectations: Option<&Expectations>,
    baseline: Option<&BTreeSet<String>>,
) {
    if let Some(expectations) = expectations {
        let today = jiff::Timestamp::now().to_string();
        expectations.apply(results, &today[..10]);
    }
    if let Some(baseline) = baseline {
        coverage::compare(results, baseline);
    }
}

fn text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|error| Error::file(path, &error))
}
