//! How a reader runs again what a report shows, and where a scenario stands.

use muster_conformance::Results;
use muster_conformance::results::{RunInfo, ScenarioResult};
use muster_journal::TimeMode;

use crate::text::one_line;

/// The target that needs no profile.
const EMBEDDED: &str = "embedded";

/// The command that repeats the scenario of a finding; none when the journal names no scenario, or
/// does not say how a run against this target was started.
pub(crate) fn command(results: &Results, scenario: &str) -> Option<String> {
    let run = &results.run;
    let id = match (scenario, run.scenarios.as_slice()) {
        ("", [only]) => only,
        ("", _) => return None,
        (named, _) => named,
    };
    let known = results.scenarios.iter().find(|known| known.id == id);
    let file = known.map_or("", |known| known.file.as_str());
    let name = if file.is_empty() { id } else { file };
    let mut command = format!("muster run {} --seed {}", quoted(name), run.seed);
    for word in words(run)? {
        command.push(' ');
        command.push_str(&quoted(word));
    }
    Some(command)
}

/// The words of the command line beside scenario and seed. A journal that names none is of a run
/// against the embedded server, or of a Muster that did not record them.
fn words(run: &RunInfo) -> Option<Vec<&str>> {
    match run.time {
        _ if !run.command.is_empty() => Some(run.command.iter().map(String::as_str).collect()),
        _ if run.target != EMBEDDED => None,
        TimeMode::Virtual => Some(vec!["--virtual"]),
        TimeMode::Real => Some(Vec::new()),
    }
}

/// The file of a scenario: as it was named, or below the folder of the library. There a scenario's
/// id is its path without the ending.
pub(crate) fn file(scenario: &str, given: &str) -> String {
    if given.is_empty() { format!("{scenario}.yaml") } else { given.to_owned() }
}

/// `file:line`; the file alone when the line is not known.
pub(crate) fn location(scenario: &ScenarioResult, line: u32) -> String {
    let file = file(&scenario.id, &scenario.file);
    if line == 0 { file } else { format!("{file}:{line}") }
}

/// As one word of a shell: a report invites to paste it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", one_line(word).replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_conformance::Judge;
    use muster_journal::{Header, ScenarioInfo, TargetInfo};

    fn run(target: &str, command: &[&str], scenarios: &[(&str, &str)]) -> Results {
        let scenario = |(id, file): &(&str, &str)| ScenarioInfo {
            id: (*id).to_owned(),
            title: String::new(),
            provokes: Vec::new(),
            file: (*file).to_owned(),
            gates: Vec::new(),
        };
        let header = Header {
            schema: muster_journal::entry::SCHEMA.to_owned(),
            muster: "0.1.0".to_owned(),
            seed: 7,
            time: TimeMode::Real,
            started_at_ms: 0,
            target: TargetInfo { name: target.to_owned(), ..TargetInfo::default() },
            scenarios: scenarios.iter().map(scenario).collect(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            sampling: None,
        };
        Judge::for_run(&header).finish(&header)
    }

    #[test]
    fn a_command_names_file_or_id_and_the_words_of_the_run() {
        let library = run(EMBEDDED, &[], &[("conformance/trust/first", "")]);
        let shown = command(&library, "conformance/trust/first");
        assert_eq!(shown.as_deref(), Some("muster run conformance/trust/first --seed 7"));
        let lab = run("lab", &["--target", "my labs/lab.toml"], &[("day", "soak/day.yaml")]);
        let expected = "muster run soak/day.yaml --seed 7 --target 'my labs/lab.toml'";
        assert_eq!(command(&lab, "").as_deref(), Some(expected));
        assert_eq!(command(&lab, "day").as_deref(), Some(expected));
        assert_eq!(command(&run(EMBEDDED, &[], &[("a", ""), ("b", "")]), ""), None);
    }

    #[test]
    fn a_journal_that_names_no_words_is_only_trusted_for_the_embedded_server() {
        let mut old = run(EMBEDDED, &[], &[("a", "")]);
        old.run.time = TimeMode::Virtual;
        assert_eq!(command(&old, "a").as_deref(), Some("muster run a --seed 7 --virtual"));
        assert_eq!(command(&run("lab", &[], &[("a", "")]), "a"), None);
    }

    #[test]
    fn a_pasted_command_runs_nothing_else() {
        let hostile = run(EMBEDDED, &["--defect", "$(id)"], &[("x", "x; rm -rf ~'\n`id`")]);
        let expected = r"muster run 'x; rm -rf ~'\'' `id`' --seed 7 --defect '$(id)'";
        assert_eq!(command(&hostile, "x").as_deref(), Some(expected));
    }

    #[test]
    fn a_location_has_a_line_when_it_is_known() {
        let results = run(EMBEDDED, &[], &[("a/b", ""), ("c", "../lab/c.yml")]);
        assert_eq!(location(&results.scenarios[0], 12), "a/b.yaml:12");
        assert_eq!(location(&results.scenarios[0], 0), "a/b.yaml");
        assert_eq!(location(&results.scenarios[1], 3), "../lab/c.yml:3");
    }
}
