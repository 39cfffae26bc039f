//! Which agents the certificate chain suits, and which message versions are spoken.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Compatibility Notice" (agents below 1.4 need a
//! certificate that comes days later). Public: the capability `MULTITIER`; the message versions 1.1
//! to 1.3. Assumed: that the capability says it, and that without it the version does.

use muster_wire::classic::header::VERSION_1_3;
use muster_wire::transport::smart::ConnectInfo;

use super::refusal::Refusal;

/// The capability of agents that take chains of four levels.
const MULTI_TIER: &str = "MULTITIER";

/// The first agent version that takes them without saying so.
const MULTI_TIER_VERSION: (u32, u32) = (1, 4);

/// Whether an agent takes a chain of four levels.
pub(super) fn is_multi_tier(agent: Option<&ConnectInfo>) -> bool {
    let Some(agent) = agent else { return false };
    let listed = agent.capabilities.iter().any(|capability| capability == MULTI_TIER);
    listed || version(&agent.version).is_some_and(|version| version >= MULTI_TIER_VERSION)
}

/// Refuses a message version this server does not speak.
pub(super) fn check_message_version(text: &str) -> Result<(), Refusal> {
    let newest = version(VERSION_1_3).expect("the constant is a version");
    match version(text) {
        Some(asked) if asked > newest => Err(Refusal::version_too_high(text)),
        Some(_) => Ok(()),
        None => Err(Refusal::invalid_request("header.version is not a version")),
    }
}

/// Major and minor number of `1.3`, `5.8.6_rel/15` and the like.
fn version(text: &str) -> Option<(u32, u32)> {
    if text.len() > 32 {
        return None;
    }
    let mut parts = text.split(|c: char| !c.is_ascii_digit());
    let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn agent(version: &str, capabilities: &[&str]) -> ConnectInfo {
        let text = json!({ "name": "C_agent", "version": version, "capabilities": capabilities });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn an_agent_is_judged_by_capability_then_by_version() {
        assert!(is_multi_tier(Some(&agent("1.3", &["DLC", "MULTITIER"]))));
        assert!(is_multi_tier(Some(&agent("1.5", &[]))));
        assert!(is_multi_tier(Some(&agent("5.8.6_rel/15", &[]))));
        for (version, capabilities) in [("1.3", &["DLC"][..]), ("", &[]), ("x", &[])] {
            assert!(!is_multi_tier(Some(&agent(version, capabilities))), "{version}");
        }
        assert!(!is_multi_tier(None));
    }

    #[test]
    fn message_versions_up_to_the_newest_are_spoken() {
        for text in ["1.0", "1.1", "1.3", "0.9"] {
            assert_eq!(check_message_version(text), Ok(()), "{text}");
        }
        for text in ["1.4", "2.0", "10.0"] {
            let refusal = check_message_version(text).unwrap_err();
            assert!(matches!(refusal, Refusal::VersionTooHigh { .. }), "{text}");
        }
        for text in ["", "1", "a.b", "99999999999.1"] {
            assert!(matches!(check_message_version(text), Err(Refusal::Failed { .. })), "{text}");
        }
    }
}
