//! `muster schema`: the published JSON Schemas.

use crate::cli::Schema;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::output;

pub(crate) fn run(which: Schema) -> Result<Exit, Error> {
    let schema = match which {
        Schema::Scenario => muster_scenarios::schema(),
        Schema::Results => muster_reports::json::schema(),
    };
    output::print(&format!("{schema:#}\n"))?;
    Ok(Exit::Ok)
}
