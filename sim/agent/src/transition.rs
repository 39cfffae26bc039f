//! What the state tables share: the macro that lays one out, and the refusal of a move it lacks.

/// A move the table does not list; the state stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{machine} machine: {input} is not possible in {state}")]
pub struct Illegal {
    /// Name of the machine.
    pub machine: &'static str,
    /// State it was in.
    pub state: &'static str,
    /// Input it got.
    pub input: &'static str,
}

/// Lays out one machine: states, inputs, and the table of moves as data.
macro_rules! state_table {
    (
        machine $machine:literal;
        $(#[$state_doc:meta])*
        states $State:ident { $($(#[$sdoc:meta])* $state:ident = $slabel:literal,)+ }
        $(#[$input_doc:meta])*
        inputs $Input:ident { $($(#[$idoc:meta])* $input:ident = $ilabel:literal,)+ }
        moves { $($from:ident, $on:ident => $to:ident;)+ }
    ) => {
        $(#[$state_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $State { $($(#[$sdoc])* $state,)+ }

        $(#[$input_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Input { $($(#[$idoc])* $input,)+ }

        impl $State {
            /// Name of the machine.
            pub const MACHINE: &'static str = $machine;
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$state),+];
            /// Every legal move: from, input, to.
            pub const MOVES: &'static [(Self, $Input, Self)] =
                &[$((Self::$from, $Input::$on, Self::$to)),+];

            /// The state's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$state => $slabel,)+ }
            }

            /// The state after `input`.
            ///
            /// # Errors
            ///
            /// When the table has no such move; the state is then unchanged.
            pub fn on(self, input: $Input) -> Result<Self, $crate::Illegal> {
                Self::MOVES
                    .iter()
                    .find(|(from, on, _)| *from == self && *on == input)
                    .map(|(_, _, to)| *to)
                    .ok_or($crate::Illegal {
                        machine: $machine,
                        state: self.as_str(),
                        input: input.as_str(),
                    })
            }

            /// The graph in DOT.
            pub fn dot() -> String {
                let mut out = format!("digraph {} {{\n", Self::MACHINE);
                for (from, on, to) in Self::MOVES {
                    let (from, on, to) = (from.as_str(), on.as_str(), to.as_str());
                    out.push_str(&format!("    {from} -> {to} [label=\"{on}\"];\n"));
                }
                out.push_str("}\n");
                out
            }
        }

        $crate::saved::saved_enum!($State, $State::ALL);

        impl $Input {
            /// Every input.
            pub const ALL: &'static [Self] = &[$(Self::$input),+];

            /// The input's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$input => $ilabel,)+ }
            }
        }

        #[cfg(test)]
        mod table {
            use super::*;

            #[test]
            fn every_state_takes_or_refuses_every_input() {
                let mut out = String::new();
                for state in $State::ALL {
                    for input in $Input::ALL {
                        let to = match state.on(*input) {
                            Ok(to) => to.as_str(),
                            Err(_) => "-",
                        };
                        out.push_str(&format!(
                            "{:<15} {:<24} {to}\n", state.as_str(), input.as_str()
                        ));
                    }
                }
                insta::assert_snapshot!(out);
            }

            #[test]
            fn the_graph() {
                insta::assert_snapshot!($State::dot());
            }

            #[test]
            fn no_state_has_two_moves_for_one_input() {
                for (at, (from, on, _)) in $State::MOVES.iter().enumerate() {
                    let later = &$State::MOVES[at + 1..];
                    assert!(!later.iter().any(|(f, o, _)| f == from && o == on), "{from:?} {on:?}");
                }
            }
        }
    };
}
pub(crate) use state_table;
