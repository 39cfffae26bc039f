//! Custom tags: what local virtual accounts are classified by.
//!
//! Source: SSM On-Prem 7 User Guide, "Adding Custom Tags to a Local Virtual Account" (one value or
//! several per virtual account; a required tag is set on every one).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{LocalAccount, Refused, TEXT_LENGTH_MAX};

/// Tags of one account, and values of one tag.
const TAGS_MAX: usize = 100;

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomTag {
    #[serde(default)]
    pub(crate) description: String,
    /// Whether every virtual account must have a value.
    #[serde(default)]
    pub(crate) required: bool,
    /// Whether a virtual account may have several values.
    #[serde(default)]
    pub(crate) multiple: bool,
    pub(crate) values: BTreeSet<String>,
    /// The values of each virtual account, by its name.
    #[serde(default)]
    pub(crate) assigned: BTreeMap<String, BTreeSet<String>>,
}

impl LocalAccount {
    /// Sets a tag for the virtual accounts of those names, or says what is wrong with it.
    pub(crate) fn set_tag(
        &mut self,
        name: &str,
        tag: CustomTag,
        virtual_accounts: &[String],
    ) -> Result<(), Refused> {
        super::checked("name", name)?;
        let refused = |reason: String| Err(Refused::Tag { reason });
        if self.custom_tags.len() >= TAGS_MAX && !self.custom_tags.contains_key(name) {
            return refused(format!("there are {TAGS_MAX} custom tags already"));
        }
        let texts = tag.values.iter().chain([&tag.description]);
        if tag.values.is_empty() || tag.values.len() > TAGS_MAX {
            return refused(format!("a custom tag must have 1 to {TAGS_MAX} values"));
        }
        // The values are entered in one field, parted by commas.
        if tag.values.iter().any(|value| value.contains(',') || value.trim().is_empty())
            || texts.into_iter().any(|text| text.chars().count() > TEXT_LENGTH_MAX)
        {
            return refused("a value is empty, too long or has a comma".to_owned());
        }
        for (account, values) in &tag.assigned {
            if !virtual_accounts.contains(account) {
                return refused(format!("there is no virtual account {account:?}"));
            }
            if !values.is_subset(&tag.values) {
                return refused(format!("a value of {account:?} is none of the tag's"));
            }
            if values.len() > 1 && !tag.multiple {
                return refused(format!("{account:?} may have one value of this tag"));
            }
        }
        let lacks = |account: &&String| tag.assigned.get(*account).is_none_or(BTreeSet::is_empty);
        if tag.required
            && let Some(account) = virtual_accounts.iter().find(lacks)
        {
            return refused(format!("the tag is required and {account:?} has no value of it"));
        }
        self.custom_tags.insert(name.to_owned(), tag);
        Ok(())
    }

    /// Forgets a virtual account, or calls it otherwise.
    pub(crate) fn rename_tagged(&mut self, old: &str, new: Option<&str>) {
        for tag in self.custom_tags.values_mut() {
            if let (Some(values), Some(new)) = (tag.assigned.remove(old), new) {
                tag.assigned.insert(new.to_owned(), values);
            }
        }
    }
}
