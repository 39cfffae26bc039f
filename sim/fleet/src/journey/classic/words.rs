//! A step of the classic era in the scenario's own words, for the journal.

use muster_scenarios::model::{
    Application, ApplicationRole, ClassicAction, ClassicMoment, Convert, Export, Fabric,
    SwitchRole, Tier,
};
use serde_json::{Value, json};

/// The word an action is written with.
pub(in crate::journey) const fn verb(action: &ClassicAction) -> &'static str {
    match action {
        ClassicAction::Register { .. } => "register",
        ClassicAction::Deregister => "deregister",
        ClassicAction::RenewId => "renew_id",
        ClassicAction::RenewAuthorization => "renew_authorization",
        ClassicAction::Export(_) => "export",
        ClassicAction::Convert(_) => "convert",
        ClassicAction::Fabric(_) => "fabric",
        ClassicAction::Application(_) => "application",
        ClassicAction::ThirdPartyKey { .. } => "third_party_key",
        ClassicAction::Release { .. } => "release",
    }
}

/// The word a moment is written with.
pub(in crate::journey) const fn moment(moment: ClassicMoment) -> &'static str {
    match moment {
        ClassicMoment::AuthorizationRefresh => "authorization_refresh",
        ClassicMoment::AuthorizationRenewal => "authorization_renewal",
        ClassicMoment::AuthorizationDeadline => "authorization_deadline",
        ClassicMoment::IdRenewal => "id_renewal",
        ClassicMoment::IdExpiry => "id_expiry",
        ClassicMoment::EvaluationEnd => "evaluation_end",
    }
}

/// The arguments of an action, by name; never a secret.
pub(in crate::journey) fn arguments(
    action: &ClassicAction,
    put: &mut impl FnMut(&str, Value) -> Option<Value>,
) {
    let mut put = |name: &str, value: Value| drop(put(name, value));
    match action {
        ClassicAction::Register { id_token, force } => {
            put("id_token", id_token.as_str().into());
            put("force", (*force).into());
        }
        ClassicAction::Export(Export::Request { feature, count }) => {
            put("request", feature.as_str().into());
            put("count", (*count).into());
        }
        ClassicAction::Export(Export::Return { feature }) => {
            put("return", feature.as_str().into());
        }
        ClassicAction::Convert(Convert::Automatic(automatic)) => {
            put("automatic", (*automatic).into());
        }
        ClassicAction::Fabric(fabric) => fabric_arguments(*fabric, &mut put),
        ClassicAction::Application(application) => application_arguments(application, &mut put),
        ClassicAction::ThirdPartyKey { name, feature, routing } => {
            put("name", name.as_str().into());
            put("feature", feature.as_str().into());
            put("routing", routing.as_str().into());
        }
        ClassicAction::Release { major } => put("major", (*major).into()),
        ClassicAction::Deregister
        | ClassicAction::RenewId
        | ClassicAction::RenewAuthorization
        | ClassicAction::Convert(Convert::Start) => {}
    }
}

fn fabric_arguments(fabric: Fabric, put: &mut impl FnMut(&str, Value)) {
    let (what, of, count) = match fabric {
        Fabric::Report => return put("report", true.into()),
        Fabric::Commission { role, count } => ("commission", switch(role), count),
        Fabric::Decommission { role, count } => ("decommission", switch(role), count),
        Fabric::Enable { tier, count } => ("enable", self::tier(tier), count),
        Fabric::Disable { tier, count } => ("disable", self::tier(tier), count),
    };
    put(what, of.into());
    put("count", count.into());
}

fn application_arguments(application: &Application, put: &mut impl FnMut(&str, Value)) {
    match application {
        Application::Set { feature, role, name, id, peers } => {
            put("set", feature.as_str().into());
            put("role", self::role(*role).into());
            put("name", name.as_str().into());
            put("id", id.as_str().into());
            let peers = peers.iter().map(|peer| {
                let name = peer.name.as_deref().unwrap_or(name);
                json!({
                    "instance": peer.instance,
                    "role": self::role(peer.role),
                    "id": peer.id,
                    "name": name,
                })
            });
            put("peers", peers.collect());
        }
        Application::TakeOver { feature } => put("take_over", feature.as_str().into()),
        Application::RemovePeers { feature } => put("remove_peers", feature.as_str().into()),
        Application::Clear { feature } => put("clear", feature.as_str().into()),
    }
}

const fn switch(role: SwitchRole) -> &'static str {
    match role {
        SwitchRole::Leaf => "leaf",
        SwitchRole::Spine => "spine",
    }
}

const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Essentials => "essentials",
        Tier::Advantage => "advantage",
        Tier::Premier => "premier",
    }
}

const fn role(role: ApplicationRole) -> &'static str {
    match role {
        ApplicationRole::Active => "active",
        ApplicationRole::Standby => "standby",
    }
}
