//! Backups of an On-Prem, and what a restore brings back.
//!
//! Source: SSM On-Prem 7 User Guide, "Backing Up and Restoring Conversion Results" (an On-Prem that
//! was restored knows nothing of what came later, CSSM does). So licences, reservations and
//! CSSM's list of conversions are not part of a backup.

use std::collections::BTreeMap;

use muster_wire::Udi;
use muster_wire::classic::proposed::conversion::ConversionStatus;

use super::registered_instance::RegisteredInstance;
use super::token::TokenTable;
use crate::router::Role;
use crate::store::Store;

/// Backups kept at a time: each is a copy of all instances.
const BACKUPS_MAX: usize = 4;

/// What an On-Prem knew at some time.
#[derive(Debug)]
pub(super) struct Backup {
    instances: BTreeMap<Udi, Box<RegisteredInstance>>,
    reported: BTreeMap<Udi, ConversionStatus>,
    tokens: TokenTable,
}

impl Store {
    /// Keeps a backup under a name, replacing one of that name; whether there was room.
    pub(crate) fn back_up(&mut self, name: &str) -> bool {
        let registry = &mut self.classic;
        if !registry.backups.contains_key(name) && registry.backups.len() >= BACKUPS_MAX {
            return false;
        }
        let instances = registry.instances.iter().filter(|(_, of)| of.role == Role::OnPrem);
        let backup = Backup {
            instances: instances.map(|(udi, of)| (udi.clone(), of.clone())).collect(),
            reported: registry.conversions.reported.clone(),
            tokens: registry.tokens.clone(),
        };
        registry.backups.insert(name.to_owned(), backup);
        true
    }

    /// Goes back to a backup, which stays; whether there is one of that name.
    pub(crate) fn restore(&mut self, name: &str) -> bool {
        let Some(backup) = self.classic.backups.remove(name) else { return false };
        let on_prem = self.classic.instances.iter().filter(|(_, of)| of.role == Role::OnPrem);
        let on_prem: Vec<Udi> = on_prem.map(|(udi, _)| udi.clone()).collect();
        for udi in &on_prem {
            self.classic.strike(udi);
        }
        for (udi, instance) in &backup.instances {
            // One that registered with CSSM since stays there.
            if self.classic.instance(udi).is_none() && self.classic.has_room_for(udi) {
                self.classic.enter(udi.clone(), instance.clone());
            }
        }
        self.classic.conversions.reported.clone_from(&backup.reported);
        self.classic.tokens.restore(&backup.tokens);
        self.recount();
        self.classic.backups.insert(name.to_owned(), backup);
        true
    }

    /// The names of the backups.
    pub(crate) fn backups(&self) -> Vec<&str> {
        self.classic.backups.keys().map(String::as_str).collect()
    }
}
