//! The agent's facts, gathered.

use super::ClassicAgent;
use crate::classic::authorization_state::AuthorizationState;
use crate::classic::deferral::Deferral;
use crate::classic::evaluation_state::EvaluationState;
use crate::classic::link::MessageClass;
use crate::classic::registration_state::RegistrationState;
use crate::classic::uses::Use;
use crate::classic::view::{
    ApplicationView, AttemptView, AuthorizationView, ClassStatistics, ClassicLicenseView,
    ClassicView, ConversionView, EvaluationView, ExportView, IdCertificateView, RegistrationView,
    ThirdPartyKeyView,
};
use crate::timer::SECOND_MS;

impl ClassicAgent {
    /// What the instance knows.
    pub fn view(&self) -> ClassicView {
        let identity = self.identity();
        ClassicView {
            index: self.place.index,
            platform: self.platform.name.clone(),
            udi: identity.udi,
            hostname: identity.hostname,
            release: self.release,
            transport: self.transport,
            server: self.link.server,
            crypto_ready: self.is_up(),
            in_flight: self.in_flight(),
            retry_due_ms: self.link.retry_due.ms(),
            registration: self.registration_view(),
            id_certificate: self.id_certificate_view(),
            authorization: self.authorization_view(),
            evaluation: EvaluationView {
                state: self.evaluation.state.as_str(),
                in_use: self.evaluation.state == EvaluationState::Counting,
                left_ms: self.evaluation_left_ms(),
            },
            licenses: self.uses.0.iter().map(|used| self.license_view(used)).collect(),
            exports: self.export_views(),
            conversion: ConversionView {
                state: self.conversion.state.as_str(),
                status: self.conversion.status(),
                operational_state: self.conversion.operational_state(),
                automatic: self.conversion.automatic,
                poll_due_ms: due_ms(self.conversion.deferral),
                failure_reason: self.reason(MessageClass::Conversion),
            },
            third_party_key: self.third_party_key_view(),
            faults: self.standing_faults(),
            statistics: self.statistics(),
        }
    }

    /// Milliseconds of use that are left of the evaluation period.
    pub fn evaluation_left_ms(&self) -> u64 {
        self.evaluation.left_ms(self.now_ms)
    }

    /// Whether a registration stands.
    pub const fn is_registered(&self) -> bool {
        self.registration.held.is_some()
    }

    /// Whether the instance has power.
    pub const fn has_power(&self) -> bool {
        !self.power.is_off
    }

    fn registration_view(&self) -> RegistrationView {
        let held = self.registration.held.as_deref();
        let state = self.registration.state;
        RegistrationView {
            state: state.as_str(),
            status: match state {
                RegistrationState::NotRegistered => "UNREGISTERED",
                RegistrationState::Registering => "REGISTERING - REGISTRATION IN PROGRESS",
                RegistrationState::Retry => "REGISTERING - REGISTRATION RETRY",
                RegistrationState::Failed => "UNREGISTERED - REGISTRATION FAILED",
                RegistrationState::Registered => "REGISTERED",
                RegistrationState::Deregistering => "REGISTERED - DEREGISTRATION IN PROGRESS",
                RegistrationState::Expired => "UNREGISTERED - REGISTRATION EXPIRED",
            },
            registered: held.is_some(),
            smart_account: held.map(|held| held.accounts.smart.as_ref().into()),
            virtual_account: held.map(|held| held.accounts.virtual_.as_ref().into()),
            product_instance_identifier: self
                .registration
                .identifier()
                .map(|id| id.as_str().into()),
            export_controlled_allowed: held.map(|held| held.export_allowed),
            registered_at_ms: time_ms(self.registration.registered_at_s),
            last_attempt: self.last(MessageClass::Registration),
        }
    }

    fn id_certificate_view(&self) -> IdCertificateView {
        let held = self.registration.held.as_deref();
        IdCertificateView {
            state: self.certificate.state.as_str(),
            serial: held.map(|held| held.serial.clone()),
            not_before_ms: held.map(|held| held.not_before_ms),
            not_after_ms: held.map(|held| held.not_after_ms),
            renewed_at_ms: time_ms(self.certificate.renewed_at_s),
            last_renewal: self.last(MessageClass::IdCertificate),
            next_renewal_ms: self.certificate.renewal_due.ms(),
        }
    }

    fn authorization_view(&self) -> AuthorizationView {
        let authorization = &self.authorization;
        let eval_expired = self.evaluation.state == EvaluationState::Expired;
        AuthorizationView {
            state: authorization.state.as_str(),
            status: match authorization.state {
                AuthorizationState::None => "NO LICENSES IN USE",
                AuthorizationState::Evaluation if eval_expired => "EVAL EXPIRED",
                AuthorizationState::Evaluation => "EVAL MODE",
                AuthorizationState::Waiting => "PENDING",
                AuthorizationState::Authorized => "AUTHORIZED",
                AuthorizationState::OutOfCompliance => "OUT OF COMPLIANCE",
                AuthorizationState::Expired => "AUTHORIZATION EXPIRED",
                AuthorizationState::GraceExpired => "GRACE PERIOD EXPIRED",
            },
            since_ms: time_ms(authorization.since_s),
            last_communication: self.last(MessageClass::Authorization),
            next_communication_ms: authorization.renewal_due.ms(),
            next_refresh_ms: authorization.refresh_due.ms(),
            communication_deadline_ms: authorization.deadline.ms(),
        }
    }

    fn license_view(&self, used: &Use) -> ClassicLicenseView {
        let license = &self.platform.licenses[usize::from(used.license)];
        let registered = self.registration.held.is_some();
        let eval_expired = self.evaluation.state == EvaluationState::Expired;
        let may_use = self.export_allowed() || self.exports.authorized(used.license) > 0;
        ClassicLicenseView {
            feature: license.feature.clone(),
            tag: license.tag.0.clone(),
            count: used.count,
            status: match registered {
                true => used.standing.as_str(),
                false if eval_expired => "EVAL EXPIRED",
                false => "EVAL MODE",
            },
            export_status: match (license.is_export_controlled(), may_use) {
                (false, _) => "NOT RESTRICTED",
                (true, true) => "RESTRICTED - ALLOWED",
                (true, false) => "RESTRICTED - NOT ALLOWED",
            },
            application: used.application.as_ref().map(|part| ApplicationView {
                state: part.state.as_str(),
                name: part.application.name.clone(),
                id: part.application.id.clone(),
                peers: part.application.peers.iter().map(|peer| peer.name.clone()).collect(),
            }),
        }
    }

    fn export_views(&self) -> Vec<ExportView> {
        let view = |export: &crate::classic::exports::Export| ExportView {
            feature: self.platform.licenses[usize::from(export.license)].feature.clone(),
            state: export.state.as_str(),
            count: export.count,
            poll_id: export.deferral.map(|deferral| deferral.poll_id.0),
            poll_due_ms: due_ms(export.deferral),
        };
        self.exports.0.iter().map(view).collect()
    }

    fn third_party_key_view(&self) -> Option<ThirdPartyKeyView> {
        self.key_request.as_ref().map(|request| ThirdPartyKeyView {
            state: request.state.as_str(),
            name: request.name.clone(),
            routing: request.routing.clone(),
            key_id: request.key_id,
            failure_reason: self.reason(MessageClass::ThirdPartyKey),
        })
    }

    fn statistics(&self) -> Vec<ClassStatistics> {
        let all = MessageClass::ALL.iter().map(|class| {
            let record = self.link.record(*class);
            let (success, fail) = (record.success, record.fail);
            ClassStatistics { class: class.as_str(), success, fail }
        });
        all.filter(|one| one.success + one.fail > 0).collect()
    }

    fn last(&self, class: MessageClass) -> Option<AttemptView> {
        let record = self.link.record(class);
        time_ms(record.last_at_s).map(|at_ms| AttemptView {
            at_ms,
            succeeded: !record.last_failed,
            failure_reason: self.reason(class).filter(|_| record.last_failed),
        })
    }

    fn reason(&self, class: MessageClass) -> Option<String> {
        self.link.reason(class).map(str::to_owned)
    }
}

fn due_ms(deferral: Option<Deferral>) -> Option<u64> {
    deferral.and_then(|deferral| deferral.due.ms())
}

/// A time kept in seconds, 0 for never.
fn time_ms(at_s: u32) -> Option<u64> {
    (at_s > 0).then_some(u64::from(at_s) * SECOND_MS)
}
