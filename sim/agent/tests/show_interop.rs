//! What the third-party parser gets: texts, and the state they were printed from.

use std::collections::BTreeMap;

use muster_agent::{Platform, ShowCommand};
use serde_json::json;

use crate::show_states::{SERVER_URL, STATES, Watched};

/// Names the file the texts are written to.
const OUT: &str = "MUSTER_INTEROP_OUT";

#[test]
#[ignore = "writes a file for tests/interop/genie.py, which runs it"]
fn texts_and_states_are_written_for_the_parser() {
    let path = std::env::var_os(OUT).expect("the job names the file to write");
    let mut cases = Vec::new();
    for platform in Platform::all().iter().filter(|one| one.era == muster_agent::Era::Policy) {
        for (state, play) in STATES {
            let watched = play(Watched::new(&platform.name));
            let mut texts: BTreeMap<_, _> = watched.texts().into_iter().collect();
            for report in &watched.view().reports {
                let id = report.report_id;
                let line = format!("show license rum id {id} detail");
                texts.insert(line, watched.text(ShowCommand::RumIdDetail { report_id: id }));
            }
            cases.push(json!({
                "platform": platform,
                "state": state,
                "view": watched.view(),
                "log": watched.log,
                "server_url": SERVER_URL,
                "now_ms": watched.now_ms(),
                "texts": texts,
            }));
        }
    }
    let text = serde_json::to_vec(&cases).expect("facts are plain data");
    std::fs::write(path, text).expect("the file can be written");
}
