//! `muster run`: any scenario, at any scale, judged like everything else.

use muster_fleet::RunSummary;

use crate::cli::RunArgs;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::harness::{self, Wanted};
use crate::{output, selection};

pub(crate) fn run(args: &RunArgs, colour: bool) -> Result<Exit, Error> {
    let scenarios = selection::named(&args.scenarios)?;
    let started = std::time::Instant::now();
    let ran = harness::run(Wanted {
        scenarios,
        scale: args.scale,
        args: &args.run,
        load: Some(&args.load),
    })?;
    let exit = harness::report(&ran.results, &args.run.reports, colour)?;
    output::print(&summary(&ran.summary, started.elapsed().as_secs_f64()))?;
    Ok(harness::exit(&ran, exit))
}

fn summary(summary: &RunSummary, seconds: f64) -> String {
    let RunSummary { completed, not_run, broken, answered, unanswered, .. } = summary;
    format!(
        "journeys: {completed} completed, {not_run} not run, {broken} broken; exchanges: {answered} \
         answered, {unanswered} not; reports acknowledged: {}; {seconds:.1} s\n",
        summary.acknowledged,
    )
}
