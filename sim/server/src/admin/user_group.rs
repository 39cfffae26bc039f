//! Groups of users in a local account: who is in them, and the roles they all have by it.
//!
//! Source: SSM On-Prem 7 User Guide, "User Groups Tab" (members exist as users before, one of them
//! at most owns the group), "Assigning Local Virtual Account Access". Assumed: the resource, as the
//! rest of the control API; a role of a group adds to the member's own, and the larger one counts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::console::Holder;
use super::role::VirtualAccountRole;
use crate::control::{good, query_value, wrong};
use crate::message::ServerAnswer;
use crate::notices::user_text;
use crate::server::Core;
use crate::store::Store;

/// Groups at a time, of all accounts: as many as the LDAP groups an On-Prem may have.
const GROUPS_MAX: usize = 1_000;

/// Members of one group, and roles it gives.
const ROWS_MAX: usize = 1_000;

/// Bytes of a name or a description.
const TEXT_BYTES_MAX: usize = 256;

/// What a group is known by: its local account and its name.
pub(super) type GroupKey = (String, String);

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UserGroup {
    description: String,
    pub(super) members: BTreeSet<String>,
    owner: Option<String>,
    /// By virtual account.
    pub(super) roles: BTreeMap<String, VirtualAccountRole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupOrder {
    local_account: String,
    name: String,
    #[serde(default)]
    description: String,
    members: BTreeSet<String>,
    owner: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, VirtualAccountRole>,
}

/// Every group.
pub(crate) fn groups(core: &Core) -> ServerAnswer {
    listed(&core.store())
}

fn listed(store: &Store) -> ServerAnswer {
    let row = |((local_account, name), group): (&GroupKey, &UserGroup)| {
        json!({ "local_account": local_account, "name": name, "description": group.description,
            "members": group.members, "owner": group.owner, "roles": group.roles })
    };
    good(&json!({ "user_groups": store.console.groups.iter().map(row).collect::<Vec<Value>>() }))
}

/// Creates a group, or replaces what is known of it.
pub(crate) fn put(core: &Core, body: &[u8]) -> ServerAnswer {
    let order: GroupOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return wrong(400, &format!("not a user group: {error}")),
    };
    let mut store = core.store();
    if let Err((status, why)) = order.check(&store) {
        return wrong(status, why);
    }
    let GroupOrder { local_account, name, description, members, owner, roles } = order;
    let key = (local_account.clone(), name.clone());
    let group = UserGroup { description, members, owner, roles };
    let before = store.console.groups.get(&key).cloned();
    if before.as_ref() == Some(&group) {
        return listed(&store);
    }
    let known = before.is_some();
    let before = before.unwrap_or_default();
    let mut notices = vec![match known {
        false => user_text::group_created(&name),
        true => user_text::group_updated(&name),
    }];
    let gone = before.members.difference(&group.members);
    notices.extend(gone.map(|user| user_text::left_group(user, &name)));
    let new = group.members.difference(&before.members);
    notices.extend(new.map(|user| user_text::joined_group(user, &name)));
    store.console.groups.insert(key, group);
    notices.into_iter().for_each(|notice| store.tell_account(&local_account, notice));
    listed(&store)
}

/// Removes a group; its members stay users.
pub(crate) fn remove(core: &Core, query: Option<&str>) -> ServerAnswer {
    let (account, name) = (query_value(query, "local_account"), query_value(query, "name"));
    let (Some(account), Some(name)) = (account, name) else {
        return wrong(400, "say which one: ?local_account=<name>&name=<group>");
    };
    let mut store = core.store();
    let key = (account, name);
    if !store.console.groups.contains_key(&key) {
        return wrong(404, "there is no such group");
    }
    store.console.groups.remove(&key);
    store.tell_account(&key.0, user_text::group_removed(&key.1));
    good(&json!({ "removed": true }))
}

impl GroupOrder {
    fn check(&self, store: &Store) -> Result<(), (u16, &'static str)> {
        let fits = |text: &String| (1..=TEXT_BYTES_MAX).contains(&text.len());
        if !fits(&self.name) || self.description.len() > TEXT_BYTES_MAX {
            return Err((400, "a group has a name, and texts of at most 256 characters"));
        }
        if self.members.len() > ROWS_MAX || self.roles.len() > ROWS_MAX {
            return Err((400, "a group may have 1000 members and 1000 roles"));
        }
        if store.local_accounts.get(&self.local_account).is_none() {
            return Err((404, "there is no such local account"));
        }
        if !self.members.iter().all(|user| store.console.knows(&Holder::User(user.clone()))) {
            return Err((404, "a member is not a user yet"));
        }
        if self.owner.as_ref().is_some_and(|owner| !self.members.contains(owner)) {
            return Err((400, "the owner is one of the members"));
        }
        let found = |pool: &String| store.holdings.found(&self.local_account, pool).is_some();
        if !self.roles.keys().all(found) {
            return Err((404, "there is no such virtual account in the local account"));
        }
        let key = (self.local_account.clone(), self.name.clone());
        let groups = &store.console.groups;
        if groups.len() >= GROUPS_MAX && !groups.contains_key(&key) {
            return Err((409, "there are 1000 groups already"));
        }
        Ok(())
    }
}

impl Store {
    /// Takes a user who is gone out of every group.
    pub(super) fn leave_groups(&mut self, user: &str) {
        let groups = self.console.groups.iter();
        let own = groups.filter(|(_, group)| group.members.contains(user));
        let own: Vec<GroupKey> = own.map(|(key, _)| key.clone()).collect();
        for key in own {
            if let Some(group) = self.console.groups.get_mut(&key) {
                group.members.remove(user);
                group.owner = group.owner.take().filter(|owner| owner != user);
            }
            self.tell_account(&key.0, user_text::left_group(user, &key.1));
        }
    }
}
