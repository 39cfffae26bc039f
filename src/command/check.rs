//! `muster check`: the conformance scenarios of the library, judged.

use crate::cli::CheckArgs;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::harness::{self, Wanted};
use crate::selection;

pub(crate) fn run(args: &CheckArgs, colour: bool) -> Result<Exit, Error> {
    let scenarios = selection::for_check(&args.scenarios)?;
    let ran = harness::run(Wanted { scenarios, scale: Some(1), args: &args.run, load: None })?;
    let exit = harness::report(&ran.results, &args.run.reports, colour)?;
    Ok(harness::exit(&ran, exit))
}
