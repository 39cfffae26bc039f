//! Redundant applications: what an operator may configure, and why not.
//!
//! Source: SSM On-Prem 7 User Guide, "About Application Redundancy Support". Public: the agent
//! errors 116 to 126. Assumed: that an empty attribute is a missing one.

use compact_str::CompactString;
use muster_wire::classic::AgentErrorCode;
use muster_wire::classic::proposed::entitlement::{Application, ApplicationPeer, ApplicationRole};
use muster_wire::{Extra, ProductInstanceId};

use super::application_redundancy_state::{ApplicationRedundancyInput, ApplicationRedundancyState};
use crate::heap::Heap;
use crate::saved::{Bytes, Saved, SavedFault, save_text, saved_struct};

/// Peers one application may have. Assumed; the documents speak of pairs.
const PEERS_MAX: usize = 8;
/// Characters of a name or an id. Assumed.
const TEXT_LENGTH_MAX: usize = 64;

/// An application that takes part in redundancy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedundantApplication {
    /// Its name.
    pub name: CompactString,
    /// Its unique id.
    pub id: CompactString,
    /// Its part.
    pub role: ApplicationRole,
    /// The applications it points at.
    pub peers: Vec<RedundancyPeer>,
}

/// An application on another product instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedundancyPeer {
    /// Its name.
    pub name: CompactString,
    /// Its unique id.
    pub id: CompactString,
    /// Its part.
    pub role: ApplicationRole,
    /// The product instance it runs on.
    pub product_instance_identifier: ProductInstanceId,
}

/// One redundant application of an agent.
#[derive(Clone, Debug)]
pub(crate) struct Redundancy {
    pub(crate) state: ApplicationRedundancyState,
    pub(crate) application: RedundantApplication,
}

impl Heap for Redundancy {
    fn heap_bytes(&self) -> usize {
        self.application.peers.capacity() * size_of::<RedundancyPeer>()
    }
}

saved_struct!(Redundancy { state, application });
saved_struct!(RedundantApplication { name, id, role, peers });
saved_struct!(RedundancyPeer { name, id, role, product_instance_identifier });

impl Saved for ApplicationRole {
    fn save(&self, out: &mut Vec<u8>) {
        save_text(self.as_str(), out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        String::restore(from).map(|word| Self::from(&*word))
    }
}

impl Saved for ProductInstanceId {
    fn save(&self, out: &mut Vec<u8>) {
        save_text(self.as_str(), out);
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        String::restore(from).map(Self::from)
    }
}

impl RedundantApplication {
    /// What configuring it does to the machine, or the agent error of what is wrong with it.
    pub(crate) fn check(
        &self,
        own: Option<&ProductInstanceId>,
    ) -> Result<ApplicationRedundancyInput, AgentErrorCode> {
        if self.name.is_empty() || self.id.is_empty() {
            return Err(AgentErrorCode::REDUNDANCY_INCOMPLETE);
        }
        if !is_alphanumeric(&self.name) || !is_alphanumeric(&self.id) {
            return Err(AgentErrorCode::REDUNDANCY_CHARACTER);
        }
        if self.peers.len() > PEERS_MAX {
            return Err(AgentErrorCode::PEER_FORMAT);
        }
        for (at, peer) in self.peers.iter().enumerate() {
            peer.check(own)?;
            if self.peers[..at].iter().any(|other| other.is_same(peer)) {
                return Err(AgentErrorCode::DUPLICATE_ENTRY);
            }
        }
        let standby = |peer: &RedundancyPeer| peer.role == ApplicationRole::Standby;
        match &self.role {
            ApplicationRole::Active if self.peers.is_empty() => {
                Ok(ApplicationRedundancyInput::MadeActive)
            }
            ApplicationRole::Active if self.peers.iter().all(standby) => {
                Ok(ApplicationRedundancyInput::MadeActiveOfPair)
            }
            ApplicationRole::Active => Ok(ApplicationRedundancyInput::MadeActiveOfTwo),
            // A standby shares the licence of an active peer.
            ApplicationRole::Standby if self.peers.iter().all(standby) => {
                Err(AgentErrorCode::REDUNDANCY_INCOMPLETE)
            }
            ApplicationRole::Standby => Ok(ApplicationRedundancyInput::MadeStandby),
            ApplicationRole::Other(_) => Err(AgentErrorCode::REDUNDANCY_ROLE),
        }
    }

    /// As it stands in a request.
    pub(crate) fn to_wire(&self) -> Application {
        Application {
            name: self.name.to_string(),
            role: self.role.clone(),
            id: self.id.clone(),
            peers: self.peers.iter().map(RedundancyPeer::to_wire).collect(),
            extra: Extra::new(),
        }
    }
}

impl RedundancyPeer {
    fn check(&self, own: Option<&ProductInstanceId>) -> Result<(), AgentErrorCode> {
        let length = self.product_instance_identifier.as_str().len();
        if self.name.is_empty() || self.id.is_empty() || !(1..=TEXT_LENGTH_MAX).contains(&length) {
            return Err(AgentErrorCode::PEER_FORMAT);
        }
        if !is_alphanumeric(&self.name) || !is_alphanumeric(&self.id) {
            return Err(AgentErrorCode::REDUNDANCY_CHARACTER);
        }
        if matches!(self.role, ApplicationRole::Other(_)) {
            return Err(AgentErrorCode::REDUNDANCY_ROLE);
        }
        if own == Some(&self.product_instance_identifier) {
            return Err(AgentErrorCode::PEER_OF_SAME_INSTANCE);
        }
        Ok(())
    }

    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.id == other.id
            && self.product_instance_identifier == other.product_instance_identifier
    }

    fn to_wire(&self) -> ApplicationPeer {
        ApplicationPeer {
            name: self.name.to_string(),
            role: self.role.clone(),
            id: self.id.clone(),
            product_instance_identifier: self.product_instance_identifier.clone(),
            extra: Extra::new(),
        }
    }
}

fn is_alphanumeric(text: &str) -> bool {
    text.len() <= TEXT_LENGTH_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &str, role: ApplicationRole) -> RedundancyPeer {
        let product_instance_identifier = ProductInstanceId::new("peer");
        RedundancyPeer { name: name.into(), id: "2".into(), role, product_instance_identifier }
    }

    fn application(role: ApplicationRole, peers: Vec<RedundancyPeer>) -> RedundantApplication {
        RedundantApplication { name: "AppA".into(), id: "1".into(), role, peers }
    }

    #[test]
    fn roles_and_peers_decide_the_part() {
        use ApplicationRole::{Active, Standby};
        let own = ProductInstanceId::new("own");
        let part = |role, peers| application(role, peers).check(Some(&own));
        use ApplicationRedundancyInput as Input;
        assert_eq!(part(Active, vec![]), Ok(Input::MadeActive));
        assert_eq!(part(Active, vec![peer("B", Standby)]), Ok(Input::MadeActiveOfPair));
        assert_eq!(part(Active, vec![peer("B", Active)]), Ok(Input::MadeActiveOfTwo));
        assert_eq!(part(Standby, vec![peer("B", Active)]), Ok(Input::MadeStandby));
    }

    #[test]
    fn each_misuse_has_its_agent_error() {
        use ApplicationRole::{Active, Other, Standby};
        let own = ProductInstanceId::new("peer");
        let code = |application: RedundantApplication, own: Option<&ProductInstanceId>| {
            application.check(own).unwrap_err().0
        };
        let named =
            |name: &str| RedundantApplication { name: name.into(), ..application(Active, vec![]) };
        assert_eq!(code(named(""), None), 119);
        assert_eq!(code(named("App A"), None), 124);
        assert_eq!(code(application(Standby, vec![]), None), 119);
        assert_eq!(code(application(Other("MASTER".to_owned()), vec![]), None), 123);
        let twice = vec![peer("B", Standby), peer("B", Standby)];
        assert_eq!(code(application(Active, twice), None), 116);
        assert_eq!(code(application(Active, vec![peer("", Standby)]), None), 118);
        assert_eq!(code(application(Active, vec![peer("B!", Standby)]), None), 124);
        assert_eq!(code(application(Active, vec![peer("B", Standby)]), Some(&own)), 125);
    }
}
