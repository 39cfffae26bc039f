//! A redundant application, as one line describes it.

use muster_agent::ClassicCommand;
use muster_agent::classic::{RedundancyPeer, RedundantApplication};
use muster_wire::ProductInstanceId;
use muster_wire::classic::proposed::entitlement::ApplicationRole;

use super::{ClassicTyped, Read, command};

/// Reads what stands behind `muster application FEATURE`.
pub(super) fn read(feature: &str, words: &[&str]) -> Read {
    let feature = feature.into();
    let (first, mut rest) = match words {
        ["take-over"] => return Ok(command(ClassicCommand::TakeOver { feature })),
        ["remove-peers"] => return Ok(command(ClassicCommand::RemovePeers { feature })),
        ["clear"] => return Ok(command(ClassicCommand::ClearApplication { feature })),
        [role, name, id, rest @ ..] => ((*role, *name, *id), rest),
        _ => return Ok(None),
    };
    let mut peers = Vec::new();
    while let ["peer", identifier, peer_role, name, id, more @ ..] = rest {
        peers.push(RedundancyPeer {
            name: (*name).into(),
            id: (*id).into(),
            role: role(peer_role)?,
            product_instance_identifier: ProductInstanceId::new(identifier),
        });
        rest = more;
    }
    if !rest.is_empty() {
        return Ok(None::<ClassicTyped>);
    }
    let (own, name, id) = first;
    let application =
        RedundantApplication { name: name.into(), id: id.into(), role: role(own)?, peers };
    Ok(command(ClassicCommand::SetApplication { feature, application }))
}

fn role(word: &str) -> Result<ApplicationRole, String> {
    match word {
        "active" => Ok(ApplicationRole::Active),
        "standby" => Ok(ApplicationRole::Standby),
        _ => {
            Err(format!("`{word}` is no part of a redundant application; it is active or standby"))
        }
    }
}
