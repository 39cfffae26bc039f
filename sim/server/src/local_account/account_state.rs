//! What a local account can be, and what moves it on.
//!
//! Source: SSM On-Prem 7 User Guide, "Accounts Widget", "Re-Registering an Account", "Account
//! Requests Tab". Assumed: a registration over the network that fails leaves the request as it was,
//! and a rejected request can be made again.

use serde::{Deserialize, Serialize};

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountState {
    /// Somebody asked for it; nobody approved yet.
    Requested,
    Rejected,
    /// A registration file was written; CSSM's authorization file is awaited.
    AwaitingFile,
    /// CSSM is asked over the network.
    Registering,
    Active,
    /// Registered again by file; a full synchronization by file is awaited.
    Unsynchronized,
    Deactivated,
    /// CSSM is asked over the network once more.
    ReRegistering,
    Deleted,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AccountInput {
    Request,
    Approve,
    Reject,
    WriteFile,
    TakeFile,
    Registered,
    NotRegistered,
    Deactivate,
    Activate,
    /// As `Activate`, of an account that still owes a full synchronization.
    ActivateUnsynchronized,
    ReRegister,
    SynchronizeFully,
    Delete,
}

impl AccountState {
    /// All states.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 9] = [
        Self::Requested,
        Self::Rejected,
        Self::AwaitingFile,
        Self::Registering,
        Self::Active,
        Self::Unsynchronized,
        Self::Deactivated,
        Self::ReRegistering,
        Self::Deleted,
    ];

    /// The state after an input; none when the input is not possible here.
    pub(crate) fn after(self, input: AccountInput) -> Option<Self> {
        let same = |(from, on, _): &&(Self, AccountInput, Self)| *from == self && *on == input;
        MOVES.iter().find(same).map(|(_, _, to)| *to)
    }

    /// The word for people.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Rejected => "rejected",
            Self::AwaitingFile => "awaiting_file",
            Self::Registering => "registering",
            Self::Active => "active",
            Self::Unsynchronized => "unsynchronized",
            Self::Deactivated => "deactivated",
            Self::ReRegistering => "re_registering",
            Self::Deleted => "deleted",
        }
    }
}

impl AccountInput {
    /// All inputs.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 13] = [
        Self::Request,
        Self::Approve,
        Self::Reject,
        Self::WriteFile,
        Self::TakeFile,
        Self::Registered,
        Self::NotRegistered,
        Self::Deactivate,
        Self::Activate,
        Self::ActivateUnsynchronized,
        Self::ReRegister,
        Self::SynchronizeFully,
        Self::Delete,
    ];

    /// What an administrator would call it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::WriteFile => "write a registration file of",
            Self::TakeFile => "take an authorization file for",
            Self::Registered | Self::NotRegistered => "register",
            Self::Deactivate => "deactivate",
            Self::Activate | Self::ActivateUnsynchronized => "activate",
            Self::ReRegister => "re-register",
            Self::SynchronizeFully => "synchronize",
            Self::Delete => "delete",
        }
    }
}

/// Every move there is.
const MOVES: [(AccountState, AccountInput, AccountState); 24] = {
    use AccountInput as On;
    use AccountState as At;
    [
        (At::Rejected, On::Request, At::Requested),
        (At::Deleted, On::Request, At::Requested),
        (At::Requested, On::Approve, At::Registering),
        (At::Requested, On::Reject, At::Rejected),
        (At::Requested, On::WriteFile, At::AwaitingFile),
        (At::AwaitingFile, On::WriteFile, At::AwaitingFile),
        (At::AwaitingFile, On::Approve, At::Registering),
        (At::AwaitingFile, On::Reject, At::Rejected),
        (At::AwaitingFile, On::TakeFile, At::Active),
        (At::Registering, On::Registered, At::Active),
        (At::Registering, On::NotRegistered, At::Requested),
        (At::Active, On::Deactivate, At::Deactivated),
        (At::Active, On::SynchronizeFully, At::Active),
        (At::Unsynchronized, On::Deactivate, At::Deactivated),
        (At::Unsynchronized, On::SynchronizeFully, At::Active),
        (At::Deactivated, On::Activate, At::Active),
        (At::Deactivated, On::ActivateUnsynchronized, At::Unsynchronized),
        (At::Deactivated, On::ReRegister, At::ReRegistering),
        (At::Deactivated, On::WriteFile, At::Deactivated),
        (At::Deactivated, On::TakeFile, At::Unsynchronized),
        (At::Deactivated, On::Delete, At::Deleted),
        (At::ReRegistering, On::Registered, At::Active),
        (At::ReRegistering, On::NotRegistered, At::Deactivated),
        (At::Rejected, On::Delete, At::Deleted),
    ]
};

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn every_state_meets_every_input() {
        let mut table = String::new();
        for state in AccountState::ALL {
            for input in AccountInput::ALL {
                let to = state.after(input).map_or("-", AccountState::as_str);
                writeln!(table, "{:15} {:22} {to}", state.as_str(), format!("{input:?}")).unwrap();
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn the_graph_is_known() {
        let mut graph = "digraph local_account {\n".to_owned();
        for (from, on, to) in MOVES {
            let (from, to) = (from.as_str(), to.as_str());
            writeln!(graph, "  {from} -> {to} [label=\"{on:?}\"]").unwrap();
        }
        graph.push('}');
        insta::assert_snapshot!(graph);
    }

    #[test]
    fn nothing_is_deleted_or_registered_again_while_it_is_active() {
        for input in [AccountInput::Delete, AccountInput::ReRegister, AccountInput::TakeFile] {
            assert_eq!(AccountState::Active.after(input), None);
        }
    }
}
