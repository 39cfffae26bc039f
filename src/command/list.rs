//! `muster list`: what Muster knows, as a table or as JSON.

use muster_agent::{Platform, ReportingCycle};
use muster_conformance::catalogue::Catalogue;
use muster_conformance::checks;
use muster_scenarios::{library, parse};
use muster_server::Defect;
use serde_json::{Value, json};

use crate::cli::{ListArgs, Listing};
use crate::defect_coverage;
use crate::error::Error;
use crate::exit_code::Exit;
use crate::output;

pub(crate) fn run(args: &ListArgs) -> Result<Exit, Error> {
    let (columns, rows): (&[&str], Vec<Value>) = match args.what {
        Listing::Checks => (&["id", "level", "requirements", "title"], list_checks()),
        Listing::Scenarios => (&["id", "needs", "title"], list_scenarios()?),
        Listing::Requirements => (&["id", "level", "actor", "status", "statement"], requirements()),
        Listing::Defects => {
            (&["name", "area", "requirement", "caught_by", "title"], list_defects())
        }
        Listing::Platforms => (&["name", "product_id", "reports", "title"], list_platforms()),
    };
    if args.json {
        output::print(&format!("{:#}\n", Value::Array(rows)))?;
    } else {
        output::print(&table(columns, &rows))?;
    }
    Ok(Exit::Ok)
}

fn list_checks() -> Vec<Value> {
    checks::ALL
        .iter()
        .map(|listed| {
            json!({
                "id": listed.id,
                "area": listed.area,
                "level": listed.check.level.as_str(),
                "requirements": listed.check.requirements,
                "compatibility": listed.check.is_compatibility(),
                "title": listed.check.title,
            })
        })
        .collect()
}

fn list_scenarios() -> Result<Vec<Value>, Error> {
    library()
        .iter()
        .map(|entry| {
            let scenario = parse(entry.file, entry.text)
                .map_err(|report| Error::Bug(format!("library scenario: {report}")))?;
            let needs: Vec<_> = scenario.needs().iter().map(ToString::to_string).collect();
            Ok(json!({
                "id": entry.id,
                "title": scenario.title,
                "needs": needs,
                "provokes": scenario.provokes,
                "tags": scenario.tags,
            }))
        })
        .collect()
}

fn requirements() -> Vec<Value> {
    Catalogue::embedded()
        .iter()
        .map(|requirement| {
            let mut row = serde_json::to_value(requirement).expect("a row is plain data");
            let checks: Vec<_> = checks::ALL
                .iter()
                .filter(|listed| listed.check.requirements.contains(&requirement.id.as_str()))
                .map(|listed| listed.id)
                .collect();
            if !checks.is_empty() {
                row["status"] = "checked".into();
            }
            row["checks"] = json!(checks);
            row
        })
        .collect()
}

fn list_defects() -> Vec<Value> {
    Defect::all()
        .map(|defect| {
            json!({
                "name": defect.name(),
                "area": defect.area(),
                "era": defect.era().as_str(),
                "requirement": defect.requirement(),
                "caught_by": defect_coverage::caught_by(defect),
                "compatibility": defect_coverage::is_compatibility(defect),
                "unnoticed_because": defect_coverage::unnoticed_because(defect),
                "title": defect.title(),
            })
        })
        .collect()
}

fn list_platforms() -> Vec<Value> {
    Platform::all()
        .iter()
        .map(|platform| {
            let reports = match platform.cycle {
                ReportingCycle::Policy => "by policy".to_owned(),
                ReportingCycle::Fixed { hours } => format!("every {hours} h"),
            };
            json!({
                "name": platform.name,
                "title": platform.title,
                "product_id": platform.product_id,
                "software_tag": platform.software_tag,
                "software_version": platform.software_version,
                "agent_version": platform.agent_version,
                "reports": reports,
            })
        })
        .collect()
}

/// Items of a list that a cell shows; `--json` has them all.
const ITEMS_SHOWN: usize = 2;

/// Rows under headings, columns as wide as they must be, the last one free.
fn table(columns: &[&str], rows: &[Value]) -> String {
    let cell = |row: &Value, column: &str| match &row[column] {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => {
            let shown = items.iter().take(ITEMS_SHOWN).map(|item| item.as_str().unwrap_or("?"));
            let text = shown.collect::<Vec<_>>().join(", ");
            match items.len().saturating_sub(ITEMS_SHOWN) {
                0 => text,
                more => format!("{text} +{more}"),
            }
        }
        other => other.to_string(),
    };
    let widths: Vec<_> = columns
        .iter()
        .map(|column| {
            let cells = rows.iter().map(|row| cell(row, column).chars().count());
            cells.max().unwrap_or(0).max(column.len())
        })
        .collect();
    let mut text = String::new();
    let mut line = |cells: Vec<String>| {
        let mut row = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            row.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    };
    line(columns.iter().map(|column| column.to_uppercase()).collect());
    for row in rows {
        line(columns.iter().map(|column| cell(row, column)).collect());
    }
    text
}
