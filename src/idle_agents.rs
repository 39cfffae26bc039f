//! What an idle agent takes of memory: one of each era is brought to rest against the embedded
//! server, and what it holds then is counted.
//!
//! The count is the agent's own size and a walk over everything it holds on the heap, each piece
//! rounded as an allocator rounds it. What agents share (names of accounts, terms of a policy,
//! loaded keys) is counted to none. `cargo bench -p muster-agent --bench idle_memory` compares it
//! with the resident memory of 50,000 of them.

use muster_agent::Platform;
use muster_fleet::console::{AgentMemory, Console, Said, Surroundings as _};
use muster_fleet::gate::grouped;
use serde_json::{Value, json};

use crate::console_surroundings::InMemory;
use crate::error::Error;
use crate::harness::VIRTUAL_START_MS;

/// Seed of the instances; any other gives the same sizes.
const SEED: u64 = 1;

/// An era, the platform that stands for it, what brings its agent to rest, and its budget.
struct Kind {
    era: &'static str,
    platform: &'static str,
    state: &'static str,
    lines: &'static [&'static str],
    bytes_max: usize,
}

const KINDS: [Kind; 2] = [
    Kind {
        era: "policy",
        platform: "c9800-l",
        state: "trusted, with its open report",
        lines: &["license smart trust idtoken valid"],
        bytes_max: 1_024,
    },
    Kind {
        era: "classic",
        platform: "csr1000v",
        state: "registered and authorized",
        lines: &["license smart register idtoken valid"],
        bytes_max: 1_536,
    },
];

/// What one idle agent was found to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdleAgent {
    era: &'static str,
    platform: &'static str,
    state: &'static str,
    bytes: usize,
    own_bytes: usize,
    heap_bytes: usize,
    bytes_max: usize,
}

/// Brings an agent of each era to rest and counts.
pub(crate) fn measure() -> Result<Vec<IdleAgent>, Error> {
    KINDS.iter().map(at_rest).collect()
}

fn at_rest(kind: &Kind) -> Result<IdleAgent, Error> {
    let (mut around, target) = InMemory::start(SEED, VIRTUAL_START_MS)?;
    let platform = Platform::named(kind.platform).expect("the platform is embedded");
    let mut console = Console::new(platform, &target, SEED, 0, around.now_ms());
    for line in kind.lines {
        for said in console.line(line, &mut around) {
            if let Said::Refused(why) = said {
                return Err(Error::Bug(format!("`{line}` on {}: {why}", kind.platform)));
            }
        }
    }
    let AgentMemory { own_bytes, heap_bytes } = console.memory();
    let Kind { era, platform, state, bytes_max, .. } = *kind;
    let bytes = own_bytes + heap_bytes;
    Ok(IdleAgent { era, platform, state, bytes, own_bytes, heap_bytes, bytes_max })
}

/// What was found, as JSON.
pub(crate) fn document(agents: &[IdleAgent]) -> Value {
    let of = |agent: &IdleAgent| {
        json!({
            "era": agent.era,
            "platform": agent.platform,
            "state": agent.state,
            "bytes": agent.bytes,
            "own_bytes": agent.own_bytes,
            "heap_bytes": agent.heap_bytes,
            "bytes_max": agent.bytes_max,
        })
    };
    agents.iter().map(of).collect()
}

/// The same for people.
pub(crate) fn render(agents: &[IdleAgent]) -> String {
    let mut text = "\nIdle agents, counted:\n".to_owned();
    for agent in agents {
        let level = if agent.bytes <= agent.bytes_max { "ok" } else { "warn" };
        text.push_str(&format!(
            "  {level:<7} {} era: {} B ({} B and {} B of heap) of at most {} B; a {}, {}\n",
            agent.era,
            grouped(agent.bytes as u64),
            agent.own_bytes,
            agent.heap_bytes,
            grouped(agent.bytes_max as u64),
            agent.platform,
            agent.state,
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_of_both_eras_at_rest_stay_within_their_budgets() {
        let agents = measure().expect("the embedded server answers");
        assert_eq!(agents.len(), 2);
        for agent in &agents {
            assert!(agent.bytes <= agent.bytes_max, "{agent:?}");
            assert!(agent.heap_bytes > 0, "it holds what the server gave: {agent:?}");
        }
        assert!(!render(&agents).contains("warn"));
    }
}
