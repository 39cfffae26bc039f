//! What idle agents cost in memory: 50,000 of each era, trusted with an open report or registered
//! and authorized, as resident bytes beside what they count themselves.
//!
//! `cargo bench -p muster-agent --bench idle_memory`

use std::io::Write as _;

use muster_agent::{
    ClassicAgent, ClassicCommand, ClassicInput, Command, Common, Input, Platform, SmartAgent,
};
use muster_certs::{Authority, Seed, SigningMode};
use muster_wire::classic::AnswerData;

use policy_server::START_MS;

mod classic_server;
#[expect(dead_code, reason = "other benches ask for more")]
mod policy_server;

const AGENTS: u32 = 50_000;

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells its memory");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("RSS is told");
    let kib = line.split_ascii_whitespace().nth(1).expect("a number follows");
    kib.parse::<usize>().expect("a number follows") * 1024
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
    let outbound = policy_server::sent(&mut effects);
    let sealed = agent.seal(&outbound, common);
    let body = policy_server::complete(&outbound.nonce(), &policy_server::trust(&sealed));
    let input = Input::Answer { status: 200, body: &body };
    agent.handle_quietly(START_MS, input, &mut effects, common);
    assert!(agent.is_trusted() && agent.has_open_report());
    agent
}

fn registered(seed: &Seed, index: u32, authority: &Authority, common: &mut Common) -> ClassicAgent {
    let platform = Platform::named("csr1000v").expect("an embedded platform");
    let mut agent = ClassicAgent::with_signing(platform, seed, index, SigningMode::Placeholder);
    let mut effects = Vec::new();
    let mut take = |agent: &mut ClassicAgent, input: ClassicInput<'_>| {
        agent.handle_quietly(START_MS, input, &mut effects, common);
        std::mem::take(&mut effects)
    };
    let used = ClassicCommand::Use { feature: "prem_250M".into(), count: 1 };
    take(&mut agent, ClassicInput::Command(used));
    let token = ClassicCommand::Register { id_token: "bench".to_owned(), force: false };
    let outbound = classic_server::sent(&mut take(&mut agent, ClassicInput::Command(token)));
    let data = AnswerData::Registration(classic_server::registration(authority, &agent));
    let body = classic_server::answer(&outbound, platform, &data);
    let answer = ClassicInput::Answer { status: 200, body: &body };
    let outbound = classic_server::sent(&mut take(&mut agent, answer));
    let body = classic_server::authorized(&outbound, platform, START_MS);
    take(&mut agent, ClassicInput::Answer { status: 200, body: &body });
    assert!(agent.is_registered() && !agent.in_flight());
    agent
}

/// Makes a fleet, and says what each of its agents takes.
fn measure<T>(what: &str, mut make: impl FnMut(u32) -> T, heap_bytes: impl Fn(&T) -> usize) {
    // What libraries and the allocator need once is not an agent's.
    drop(make(AGENTS));
    let before = resident_bytes();
    let mut agents = Vec::with_capacity(AGENTS as usize);
    agents.extend((0..AGENTS).map(&mut make));
    let resident = (resident_bytes() - before) as f64 / f64::from(AGENTS);
    let heap: usize = agents.iter().map(heap_bytes).sum();
    let counted = size_of::<T>() + heap / agents.len();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what}: {resident:.0} B resident per agent, {counted} B counted")
        .expect("the terminal takes text");
}

fn main() {
    let seed = Seed::from_u64(1);
    for licenses in [1, 2] {
        let mut common = Common::new(0);
        let make = |index| trusted(&seed, index, licenses, &mut common);
        let what = format!("policy era, {licenses} open report(s)");
        measure(&what, make, SmartAgent::heap_bytes);
    }
    let (authority, mut common) = (classic_server::authority(), Common::new(0));
    let make = |index| registered(&seed, index, &authority, &mut common);
    measure("classic era, authorized", make, ClassicAgent::heap_bytes);
}
