//! What a line means to an instance of the policy era: commands of the product as an operator types
//! them, and words of Muster's own that stand for what a shell cannot type.
//!
//! Source: Troubleshoot SLP on 9800, the commands in its examples.

use muster_agent::{Carrier, Command, ShowCommand, TransportKind, UsageSelection};
use muster_wire::PollId;

use super::argument::{no_command, number, says_nothing, signed_span, small, span};

/// What can be typed.
pub(super) const HELP: &str = "\
show license [all|status|summary|usage|udi|tech support|authorization]
show license eventlog [DAYS] | history message | rum id all | rum id ID detail
license smart trust idtoken TOKEN [local|all] [force]   TOKEN may be a name in the target profile
license smart sync [local|all]                          trust if there is none, else report usage
license smart save usage [all|unreported|days N|rum-id ID] file FILE
license smart save trust-request file FILE
license smart authorization request add|replace FEATURE COUNT [file FILE]
license smart authorization return [file FILE]          a file travels by hand, else a message
platform hardware throughput MBPS
license smart import FILE                               a policy, an acknowledgement, a trust code
license smart transport smart|cslu|off
license smart usage interval DAYS
test license smart conversion sched_poll [POLL_ID]      poll now
reload
muster use FEATURE COUNT      the configuration now uses so many licences; 0 for none
muster members COUNT          the instance is a pair or a stack of so many UDIs
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
    /// A command whose outcome is a file.
    Save {
        command: Command,
        file: String,
    },
    Import {
        file: String,
    },
    Via(String),
    Advance {
        by_ms: u64,
    },
    Boot,
    PowerOff,
    Facts,
    Help,
    Leave,
}

/// Reads one line; none when it says nothing.
pub(super) fn read(line: &str, id_token: &dyn Fn(&str) -> String) -> Result<Option<Typed>, String> {
    if says_nothing(line) {
        return Ok(None);
    }
    let words: Vec<_> = line.split_whitespace().collect();
    let typed = match words.as_slice() {
        ["show", ..] => ShowCommand::parse(line).map(Typed::Show),
        ["license", "smart", rest @ ..] => smart(rest, id_token)?,
        ["test", "license", "smart", "conversion", "sched_poll"] => {
            Some(Typed::Command(Command::PollNow { poll_id: None }))
        }
        ["test", "license", "smart", "conversion", "sched_poll", id] => {
            let poll_id = Some(PollId(number(id, "a poll id")?));
            Some(Typed::Command(Command::PollNow { poll_id }))
        }
        ["platform", "hardware", "throughput", mbps] => {
            let mbps = small(mbps, "a number of Mbit/s")?;
            Some(Typed::Command(Command::SetThroughput { mbps }))
        }
        ["reload"] => Some(Typed::Command(Command::Reload)),
        ["muster", rest @ ..] => own(rest)?,
        ["help" | "?"] => Some(Typed::Help),
        ["exit" | "quit" | "logout"] => Some(Typed::Leave),
        _ => None,
    };
    typed.map(Some).ok_or_else(|| no_command(line))
}

fn smart(words: &[&str], id_token: &dyn Fn(&str) -> String) -> Result<Option<Typed>, String> {
    let command = match words {
        ["trust", "idtoken", token, rest @ ..] => {
            let force = match rest {
                [] | ["local" | "all"] => false,
                ["force"] | ["local" | "all", "force"] => true,
                _ => return Ok(None),
            };
            Command::TrustIdToken { id_token: id_token(token), force }
        }
        ["sync"] | ["sync", "local" | "all"] => Command::Sync,
        ["save", "usage", which @ .., "file", file] => {
            let Some(which) = selection(which)? else { return Ok(None) };
            return Ok(saved(Command::SaveUsage(which), file));
        }
        ["save", "trust-request", "file", file] => {
            return Ok(saved(Command::SaveTrustRequest, file));
        }
        ["authorization", rest @ ..] => return authorization(rest),
        ["import", file] => return Ok(Some(Typed::Import { file: (*file).to_owned() })),
        ["transport", kind] => Command::SetTransport(match *kind {
            "smart" => TransportKind::Smart,
            "cslu" => TransportKind::Cslu,
            "off" => TransportKind::Off,
            other => return Err(format!("transport `{other}`: it is smart, cslu or off")),
        }),
        ["usage", "interval", days] => {
            Command::SetReportInterval { days: small(days, "a number of days")? }
        }
        _ => return Ok(None),
    };
    Ok(Some(Typed::Command(command)))
}

fn selection(words: &[&str]) -> Result<Option<UsageSelection>, String> {
    Ok(Some(match words {
        [] | ["all"] => UsageSelection::All,
        ["unreported"] => UsageSelection::Unreported,
        ["days", days] => UsageSelection::Days(small(days, "a number of days")?),
        ["rum-id", id] => UsageSelection::Report(number(id, "a report id")?),
        _ => return Ok(None),
    }))
}

fn authorization(words: &[&str]) -> Result<Option<Typed>, String> {
    let (words, file) = match words {
        [words @ .., "file", file] => (words, Some(*file)),
        words => (words, None),
    };
    let carrier = if file.is_some() { Carrier::File } else { Carrier::Message };
    let command = match words {
        ["request", how @ ("add" | "replace"), feature, count] => Command::RequestAuthorization {
            feature: (*feature).into(),
            count: small(count, "a number of licences")?,
            add: *how == "add",
            carrier,
        },
        ["return"] => Command::ReturnAuthorization { carrier },
        _ => return Ok(None),
    };
    Ok(match file {
        Some(file) => saved(command, file),
        None => Some(Typed::Command(command)),
    })
}

fn saved(command: Command, file: &str) -> Option<Typed> {
    Some(Typed::Save { command, file: file.to_owned() })
}

fn own(words: &[&str]) -> Result<Option<Typed>, String> {
    Ok(Some(match words {
        ["use", feature, count] => {
            let count = small(count, "a number of licences")?;
            Typed::Command(Command::Use { feature: (*feature).into(), count })
        }
        ["members", count] => {
            let count =
                count.parse().map_err(|_| format!("`{count}` is not a number of members"))?;
            Typed::Command(Command::SetMembers { count })
        }
        ["trust", "sync"] => Typed::Command(Command::TrustSync { force: false }),
        ["trust", "sync", "force"] => Typed::Command(Command::TrustSync { force: true }),
        ["via", name] => Typed::Via((*name).to_owned()),
        ["advance", duration] => Typed::Advance { by_ms: span(duration)? },
        ["clock", by] => Typed::Command(Command::StepClock { by_ms: signed_span(by)? }),
        ["power", "off"] => Typed::PowerOff,
        ["power", "on"] => Typed::Boot,
        ["facts"] => Typed::Facts,
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Option<Typed>, String> {
        let token = |typed: &str| if typed == "valid" { "c2VjcmV0" } else { typed }.to_owned();
        super::read(line, &token)
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
        let command = Command::SaveUsage(UsageSelection::Days(30));
        let save = Typed::Save { command, file: "u.xml".to_owned() };
        assert_eq!(read("license smart save usage days 30 file u.xml"), Ok(Some(save)));
        let command = Command::ReturnAuthorization { carrier: Carrier::File };
        let save = Typed::Save { command, file: "r.xml".to_owned() };
        assert_eq!(read("license smart authorization return file r.xml"), Ok(Some(save)));
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
}
