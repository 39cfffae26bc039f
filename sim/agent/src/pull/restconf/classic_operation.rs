//! The operations of the classic era as commands, and what they answer.
//!
//! Source: the public YANG model (`register-id-token` answers `registrationinprogress`). Assumed:
//! the others answer `success`, for the model does not say; operations of the policy era are not
//! supported by an instance of the classic one.

use muster_wire::classic::AgentErrorCode;

use super::encoding::Encoding;
use super::operation::{Input, Operation};
use super::outcome::completed;
use crate::classic::{ClassicCommand, ClassicEffect};
use crate::pull::{ClassicAsked, InstanceAnswer};

/// A request whose answer depends on what the agent makes of its command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pull) struct ClassicPending {
    good: AgentErrorCode,
    encoding: Encoding,
}

pub(super) fn ask(operation: &Operation, input: &Input, encoding: Encoding) -> ClassicAsked {
    match command(operation.name(), input) {
        Ok((command, good)) => {
            ClassicAsked::Commanded { command, then: ClassicPending { good, encoding } }
        }
        Err(code) => ClassicAsked::Answered(encoding.write(completed(code))),
    }
}

fn command(
    operation: &str,
    input: &Input,
) -> Result<(ClassicCommand, AgentErrorCode), AgentErrorCode> {
    let done = AgentErrorCode::SUCCESS;
    Ok(match operation {
        "register-id-token" => {
            let (id_token, force) = (input.text("id-token"), input.flag("force", false));
            if id_token.is_empty() {
                return Err(AgentErrorCode::NO_CREDENTIAL);
            }
            let command = ClassicCommand::Register { id_token, force };
            (command, AgentErrorCode::REGISTRATION_IN_PROGRESS)
        }
        "de-register" => (ClassicCommand::Deregister, done),
        "renew-id" => (ClassicCommand::RenewId, done),
        "renew-auth" => (ClassicCommand::RenewAuthorization, done),
        _ => return Err(AgentErrorCode::NOT_SUPPORTED),
    })
}

/// The answer once the agent has handled the command.
pub(in crate::pull) fn answer(
    pending: &ClassicPending,
    effects: &[ClassicEffect],
) -> InstanceAnswer {
    let refused = effects.iter().find_map(|effect| match effect {
        ClassicEffect::CommandRefused { reason, .. } => Some(code_of(reason)),
        _ => None,
    });
    pending.encoding.write(completed(refused.unwrap_or(pending.good)))
}

/// The agent error a refusal is told with; one that has words of its own does not fit the state.
fn code_of(reason: &str) -> AgentErrorCode {
    let row = AgentErrorCode::TABLE.iter().find(|row| row.text == reason);
    row.map_or(AgentErrorCode::NOT_ALLOWED_IN_STATE, |row| row.code)
}
