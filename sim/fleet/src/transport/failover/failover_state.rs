//! Which of an endpoint's servers a product instance turns to, by what it heard of the one before.
//!
//! Source: Troubleshoot SLP on 9800, "Eventlog errors" (a 502 passes by itself and the next attempt
//! works); the agent's published error 32 (a time-out is worth another attempt, any other failure
//! to send is not). Assumed: all else. The documents give an instance a second server and do not
//! say when it is used.

/// How the instance and the server it uses stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailoverState {
    /// The server answered last, or was not asked yet.
    #[default]
    Settled,
    /// It stumbled once and is asked once more.
    Doubted,
    /// It was just turned to and has not answered yet.
    Turned,
    /// The first server is asked again; if it fails, this one is there as before.
    Returning,
}

/// What moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailoverInput {
    /// The server answered, whatever it said.
    Answered,
    /// It gave no whole answer, or said that it cannot answer now.
    Stumbled,
    /// It could not be reached.
    Unreachable,
    /// The time after which the first server is asked again is over.
    Rested,
    /// The instance restarted, or its transport was configured.
    Restarted,
}

/// Which server is used from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The same.
    Stay,
    /// The next in the list; after the last, the first.
    Next,
    /// The first.
    First,
}

use FailoverInput::{Answered, Restarted, Rested, Stumbled, Unreachable};
use FailoverState::{Doubted, Returning, Settled, Turned};
use Turn::{First, Next, Stay};

impl FailoverState {
    /// Name of the machine.
    pub const MACHINE: &'static str = "failover";
    /// Every state.
    pub const ALL: &'static [Self] = &[Settled, Doubted, Turned, Returning];
    /// Every move: from, input, to, and the server used from then on.
    pub const MOVES: &'static [(Self, FailoverInput, Self, Turn)] = &[
        (Settled, Answered, Settled, Stay),
        (Settled, Stumbled, Doubted, Stay),
        (Settled, Unreachable, Turned, Next),
        (Settled, Rested, Returning, Stay),
        (Settled, Restarted, Settled, First),
        (Doubted, Answered, Settled, Stay),
        (Doubted, Stumbled, Turned, Next),
        (Doubted, Unreachable, Turned, Next),
        (Doubted, Restarted, Settled, First),
        // One that never answered gets no second chance: the next may be there.
        (Turned, Answered, Settled, Stay),
        (Turned, Stumbled, Turned, Next),
        (Turned, Unreachable, Turned, Next),
        (Turned, Restarted, Settled, First),
        (Returning, Answered, Settled, First),
        (Returning, Stumbled, Settled, Stay),
        (Returning, Unreachable, Settled, Stay),
        (Returning, Restarted, Settled, First),
    ];

    /// The state's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Settled => "settled",
            Doubted => "doubted",
            Turned => "turned",
            Returning => "returning",
        }
    }

    /// The state after `input` and the server then used; none when the table has no such move.
    pub fn on(self, input: FailoverInput) -> Option<(Self, Turn)> {
        let found = Self::MOVES.iter().find(|(from, on, ..)| *from == self && *on == input);
        found.map(|(_, _, to, turn)| (*to, *turn))
    }
}

impl FailoverInput {
    /// Every input.
    pub const ALL: &'static [Self] = &[Answered, Stumbled, Unreachable, Rested, Restarted];

    /// The input's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Answered => "answered",
            Stumbled => "stumbled",
            Unreachable => "unreachable",
            Rested => "rested",
            Restarted => "restarted",
        }
    }
}

impl Turn {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stay => "stay",
            Next => "next",
            First => "first",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_takes_or_refuses_every_input() {
        let mut out = String::new();
        for state in FailoverState::ALL {
            for input in FailoverInput::ALL {
                let (from, on) = (state.as_str(), input.as_str());
                let to = state
                    .on(*input)
                    .map(|(to, turn)| format!("{:<10} {}", to.as_str(), turn.as_str()));
                out.push_str(&format!("{from:<10} {on:<12} {}\n", to.as_deref().unwrap_or("-")));
            }
        }
        insta::assert_snapshot!(out);
    }

    #[test]
    fn the_graph() {
        let mut out = format!("digraph {} {{\n", FailoverState::MACHINE);
        for (from, on, to, turn) in FailoverState::MOVES {
            let (from, on, to, turn) = (from.as_str(), on.as_str(), to.as_str(), turn.as_str());
            out.push_str(&format!("    {from} -> {to} [label=\"{on}, {turn}\"];\n"));
        }
        out.push_str("}\n");
        insta::assert_snapshot!(out);
    }

    #[test]
    fn no_state_has_two_moves_for_one_input() {
        for (at, (from, on, ..)) in FailoverState::MOVES.iter().enumerate() {
            let later = &FailoverState::MOVES[at + 1..];
            assert!(!later.iter().any(|(f, o, ..)| f == from && o == on), "{from:?} {on:?}");
        }
    }
}
