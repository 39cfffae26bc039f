//! What a local account's standing with CSSM means for its classic product instances.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Compatibility Notice" (an On-Prem must be registered
//! before it accepts registrations), "Manually Re-Registering a local Account", "Synchronization
//! Alerts".

use muster_wire::classic::MessageType;

use super::exchange::Asked;
use super::refusal::Refusal;
use crate::account::ACCOUNT_INSTANCES_MAX;
use crate::holdings::AccountNumber;
use crate::local_account::service::Service;
use crate::router::Role;
use crate::store::Store;

const NOT_SERVING: &str = "the On-Prem's account is not registered with CSSM, or was not \
    synchronized for a year";

/// Refuses a registration with an account that takes none.
pub(super) fn check_registers(
    store: &Store,
    asked: &Asked<'_>,
    account: AccountNumber,
) -> Result<(), Refusal> {
    match store.service(asked.role, account, asked.now_ms) {
        Service::Whole | Service::NoUsage => check_room(store, asked, account),
        Service::NoRegistration => {
            Err(Refusal::account_not_serving("the On-Prem's account is deactivated"))
        }
        Service::None => Err(Refusal::account_not_serving(NOT_SERVING)),
    }
}

/// Refuses one more instance than an account may have.
fn check_room(store: &Store, asked: &Asked<'_>, account: AccountNumber) -> Result<(), Refusal> {
    let is_known = store.classic.known(&asked.udi).is_some_and(|(_, of)| of.role == asked.role);
    if asked.role == Role::Cssm
        || is_known
        || store.products_beside(account) < ACCOUNT_INSTANCES_MAX
    {
        return Ok(());
    }
    Err(Refusal::account_not_serving("the On-Prem's account has 25000 product instances already"))
}

impl Store {
    /// How many instances of the classic era the local account of a virtual account has.
    pub(crate) fn products_beside(&self, account: AccountNumber) -> usize {
        let name = &self.holdings.account(account).smart_account;
        let all = self.holdings.of_local_account(name);
        all.map(|number| self.classic.count(Role::OnPrem, number)).sum()
    }
}

/// Refuses a request of a registered instance whose account does not serve it.
pub(super) fn check_serves(
    store: &Store,
    asked: &Asked<'_>,
    account: AccountNumber,
) -> Result<(), Refusal> {
    match store.service(asked.role, account, asked.now_ms) {
        Service::NoUsage if *asked.kind == MessageType::Entitlement => {
            let why = "the On-Prem's account owes CSSM a full synchronization";
            Err(Refusal::account_not_serving(why))
        }
        Service::None => Err(Refusal::account_not_serving(NOT_SERVING)),
        _ => Ok(()),
    }
}
