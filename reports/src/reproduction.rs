//! How a reader runs again what a report shows, and where a scenario stands.

use muster_conformance::results::RunInfo;

/// The target that needs no profile.
const EMBEDDED: &str = "embedded";

/// The command that repeats the scenario of a finding; none when the journal names no scenario.
pub(crate) fn command(run: &RunInfo, scenario: &str) -> Option<String> {
    let scenario = match (scenario, run.scenarios.as_slice()) {
        ("", [only]) => only,
        ("", _) => return None,
        (named, _) => named,
    };
    let mut command = format!("muster run {} --seed {}", quoted(scenario), run.seed);
    if run.target != EMBEDDED {
        command.push_str(&format!(" --target {}", quoted(&run.target)));
    }
    Some(command)
}

/// The file of a scenario, below the folder of scenarios. A scenario's id is its path without the
/// ending.
pub(crate) fn file(scenario: &str) -> String {
    format!("{scenario}.yaml")
}

/// `file:line`; the file alone when the line is not known.
pub(crate) fn location(scenario: &str, line: u32) -> String {
    match line {
        0 => file(scenario),
        line => format!("{}:{line}", file(scenario)),
    }
}

/// As one word of a shell: a report invites to paste it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", crate::text::one_line(word).replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_journal::TimeMode;

    fn run(target: &str, scenarios: &[&str]) -> RunInfo {
        RunInfo {
            muster: "0.1.0".to_owned(),
            seed: 7,
            time: TimeMode::Virtual,
            target: target.to_owned(),
            started_at_ms: 0,
            scenarios: scenarios.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn a_command_names_scenario_seed_and_foreign_target() {
        let embedded = command(&run(EMBEDDED, &[]), "conformance/trust/first");
        assert_eq!(embedded.as_deref(), Some("muster run conformance/trust/first --seed 7"));
        let lab = command(&run("lab 3", &["soak/day"]), "");
        assert_eq!(lab.as_deref(), Some("muster run soak/day --seed 7 --target 'lab 3'"));
        assert_eq!(command(&run(EMBEDDED, &["a", "b"]), ""), None);
    }

    #[test]
    fn a_pasted_command_runs_nothing_else() {
        let hostile = command(&run(EMBEDDED, &[]), "x; rm -rf ~'\n`id`");
        let expected = r"muster run 'x; rm -rf ~'\'' `id`' --seed 7";
        assert_eq!(hostile.as_deref(), Some(expected));
    }

    #[test]
    fn a_location_has_a_line_when_it_is_known() {
        assert_eq!(location("a/b", 12), "a/b.yaml:12");
        assert_eq!(location("a/b", 0), "a/b.yaml");
    }
}
