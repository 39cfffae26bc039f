//! `muster scenario lint`: every mistake of every file, with its place.

use std::path::Path;

use crate::cli::ScenarioCommand;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::{output, selection};

pub(crate) fn run(command: &ScenarioCommand) -> Result<Exit, Error> {
    let ScenarioCommand::Lint { files } = command;
    let mut exit = Exit::Ok;
    for file in files {
        match lint(file) {
            Ok(line) => output::print(&line)?,
            Err(error) => {
                output::note(&error.to_message());
                exit = Exit::Configuration;
            }
        }
    }
    Ok(exit)
}

fn lint(file: &Path) -> Result<String, Error> {
    let text = std::fs::read_to_string(file).map_err(|error| Error::file(file, &error))?;
    let scenario = selection::read(&file.to_string_lossy(), &text)?;
    let needs: Vec<_> = scenario.needs().iter().map(ToString::to_string).collect();
    Ok(format!(
        "{}: good; {} instance(s), needs {}\n",
        file.display(),
        scenario.instances_per_replica(),
        needs.join(", "),
    ))
}
