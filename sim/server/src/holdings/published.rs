//! Licences that public samples name, and what is said of them.
//!
//! Source: Troubleshoot SLP on 9800, "show license rum id detail"; public samples of `show
//! license` texts and of authorization codes. Assumed: the names of licences not in the table.

use muster_wire::EntitlementTag;

use super::tier;

/// One licence.
struct Published {
    tag: &'static str,
    name: &'static str,
    description: &'static str,
}

macro_rules! published {
    ($($tag:literal, $name:literal, $description:literal;)*) => {
        const PUBLISHED: &[Published] =
            &[$(Published { tag: $tag, name: $name, description: $description },)*];
    };
}

published! {
    "regid.2017-05.com.cisco.c9300_dna_advantage,1.0_411773c3-2116-4c10-94a4-5d357fe6ff18",
        "C9300 DNA Advantage", "DNA Advantage for Catalyst 9300";
    "regid.2017-03.com.cisco.advantagek9,1.0_bd1da96e-ec1d-412b-a50e-53846b347d53",
        "Network Advantage", "Network Advantage for Catalyst 9300";
    "regid.2017-03.com.cisco.essentialsk9,1.0_90406ae8-385e-43aa-ac98-91da0ea270e2",
        "Network Essentials", "Network Essentials for Catalyst 9300";
    "regid.2017-05.com.cisco.C9300_48P_NW_Advantagek9,1.0_6a224fe3-c92e-4440-a9c1-5d0e53a54015",
        "C9300 48P Network Advantage", "Network Advantage for Catalyst 9300, 48 ports";
    "regid.2017-05.com.cisco.C9300_48P_Dna_Advantage,1.0_60783b06-53ee-484c-b21e-615d3cf6837a",
        "C9300 48P DNA Advantage", "DNA Advantage for Catalyst 9300, 48 ports";
    "regid.2017-05.com.cisco.advantagek9-C9400,1.0_61a546cd-1037-47cb-bbe6-7cad3217a7b3",
        "C9400 Network Advantage", "Network Advantage for Catalyst 9400";
    "regid.2017-05.com.cisco.dna_advantage-C9400,1.0_6e77dbc1-0da3-466c-8414-97c8ee4d48ce",
        "C9400 DNA Advantage", "DNA Advantage for Catalyst 9400";
    "regid.2021-03.com.cisco.C9500X_NW_A,1.0_9cff48db-3555-4bf0-ae49-edfbb0a8327d",
        "C9500X Network Advantage", "Network Advantage for Catalyst 9500X";
    "regid.2021-03.com.cisco.C9500X_DNA_A,1.0_ed879e7f-f17e-4a9e-a7c1-aee91e5d6ec3",
        "C9500X DNA Advantage", "DNA Advantage for Catalyst 9500X";
    "regid.2018-06.com.cisco.DNA_NWStack,1.0_e7244e71-3ad5-4608-8bf0-d12f67c80896",
        "AP Network Stack", "Network stack of access points";
    "regid.2017-08.com.cisco.AIR-DNA-A,1.0_b6308627-3ab0-4a11-a3d9-586911a0d790",
        "AP DNA Advantage", "DNA Advantage of access points";
    "regid.2018-12.com.cisco.DNA_P_50M_A,1.0_100fb8b2-f5cc-459c-9253-ac77b827fd71",
        "DNA Advantage 50M", "DNA Advantage of routers up to 50 Mbps";
    "regid.2018-12.com.cisco.DNA_P_250M_A,1.0_0fd78701-7613-45a5-a3e1-8f1b619304fa",
        "DNA Advantage 250M", "DNA Advantage of routers up to 250 Mbps";
    "regid.2014-05.com.cisco.ax_250M,1.0_b59e576b-91a4-4bf3-9031-5f7543d33912",
        "AX 250M", "AX technology package up to 250 Mbps";
    "regid.2019-03.com.cisco.DNA_HSEC,1.0_509c41ab-05a8-431f-95fe-ec28086e8844",
        "Router HSEC", "Export-controlled throughput of routers";
    "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2",
        "Cat9K HSEC", "Export-controlled encryption of Catalyst 9000";
    "regid.2017-04.com.cisco.CUC_SpeechView,12.0_946cef06-3332-4037-9bd3-e4705c2c7ebb",
        "SpeechView", "Transcription of voice messages by another vendor";
}

/// The name of a licence for people, and one sentence about it.
pub(crate) fn description(tag: &EntitlementTag) -> (String, String) {
    match PUBLISHED.iter().find(|known| known.tag == tag.as_str()) {
        Some(known) => (known.name.to_owned(), known.description.to_owned()),
        None => {
            let name = tier::name(tag).unwrap_or_default();
            (name.to_owned(), format!("Licence {name}"))
        }
    }
}

/// The tags of the table.
pub(crate) fn tags() -> impl Iterator<Item = EntitlementTag> {
    PUBLISHED.iter().map(|known| EntitlementTag::new(known.tag))
}

/// Whether a licence is export-controlled unless the control API says otherwise. Assumed: the
/// licences for high security are, by their name, and no others.
pub(crate) fn is_export_controlled(tag: &EntitlementTag) -> bool {
    tier::name(tag).is_some_and(|name| name.to_ascii_uppercase().contains("HSEC"))
}

#[cfg(test)]
mod tests {
    use muster_wire::entitlement::is_regid;

    use super::*;

    #[test]
    fn every_tag_has_the_registered_form_and_stands_once() {
        let all: std::collections::BTreeSet<_> = tags().collect();
        assert_eq!(all.len(), PUBLISHED.len());
        assert!(all.iter().all(|tag| is_regid(tag.as_str())));
        assert_eq!(all.iter().filter(|tag| is_export_controlled(tag)).count(), 2);
    }
}
