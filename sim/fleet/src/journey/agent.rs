//! The Smart Agent of a product instance, of the era its platform is of.

use muster_agent::{ClassicAgent, Common, Identity, Platform, SmartAgent};
use muster_certs::PublicKey;
use muster_scenarios::model::Era;
use serde_json::Value;

use super::Setting;

/// A Smart Agent of one of the two eras.
#[expect(
    clippy::large_enum_variant,
    reason = "a fleet is mostly of the large one, which a box would put on the heap a second time"
)]
pub(crate) enum Agent {
    /// Trust codes, reports and acknowledgements.
    Policy(SmartAgent),
    /// Registration and authorization.
    Classic(Box<ClassicInstance>),
}

/// What an instance of the classic era is to the fleet.
pub(crate) struct ClassicInstance {
    pub(crate) agent: ClassicAgent,
    /// Call Home messages it has sent, which number them.
    pub(crate) messages: u64,
}

impl Agent {
    /// The agent of instance `index`, as its platform is.
    pub(crate) fn new(platform: &'static Platform, setting: &Setting, index: u32) -> Self {
        let (seed, mode) = (&setting.seed, setting.signing);
        match platform.era {
            muster_agent::Era::Policy => {
                Self::Policy(SmartAgent::with_signing(platform, seed, index, mode))
            }
            muster_agent::Era::Classic => {
                Self::classic(ClassicAgent::with_signing(platform, seed, index, mode))
            }
        }
    }

    /// Puts back what an earlier run saved of it.
    pub(crate) fn restore(
        &mut self,
        saved: &[u8],
        setting: &Setting,
        index: u32,
    ) -> Result<(), String> {
        let (platform, common) = (self.platform(), &mut *setting.common.borrow_mut());
        let (seed, mode) = (&setting.seed, setting.signing);
        let restored = match self {
            Self::Policy(_) => SmartAgent::restore_with(platform, seed, index, mode, saved, common)
                .map(Self::Policy),
            Self::Classic(_) => {
                ClassicAgent::restore(platform, seed, index, mode, saved, common).map(Self::classic)
            }
        };
        *self = restored.map_err(|error| error.to_string())?;
        Ok(())
    }

    fn classic(agent: ClassicAgent) -> Self {
        Self::Classic(Box::new(ClassicInstance { agent, messages: 0 }))
    }

    /// Appends it to `out`.
    pub(crate) fn save(&self, out: &mut Vec<u8>) {
        match self {
            Self::Policy(agent) => agent.save(out),
            Self::Classic(instance) => instance.agent.save(out),
        }
    }

    pub(crate) const fn era(&self) -> Era {
        match self {
            Self::Policy(_) => Era::Policy,
            Self::Classic(_) => Era::Classic,
        }
    }

    pub(crate) const fn is_classic(&self) -> bool {
        matches!(self, Self::Classic(_))
    }

    pub(crate) const fn platform(&self) -> &'static Platform {
        match self {
            Self::Policy(agent) => agent.platform(),
            Self::Classic(instance) => instance.agent.platform(),
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        match self {
            Self::Policy(agent) => agent.identity(),
            Self::Classic(instance) => instance.agent.identity(),
        }
    }

    pub(crate) fn public_key(&self, common: &mut Common) -> PublicKey {
        match self {
            Self::Policy(agent) => agent.public_key_with(common),
            Self::Classic(instance) => instance.agent.public_key_with(common),
        }
    }

    pub(crate) fn next_timer(&self) -> Option<u64> {
        match self {
            Self::Policy(agent) => agent.next_timer(),
            Self::Classic(instance) => instance.agent.next_timer(),
        }
    }

    pub(crate) const fn is_crypto_ready(&self) -> bool {
        match self {
            Self::Policy(agent) => agent.is_crypto_ready(),
            Self::Classic(instance) => instance.agent.is_crypto_ready(),
        }
    }

    /// What it knows, as expressions see it.
    pub(crate) fn view(&self) -> Value {
        let view = match self {
            Self::Policy(agent) => serde_json::to_value(agent.view()),
            Self::Classic(instance) => serde_json::to_value(instance.agent.view()),
        };
        view.expect("a view is plain data")
    }

    /// When the first deferred result is asked for.
    pub(crate) fn poll_due_ms(&self) -> Option<u64> {
        match self {
            Self::Policy(agent) => agent.polls().map(|(_, poll_time_ms)| poll_time_ms).min(),
            Self::Classic(instance) => instance.agent.poll_due_ms(),
        }
    }

    /// When the next attempt after a failure is made.
    pub(crate) fn retry_due_ms(&self) -> Option<u64> {
        match self {
            Self::Policy(agent) => agent.retry_due_ms(),
            Self::Classic(instance) => instance.agent.retry_due_ms(),
        }
    }

    /// When what is in use is next told to the server of the agent's own accord.
    pub(crate) fn next_report_due_ms(&self) -> Option<u64> {
        match self {
            Self::Policy(agent) => agent.next_report_due_ms(),
            Self::Classic(instance) => instance.agent.next_authorization_due_ms(),
        }
    }

    /// The agent, if it is of the policy era.
    pub(crate) const fn in_policy_era(&self) -> Option<&SmartAgent> {
        match self {
            Self::Policy(agent) => Some(agent),
            Self::Classic(_) => None,
        }
    }

    /// The agent, if it is of the classic era.
    pub(crate) const fn in_classic_era(&self) -> Option<&ClassicAgent> {
        match self {
            Self::Policy(_) => None,
            Self::Classic(instance) => Some(&instance.agent),
        }
    }
}
