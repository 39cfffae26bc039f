//! Accounts and licence tags that many records name, kept in memory once.

use std::collections::BTreeSet;
use std::sync::Arc;

use muster_wire::EntitlementTag;

use crate::account::Account;
use crate::holdings::Holdings;

/// Licence tags shared between the records that name them. A catalogue has some hundreds; tags
/// beyond are kept once per record.
const SHARED_TAGS_MAX: usize = 4_096;

/// The tags.
#[derive(Debug, Default)]
pub(crate) struct SharedTags(BTreeSet<Arc<EntitlementTag>>);

impl SharedTags {
    /// The tag, shared with every record that names it.
    pub(crate) fn shared(&mut self, tag: Arc<EntitlementTag>) -> Arc<EntitlementTag> {
        if let Some(known) = self.0.get(&tag) {
            return Arc::clone(known);
        }
        if self.0.len() < SHARED_TAGS_MAX {
            self.0.insert(Arc::clone(&tag));
        }
        tag
    }
}

/// What records that were read from a file share from then on.
pub(crate) struct Shared<'a> {
    pub(crate) tags: &'a mut SharedTags,
    pub(crate) holdings: &'a Holdings,
}

impl Shared<'_> {
    /// Replaces the account by the one that is in the table.
    pub(crate) fn account(&self, account: &mut Arc<Account>) {
        if let Some(number) = self.holdings.number(account) {
            *account = Arc::clone(self.holdings.account(number));
        }
    }

    /// Replaces the tag by the one others name.
    pub(crate) fn tag(&mut self, tag: &mut Arc<EntitlementTag>) {
        *tag = self.tags.shared(Arc::clone(tag));
    }
}
