//! The command line of the bench.

use std::path::PathBuf;

use crate::contender::Tool;
use crate::error::Error;
use crate::identity::Chain;
use crate::server;

/// What this process is.
pub(crate) enum Role {
    /// The server.
    Serve { role: server::Role, chain: Chain, folder: String },
    /// The watch over lost time.
    Watch,
    /// The measurement of cryptography.
    Crypto { chain: Chain },
    /// The bench.
    Bench(Arguments),
    /// `--help`.
    Help,
}

/// A part of the bench that can be chosen by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Stateless,
    Stateful,
    Connections,
    Registration,
    Memory,
    Virtual,
    Soak,
}

impl Part {
    const NAMED: [(&'static str, Self); 7] = [
        ("stateless", Self::Stateless),
        ("stateful", Self::Stateful),
        ("connections", Self::Connections),
        ("registration", Self::Registration),
        ("memory", Self::Memory),
        ("virtual", Self::Virtual),
        ("soak", Self::Soak),
    ];
}

/// What is to be measured.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// One short round of everything.
    pub(crate) quick: bool,
    /// The ten minutes of the soak row, too.
    pub(crate) soak: bool,
    /// Only these; empty for all.
    pub(crate) only: Vec<Tool>,
    /// Only these parts; empty for all but the soak.
    pub(crate) parts: Vec<Part>,
    /// Users of the stateless rows; empty for the usual two.
    pub(crate) users: Vec<u32>,
    /// Interleaved rounds, if not the usual number.
    pub(crate) rounds: Option<usize>,
    /// Where the results go; none for nowhere but the terminal.
    pub(crate) out: Option<PathBuf>,
}

impl Arguments {
    pub(crate) const HELP: &str = "\
Muster beside its peers: cargo bench --bench peers -- [OPTIONS]

  --only NAME,..    only these of wrk, h2load, oha, hey, locust, goose, muster
  --parts NAME,..   only these of stateless, stateful, connections, registration, memory, virtual,
                    soak
  --users N,..      users of the stateless part (1000,10000)
  --rounds N        interleaved rounds (3)
  --quick           one short round, fewer users and instances
  --soak            the ten minutes of the soak row, too
  --out FILE        write the results there (a whole run: benches/RESULTS.md)

Peers are looked for in MUSTER_BENCH_PEERS (folders, separated by colons), PATH and ~/.cargo/bin;
muster is target/release/muster or MUSTER_BENCH_MUSTER. Needs setpriv, taskset and chrt of
util-linux.";

    /// Whether `part` is to be measured.
    pub(crate) fn wants(&self, part: Part) -> bool {
        match part {
            Part::Soak => self.soak || self.parts.contains(&part),
            _ => self.parts.is_empty() || self.parts.contains(&part),
        }
    }

    /// Whether `tool` is to be measured.
    pub(crate) fn admits(&self, tool: Tool) -> bool {
        self.only.is_empty() || self.only.contains(&tool)
    }

    /// Whether everything is measured as the published results are.
    pub(crate) fn is_whole(&self) -> bool {
        let chosen = [self.only.is_empty(), self.parts.is_empty(), self.users.is_empty()];
        !self.quick && self.rounds.is_none() && chosen.iter().all(|all| *all)
    }
}

impl Role {
    /// Reads the words after the program's name.
    pub(crate) fn from_words(words: impl Iterator<Item = String>) -> Result<Self, Error> {
        let mut words = words;
        let mut arguments = Arguments::default();
        let (mut serve, mut chain, mut folder, mut crypto) = (None, None, None, None);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| wrong(&word, "needs a value"));
            match word.as_str() {
                // What cargo bench adds.
                "--bench" => {}
                "--help" | "-h" => return Ok(Self::Help),
                "--watch" => return Ok(Self::Watch),
                "--quick" => arguments.quick = true,
                "--soak" => arguments.soak = true,
                "--serve" => serve = Some(known(&value()?, server::Role::of)?),
                "--chain" => chain = Some(known(&value()?, Chain::of)?),
                "--crypto" => crypto = Some(known(&value()?, Chain::of)?),
                "--folder" => folder = Some(value()?),
                "--only" => arguments.only = listed(&value()?, tool)?,
                "--parts" => arguments.parts = listed(&value()?, part)?,
                "--users" => arguments.users = listed(&value()?, |word| word.parse().ok())?,
                "--rounds" => {
                    let at_least_one = |word: &str| word.parse().ok().filter(|count| *count > 0);
                    arguments.rounds = Some(known(&value()?, at_least_one)?);
                }
                "--out" => arguments.out = Some(PathBuf::from(value()?)),
                _ => return Err(wrong(&word, "unknown; try --help")),
            }
        }
        Ok(match (serve, chain, folder, crypto) {
            (Some(role), Some(chain), Some(folder), _) => Self::Serve { role, chain, folder },
            (_, _, _, Some(chain)) => Self::Crypto { chain },
            _ => Self::Bench(arguments),
        })
    }
}

fn tool(word: &str) -> Option<Tool> {
    Tool::ALL.into_iter().find(|tool| tool.name() == word)
}

fn part(word: &str) -> Option<Part> {
    Part::NAMED.into_iter().find(|(name, _)| *name == word).map(|(_, part)| part)
}

fn listed<T>(words: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
    words.split(',').map(|word| known(word, &read)).collect()
}

fn known<T>(word: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    read(word).ok_or_else(|| wrong(word, "unknown; try --help"))
}

fn wrong(word: &str, problem: &'static str) -> Error {
    Error::Argument { word: word.to_owned(), problem }
}
