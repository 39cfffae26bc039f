//! Where effects go while one input is handled, and what agents of one shard use in common.

use std::collections::BTreeMap;
use std::sync::Arc;

use muster_certs::{IssuedCertificate, LoadedKeys, PublicKey};
use muster_wire::proposed::policy::PolicyTerms;

use crate::account::Accounts;
use crate::classic::chain::LicensingRoots;
use crate::effect::Effect;

/// Names of accounts and policies held for sharing; past this many, each agent holds its own.
/// Far more than one server's accounts that a shard of a fleet meets.
const SHARED_MAX: usize = 1024;

/// What the agents of one shard use in common, so that none holds it alone: keys loaded for
/// signing, the server's key, and the names and terms that servers give to many. But for the
/// checks of [`Common::verify_with`] and [`Common::trust_licensing_roots`] it never changes what an
/// agent does; an agent may be handed another one, or a new one, at any time.
#[derive(Debug, Default)]
pub struct Common {
    pub(crate) keys: LoadedKeys,
    pub(crate) server_key: Option<Arc<PublicKey>>,
    pub(crate) licensing_roots: LicensingRoots,
    /// In the order of their names.
    accounts: Vec<Arc<Accounts>>,
    terms: BTreeMap<(u64, String), Arc<PolicyTerms>>,
}

impl Common {
    /// Keeps up to `loaded_keys` instance keys ready for signing, about 650 bytes each. Worth it
    /// where instances sign again soon; with 0 each signature loads its key.
    pub fn new(loaded_keys: usize) -> Self {
        Self { keys: LoadedKeys::with_capacity(loaded_keys), ..Self::default() }
    }

    /// Makes every agent that is handed this check the server's signatures, as
    /// [`crate::SmartAgent::verify_with`] does for one.
    pub fn verify_with(&mut self, server_key: Arc<PublicKey>) {
        self.server_key = Some(server_key);
    }

    /// Makes every agent of the classic era that is handed this check that the certificates it is
    /// given lead to one of `roots`; without any, chains are not looked at. Certificates between a
    /// root and the CA that issues may be among them.
    pub fn trust_licensing_roots(&mut self, roots: Vec<IssuedCertificate>) {
        self.licensing_roots = LicensingRoots::new(roots);
    }

    /// The one copy of two account names.
    pub(crate) fn accounts(&mut self, smart: &str, virtual_: &str) -> Arc<Accounts> {
        let names = (smart, virtual_);
        match self.accounts.binary_search_by(|held| (&*held.smart, &*held.virtual_).cmp(&names)) {
            Ok(at) => self.accounts[at].clone(),
            Err(at) => {
                let held = Arc::new(Accounts { smart: smart.into(), virtual_: virtual_.into() });
                if self.accounts.len() < SHARED_MAX {
                    self.accounts.insert(at, held.clone());
                }
                held
            }
        }
    }

    /// The one copy of `terms`.
    pub(crate) fn terms(&mut self, terms: &PolicyTerms) -> Arc<PolicyTerms> {
        let key = (terms.id, terms.name.clone());
        if let Some(held) = self.terms.get(&key).filter(|held| ***held == *terms) {
            return held.clone();
        }
        let held = Arc::new(terms.clone());
        if self.terms.len() < SHARED_MAX {
            self.terms.insert(key, held.clone());
        }
        held
    }
}

/// Takes the effects of one input.
pub(crate) struct Effects<'a> {
    pub(crate) out: &'a mut Vec<Effect>,
    /// Whether anybody wants facts: log lines, moves of state machines, timers.
    pub(crate) facts: bool,
    pub(crate) common: &'a mut Common,
}

impl Effects<'_> {
    pub(crate) fn push(&mut self, effect: Effect) {
        self.out.push(effect);
    }

    /// A fact, made only if somebody wants it.
    pub(crate) fn fact(&mut self, fact: impl FnOnce() -> Effect) {
        if self.facts {
            self.out.push(fact());
        }
    }

    pub(crate) fn syslog(&mut self, line: impl FnOnce() -> String) {
        self.fact(|| Effect::Syslog(line()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_held_once_and_the_number_is_bounded() {
        let mut common = Common::default();
        assert!(Arc::ptr_eq(&common.accounts("SA", "Default"), &common.accounts("SA", "Default")));
        for number in 0..2 * SHARED_MAX {
            let held = common.accounts("SA", &number.to_string());
            assert_eq!(*held.virtual_, *number.to_string());
        }
        assert_eq!(common.accounts.len(), SHARED_MAX);
    }
}
