//! `muster recheck`: the verdicts of a recorded journal, with no network; and the expectation
//! files that every judged run is compared with.

use std::collections::BTreeSet;
use std::path::Path;

use muster_conformance::{Expectations, Judge, Results, coverage};
use muster_journal::{Reader, Sink};

use crate::cli::{ExpectationArgs, RecheckArgs};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::harness;

pub(crate) fn run(args: &RecheckArgs, colour: bool) -> Result<Exit, Error> {
    let expectations = expectations(&args.expectations)?;
    let baseline = baseline(&args.expectations)?;
    let mut reader = Reader::open(&args.source)?;
    let header = reader.header().clone();
    let mut judge = Judge::new();
    for entry in &mut reader {
        judge.record(&entry?);
    }
    let mut results = judge.finish(&header);
    compare(&mut results, expectations.as_ref(), baseline.as_ref());
    harness::report(&results, &args.reports, colour)
}

/// Reads the expectation file, if one is given.
pub(crate) fn expectations(args: &ExpectationArgs) -> Result<Option<Expectations>, Error> {
    let Some(path) = &args.expect else { return Ok(None) };
    Expectations::parse(&path.to_string_lossy(), &text(path)?)
        .map(Some)
        .map_err(|error| Error::Expectations(error.to_string()))
}

/// Reads the coverage baseline, if one is given.
pub(crate) fn baseline(args: &ExpectationArgs) -> Result<Option<BTreeSet<String>>, Error> {
    let Some(path) = &args.coverage else { return Ok(None) };
    coverage::parse(&path.to_string_lossy(), &text(path)?)
        .map(Some)
        .map_err(|error| Error::Expectations(error.to_string()))
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
