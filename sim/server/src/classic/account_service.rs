//! What a local account's standing with CSSM means for its classic product instances.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Compatibility Notice" (an On-Prem must be registered
//! before it accepts registrations), "Manually Re-Registering a local Account", "Synchronization
//! Alerts".

use muster_wire::classic::MessageType;

use super::exchange::Asked;
use super::refusal::Refusal;
use crate::holdings::AccountNumber;
use crate::local_account::service::Service;
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
        Service::Whole | Service::NoUsage => Ok(()),
        Service::NoRegistration => {
            Err(Refusal::account_not_serving("the On-Prem's account is deactivated"))
        }
        Service::None => Err(Refusal::account_not_serving(NOT_SERVING)),
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
