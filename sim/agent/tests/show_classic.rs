//! The texts of the show commands of the classic era, in the states an instance goes through.

use muster_agent::classic::ClassicEffect;
use muster_agent::{ClassicCommand, ClassicShowCommand, ClassicShown, EventLog};

use crate::classic_server::{ClassicBench, DAY_MS, HOUR_MS, register};

pub(crate) const COMMANDS: [&str; 11] = [
    "show license all",
    "show license status",
    "show license summary",
    "show license tech support",
    "show license usage",
    "show license udi",
    "show license eventlog",
    "show license mode",
    "show license server",
    "show license catalog",
    "show hostname privacy",
];

/// Where the instance is told to send its requests; only printed.
pub(crate) const SERVER_URL: &str = "https://licensing.example.test:8443/SmartTransport";

type Play = fn(&str) -> ClassicBench;

/// Every state, in the order an instance meets them.
pub(crate) const STATES: [(&str, Play); 8] = [
    ("new", ClassicBench::new),
    ("evaluation", evaluation),
    ("evaluation_expired", evaluation_expired),
    ("refused", refused),
    ("retrying", retrying),
    ("registered", ClassicBench::registered),
    ("out_of_compliance", out_of_compliance),
    ("out_of_contact", out_of_contact),
];

/// Every command the product has, and what it prints.
pub(crate) fn texts(bench: &ClassicBench) -> Vec<(&'static str, String)> {
    let (view, platform) = (bench.view(), bench.agent.platform());
    let log = log(bench);
    let (server_urls, now_ms) = ([SERVER_URL], bench.now_ms);
    let shown =
        ClassicShown { view: &view, platform, log: &log, server_urls: &server_urls, now_ms };
    let text = |line| Some((line, ClassicShowCommand::parse(line, platform)?.text(&shown)));
    COMMANDS.into_iter().filter_map(text).collect()
}

/// What was logged. The times are not told apart: all is now.
pub(crate) fn log(bench: &ClassicBench) -> EventLog {
    let mut log = EventLog::default();
    for effect in &bench.log {
        if let ClassicEffect::Syslog(line) = effect {
            log.note_line(bench.now_ms, line);
        }
    }
    log
}

fn snapshot(platform: &str) {
    for (state, play) in STATES {
        let bench = play(platform);
        let host = bench.view().hostname;
        let mut out = String::new();
        for (command, text) in texts(&bench) {
            out += &format!("{host}#{command}\n{text}\n");
        }
        insta::assert_snapshot!(format!("{platform}_{state}"), out);
    }
}

#[test]
fn an_apic_shows_every_state() {
    snapshot("apic");
}

#[test]
fn a_router_shows_every_state() {
    snapshot("csr1000v");
}

#[test]
fn export_controlled_features_are_shown_once_authorized() {
    let mut bench = ClassicBench::registered("csr1000v");
    let feature = bench.agent.platform().export_license().unwrap().feature.clone();
    bench.command(ClassicCommand::RequestExport { feature: feature.clone(), count: 1 });
    bench.advance(2 * HOUR_MS);
    let all = text(&bench, "show license all");
    assert!(all.contains(&format!("    {feature}  Count: 1\n")), "{all}");
    assert!(!all.contains("    <none>\n"), "{all}");
}

#[test]
fn a_conversion_is_shown_once_there_is_one() {
    let mut bench = ClassicBench::registered("csr1000v");
    assert!(!text(&bench, "show license status").contains("License Conversion:"));
    bench.command(ClassicCommand::StartConversion);
    bench.advance(2 * HOUR_MS);
    let status = text(&bench, "show license status");
    assert!(status.contains("License Conversion:\n  Automatic Conversion Enabled: False\n"));
    assert!(status.contains("  Status: Success\n"), "{status}");
}

#[test]
fn no_show_tells_an_id_token() {
    for (_, play) in STATES {
        for (command, text) in texts(&play("csr1000v")) {
            assert!(!text.contains("TVVTVEVSLVRFU1Q"), "{command}");
            assert!(text.ends_with('\n') && !text.contains('\r'), "{command}");
        }
    }
}

fn text(bench: &ClassicBench, line: &str) -> String {
    texts(bench).into_iter().find(|(command, _)| *command == line).unwrap().1
}

fn evaluation(platform: &str) -> ClassicBench {
    let mut bench = ClassicBench::new(platform);
    bench.use_some();
    bench.advance(10 * DAY_MS + HOUR_MS);
    bench
}

fn evaluation_expired(platform: &str) -> ClassicBench {
    let mut bench = ClassicBench::new(platform);
    bench.use_some();
    bench.advance(91 * DAY_MS);
    assert_eq!(bench.view().authorization.status, "EVAL EXPIRED");
    bench
}

fn refused(platform: &str) -> ClassicBench {
    let mut bench = ClassicBench::new(platform);
    bench.use_some();
    bench.server.refuses = Some("The token has expired.");
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "failed");
    bench
}

fn retrying(platform: &str) -> ClassicBench {
    let mut bench = ClassicBench::new(platform);
    bench.up = false;
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "retry");
    bench
}

fn out_of_compliance(platform: &str) -> ClassicBench {
    let mut bench = ClassicBench::new(platform);
    for at in 0..bench.agent.platform().licenses.len() {
        bench.server.purchased.insert(bench.tag(at), 0);
    }
    bench.use_some();
    bench.command(register(false));
    assert_eq!(bench.view().authorization.status, "OUT OF COMPLIANCE");
    bench
}

fn out_of_contact(platform: &str) -> ClassicBench {
    let mut bench = ClassicBench::registered(platform);
    bench.up = false;
    bench.advance(100 * DAY_MS);
    assert_eq!(bench.view().authorization.status, "AUTHORIZATION EXPIRED");
    bench
}
