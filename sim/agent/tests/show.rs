//! The texts of the show commands, in the states an instance goes through.

use muster_agent::{AgentView, EventLog, MessageSection, Platform, ShowCommand, Shown};

use crate::show_states::{self as states, STATES, Watched};

pub(crate) const COMMANDS: [&str; 11] = [
    "show license",
    "show license all",
    "show license status",
    "show license summary",
    "show license usage",
    "show license udi",
    "show license tech support",
    "show license eventlog",
    "show license history message",
    "show license rum id all",
    "show license authorization",
];

/// Characters of one line that a snapshot keeps; messages and keys are longer.
const LINE_LENGTH_MAX: usize = 160;

fn snapshot(platform: &str) {
    for (state, play) in states::states_of(Platform::named(platform).unwrap()) {
        let watched = play(Watched::new(platform));
        let host = watched.view().hostname;
        let mut out = String::new();
        for (command, text) in watched.texts() {
            out += &format!("{host}#{command}\n{text}\n");
        }
        let shortened = |line: &str| line.chars().take(LINE_LENGTH_MAX).collect::<String>();
        let lines: Vec<_> = out.lines().map(shortened).collect();
        insta::assert_snapshot!(format!("{platform}_{state}"), lines.join("\n"));
    }
}

#[test]
fn a_wireless_controller_shows_every_state() {
    snapshot("c9800-l");
}

#[test]
fn a_switch_shows_every_state() {
    snapshot("catalyst-9300");
}

#[test]
fn no_show_tells_an_id_token() {
    for (_, play) in STATES {
        for (command, text) in play(Watched::new("c9800-l")).texts() {
            assert!(!text.contains("dGVzdC10b2tlbg"), "{command}");
            assert!(text.ends_with('\n') && !text.contains('\r'), "{command}");
        }
    }
}

#[test]
fn what_a_server_says_cannot_forge_a_line() {
    let mut watched = states::trusted(Watched::new("c9800-l"));
    let outbound = watched.command(muster_agent::Command::Sync).unwrap();
    let nonce = outbound.nonce().to_string();
    let body = format!(
        r#"{{"status":"FAILED","message_code":"X","message":"a\n  Smart Account: forged",
            "nonce":"{nonce}"}}"#
    );
    watched.answer(body.as_bytes());
    for (command, text) in watched.texts() {
        let forged = text.lines().any(|line| line.trim() == "Smart Account: forged");
        assert!(!forged, "{command}");
    }
    let past = watched.log.messages().of(MessageSection::UsageReporting);
    assert_eq!(past.len(), 2);
}

#[test]
fn an_instance_without_a_past_shows_none() {
    let watched = states::acknowledged(Watched::new("catalyst-9300"));
    let (view, log) = (watched.view(), EventLog::default());
    let platform = Platform::named("catalyst-9300").unwrap();
    let shown = shown(&view, platform, &log, watched.now_ms());
    let text = ShowCommand::Status.text(&shown);
    assert!(text.contains("INSTALLED on <none>"), "{text}");
    let text = ShowCommand::HistoryMessage.text(&shown);
    assert_eq!(text.matches("No past").count(), 12, "{text}");
}

#[test]
fn no_time_is_too_early_or_too_late_to_show() {
    let watched = states::pending(Watched::new("c9800-l"));
    let (view, log) = (watched.view(), &watched.log);
    let platform = Platform::named("c9800-l").unwrap();
    for now_ms in [0, 1, watched.now_ms(), u64::MAX] {
        let shown = shown(&view, platform, log, now_ms);
        for command in COMMANDS {
            assert!(!ShowCommand::parse(command).unwrap().text(&shown).is_empty());
        }
        assert!(!ShowCommand::Eventlog { days: Some(u32::MAX) }.text(&shown).is_empty());
    }
}

#[test]
fn the_event_log_is_shown_for_the_days_asked_for() {
    let watched = states::overdue(Watched::new("c9800-l"));
    let of = |line: &str| watched.text(ShowCommand::parse(line).unwrap());
    assert!(of("show license eventlog").contains("SAEVT_INIT_SYSTEM_INIT"));
    assert_eq!(of("show license eventlog 2"), "No EventLog Found.\n");
}

#[test]
fn a_report_that_is_not_stored_has_no_details() {
    let watched = Watched::new("c9800-l");
    let text = watched.text(ShowCommand::RumIdDetail { report_id: 7 });
    assert_eq!(text, "% Report Id 7 is not stored.\n");
}

fn shown<'a>(
    view: &'a AgentView,
    platform: &'a Platform,
    log: &'a EventLog,
    now_ms: u64,
) -> Shown<'a> {
    Shown { view, platform, log, server_url: None, now_ms }
}
