//! Product instances of both eras as lists show them.

use muster_wire::{EntitlementTag, Udi};

use crate::classic::host::Host;
use crate::classic::registered_instance::RegisteredInstance;
use crate::holdings::AccountNumber;
use crate::instance_facts::InstanceFacts;
use crate::product_instance::ProductInstance;
use crate::store::Store;

/// One product instance and the account it is in.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) udi: &'a Udi,
    pub(super) account: AccountNumber,
    pub(super) record: Record<'a>,
}

/// What is known of it.
#[derive(Clone, Copy)]
pub(super) enum Record<'a> {
    Classic(&'a RegisteredInstance),
    Policy(&'a ProductInstance),
}

impl<'a> Record<'a> {
    pub(super) fn facts(self) -> &'a InstanceFacts {
        match self {
            Self::Classic(instance) => &instance.facts,
            Self::Policy(instance) => &instance.facts,
        }
    }

    /// What it said of its machine; the policy era says nothing of it.
    pub(super) fn host(self) -> Option<&'a Host> {
        match self {
            Self::Classic(instance) => instance.host.as_deref(),
            Self::Policy(_) => None,
        }
    }

    pub(super) fn last_contact_ms(self) -> u64 {
        match self {
            Self::Classic(instance) => instance.last_contact_ms,
            Self::Policy(instance) => instance.facts.last_contact_ms,
        }
    }

    /// What it uses, by its own account; a licence may be there twice.
    pub(super) fn uses(self) -> Vec<(&'a EntitlementTag, u64)> {
        match self {
            Self::Classic(instance) => {
                instance.uses.iter().map(|used| (&*used.tag, u64::from(used.count))).collect()
            }
            Self::Policy(instance) => {
                instance.record.iter().flat_map(|record| record.in_use()).collect()
            }
        }
    }
}

/// One of them, by its UDI.
pub(super) fn one<'a>(store: &'a Store, udi: &Udi) -> Option<Listed<'a>> {
    let classic = store.classic.known(udi).map(|(udi, instance)| Listed {
        udi,
        account: instance.account,
        record: Record::Classic(instance),
    });
    classic.or_else(|| {
        let (udi, instance) = store.known_instance(udi)?;
        let account = store.holdings.number(instance.account.as_ref()?)?;
        Some(Listed { udi, account, record: Record::Policy(instance) })
    })
}
