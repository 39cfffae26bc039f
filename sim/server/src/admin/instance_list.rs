//! Product instances of both eras as one list, in the order of their UDIs.
//!
//! A page is found by walking the list: nothing is sorted or copied, and only what is on the page
//! is made into rows.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;

use muster_wire::{EntitlementTag, Udi};

use crate::account::Account;
use crate::classic::host::Host;
use crate::classic::registered_instance::RegisteredInstance;
use crate::holdings::{AccountNumber, Holdings};
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

/// Numbers of accounts by where their names lie: fifty thousand records share some hundred names.
struct Numbers<'a> {
    holdings: &'a Holdings,
    known: BTreeMap<*const Account, Option<AccountNumber>>,
}

impl Numbers<'_> {
    fn of(&mut self, account: &Arc<Account>) -> Option<AccountNumber> {
        let holdings = self.holdings;
        *self.known.entry(Arc::as_ptr(account)).or_insert_with(|| holdings.number(account))
    }
}

/// All of them.
pub(super) fn all(store: &Store) -> impl Iterator<Item = Listed<'_>> {
    let mut numbers = Numbers { holdings: &store.holdings, known: BTreeMap::new() };
    let policy = store.instances().filter_map(move |(udi, instance)| {
        // Whoever only said hello is nobody's product instance.
        let account = numbers.of(instance.account.as_ref()?)?;
        Some(Listed { udi, account, record: Record::Policy(instance) })
    });
    let classic = store.classic.instances().map(|(udi, instance)| Listed {
        udi,
        account: instance.account,
        record: Record::Classic(instance),
    });
    Merged { classic: classic.peekable(), policy: policy.peekable() }
}

/// Two ordered lists as one. Assumed: what registered in the classic way is shown that way.
struct Merged<C: Iterator, P: Iterator> {
    classic: Peekable<C>,
    policy: Peekable<P>,
}

impl<'a, C, P> Iterator for Merged<C, P>
where
    C: Iterator<Item = Listed<'a>>,
    P: Iterator<Item = Listed<'a>>,
{
    type Item = Listed<'a>;

    fn next(&mut self) -> Option<Listed<'a>> {
        match (self.classic.peek(), self.policy.peek()) {
            (Some(classic), Some(policy)) if policy.udi < classic.udi => self.policy.next(),
            (Some(classic), Some(policy)) => {
                if classic.udi == policy.udi {
                    self.policy.next();
                }
                self.classic.next()
            }
            (Some(_), None) => self.classic.next(),
            (None, _) => self.policy.next(),
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

/// Whether a virtual account has any.
pub(super) fn is_anybody_in(store: &Store, account: AccountNumber) -> bool {
    all(store).any(|listed| listed.account == account)
}
