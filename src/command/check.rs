//! `muster check`: the conformance scenarios of the library, judged.

use crate::cli::CheckArgs;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::{harness, selection};

pub(crate) fn run(args: &CheckArgs, colour: bool) -> Result<Exit, Error> {
    let scenarios = selection::for_check(&args.scenarios)?;
    let ran = harness::run(scenarios, 1, &args.run)?;
    let exit = harness::report(&ran.results, &args.run.reports, colour)?;
    Ok(harness::exit(&ran, exit))
}
