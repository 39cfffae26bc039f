//! One HTML page with everything in it: no network, no second file, useful without its script.
//!
//! The template engine escapes every value; only the style sheet and the script of this crate are
//! passed as they are, and the section of a load run, which the engine has made.

mod axis;
mod budget;
mod chart;
mod check_view;
mod load_view;
mod page_view;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use muster_conformance::Results;
use muster_conformance::catalogue::Catalogue;

use crate::Error;
use load_view::LoadView;
use page_view::PageView;

/// The engine escapes for HTML because of the ending.
const TEMPLATE_NAME: &str = "report.html";
const TEMPLATE: &str = include_str!("../templates/report.html");
const LOAD_TEMPLATE_NAME: &str = "load.html";
const LOAD_TEMPLATE: &str = include_str!("../templates/load.html");
const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

/// Base64 of the SHA-256 of the script: the page lets no other script run.
pub const SCRIPT_SHA256: &str = "cLoRf96zIEKdsr1MOxqYWGhi1tH/XHQLV3s37Qc6pRk=";

/// The page.
pub fn render(results: &Results, catalogue: &Catalogue) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.add_template(TEMPLATE_NAME, TEMPLATE)?;
    environment.add_template(LOAD_TEMPLATE_NAME, LOAD_TEMPLATE)?;
    let load = match LoadView::new(results) {
        None => String::new(),
        Some(view) => environment
            .get_template(LOAD_TEMPLATE_NAME)?
            .render(context! { load => Value::from(Serde(&view)) })?,
    };
    let page = PageView::new(results, catalogue);
    let context = context! {
        page => Value::from(Serde(&page)),
        // Escaped when it was rendered.
        load => Value::from_safe_string(load),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        script_sha256 => Value::from_safe_string(SCRIPT_SHA256.to_owned()),
    };
    Ok(environment.get_template(TEMPLATE_NAME)?.render(context)?)
}
