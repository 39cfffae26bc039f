//! Steps of instances of the classic era as commands of their operator.

use muster_agent::classic::{
    ClassicTransport, FabricChange, Framing, KeyWanted, RedundancyPeer, RedundantApplication,
    TransportMode,
};
use muster_agent::{ClassicCommand, ClassicInput, SwitchRole, Tier};
use muster_scenarios::model::{
    self, Action, Application, ApplicationPeer, ClassicAction, Convert, Export, Fabric, Step,
};
use muster_wire::classic::proposed::entitlement::ApplicationRole;

use super::super::member::Hindrance;
use super::super::{Journey, Wish, framing};
use crate::log::Log;
use crate::target::ServerKind;

/// The endpoint that is CSSM, where a profile does not say what its servers are.
const CSSM: &str = "smart_receiver";

impl Journey {
    /// The agent's command for a step; none when the journey breaks over it.
    pub(in crate::journey) fn classic_command_of(
        &mut self,
        member: usize,
        step: &Step,
    ) -> Result<Option<ClassicCommand>, Hindrance> {
        Ok(Some(match &step.action {
            Action::Classic(action) => return self.classic_action(member, action),
            Action::Use { feature, count } => {
                ClassicCommand::Use { feature: feature.as_str().into(), count: *count }
            }
            Action::Poll { .. } => ClassicCommand::PollNow,
            Action::Reload => ClassicCommand::Reload,
            Action::Transport(kind) => {
                let mode = match kind.as_str() {
                    "direct" => TransportMode::Direct,
                    "gateway" => TransportMode::Gateway,
                    _ => TransportMode::Proxy,
                };
                ClassicCommand::SetTransport(self.classic_transport(member, Some(mode)))
            }
            _ => unreachable!("every other action is no command of the classic era"),
        }))
    }

    fn classic_action(
        &mut self,
        member: usize,
        action: &ClassicAction,
    ) -> Result<Option<ClassicCommand>, Hindrance> {
        Ok(Some(match action {
            ClassicAction::Register { id_token: name, force } => {
                let Some(token) = self.setting.target.id_tokens.get(name) else {
                    self.break_off(format!("the target profile has no ID token `{name}`"));
                    return Ok(None);
                };
                ClassicCommand::Register { id_token: token.reveal().to_owned(), force: *force }
            }
            ClassicAction::Deregister => ClassicCommand::Deregister,
            ClassicAction::RenewId => ClassicCommand::RenewId,
            ClassicAction::RenewAuthorization => ClassicCommand::RenewAuthorization,
            ClassicAction::Export(Export::Request { feature, count }) => {
                ClassicCommand::RequestExport { feature: feature.as_str().into(), count: *count }
            }
            ClassicAction::Export(Export::Return { feature }) => {
                ClassicCommand::ReturnExport { feature: feature.as_str().into() }
            }
            ClassicAction::Convert(Convert::Start) => ClassicCommand::StartConversion,
            ClassicAction::Convert(Convert::Automatic(automatic)) => {
                ClassicCommand::SetAutomaticConversion { automatic: *automatic }
            }
            ClassicAction::Fabric(fabric) => ClassicCommand::Fabric(change_of(*fabric)),
            ClassicAction::Application(application) => {
                self.application_command(member, application)?
            }
            ClassicAction::ThirdPartyKey { name, feature, routing } => {
                ClassicCommand::RequestThirdPartyKey(KeyWanted {
                    name: name.as_str().into(),
                    feature: feature.as_str().into(),
                    routing: routing.as_str().into(),
                })
            }
            ClassicAction::Release { major } => ClassicCommand::SetRelease { major: *major },
        }))
    }

    fn application_command(
        &self,
        member: usize,
        application: &Application,
    ) -> Result<ClassicCommand, Hindrance> {
        Ok(match application {
            Application::Set { feature, role, name, id, peers } => {
                let peers = peers.iter().map(|peer| self.peer(member, name, peer));
                let application = RedundantApplication {
                    name: name.as_str().into(),
                    id: id.as_str().into(),
                    role: role_of(*role),
                    peers: peers.collect::<Result<_, _>>()?,
                };
                ClassicCommand::SetApplication { feature: feature.as_str().into(), application }
            }
            Application::TakeOver { feature } => {
                ClassicCommand::TakeOver { feature: feature.as_str().into() }
            }
            Application::RemovePeers { feature } => {
                ClassicCommand::RemovePeers { feature: feature.as_str().into() }
            }
            Application::Clear { feature } => {
                ClassicCommand::ClearApplication { feature: feature.as_str().into() }
            }
        })
    }

    /// A peer as the operator knows it: by the identifier its server gave it.
    fn peer(
        &self,
        member: usize,
        own_name: &str,
        peer: &ApplicationPeer,
    ) -> Result<RedundancyPeer, Hindrance> {
        let instance = &peer.instance;
        let at = (0..self.members.len()).find(|at| self.role(*at).name == *instance);
        let agent = at.and_then(|at| self.members[at].agent.in_classic_era());
        let Some(agent) = agent else {
            let who = &self.role(member).name;
            let reason = format!("`{instance}` is no instance `{who}` can point at");
            return Err(Hindrance::NotSent(reason));
        };
        let identifier = agent.product_instance_identifier();
        let unregistered =
            || Hindrance::NotSent(format!("the peer `{instance}` is not registered"));
        Ok(RedundancyPeer {
            name: peer.name.as_deref().unwrap_or(own_name).into(),
            id: peer.id.as_str().into(),
            role: role_of(peer.role),
            product_instance_identifier: identifier.ok_or_else(unregistered)?,
        })
    }

    /// How an instance reaches the servers of its endpoint; in a chosen way, or as the profile has
    /// it.
    fn classic_transport(&self, member: usize, mode: Option<TransportMode>) -> ClassicTransport {
        let endpoint = self.role(member).via.as_str();
        let target = &self.setting.target;
        let servers = 0..target.server_count(endpoint);
        let servers: Vec<_> =
            servers.filter_map(|at| target.server(endpoint, at)).map(|(_, url)| url).collect();
        let way = servers.first().map(|url| url.way.clone()).unwrap_or_default();
        let by_profile = match way.server {
            _ if way.proxy.is_some() => TransportMode::Proxy,
            ServerKind::Direct => TransportMode::Direct,
            ServerKind::TransportGateway | ServerKind::Satellite => TransportMode::Gateway,
            ServerKind::Unstated if endpoint == CSSM => TransportMode::Direct,
            ServerKind::Unstated => TransportMode::Gateway,
        };
        let framing = match framing::speaks_call_home(endpoint) {
            true => Framing::CallHome,
            false => Framing::SmartTransport,
        };
        let urls: Vec<&str> = servers.iter().map(|url| url.text.as_str()).collect();
        ClassicTransport::over(mode.unwrap_or(by_profile), framing, &urls)
    }

    /// Gives an instance the configuration it starts with: its transport, and what its platform
    /// ships with in use.
    pub(in crate::journey) fn configure_classic(
        &mut self,
        at: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let platform = self.members[at].agent.platform();
        let transport = ClassicCommand::SetTransport(self.classic_transport(at, None));
        let fabric = platform.fabric.as_ref().map(|_| FabricChange::Report);
        let licenses = platform.licenses.iter().filter(|license| license.default_count > 0);
        let licenses = licenses.map(|license| {
            let (feature, count) = (license.feature.clone(), license.default_count);
            ClassicCommand::Use { feature, count }
        });
        let commands =
            std::iter::once(transport).chain(fabric.map(ClassicCommand::Fabric)).chain(licenses);
        for command in commands {
            let input = ClassicInput::Command(command);
            self.classic_input(at, None, now_ms, wishes, log, input);
            // Nobody typed it: what the product does not take is a fault of the profile.
            if let Some(hindrance) = self.members[at].page_mut().hindrance.take() {
                let name = &self.role(at).name;
                let reason = format!("`{name}` cannot be configured: {}", hindrance.reason());
                self.break_off(reason);
            }
        }
    }
}

fn change_of(fabric: Fabric) -> FabricChange {
    match fabric {
        Fabric::Report => FabricChange::Report,
        Fabric::Commission { role, count } => {
            FabricChange::Commission { role: switch_of(role), count }
        }
        Fabric::Decommission { role, count } => {
            FabricChange::Decommission { role: switch_of(role), count }
        }
        Fabric::Enable { tier, count } => FabricChange::Enable { tier: tier_of(tier), count },
        Fabric::Disable { tier, count } => FabricChange::Disable { tier: tier_of(tier), count },
    }
}

const fn switch_of(role: model::SwitchRole) -> SwitchRole {
    match role {
        model::SwitchRole::Leaf => SwitchRole::Leaf,
        model::SwitchRole::Spine => SwitchRole::Spine,
    }
}

const fn tier_of(tier: model::Tier) -> Tier {
    match tier {
        model::Tier::Essentials => Tier::Essentials,
        model::Tier::Advantage => Tier::Advantage,
        model::Tier::Premier => Tier::Premier,
    }
}

const fn role_of(role: model::ApplicationRole) -> ApplicationRole {
    match role {
        model::ApplicationRole::Active => ApplicationRole::Active,
        model::ApplicationRole::Standby => ApplicationRole::Standby,
    }
}
