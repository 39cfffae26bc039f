//! `docs/state-machines.md`, made from the tables: it is compared here, and written anew with
//! `INSTA_UPDATE=always`.

use std::path::{Path, PathBuf};

use muster_agent::classic::application_redundancy_state::ApplicationRedundancyState;
use muster_agent::classic::authorization_state::AuthorizationState;
use muster_agent::classic::conversion_state::ConversionState;
use muster_agent::classic::evaluation_state::EvaluationState;
use muster_agent::classic::export_authorization_state::ExportAuthorizationState;
use muster_agent::classic::id_certificate_state::IdCertificateState;
use muster_agent::classic::registration_state::RegistrationState;
use muster_agent::classic::third_party_key_state::ThirdPartyKeyState;
use muster_agent::policy::reporting_state::ReportingState;
use muster_agent::policy::rum_report_state::RumReportState;
use muster_agent::policy::slac_state::SlacState;
use muster_agent::policy::trust_state::TrustState;

const HEAD: &str = "# State machines

<!-- Made from the tables in sim/agent/src; do not edit. Write it anew with
     INSTA_UPDATE=always cargo test -p muster-agent state_machines -->

Every state machine of a Smart Agent is one table in one file. What the table does not list is not
possible: the state stays as it was, and the agent does something else. The documents each table
rests on stand in the head of its file. States and inputs have the names that journals show.
";

/// One machine.
struct Machine {
    title: &'static str,
    file: &'static str,
    about: &'static str,
    /// The states an instance can begin in.
    starts: &'static [&'static str],
    moves: Vec<[&'static str; 3]>,
    states: Vec<&'static str>,
    inputs: Vec<&'static str>,
}

/// What a generated table offers, without its types.
macro_rules! machine {
    ($state:ident, $file:literal, $title:literal, $about:literal, $starts:expr) => {{
        let starts: &[$state] = &$starts;
        let starts: Vec<_> = starts.iter().map(|state| state.as_str()).collect();
        let moves = $state::MOVES.iter();
        let mut inputs: Vec<_> = $state::MOVES.iter().map(|(_, on, _)| on.as_str()).collect();
        inputs.sort_unstable();
        inputs.dedup();
        Machine {
            title: $title,
            file: $file,
            about: $about,
            starts: Vec::leak(starts),
            moves: moves.map(|(from, on, to)| [from.as_str(), on.as_str(), to.as_str()]).collect(),
            states: $state::ALL.iter().map(|state| state.as_str()).collect(),
            inputs,
        }
    }};
}

fn policy_era() -> Vec<Machine> {
    vec![
        machine!(
            TrustState,
            "policy/trust_state.rs",
            "Trust code",
            "The trust code of one product instance.",
            [TrustState::None, TrustState::Factory]
        ),
        machine!(
            RumReportState,
            "policy/rum_report_state.rs",
            "RUM report",
            "One RUM report from its first sample to its purge.",
            [RumReportState::Open]
        ),
        machine!(
            SlacState,
            "policy/slac_state.rs",
            "Authorization code",
            "The authorization code of one product instance, from its request to its return.",
            [SlacState::None]
        ),
        machine!(
            ReportingState,
            "policy/reporting_state.rs",
            "Reporting",
            "What the link of an agent to its server is doing.",
            [ReportingState::Init, ReportingState::Idle]
        ),
    ]
}

fn classic_era() -> Vec<Machine> {
    vec![
        machine!(
            RegistrationState,
            "classic/registration_state.rs",
            "Registration",
            "The registration of one product instance.",
            [RegistrationState::NotRegistered]
        ),
        machine!(
            EvaluationState,
            "classic/evaluation_state.rs",
            "Evaluation",
            "The evaluation period of one product instance: ninety days of use, once.",
            [EvaluationState::Unused]
        ),
        machine!(
            IdCertificateState,
            "classic/id_certificate_state.rs",
            "ID certificate",
            "The ID certificate of one product instance.",
            [IdCertificateState::None]
        ),
        machine!(
            AuthorizationState,
            "classic/authorization_state.rs",
            "Authorization",
            "The authorization of one product instance for what it uses.",
            [AuthorizationState::None]
        ),
        machine!(
            ExportAuthorizationState,
            "classic/export_authorization_state.rs",
            "Export authorization",
            "The authorization of one export-controlled licence.",
            [ExportAuthorizationState::None]
        ),
        machine!(
            ConversionState,
            "classic/conversion_state.rs",
            "Conversion",
            "The device-led conversion of one product instance's classic licences.",
            [ConversionState::NotStarted]
        ),
        machine!(
            ApplicationRedundancyState,
            "classic/application_redundancy_state.rs",
            "Application redundancy",
            "One application and its part in a redundant pair.",
            [ApplicationRedundancyState::Single]
        ),
        machine!(
            ThirdPartyKeyState,
            "classic/third_party_key_state.rs",
            "Third-party key",
            "The key of another vendor's service that one product instance asks for.",
            [ThirdPartyKeyState::None]
        ),
    ]
}

fn written() -> String {
    let mut out = HEAD.to_owned();
    out += "\n## Policy era\n";
    for machine in policy_era() {
        out += &section(&machine);
    }
    out += "\n## Classic era\n";
    for machine in classic_era() {
        out += &section(&machine);
    }
    out
}

fn section(machine: &Machine) -> String {
    let mut out = format!("\n### {}\n\n{}", machine.title, machine.about);
    out += &format!(" Table: `sim/agent/src/{}`.\n\n```mermaid\nstateDiagram-v2\n", machine.file);
    for start in machine.starts {
        out += &format!("    [*] --> {start}\n");
    }
    for [from, on, to] in &machine.moves {
        out += &format!("    {from} --> {to}: {on}\n");
    }
    out += "```\n\n| in | on | next |\n|---|---|---|\n";
    for state in &machine.states {
        let mut none = true;
        for [from, on, to] in machine.moves.iter().filter(|[from, ..]| from == state) {
            out += &format!("| `{from}` | `{on}` | `{to}` |\n");
            none = false;
        }
        if none {
            out += &format!("| `{state}` | nothing | |\n");
        }
    }
    out
}

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/state-machines.md")
}

#[test]
fn the_page_about_state_machines_is_as_the_tables_say() {
    let (place, written) = (place(), written());
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        std::fs::write(&place, &written).expect("the page can be written");
    }
    let found = std::fs::read_to_string(&place).unwrap_or_default();
    assert!(
        found == written,
        "docs/state-machines.md is stale: write it anew with INSTA_UPDATE=always"
    );
}

#[test]
fn every_state_can_be_reached_from_a_start() {
    for machine in policy_era().into_iter().chain(classic_era()) {
        let mut reached: Vec<_> = machine.starts.to_vec();
        let mut at = 0;
        while let Some(state) = reached.get(at).copied() {
            at += 1;
            for [from, _, to] in &machine.moves {
                if *from == state && !reached.contains(to) {
                    reached.push(to);
                }
            }
        }
        for state in &machine.states {
            assert!(reached.contains(state), "{}: {state}", machine.title);
        }
        assert!(!machine.inputs.is_empty(), "{}", machine.title);
    }
}
