//! Backups of an On-Prem, and what a restore brings back.
//!
//! Source: SSM On-Prem 7 User Guide, "Backing Up and Restoring Conversion Results" (an On-Prem that
//! was restored knows nothing of what came later, CSSM does). So licences, reservations and
//! CSSM's list of conversions are not part of a backup.

use std::collections::BTreeMap;
use std::sync::Arc;

use muster_wire::Udi;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use serde::{Deserialize, Serialize};

use super::registered_instance::RegisteredInstance;
use super::token::RegistrationToken;
use crate::local_account::LocalAccount;
use crate::router::Role;
use crate::state::Records;
use crate::state::record::RecordError;
use crate::store::Store;

/// Backups kept at a time: each is a copy of all instances.
const BACKUPS_MAX: usize = 4;

/// What an On-Prem knew at some time, as its state file would say it: smaller than the records in
/// use, and whole whatever becomes of those.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Backup {
    instances: Records,
    reported: Records,
    tokens: Records,
    #[serde(default)]
    local_accounts: Records,
}

/// A backup as it is put in force.
struct Opened {
    instances: BTreeMap<Udi, Box<RegisteredInstance>>,
    reported: BTreeMap<Udi, ConversionStatus>,
    tokens: BTreeMap<String, RegistrationToken>,
    local_accounts: BTreeMap<String, LocalAccount>,
}

impl Backup {
    fn opened(&self) -> Result<Opened, RecordError> {
        Ok(Opened {
            instances: self.instances.opened()?,
            reported: self.reported.opened()?,
            tokens: self.tokens.opened()?,
            local_accounts: self.local_accounts.opened()?,
        })
    }
}

impl Store {
    /// Keeps a backup under a name, replacing one of that name; whether there was room.
    pub(crate) fn back_up(&mut self, name: &str) -> bool {
        let local_accounts = self.local_accounts.records();
        let registry = &mut self.classic;
        if !registry.backups.contains_key(name) && registry.backups.len() >= BACKUPS_MAX {
            return false;
        }
        let instances = registry.instances.iter().filter(|(_, of)| of.role == Role::OnPrem);
        let backup = Backup {
            instances: Records::of(instances),
            reported: Records::of(registry.conversions.reported.iter()),
            tokens: registry.tokens.records(),
            local_accounts,
        };
        registry.backups.insert(name.to_owned(), backup);
        true
    }

    /// Goes back to a backup, which stays; whether there is one of that name that can be read.
    pub(crate) fn restore(&mut self, name: &str) -> bool {
        let Some(backup) = self.classic.backups.get(name) else { return false };
        let backup = match backup.opened() {
            Ok(backup) => backup,
            Err(error) => {
                tracing::error!(name, %error, "the backup was kept by another version");
                return false;
            }
        };
        let on_prem = self.classic.instances.iter().filter(|(_, of)| of.role == Role::OnPrem);
        let on_prem: Vec<Udi> = on_prem.map(|(udi, _)| udi.clone()).collect();
        for udi in &on_prem {
            self.classic.strike(udi);
        }
        for (udi, mut instance) in backup.instances {
            // One that registered with CSSM since stays there.
            if self.classic.instance(&udi).is_none() && self.classic.has_room_for(&udi) {
                instance.uses.iter_mut().for_each(|of| of.tag = self.shared(Arc::clone(&of.tag)));
                self.classic.enter(udi, instance);
            }
        }
        self.classic.conversions.reported.retain(|_, _| false);
        self.classic.conversions.reported.extend(backup.reported);
        self.classic.tokens.restore(backup.tokens);
        backup.local_accounts.into_iter().for_each(|(_, before)| self.set_back(before));
        self.recount();
        true
    }

    /// The names of the backups.
    pub(crate) fn backups(&self) -> Vec<&str> {
        self.classic.backups.keys().map(String::as_str).collect()
    }
}
