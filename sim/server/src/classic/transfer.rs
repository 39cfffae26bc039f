//! Product instances that an administrator moves to another virtual account.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instance (PI) Transfer" (what is in use moves
//! along, what is bought stays; an export-controlled licence moves with its purchase) and
//! "Transferring a Product Instance" (reserved licences move along).

use std::sync::Arc;

use muster_wire::Udi;

use crate::holdings::AccountNumber;
use crate::store::Store;

impl Store {
    /// Moves an instance, of either era, with what it uses and holds.
    pub(crate) fn move_instance(&mut self, udi: &Udi, to: AccountNumber, now_ms: u64) {
        if let Some(instance) = self.classic.instances.get_mut(udi) {
            let role = instance.role;
            let from = std::mem::replace(&mut instance.account, to);
            for used in &mut instance.uses {
                let counted = u64::from(used.counted);
                self.holdings.end_use(from, &used.tag, counted);
                if self.holdings.add_use(to, &used.tag, counted).is_err() {
                    used.counted = 0;
                }
            }
            self.classic.recount_moved(role, from, to);
        }
        self.holdings.move_reservation(udi, to, now_ms);
        let account = Arc::clone(self.holdings.account(to));
        if self.is_listed(udi)
            && let Ok(instance) = self.instance_mut(udi)
        {
            instance.move_to(&account);
        }
    }

    /// Whether a registered instance uses more than its account has.
    pub(crate) fn is_out_of_compliance(&self, udi: &Udi, now_ms: u64) -> bool {
        use muster_wire::classic::AuthorizationState::OutOfCompliance;
        self.standing(udi, now_ms).is_some_and(|(state, _)| state == OutOfCompliance)
    }
}
