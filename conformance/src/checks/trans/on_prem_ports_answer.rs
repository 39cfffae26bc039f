//! The three services of an SSM On-Prem answer: products over HTTPS, products over HTTP, and the
//! user interface with the API. Which port each has is the operator's mapping in the target
//! profile.
//!
//! Source: SSM On-Prem 7 User Guide, "Account Registration Issues".

use crate::check::{Check, JudgeFn, Judgement};
use crate::fleet_facts::FleetFacts;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Products can be served over HTTPS and HTTP, and the UI answers.",
    requirements: &["TRANS-012"],
    level: Level::Must,
    needs: Occasion::ANY,
    judge: JudgeFn::Fleet(judge),
    tamper,
};

fn judge(facts: &FleetFacts) -> Option<Judgement> {
    let services = [
        ("products over HTTPS", facts.product_https),
        ("products over HTTP", facts.product_http),
        ("user interface and API", facts.admin),
    ];
    let silent: Vec<_> = services
        .iter()
        .filter(|(_, service)| service.tried > 0 && service.answered == 0)
        .map(|(name, _)| *name)
        .collect();
    if !silent.is_empty() {
        let actual = format!("no answer: {}", silent.join(", "));
        return Some(Judgement::violates("all three services answer", actual));
    }
    let all = services.iter().all(|(_, service)| service.answered > 0);
    all.then_some(Judgement::Conforms)
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    if answer.exchange().endpoint == "admin" {
        answer.silence();
    }
}
