//! What the third-party parser gets: texts, and the state they were printed from.

use std::collections::BTreeMap;

use muster_agent::{Era, Platform, ShowCommand};
use serde_json::{Value, json};

use crate::show_classic;
use crate::show_states::{SERVER_URL, Watched, states_of};

/// Names the file the texts are written to.
const OUT: &str = "MUSTER_INTEROP_OUT";

/// Products whose command line is not that of IOS XE.
const VOICE: [&str; 2] = ["unified-cm", "unity-connection"];

#[test]
#[ignore = "writes a file for tests/interop/genie.py, which runs it"]
fn texts_and_states_are_written_for_the_parser() {
    let path = std::env::var_os(OUT).expect("the job names the file to write");
    let mut cases = Vec::new();
    for platform in Platform::all() {
        match platform.era {
            Era::Policy => cases.extend(states_of(platform).map(|(state, play)| {
                policy_case(platform, state, &play(Watched::new(&platform.name)))
            })),
            // The parser knows no APIC and no voice product.
            Era::Classic if platform.fabric.is_some() || VOICE.contains(&&*platform.name) => {}
            Era::Classic => cases.extend(show_classic::STATES.map(|(state, play)| {
                let bench = play(&platform.name);
                let texts: BTreeMap<_, _> = show_classic::texts(&bench).into_iter().collect();
                json!({
                    "platform": platform,
                    "state": state,
                    "view": bench.view(),
                    "log": show_classic::log(&bench),
                    "server_url": show_classic::SERVER_URL,
                    "now_ms": bench.now_ms,
                    "texts": texts,
                })
            })),
        }
    }
    let text = serde_json::to_vec(&cases).expect("facts are plain data");
    std::fs::write(path, text).expect("the file can be written");
}

fn policy_case(platform: &Platform, state: &str, watched: &Watched) -> Value {
    let view = watched.view();
    let mut texts: BTreeMap<_, _> = watched.texts().into_iter().collect();
    for report in &view.reports {
        let id = report.report_id;
        let line = format!("show license rum id {id} detail");
        texts.insert(line, watched.text(ShowCommand::RumIdDetail { report_id: id }));
    }
    json!({
        "platform": platform,
        "state": state,
        "view": view,
        "log": watched.log,
        "server_url": SERVER_URL,
        "now_ms": watched.now_ms(),
        "texts": texts,
    })
}
