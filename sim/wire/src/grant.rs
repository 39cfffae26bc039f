//! One licence that an authorization code gives: eight elements, the same in every kind of code.
//!
//! Source: Cisco support document 214381 (Unified Communications Manager), an authorization code of
//! a reservation.

use crate::trust::leaf;
use crate::xml::Node;
use crate::{EntitlementTag, Error};

/// A number of licences of one tag, and for how long. Texts are empty when there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantedLicense {
    /// The licence.
    pub tag: EntitlementTag,
    /// How many.
    pub count: u32,
    /// First day; empty for a perpetual licence.
    pub start_date: String,
    /// Last day; empty for a perpetual licence.
    pub end_date: String,
    /// `PERPETUAL` or `TERM`, for example.
    pub license_type: String,
    /// Its name for people.
    pub display_name: String,
    /// One sentence about it.
    pub tag_description: String,
    /// The subscription it comes from.
    pub subscription_id: String,
}

/// `license_type` of a licence without an end (public).
pub const PERPETUAL: &str = "PERPETUAL";

impl GrantedLicense {
    fn encode(&self, out: &mut String) {
        out.push_str("<entitlement>");
        leaf(out, "tag", Some(self.tag.as_str()));
        leaf(out, "count", Some(&self.count.to_string()));
        leaf(out, "startDate", Some(&self.start_date));
        leaf(out, "endDate", Some(&self.end_date));
        leaf(out, "licenseType", Some(&self.license_type));
        leaf(out, "displayName", Some(&self.display_name));
        leaf(out, "tagDescription", Some(&self.tag_description));
        leaf(out, "subscriptionID", Some(&self.subscription_id));
        out.push_str("</entitlement>");
    }

    fn from_node(format: &'static str, node: &Node<'_>) -> Result<Self, Error> {
        let text = |name| node.child_text(name).unwrap_or_default().to_owned();
        let part = "entitlement/count";
        let count = node.child_text("count").ok_or(Error::Missing { format, part })?;
        Ok(Self {
            tag: EntitlementTag::from(text("tag")),
            count: count
                .parse()
                .map_err(|_| Error::malformed(format, part, count, "a whole number"))?,
            start_date: text("startDate"),
            end_date: text("endDate"),
            license_type: text("licenseType"),
            display_name: text("displayName"),
            tag_description: text("tagDescription"),
            subscription_id: text("subscriptionID"),
        })
    }
}

/// `entitlements` with one element each.
pub(crate) fn encode_all(licenses: &[GrantedLicense], out: &mut String) {
    out.push_str("<entitlements>");
    licenses.iter().for_each(|license| license.encode(out));
    out.push_str("</entitlements>");
}

/// The licences of the `entitlements` inside `code`.
pub(crate) fn read_all(
    format: &'static str,
    code: &Node<'_>,
) -> Result<Vec<GrantedLicense>, Error> {
    let part = "entitlements";
    let list = code.child(part).ok_or(Error::Missing { format, part })?;
    list.children_named("entitlement").map(|node| GrantedLicense::from_node(format, node)).collect()
}

/// Milliseconds since the epoch; none when the element is absent or empty.
pub(crate) fn read_timestamp(format: &'static str, code: &Node<'_>) -> Result<Option<u64>, Error> {
    let Some(text) = code.child_text("timestamp") else { return Ok(None) };
    let wrong = |_| Error::malformed(format, "timestamp", text, "milliseconds since the epoch");
    text.parse().map(Some).map_err(wrong)
}
