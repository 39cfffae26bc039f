//! `muster explain`: a requirement with its source, checks and scenarios; a check with its
//! requirements; a scenario or a defect with what it is about.

use muster_conformance::explain::Explanation;
use muster_conformance::{Catalogue, Requirement, checks, explain};
use muster_scenarios::{library, parse};
use muster_server::Defect;
use serde_json::{Value, json};

use crate::cli::ExplainArgs;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::output;

/// Columns of wrapped text.
const WIDTH: usize = 96;

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Error> {
    let id = args.id.strip_suffix(".yaml").unwrap_or(&args.id);
    if let Some(entry) = library().iter().find(|entry| entry.id == id) {
        let scenario = parse(entry.file, entry.text)
            .map_err(|report| Error::Bug(format!("library scenario: {report}")))?;
        let mut text = format!("{}\n  {}\n", entry.id, scenario.title);
        if let Some(about) = &scenario.about {
            wrapped(&mut text, "", about);
        }
        let needs: Vec<_> = scenario.needs().iter().map(ToString::to_string).collect();
        text.push_str(&format!("  needs      {}\n", needs.join(", ")));
        text.push_str(&format!("  provokes   {}\n", scenario.provokes.join(", ")));
        text.push_str(&format!("\n{}", entry.text));
        return show(args.json, &text, || json!({ "id": entry.id, "text": entry.text }));
    }
    if let Some(defect) = Defect::named(id) {
        let (name, title) = (defect.name(), defect.title());
        let text = format!(
            "{name}\n  {title}\n  must be caught by {}\n  try: muster check --defect {name}\n",
            defect.requirement(),
        );
        let document =
            || json!({ "name": name, "title": title, "requirement": defect.requirement() });
        return show(args.json, &text, document);
    }
    if let Some(area) = Catalogue::embedded().areas().find(|area| area.eq_ignore_ascii_case(id)) {
        let (text, document) = describe_area(area);
        return show(args.json, &text, || document);
    }
    let explanation = explain(id).map_err(|error| unknown(id, &error))?;
    let scenarios = provoking(&explanation)?;
    let text = describe(&explanation, &scenarios);
    show(args.json, &text, || {
        let mut document = serde_json::to_value(&explanation).expect("plain data");
        document["scenarios"] = json!(scenarios);
        document
    })
}

fn show(as_json: bool, text: &str, document: impl FnOnce() -> Value) -> Result<Exit, Error> {
    if as_json {
        output::print(&format!("{:#}\n", document()))?;
    } else {
        output::print(text)?;
    }
    Ok(Exit::Ok)
}

/// An area: its title, its checks, and how much of it is judged.
fn describe_area(area: &str) -> (String, Value) {
    let catalogue = Catalogue::embedded();
    let title = catalogue.area_title(area).unwrap_or_default();
    let own = |id: &str| id.split('-').next() == Some(area);
    let rows: Vec<_> = catalogue.iter().filter(|row| own(row.id.as_str())).collect();
    let checks: Vec<_> = checks::ALL
        .iter()
        .filter(|listed| listed.check.requirements.iter().any(|id| own(id)))
        .collect();
    let judged = rows
        .iter()
        .filter(|row| checks.iter().any(|c| c.check.requirements.contains(&row.id.as_str())));
    let judged = judged.count();
    let mut text = format!("{area}  {title}\n");
    text.push_str(&format!("  {} requirements, {judged} of them judged by checks\n\n", rows.len()));
    text.push_str("Checks\n");
    for listed in &checks {
        let ids = listed.check.requirements.join(", ");
        text.push_str(&format!("  {:<58} {ids}\n", listed.id));
    }
    if checks.is_empty() {
        text.push_str("  none yet\n");
    }
    text.push_str("\nRequirements\n");
    for row in &rows {
        wrapped(&mut text, &format!("{:<10} ", row.id.as_str()), &row.statement);
    }
    let document = json!({
        "area": area,
        "title": title,
        "checks": checks.iter().map(|listed| listed.id).collect::<Vec<_>>(),
        "requirements": rows,
    });
    (text, document)
}

/// Nothing has this name: the nearest of every kind that can be explained.
fn unknown(id: &str, error: &muster_conformance::Error) -> Error {
    let said = error.to_string();
    if said.contains("did you mean") {
        return Error::Arguments(said);
    }
    let scenarios = library().iter().map(|entry| entry.id);
    let defects = Defect::all().map(|defect| defect.name());
    let areas = Catalogue::embedded().areas();
    Error::unknown(
        "requirement, check, area, scenario or defect",
        id,
        scenarios.chain(defects).chain(areas),
    )
}

/// Library scenarios that give a server an occasion to show the requirements.
fn provoking(explanation: &Explanation) -> Result<Vec<&'static str>, Error> {
    let mut found = Vec::new();
    for entry in library() {
        let scenario = parse(entry.file, entry.text)
            .map_err(|report| Error::Bug(format!("library scenario: {report}")))?;
        let meant = |row: &Requirement| scenario.provokes.iter().any(|id| id == row.id.as_str());
        if explanation.requirements.iter().any(meant) {
            found.push(entry.id);
        }
    }
    Ok(found)
}

fn describe(explanation: &Explanation, scenarios: &[&str]) -> String {
    let mut text = String::new();
    let is_check = explanation.checks.iter().find(|check| check.id == explanation.id);
    if let Some(check) = is_check {
        text.push_str(&format!("{}\n", check.id));
        wrapped(&mut text, "", &check.title);
        text.push('\n');
    }
    for row in &explanation.requirements {
        text.push_str(&format!(
            "{}  {}  {}  {}\n",
            row.id,
            row.level.as_str(),
            row.actor.as_str(),
            row.provenance.as_str()
        ));
        wrapped(&mut text, "", &row.statement);
        wrapped(&mut text, "trigger    ", &row.trigger);
        wrapped(&mut text, "expected   ", &row.expected);
        if let Some(timer) = &row.timer {
            wrapped(&mut text, "timer      ", timer);
        }
        let source = format!("{}, {}", row.source.document, row.source.section);
        wrapped(&mut text, "source     ", &source);
        let observe: Vec<_> = row.observe.iter().map(|how| how.as_str()).collect();
        wrapped(&mut text, "observed   ", &observe.join(", "));
        let status = match row.status.reason() {
            Some(reason) => format!("{}: {reason}", row.status.as_str()),
            None if explanation.checks.is_empty() => row.status.as_str().to_owned(),
            None => "checked".to_owned(),
        };
        wrapped(&mut text, "status     ", &status);
        text.push('\n');
    }
    for ambiguity in &explanation.ambiguities {
        text.push_str(&format!("{}  {}\n", ambiguity.id, ambiguity.location));
        wrapped(&mut text, "conflict   ", &ambiguity.conflict);
        wrapped(&mut text, "resolution ", &ambiguity.resolution);
        text.push('\n');
    }
    if is_check.is_none() {
        text.push_str("Checks\n");
        for check in &explanation.checks {
            text.push_str(&format!("  {}\n", check.id));
            wrapped(&mut text, "  ", &check.title);
        }
        if explanation.checks.is_empty() {
            text.push_str("  none\n");
        }
        text.push('\n');
    }
    text.push_str("Scenarios that provoke it\n");
    for id in scenarios {
        text.push_str(&format!("  {id}\n"));
    }
    if scenarios.is_empty() {
        text.push_str("  none\n");
    }
    text
}

/// Appends `words` with a label, wrapped, under an indentation of two.
fn wrapped(text: &mut String, label: &str, words: &str) {
    let mut line = format!("  {label}");
    let indent = line.chars().count();
    let mut empty = true;
    for word in words.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = " ".repeat(indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    text.push_str(line.trim_end());
    text.push('\n');
}
