//! The products and licences the server knows.
//!
//! Source: Troubleshoot SLP on 9800, "show license rum id detail" (the tag is matched against the
//! server's database). Assumed: that a report with a tag the database lacks is rejected in the
//! acknowledgement, and that every well-formed licence tag is in it, except names that start with
//! `UNKNOWN_`, which exist so that a harness can ask for a tag nobody has.

use muster_wire::entitlement::is_regid;
use muster_wire::{EntitlementTag, SoftwareTag};

/// Product families by software tag; the tags are from the document above and public samples.
const PRODUCTS: [(&str, &str); 3] = [
    ("C9300", "regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72"),
    ("C9800-L", "regid.2019-06.com.cisco.C9800_L_F_K9,1.0_9529f872-1b08-4cac-9279-71c391233fc2"),
    ("C8000V", "regid.2019-10.com.cisco.C8000V,1.0_e361c3dc-27c2-4084-b4a4-cae639cff335"),
];

/// Why a report cannot be matched; none when it can.
pub(crate) fn mismatch(software: &SoftwareTag, licence: Option<&EntitlementTag>) -> Option<String> {
    if !PRODUCTS.iter().any(|(_, tag)| *tag == software.as_str()) {
        return Some("the software tag is not known".to_owned());
    }
    match licence {
        None => Some("the report names no licence".to_owned()),
        Some(tag) if !is_regid(tag.as_str()) => Some("the licence tag is malformed".to_owned()),
        Some(tag) if is_nobodys(tag) => Some("the licence tag is not known".to_owned()),
        Some(_) => None,
    }
}

/// Whether an account can hold a licence at all.
pub(crate) fn knows(licence: &EntitlementTag) -> bool {
    is_regid(licence.as_str()) && !is_nobodys(licence)
}

fn is_nobodys(tag: &EntitlementTag) -> bool {
    tag.as_str().split_once(".com.cisco.").is_some_and(|(_, name)| name.starts_with("UNKNOWN_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LICENCE: &str = "2018-06.com.cisco.X_1,1.0_00000000-0000-4000-8000-000000000001";

    fn of(licence: &str) -> Option<String> {
        mismatch(&SoftwareTag::new(PRODUCTS[0].1), Some(&EntitlementTag::new(licence)))
    }

    #[test]
    fn well_formed_tags_match_and_others_do_not() {
        assert_eq!(of(&format!("regid.{LICENCE}")), None);
        assert_eq!(of(LICENCE).unwrap(), "the licence tag is malformed");
        let nobodys = format!("regid.{LICENCE}").replace("X_1", "UNKNOWN_1");
        assert_eq!(of(&nobodys).unwrap(), "the licence tag is not known");
        let licence = EntitlementTag::new(&format!("regid.{LICENCE}"));
        assert!(mismatch(&SoftwareTag::new("regid.x"), Some(&licence)).is_some());
        assert!(mismatch(&SoftwareTag::new(PRODUCTS[1].1), None).is_some());
        assert!(knows(&licence) && !knows(&EntitlementTag::new(LICENCE)));
        assert!(!knows(&EntitlementTag::new(&nobodys)));
    }
}
