//! Commands of an operator: taken, or refused with a reason.

use muster_wire::classic::AgentErrorCode;

use super::ClassicAgent;
use crate::classic::effect::{ClassicEffect, Effects};
use crate::classic::input::ClassicCommand;
use crate::classic::transport::{ClassicTransport, ServerChoice, TransportMode};

impl ClassicAgent {
    pub(super) fn command(&mut self, command: ClassicCommand, effects: &mut Effects<'_>) {
        let name = command.name();
        let taken = if self.power.is_off {
            Err("the product instance has no power")
        } else {
            self.take_command(command, effects)
        };
        if let Err(reason) = taken {
            effects.push(ClassicEffect::CommandRefused { command: name, reason });
        }
    }

    fn take_command(
        &mut self,
        command: ClassicCommand,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        match command {
            ClassicCommand::Register { id_token, force } => self.register(id_token, force, effects),
            ClassicCommand::Deregister => self.deregister(effects),
            ClassicCommand::RenewId => self.renew_id(effects),
            ClassicCommand::RenewAuthorization => self.renew_authorization(effects),
            ClassicCommand::Use { feature, count } => self.use_feature(&feature, count, effects),
            ClassicCommand::Fabric(change) => self.change_fabric(change, effects),
            ClassicCommand::SetTransport(transport) => self.set_transport(transport, effects),
            ClassicCommand::SetRelease { major } => {
                self.power.release_wanted = Some(major);
                self.power.reboot_wanted = true;
                Ok(())
            }
            ClassicCommand::RequestExport { feature, count } => {
                self.request_export(&feature, count, effects)
            }
            ClassicCommand::ReturnExport { feature } => self.return_export(&feature, effects),
            ClassicCommand::StartConversion => self.start_conversion(effects),
            ClassicCommand::SetAutomaticConversion { automatic } => {
                self.conversion.automatic = automatic;
                Ok(())
            }
            ClassicCommand::SetApplication { feature, application } => {
                self.set_application(&feature, application, effects)
            }
            ClassicCommand::TakeOver { feature } => self.take_over(&feature, effects),
            ClassicCommand::RemovePeers { feature } => self.remove_peers(&feature, effects),
            ClassicCommand::ClearApplication { feature } => {
                self.clear_application(&feature, effects)
            }
            ClassicCommand::RequestThirdPartyKey(wanted) => {
                self.request_third_party_key(wanted, effects)
            }
            ClassicCommand::PollNow => self.poll_now(effects),
            ClassicCommand::Reload => {
                self.power.reboot_wanted = true;
                Ok(())
            }
            ClassicCommand::StepClock { by_ms } => {
                self.step_clock(by_ms, effects);
                Ok(())
            }
        }
    }

    /// Place of the licence a feature name or entitlement tag stands for.
    pub(super) fn license(&self, feature: &str) -> Result<u8, &'static str> {
        self.platform.license_index(feature).ok_or("the platform has no such feature")
    }

    fn set_transport(
        &mut self,
        transport: ClassicTransport,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        let is_gateway = transport.mode == TransportMode::Gateway;
        if is_gateway && self.family.needs_gateway_port() && !transport.names_port {
            return Err("the URL of a Transport Gateway names its port");
        }
        self.transport = transport;
        if self.link.server != ServerChoice::Primary {
            self.link.server = ServerChoice::Primary;
            effects.fact(|| ClassicEffect::ServerChosen(ServerChoice::Primary));
        }
        self.hurry(effects);
        Ok(())
    }

    fn poll_now(&mut self, effects: &mut Effects<'_>) -> Result<(), &'static str> {
        let exports = self.exports.0.iter_mut().filter_map(|export| export.deferral.as_mut());
        let key = self.key_request.as_mut().and_then(|request| request.deferral.as_mut());
        let mut any = false;
        for deferral in exports.chain(self.conversion.deferral.as_mut()).chain(key) {
            deferral.hurry();
            any = true;
        }
        if !any {
            return Err("no result is deferred");
        }
        self.hurry(effects);
        Ok(())
    }
}

/// What an agent error means, for a refusal.
pub(super) fn text_of(code: AgentErrorCode) -> &'static str {
    code.row().map_or("agent error", |row| row.text)
}
