//! Tags that name a product or a licence, and a count of one.
//!
//! Source: Troubleshoot SLP on 9800, "show license rum id detail" (the tag's shape).

use serde::{Deserialize, Serialize};

use crate::count;
use crate::newtype::text_newtype;

text_newtype! {
    /// The tag of one licence, `regid.YYYY-MM.com.cisco.<name>,<version>_<uuid>`.
    EntitlementTag
}

text_newtype! {
    /// The tag of a product's software, same form.
    SoftwareTag
}

/// Whether a licence is consumed; the documents know no third state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LicenseStatus {
    /// Shown as `IN USE`.
    InUse,
    /// Shown as `NOT IN USE`.
    NotInUse,
}

impl LicenseStatus {
    /// The text a product instance shows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InUse => "IN USE",
            Self::NotInUse => "NOT IN USE",
        }
    }
}

/// A number of licences of one tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// The licence.
    pub tag: EntitlementTag,
    /// How many are in use.
    #[serde(deserialize_with = "count::deserialize")]
    pub count: u32,
}

/// Whether `text` has the ISO 19770-2 registration-id form the documents show.
pub fn is_regid(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("regid.") else { return false };
    let Some((date, rest)) = rest.split_once('.') else { return false };
    let Some((vendor_and_name, version)) = rest.rsplit_once(',') else { return false };
    let Some((version, uuid)) = version.split_once('_') else { return false };
    let date_ok = date.len() == 7
        && date.bytes().enumerate().all(|(at, byte)| match at {
            4 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let name_ok = vendor_and_name.strip_prefix("com.cisco.").is_some_and(|name| {
        !name.is_empty() && !name.contains(|c: char| c == ',' || c.is_whitespace())
    });
    let version = version.strip_prefix('v').unwrap_or(version);
    let version_ok = !version.is_empty()
        && version
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    date_ok && name_ok && version_ok && is_uuid(uuid)
}

/// Whether `text` is a lower-case hyphenated UUID.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_tags_have_the_registered_form() {
        for tag in [
            "regid.2018-06.com.cisco.DNA_NWStack,1.0_e7244e71-3ad5-4608-8bf0-d12f67c80896",
            "regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72",
        ] {
            assert!(is_regid(tag), "{tag}");
        }
    }

    #[test]
    fn a_count_is_read_as_number_and_as_text() {
        for text in [r#"{"tag":"t","count":3}"#, r#"{"tag":"t","count":"3"}"#] {
            let entitlement: Entitlement = serde_json::from_str(text).unwrap();
            assert_eq!(entitlement.count, 3);
        }
        for text in [r#"{"tag":"t","count":"x"}"#, r#"{"tag":"t","count":-1}"#] {
            assert!(serde_json::from_str::<Entitlement>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn other_texts_do_not() {
        for tag in
            ["", "regid.", "regid.2018-6.com.cisco.X,1.0_0", "C9300", "regid.2018-06.com.cisco.,1_"]
        {
            assert!(!is_regid(tag), "{tag}");
        }
    }
}
