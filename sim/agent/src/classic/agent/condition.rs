//! What follows from the state of everything: whether the evaluation period runs, and the faults.

use compact_str::CompactString;

use super::ClassicAgent;
use crate::classic::authorization_state::AuthorizationState;
use crate::classic::conversion_state::ConversionState;
use crate::classic::effect::{ClassicEffect, Effects};
use crate::classic::evaluation::Running;
use crate::classic::evaluation_state::EvaluationState;
use crate::classic::faults::{Fault, FaultKind, FaultSet};
use crate::classic::id_certificate_state::IdCertificateState;
use crate::classic::link::MessageClass;
use crate::classic::uses::Standing;

impl ClassicAgent {
    pub(super) fn recondition(&mut self, effects: &mut Effects<'_>) {
        let registered = self.registration.held.is_some();
        let running = Running { used: self.uses.any(), registered, on: !self.power.is_off };
        self.evaluation.update(running, self.now_ms, effects);
        let (before, after) = (self.faults, self.fault_set());
        if before != after {
            self.faults = after;
            if effects.facts {
                self.tell_faults(before, after, effects);
            }
        }
    }

    fn tell_faults(&self, before: FaultSet, after: FaultSet, effects: &mut Effects<'_>) {
        let (cleared, raised) = (before.without(after), after.without(before));
        for kind in cleared.kinds() {
            effects.push(ClassicEffect::FaultCleared { kind, tag: CompactString::default() });
        }
        for license in cleared.licenses() {
            let (kind, tag) = (FaultKind::OutOfCompliance, self.tag_of(license).into());
            effects.push(ClassicEffect::FaultCleared { kind, tag });
        }
        for fault in self.shown(raised) {
            effects.push(ClassicEffect::FaultRaised(fault));
        }
    }

    fn tag_of(&self, license: u8) -> &'static str {
        self.platform.licenses[usize::from(license)].tag.as_str()
    }

    /// The faults that stand, each with its text.
    pub(super) fn standing_faults(&self) -> Vec<Fault> {
        self.shown(self.faults)
    }

    pub(super) fn fault_set(&self) -> FaultSet {
        if !self.family.raises_faults() {
            return FaultSet::default();
        }
        let unregistered = self.registration.held.is_none();
        let expired = self.evaluation.state == EvaluationState::Expired;
        let authorization = self.authorization.state;
        let certificate = self.certificate.state;
        let mut set = FaultSet::default();
        for (kind, stands) in [
            (FaultKind::NotRegistered, unregistered && !expired),
            (FaultKind::EvaluationExpired, unregistered && expired),
            (
                FaultKind::AuthorizationExpired,
                matches!(
                    authorization,
                    AuthorizationState::Expired | AuthorizationState::GraceExpired
                ),
            ),
            (FaultKind::IdCertificateWarning, certificate == IdCertificateState::Warned),
            (FaultKind::IdCertificateExpired, certificate == IdCertificateState::Expired),
            (FaultKind::RegistrationFailed, self.registration.failed),
            (FaultKind::ConversionFailed, self.conversion.state == ConversionState::Failed),
        ] {
            set.set(kind, stands);
        }
        if authorization == AuthorizationState::OutOfCompliance {
            for used in &self.uses.0 {
                let out = used.standing == Standing::OutOfCompliance && used.count > 0;
                set.set_license(used.license, out);
            }
        }
        set
    }

    fn shown(&self, set: FaultSet) -> Vec<Fault> {
        let kinds = set.kinds().map(|kind| (kind, self.detail(kind)));
        let licenses = set
            .licenses()
            .map(|license| (FaultKind::OutOfCompliance, self.tag_of(license).to_owned()));
        let all = kinds.chain(licenses);
        all.map(|(kind, detail)| Fault { kind, severity: kind.severity(), detail }).collect()
    }

    fn detail(&self, kind: FaultKind) -> String {
        let reason = |class| self.link.reason(class).unwrap_or_default();
        match kind {
            FaultKind::NotRegistered => "the product is not registered with CSSM".to_owned(),
            FaultKind::EvaluationExpired => {
                "the evaluation period has expired; register with CSSM".to_owned()
            }
            FaultKind::OutOfCompliance => "out of compliance".to_owned(),
            FaultKind::AuthorizationExpired => "License Authorization Expired".to_owned(),
            FaultKind::IdCertificateWarning => "ID Certificate Expired Warning".to_owned(),
            FaultKind::IdCertificateExpired => "ID Certificate Expired".to_owned(),
            FaultKind::RegistrationFailed => {
                let reason = reason(MessageClass::Registration);
                format!("Failed to register {} with CSSM: {reason}", self.family.registrant())
            }
            FaultKind::ConversionFailed => {
                format!("Device Led Conversion failed: {}", reason(MessageClass::Conversion))
            }
        }
    }
}
