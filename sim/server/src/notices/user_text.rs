//! What is told of users and their groups.
//!
//! Source: SSM On-Prem 7 User Guide, "Related SYSLOG Message Text and Their Explanations", "User
//! Added" to "User Group User Added".

use super::notice::{Notice, Subject};
use super::topic::Topic;

fn about(topic: Topic, name: &str, text: String) -> Notice {
    Notice::about(topic, Subject::Other(name.to_owned())).said(text)
}

/// Somebody may sign in.
pub(crate) fn added(user: &str) -> Notice {
    about(Topic::UserAdded, user, format!("A new user \"{user}\" was added."))
}

/// Somebody has a role.
pub(crate) fn role_added(user: &str, role: &str) -> Notice {
    let text = format!("The user \"{user}\" was assigned the role \"{role}\".");
    about(Topic::UserRoleAdded, user, text)
}

/// An administrator's virtual account is gone.
pub(crate) fn role_removed(user: &str, pool: &str) -> Notice {
    let text = format!(
        "User \"{user}\" was removed as virtual account admin when \"{pool}\" was deleted."
    );
    about(Topic::UserRoleRemoved, user, text)
}

/// A group was made.
pub(crate) fn group_created(group: &str) -> Notice {
    about(Topic::UserGroupAdded, group, format!("User group \"{group}\" was created."))
}

/// A group has another description or other roles.
pub(crate) fn group_updated(group: &str) -> Notice {
    about(Topic::UserGroupUpdated, group, format!("User group \"{group}\" was updated."))
}

/// A group is gone.
pub(crate) fn group_removed(group: &str) -> Notice {
    about(Topic::UserGroupRemoved, group, format!("User group \"{group}\" was removed."))
}

/// Somebody left a group.
pub(crate) fn left_group(user: &str, group: &str) -> Notice {
    let text = format!("User \"{user}\" was removed from group \"{group}\".");
    about(Topic::UserGroupUserRemoved, user, text)
}

/// Somebody came into a group.
pub(crate) fn joined_group(user: &str, group: &str) -> Notice {
    let text = format!("User \"{user}\" was added to user group \"{group}\".");
    about(Topic::UserGroupUserAdded, user, text)
}
