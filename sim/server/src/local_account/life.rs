//! What administrators do with a local account: ask for it, register it over the network, put it to
//! rest, bring it back.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating a New Local Account", "Approving Account Requests",
//! "Rejecting a Local Account", "De-activating a Local Account", "Re-Registering a Local Account
//! (Online Mode)" (a full synchronization follows by itself).

use std::collections::BTreeMap;

use muster_certs::Seed;
use muster_wire::Udi;

use super::account_state::{AccountInput, AccountState};
use super::{AccountRequest, LocalAccount, Refused, Registration, checked};
use crate::account::Account;
use crate::cssm::NotRegistered;
use crate::derivation::product_instance_identifier;
use crate::holdings::virtual_account::NotCreated;
use crate::notices::on_prem_text::{self, Pair};
use crate::notices::topic::Topic;
use crate::notices::{Place, account_text};
use crate::server::Core;
use crate::store::Store;
use crate::synchronization::account_clock::AccountClock;
use crate::synchronization::document::SyncType;
use crate::synchronization::exchange::new_certificate;

/// Who does what happens by itself.
const SYSTEM: &str = "system";

impl Registration {
    pub(super) fn pair(&self) -> Pair<'_> {
        Pair {
            on_prem: &self.on_prem,
            smart_account: &self.pair.smart_account,
            virtual_account: &self.pair.virtual_account,
        }
    }
}

/// The identifier an account has at CSSM: another one each time it registers.
pub(super) fn new_uid(seed: &Seed, name: &str, generation: u32) -> String {
    let like = Udi::new("SSM On-Prem account", &format!("{name} {generation}"));
    product_instance_identifier(seed, &like).as_str().to_owned()
}

impl From<NotRegistered> for Refused {
    fn from(why: NotRegistered) -> Self {
        match why {
            NotRegistered::PairInUse { local_account } => Self::PairInUse { name: local_account },
            NotRegistered::HasProducts { count } => Self::ProductsAtCssm { count },
            NotRegistered::Full | NotRegistered::Unknown => {
                Self::VirtualAccount { reason: "CSSM has no room for another one" }
            }
        }
    }
}

impl From<NotCreated> for Refused {
    fn from(why: NotCreated) -> Self {
        let reason = match why {
            NotCreated::NameInUse => "the name is in use",
            NotCreated::Unfit => "the name or the description does not fit",
            NotCreated::Full => "there are 1000 virtual accounts already",
        };
        Self::VirtualAccount { reason }
    }
}

impl Store {
    /// Makes the local accounts of the virtual accounts the server starts with.
    pub(crate) fn found_local_accounts(&mut self, seed: &Seed, now_ms: u64) {
        let names: Vec<String> = self.holdings.local_accounts().map(str::to_owned).collect();
        for name in names {
            if self.local_accounts.get(&name).is_some() {
                continue;
            }
            let default = self.holdings.default_of(&name);
            let pair = default.map(|number| Account::clone(self.holdings.account(number)));
            let Some(pair) = pair else { continue };
            let uid = new_uid(seed, &name, 1);
            if self.cssm.register(&uid, (&name, &name), &pair, None, now_ms).is_err() {
                continue;
            }
            let request = AccountRequest {
                smart_account: pair.smart_account.clone(),
                virtual_account: pair.virtual_account.clone(),
                email: String::new(),
                message: String::new(),
                user: SYSTEM.to_owned(),
                at_ms: now_ms,
            };
            let registration = Registration {
                pair,
                on_prem: name.clone(),
                certificate: new_certificate(&uid, 0, now_ms),
                uid,
                at_ms: now_ms,
            };
            let account = LocalAccount {
                state: AccountState::Active,
                registration: Some(registration),
                generation: 1,
                ..LocalAccount::requested(name, request)
            };
            self.local_accounts.enter(account);
        }
    }

    /// Registers an account with CSSM, or registers it again. The state must allow it already.
    fn register_account(
        &mut self,
        seed: &Seed,
        name: &str,
        (pair, on_prem): (Account, String),
        user: &str,
        now_ms: u64,
    ) -> Result<(), Refused> {
        let account = self.local_accounts.find(name)?;
        let uid = new_uid(seed, name, account.generation.saturating_add(1));
        let old = account.registration.as_ref().map(|of| of.uid.clone());
        self.cssm.register(&uid, (&on_prem, name), &pair, old.as_deref(), now_ms)?;
        let taken = self.take_registration(name, (uid.clone(), pair, on_prem), user, now_ms);
        if taken.is_err() {
            self.cssm.remove(&uid);
        }
        taken
    }

    /// Takes over what CSSM registered.
    pub(super) fn take_registration(
        &mut self,
        name: &str,
        (uid, pair, on_prem): (String, Account, String),
        user: &str,
        now_ms: u64,
    ) -> Result<(), Refused> {
        if self.holdings.default_of(name).is_none() {
            self.holdings.create_default(name)?;
        }
        let certificate = new_certificate(&uid, 0, now_ms);
        let cisco = pair.clone();
        let registration =
            Registration { pair, on_prem: on_prem.clone(), uid, at_ms: now_ms, certificate };
        let account = self.local_accounts.find(name)?;
        let is_new = account.registration.is_none();
        let notice = match is_new {
            true => on_prem_text::registered(registration.pair(), user, now_ms),
            false => on_prem_text::re_registered(registration.pair(), user, now_ms),
        };
        account.generation = account.generation.saturating_add(1);
        account.awaited_file = None;
        account.clock = AccountClock {
            is_unscheduled: account.clock.is_unscheduled,
            ..AccountClock::registered(now_ms, !is_new)
        };
        account.registration = Some(registration);
        self.synchronization.next_due_ms = None;
        self.end_registration_alerts(name, &on_prem);
        self.tell_account(name, notice);
        let at_cssm = Place {
            local_account: cisco.smart_account,
            virtual_account: Some(cisco.virtual_account),
        };
        let associated = account_text::associated(at_cssm.pool(), &on_prem);
        self.notices.tell(now_ms, &at_cssm, associated);
        if !self.settings.three_tier_certificate {
            self.tell_account(name, on_prem_text::version_compatibility(&on_prem));
        }
        Ok(())
    }

    fn end_registration_alerts(&mut self, name: &str, on_prem: &str) {
        let place = Place::account(name);
        for topic in [
            Topic::AuthorizationPending,
            Topic::AuthorizationFileReady,
            Topic::ReRegistrationRequired,
            Topic::SynchronizationOverdue,
            Topic::SynchronizationFailed,
            Topic::OnPremUnregistered,
        ] {
            self.notices.clear(&place, topic, on_prem);
        }
    }
}

impl LocalAccount {
    /// One that was asked for.
    pub(super) fn requested(name: String, request: AccountRequest) -> Self {
        let clock = AccountClock::registered(request.at_ms, false);
        Self {
            name,
            state: AccountState::Requested,
            request,
            registration: None,
            generation: 0,
            awaited_file: None,
            owes_full_synchronization: false,
            reason: None,
            custom_tags: BTreeMap::new(),
            privacy: None,
            clock,
        }
    }
}

impl Core {
    /// Asks for a local account.
    pub(crate) fn request_account(
        &self,
        name: &str,
        request: AccountRequest,
    ) -> Result<(), Refused> {
        for (member, text) in [
            ("name", name),
            ("smart_account", &request.smart_account),
            ("virtual_account", &request.virtual_account),
            ("email", &request.email),
        ] {
            checked(member, text)?;
        }
        let mut store = self.store();
        let before = store.local_accounts.get(name).map(|account| account.state);
        let again = before.is_none_or(|state| state.after(AccountInput::Request).is_some());
        if !again {
            return Err(Refused::NameInUse { name: name.to_owned() });
        }
        if before.is_none() && store.local_accounts.is_full() {
            return Err(Refused::Full);
        }
        let user = request.user.clone();
        store.local_accounts.enter(LocalAccount::requested(name.to_owned(), request));
        store.tell_account(name, account_text::changed(name, "requested", &user));
        Ok(())
    }

    /// Registers a requested account with CSSM, over the network.
    pub(crate) fn approve_account(&self, name: &str, user: &str) -> Result<(), Refused> {
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        let account = store.local_accounts.find(name)?;
        account.apply(AccountInput::Approve)?;
        let pair = Account {
            smart_account: account.request.smart_account.clone(),
            virtual_account: account.request.virtual_account.clone(),
        };
        let registered = match store.synchronization.settings.is_link_up {
            true => store.register_account(&self.seed, name, (pair, name.to_owned()), user, now_ms),
            false => Err(Refused::LinkDown),
        };
        conclude(&mut store, name, registered)
    }

    /// Registers a deactivated account once more, over the network, with any pair.
    pub(crate) fn re_register_account(
        &self,
        name: &str,
        pair: Option<Account>,
        user: &str,
    ) -> Result<(), Refused> {
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        refuse_dead(&store, name, now_ms)?;
        let account = store.local_accounts.find(name)?;
        account.apply(AccountInput::ReRegister)?;
        let before = account.registration.as_ref();
        let pair = pair.or_else(|| before.map(|of| of.pair.clone()));
        let on_prem = account.on_prem().to_owned();
        let registered = match (store.synchronization.settings.is_link_up, pair) {
            (true, Some(pair)) => {
                store.register_account(&self.seed, name, (pair, on_prem), user, now_ms)
            }
            _ => Err(Refused::LinkDown),
        };
        conclude(&mut store, name, registered)?;
        // In the background on a real server; here at once.
        let _ = store.synchronize_account(name, SyncType::Full, now_ms);
        Ok(())
    }

    /// Rejects, deactivates or activates an account, for a reason.
    pub(crate) fn change_account_state(
        &self,
        name: &str,
        input: AccountInput,
        (reason, user): (&str, &str),
    ) -> Result<(), Refused> {
        checked("reason", reason)?;
        let mut store = self.store();
        store.settle(self.clock.now_ms());
        let account = store.local_accounts.find(name)?;
        let owes = account.owes_full_synchronization;
        let input = match input {
            AccountInput::Activate if owes => AccountInput::ActivateUnsynchronized,
            other => other,
        };
        account.apply(input)?;
        account.reason = Some(reason.to_owned());
        let what = match input {
            AccountInput::Reject => "rejected",
            AccountInput::Deactivate => "deactivated",
            _ => "activated",
        };
        store.synchronization.next_due_ms = None;
        store.tell_account(name, account_text::changed(name, what, user));
        Ok(())
    }
}

/// Whoever was not synchronized for a year has to be deleted (documented).
pub(super) fn refuse_dead(store: &Store, name: &str, now_ms: u64) -> Result<(), Refused> {
    use crate::synchronization::ageing::Ageing;
    let account = store.local_accounts.get(name);
    let is_dead = account.is_some_and(|account| {
        account.registration.is_some() && account.clock.ageing(now_ms) == Ageing::Dead
    });
    if is_dead { Err(Refused::Dead) } else { Ok(()) }
}

/// The state after a registration that went well or did not.
fn conclude(store: &mut Store, name: &str, registered: Result<(), Refused>) -> Result<(), Refused> {
    let input = match registered {
        Ok(()) => AccountInput::Registered,
        Err(_) => AccountInput::NotRegistered,
    };
    store.local_accounts.find(name)?.apply(input)?;
    registered
}
