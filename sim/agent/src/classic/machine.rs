//! One step of a state machine, and the fact it leaves behind.

use compact_str::CompactString;

use super::application_redundancy_state::{ApplicationRedundancyInput, ApplicationRedundancyState};
use super::authorization_state::{AuthorizationInput, AuthorizationState};
use super::conversion_state::{ConversionInput, ConversionState};
use super::effect::{ClassicEffect, Effects};
use super::evaluation_state::{EvaluationInput, EvaluationState};
use super::export_authorization_state::{ExportAuthorizationInput, ExportAuthorizationState};
use super::id_certificate_state::{IdCertificateInput, IdCertificateState};
use super::registration_state::{RegistrationInput, RegistrationState};
use super::third_party_key_state::{ThirdPartyKeyInput, ThirdPartyKeyState};
use crate::Illegal;

/// A machine laid out as a table.
pub(crate) trait Machine: Copy + PartialEq {
    type Input: Copy;
    const NAME: &'static str;

    fn after(self, input: Self::Input) -> Result<Self, Illegal>;
    fn name(self) -> &'static str;
    fn input_name(input: Self::Input) -> &'static str;
}

macro_rules! machines {
    ($($State:ty, $Input:ty;)+) => {$(
        impl Machine for $State {
            type Input = $Input;
            const NAME: &'static str = <$State>::MACHINE;

            fn after(self, input: $Input) -> Result<Self, Illegal> {
                self.on(input)
            }

            fn name(self) -> &'static str {
                self.as_str()
            }

            fn input_name(input: $Input) -> &'static str {
                input.as_str()
            }
        }
    )+};
}

machines! {
    RegistrationState, RegistrationInput;
    EvaluationState, EvaluationInput;
    IdCertificateState, IdCertificateInput;
    AuthorizationState, AuthorizationInput;
    ExportAuthorizationState, ExportAuthorizationInput;
    ConversionState, ConversionInput;
    ApplicationRedundancyState, ApplicationRedundancyInput;
    ThirdPartyKeyState, ThirdPartyKeyInput;
}

/// Moves `state`. The agent itself chooses every input, so an illegal one is a fault of ours; the
/// state then stays.
pub(crate) fn step<M: Machine>(state: &mut M, input: M::Input, effects: &mut Effects<'_>) {
    step_of(state, input, CompactString::default, effects);
}

/// As [`step`], for one of several machines of a kind; `key` says which.
pub(crate) fn step_of<M: Machine>(
    state: &mut M,
    input: M::Input,
    key: impl FnOnce() -> CompactString,
    effects: &mut Effects<'_>,
) {
    let from = *state;
    match from.after(input) {
        Ok(to) => *state = to,
        Err(illegal) => debug_assert!(false, "{illegal}"),
    }
    if *state != from {
        let (from, to, input) = (from.name(), state.name(), M::input_name(input));
        let machine = M::NAME;
        effects.fact(|| ClassicEffect::StateChanged { machine, key: key(), from, to, input });
    }
}
