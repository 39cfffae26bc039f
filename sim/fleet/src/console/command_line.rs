//! What a line means: commands of the product instance as an operator types them, and words of
//! Muster's own that stand for what a shell cannot type.
//!
//! Source: Troubleshoot SLP on 9800, the commands in its examples.

use std::collections::BTreeMap;

use muster_agent::{Command, ShowCommand, TransportKind};
use muster_scenarios::duration_ms;
use muster_wire::PollId;

/// First words of every line, for suggestions.
pub const WORDS: &[&str] = &["show", "license", "test", "reload", "muster", "help", "exit"];

/// What can be typed.
pub const HELP: &str = "\
show license [all|status|summary|usage|udi|tech support|authorization]
show license eventlog [DAYS] | history message | rum id all | rum id ID detail
license smart trust idtoken TOKEN [local|all] [force]   TOKEN may be a name in the target profile
license smart sync [local|all]                          trust if there is none, else report usage
license smart save usage [all|unreported] file FILE
license smart import FILE                               a policy, an acknowledgement, a trust code
license smart transport smart|cslu|off
license smart usage interval DAYS
test license smart conversion sched_poll [POLL_ID]      poll now
reload
muster use FEATURE COUNT      the configuration now uses so many licences; 0 for none
muster trust sync [force]     ask for trust without a token
muster via ENDPOINT           send to another endpoint of the target profile
muster advance 8h             let time pass, for the server, too
muster clock 2h | -2h         set the instance's own clock wrong
muster power off | on
muster facts                  everything the instance knows, as JSON
exit
Lines that begin with `!` or `#` are comments.
";

/// A line that was understood.
#[derive(Debug, PartialEq)]
pub(super) enum Typed {
    Show(ShowCommand),
    Command(Command),
    Save { file: String },
    Import { file: String },
    Via(String),
    Advance { by_ms: u64 },
    Boot,
    PowerOff,
    Facts,
    Help,
    Leave,
}

/// Reads one line; none when it says nothing.
pub(super) fn read(
    line: &str,
    id_tokens: &BTreeMap<String, String>,
) -> Result<Option<Typed>, String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let Some(first) = words.first() else { return Ok(None) };
    if first.starts_with(['!', '#']) {
        return Ok(None);
    }
    let typed = match words.as_slice() {
        ["show", ..] => ShowCommand::parse(line).map(Typed::Show),
        ["license", "smart", rest @ ..] => smart(rest, id_tokens)?,
        ["test", "license", "smart", "conversion", "sched_poll"] => {
            Some(Typed::Command(Command::PollNow { poll_id: None }))
        }
        ["test", "license", "smart", "conversion", "sched_poll", id] => {
            let poll_id = Some(PollId(number(id, "a poll id")?));
            Some(Typed::Command(Command::PollNow { poll_id }))
        }
        ["reload"] => Some(Typed::Command(Command::Reload)),
        ["muster", rest @ ..] => own(rest)?,
        ["help" | "?"] => Some(Typed::Help),
        ["exit" | "quit" | "logout"] => Some(Typed::Leave),
        _ => None,
    };
    typed.map(Some).ok_or_else(|| format!("`{}` is no command; `help` lists them", line.trim()))
}

fn smart(words: &[&str], id_tokens: &BTreeMap<String, String>) -> Result<Option<Typed>, String> {
    let command = match words {
        ["trust", "idtoken", token, rest @ ..] => {
            let force = match rest {
                [] | ["local" | "all"] => false,
                ["force"] | ["local" | "all", "force"] => true,
                _ => return Ok(None),
            };
            let id_token = id_tokens.get(*token).cloned().unwrap_or_else(|| (*token).to_owned());
            Command::TrustIdToken { id_token, force }
        }
        ["sync"] | ["sync", "local" | "all"] => Command::Sync,
        ["save", "usage", "file", file] | ["save", "usage", "all" | "unreported", "file", file] => {
            return Ok(Some(Typed::Save { file: (*file).to_owned() }));
        }
        ["import", file] => return Ok(Some(Typed::Import { file: (*file).to_owned() })),
        ["transport", kind] => Command::SetTransport(match *kind {
            "smart" => TransportKind::Smart,
            "cslu" => TransportKind::Cslu,
            "off" => TransportKind::Off,
            other => return Err(format!("transport `{other}`: it is smart, cslu or off")),
        }),
        ["usage", "interval", days] => {
            let days = number(days, "a number of days")?;
            let days = u32::try_from(days).unwrap_or(u32::MAX);
            Command::SetReportInterval { days }
        }
        _ => return Ok(None),
    };
    Ok(Some(Typed::Command(command)))
}

fn own(words: &[&str]) -> Result<Option<Typed>, String> {
    Ok(Some(match words {
        ["use", feature, count] => {
            let count = u32::try_from(number(count, "a number of licences")?).unwrap_or(u32::MAX);
            Typed::Command(Command::Use { feature: (*feature).into(), count })
        }
        ["trust", "sync"] => Typed::Command(Command::TrustSync { force: false }),
        ["trust", "sync", "force"] => Typed::Command(Command::TrustSync { force: true }),
        ["via", name] => Typed::Via((*name).to_owned()),
        ["advance", duration] => Typed::Advance { by_ms: span(duration)? },
        ["clock", by] => {
            let (sign, duration) = match by.strip_prefix('-') {
                Some(duration) => (-1, duration),
                None => (1, by.trim_start_matches('+')),
            };
            let by_ms = i64::try_from(span(duration)?).unwrap_or(i64::MAX) * sign;
            Typed::Command(Command::StepClock { by_ms })
        }
        ["power", "off"] => Typed::PowerOff,
        ["power", "on"] => Typed::Boot,
        ["facts"] => Typed::Facts,
        _ => return Ok(None),
    }))
}

fn number(text: &str, what: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not {what}"))
}

fn span(text: &str) -> Result<u64, String> {
    duration_ms(text).ok_or_else(|| format!("`{text}` is no time; write 8h, 30m or 1d12h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Option<Typed>, String> {
        let tokens = BTreeMap::from([("valid".to_owned(), "c2VjcmV0".to_owned())]);
        super::read(line, &tokens)
    }

    #[test]
    fn what_an_operator_types_is_understood() {
        let trust = |id_token: &str, force| {
            let id_token = id_token.to_owned();
            Ok(Some(Typed::Command(Command::TrustIdToken { id_token, force })))
        };
        assert_eq!(read("license smart trust idtoken abc local force"), trust("abc", true));
        assert_eq!(read(" license  smart trust idtoken valid "), trust("c2VjcmV0", false));
        assert_eq!(read("license smart sync all"), Ok(Some(Typed::Command(Command::Sync))));
        assert_eq!(read("show license all"), Ok(Some(Typed::Show(ShowCommand::All))));
        let clock = Typed::Command(Command::StepClock { by_ms: -7_200_000 });
        assert_eq!(read("muster clock -2h"), Ok(Some(clock)));
        assert_eq!(read("! a comment"), Ok(None));
        assert_eq!(read(""), Ok(None));
    }

    #[test]
    fn what_is_no_command_is_said_so() {
        for (line, reason) in [
            ("show lizense", "`show lizense` is no command; `help` lists them"),
            ("license smart transport fax", "transport `fax`: it is smart, cslu or off"),
            ("muster advance soon", "`soon` is no time; write 8h, 30m or 1d12h"),
            ("license smart usage interval x", "`x` is not a number of days"),
            ("muster use air-dna-advantage -1", "`-1` is not a number of licences"),
        ] {
            assert_eq!(read(line), Err(reason.to_owned()), "{line}");
        }
    }

    #[test]
    fn every_first_word_of_the_help_is_known() {
        for line in HELP.lines().filter(|line| !line.starts_with("Lines")) {
            let first = line.split_whitespace().next().unwrap_or_default();
            assert!(WORDS.contains(&first), "{line}");
        }
    }
}
