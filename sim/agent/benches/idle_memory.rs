//! What idle agents cost in memory: 50,000 trusted ones with an open report, as resident bytes.
//!
//! `cargo bench -p muster-agent --bench idle_memory`

use std::io::Write as _;

use muster_agent::{Command, Common, Effect, Input, Outbound, Platform, SmartAgent};
use muster_certs::{Seed, SigningMode};
use muster_wire::artefact::to_smart_license;
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{AnswerStatus, LineStatus};

const AGENTS: u32 = 50_000;
const START_MS: u64 = 1_800_000_000_000;

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells its memory");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("RSS is told");
    let kib = line.split_ascii_whitespace().nth(1).expect("a number follows");
    kib.parse::<usize>().expect("a number follows") * 1024
}

fn sent(effects: &mut Vec<Effect>) -> Option<Box<Outbound>> {
    effects.drain(..).find_map(|effect| match effect {
        Effect::Send(outbound) => Some(outbound),
        _ => None,
    })
}

fn trusted(seed: &Seed, index: u32, licenses: usize, common: &mut Common) -> SmartAgent {
    let platform = Platform::named("c9800-l").expect("an embedded platform");
    let mode = SigningMode::Placeholder;
    let mut agent = SmartAgent::with_signing(platform, seed, index, mode);
    let mut effects = Vec::new();
    for license in &platform.licenses[..licenses] {
        let command = Command::Use { feature: license.feature.clone(), count: 2 };
        agent.handle_quietly(START_MS, Input::Command(command), &mut effects, common);
    }
    let token = Command::TrustIdToken { id_token: "bench".to_owned(), force: false };
    agent.handle_quietly(START_MS, Input::Command(token), &mut effects, common);
    let outbound = sent(&mut effects).expect("a token is used at once");
    let udi = agent.identity().udi;
    let xml = format!(
        "<smartLicenseTrust><trustCode><udi>{udi}</udi><customerInfo><smartAccount>Muster Load \
         Test Account</smartAccount><virtualAccount>Default</virtualAccount></customerInfo>\
         <piid>00000000-0000-4000-8000-{index:012x}</piid><dateStamp>2027-01-15T08:00:00</dateStamp>\
         <trustId>1</trustId><status><success>true</success></status></trustCode><signature/>\
         </smartLicenseTrust>"
    );
    let mut line = AnswerLine::new(LineStatus::Complete, 1);
    line.smart_license = Some(to_smart_license(&xml));
    let nonce = outbound.request.sender_info.nonce.clone();
    let mut answer = SmartAnswer::failure("", "", nonce);
    (answer.status, answer.license_data) = (AnswerStatus::Complete, vec![line]);
    let body = answer.encode();
    let input = Input::Answer { status: 200, body: &body };
    agent.handle_quietly(START_MS, input, &mut effects, common);
    assert!(agent.is_trusted() && agent.has_open_report());
    agent
}

fn main() {
    let seed = Seed::from_u64(1);
    let mut out = std::io::stdout().lock();
    for licenses in [1, 2] {
        let mut common = Common::new(0);
        // What libraries and the allocator need once is not an agent's.
        drop(trusted(&seed, AGENTS, licenses, &mut common));
        let before = resident_bytes();
        let mut agents = Vec::with_capacity(AGENTS as usize);
        for index in 0..AGENTS {
            agents.push(trusted(&seed, index, licenses, &mut common));
        }
        let resident = (resident_bytes() - before) as f64 / f64::from(AGENTS);
        let heap: usize = agents.iter().map(SmartAgent::heap_bytes).sum();
        let counted = size_of::<SmartAgent>() + heap / agents.len();
        writeln!(
            out,
            "{licenses} open report(s): {resident:.0} B resident per agent, {counted} B counted"
        )
        .expect("the terminal takes text");
    }
}
