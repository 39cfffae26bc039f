//! Reads a platform file and checks that every value can be what it says.

use compact_str::CompactString;
use muster_wire::entitlement::is_regid;

use super::fabric::{Fabric, SWITCHES_MAX, Tier};
use super::fault::PlatformFault;
use super::throughput::Throughput;
use super::{Era, HaRole, Platform, PlatformLicense, ReportingCycle};
use crate::Error;

/// Licences one platform may list; an agent keeps one RUM report series per licence.
const LICENSES_MAX: usize = 64;

/// Characters of a short text such as a product id.
const TEXT_LENGTH_MAX: usize = 64;

/// Hours of a fixed cycle: up to a year.
const CYCLE_HOURS_MAX: u32 = 8760;

/// Highest throughput a level can name, Mbit/s.
const THROUGHPUT_MBPS_MAX: u32 = 10_000_000;

/// Where a fault is, before the file is named.
type Found = (String, PlatformFault);

pub(super) fn read(file: &str, text: &str) -> Result<Platform, Error> {
    let platform: Platform = toml::from_str(text).map_err(|error| not_toml(file, text, &error))?;
    check(&platform).map_err(|(key, fault)| Error::Platform {
        file: file.into(),
        line: None,
        key,
        fault,
    })?;
    Ok(platform)
}

/// The parser knows what; which key it is about stands in its words or on the line it points at.
fn not_toml(file: &str, text: &str, error: &toml::de::Error) -> Error {
    let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..start).unwrap_or_default();
    let missing = message.starts_with("missing field");
    let about_key = missing || message.starts_with("unknown field");
    let at = before.matches('\n').count();
    let named = message.split('`').nth(1).filter(|_| about_key);
    let on_line = text.lines().nth(at).and_then(|line| line.split('=').next()).map(str::trim);
    let key = named.or(on_line).filter(|key| !key.is_empty()).unwrap_or("text").to_owned();
    let fault = PlatformFault::Toml { detail: message };
    // What is missing stands nowhere; the parser points at the table that lacks it.
    Error::Platform { file: file.into(), line: (!missing).then_some(at + 1), key, fault }
}

fn check(platform: &Platform) -> Result<(), Found> {
    for (key, text) in [
        ("name", &platform.name),
        ("title", &platform.title),
        ("product_id", &platform.product_id),
        ("software_version", &platform.software_version),
        ("agent_version", &platform.agent_version),
        ("serial_prefix", &platform.serial_prefix),
    ] {
        short(key.to_owned(), text)?;
    }
    regid("software_tag".to_owned(), &platform.software_tag.0)?;
    if let ReportingCycle::Fixed { hours } = platform.cycle {
        range("cycle.fixed_hours", hours.into(), 1, CYCLE_HOURS_MAX.into())?;
    }
    roles(&platform.ha_roles)?;
    licenses(&platform.licenses)?;
    if let Some(throughput) = &platform.throughput {
        levels(throughput)?;
    }
    if let Some(fabric) = &platform.fabric {
        if platform.era != Era::Classic {
            return Err(("fabric".to_owned(), PlatformFault::WrongEra));
        }
        switches(fabric, &platform.licenses)?;
    }
    if platform.era == Era::Classic && platform.factory_trust_code {
        return Err(("factory_trust_code".to_owned(), PlatformFault::WrongEra));
    }
    Ok(())
}

fn roles(roles: &[HaRole]) -> Result<(), Found> {
    if !roles.contains(&HaRole::Active) {
        return Err(("ha_roles".to_owned(), PlatformFault::NoActive));
    }
    match roles.iter().enumerate().find(|(at, role)| roles[..*at].contains(role)) {
        Some((_, role)) => {
            let found = role.as_str().to_lowercase().into();
            Err(("ha_roles".to_owned(), PlatformFault::Twice { found }))
        }
        None => Ok(()),
    }
}

fn licenses(licenses: &[PlatformLicense]) -> Result<(), Found> {
    range("licenses", licenses.len() as u64, 1, LICENSES_MAX as u64)?;
    for (at, license) in licenses.iter().enumerate() {
        let key = |member| format!("licenses[{at}].{member}");
        short(key("feature"), &license.feature)?;
        regid(key("tag"), &license.tag.0)?;
        for (member, text) in [("label", &license.label), ("description", &license.description)] {
            if let Some(text) = text {
                short(key(member), text)?;
            }
        }
        if let Some(mbps) = license.throughput_mbps {
            range(&key("throughput_mbps"), mbps.into(), 1, THROUGHPUT_MBPS_MAX.into())?;
        }
        let before = &licenses[..at];
        if before.iter().any(|other| other.feature == license.feature) {
            return Err((key("feature"), PlatformFault::Twice { found: license.feature.clone() }));
        }
        if before.iter().any(|other| other.tag == license.tag) {
            return Err((key("tag"), PlatformFault::Twice { found: license.tag.0.clone() }));
        }
    }
    Ok(())
}

fn levels(throughput: &Throughput) -> Result<(), Found> {
    let key = "throughput.levels_mbps";
    range(key, throughput.levels_mbps.len() as u64, 1, LICENSES_MAX as u64)?;
    let mut before = 0;
    for level in &throughput.levels_mbps {
        if *level <= before {
            return Err((key.to_owned(), PlatformFault::NotAscending { found: *level }));
        }
        before = *level;
    }
    range(key, before.into(), 1, THROUGHPUT_MBPS_MAX.into())?;
    range("throughput.free_mbps", throughput.free_mbps.into(), 1, before.into())
}

fn switches(fabric: &Fabric, licenses: &[PlatformLicense]) -> Result<(), Found> {
    range("fabric.leaves", fabric.leaves.into(), 0, SWITCHES_MAX.into())?;
    range("fabric.spines", fabric.spines.into(), 0, SWITCHES_MAX.into())?;
    let leaf = Tier::ALL.map(|tier| ("fabric.leaf_licenses", fabric.leaf_license(tier)));
    for (key, feature) in leaf.into_iter().chain([("fabric.spine_license", &fabric.spine_license)])
    {
        if !licenses.iter().any(|license| license.feature == *feature) {
            let fault = PlatformFault::UnknownFeature { found: feature.clone() };
            return Err((key.to_owned(), fault));
        }
    }
    Ok(())
}

fn short(key: String, text: &CompactString) -> Result<(), Found> {
    let length = text.chars().count();
    if (1..=TEXT_LENGTH_MAX).contains(&length) {
        return Ok(());
    }
    Err((key, PlatformFault::Length { length, length_max: TEXT_LENGTH_MAX }))
}

fn regid(key: String, tag: &CompactString) -> Result<(), Found> {
    if is_regid(tag) { Ok(()) } else { Err((key, PlatformFault::Tag { found: tag.clone() })) }
}

fn range(key: &str, found: u64, min: u64, max: u64) -> Result<(), Found> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    Err((key.to_owned(), PlatformFault::Range { found, min, max }))
}
