//! Moments in the life of an instance of the classic era that a step can wait for.

use muster_scenarios::model::ClassicMoment;

use super::super::Journey;

impl Journey {
    /// When a moment comes, or why it does not.
    pub(in crate::journey) fn classic_moment(
        &self,
        member: usize,
        moment: ClassicMoment,
        now_ms: u64,
    ) -> Result<u64, &'static str> {
        let agent = self.members[member].agent.in_classic_era();
        let view = agent.ok_or("the moment belongs to the classic era")?.view();
        match moment {
            ClassicMoment::AuthorizationRefresh => view
                .authorization
                .next_refresh_ms
                .ok_or("no refresh of the authorization is planned"),
            ClassicMoment::AuthorizationRenewal => view
                .authorization
                .next_communication_ms
                .ok_or("no renewal of the authorization is planned"),
            ClassicMoment::AuthorizationDeadline => view
                .authorization
                .communication_deadline_ms
                .ok_or("the authorization has no deadline"),
            ClassicMoment::IdRenewal => view
                .id_certificate
                .next_renewal_ms
                .ok_or("no renewal of the ID certificate is planned"),
            ClassicMoment::IdExpiry => {
                view.id_certificate.not_after_ms.ok_or("the instance holds no ID certificate")
            }
            ClassicMoment::EvaluationEnd if !view.evaluation.in_use => {
                Err("the evaluation period does not run")
            }
            ClassicMoment::EvaluationEnd => Ok(now_ms.saturating_add(view.evaluation.left_ms)),
        }
    }
}
