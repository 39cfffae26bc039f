//! The policy in force: the CISCO default until a server or a file brings another.
//!
//! Public: the default's values; exactly one policy is in force and a custom one replaces it.

use std::sync::Arc;

use muster_wire::proposed::policy::{PolicyTerms, ReportingDays};

use crate::platform::LicenseClass;
use crate::saved::saved_struct;
use crate::view::PolicyView;

const fn days(first: u32, interval: u32, on_change: u32) -> ReportingDays {
    ReportingDays {
        first_report_days: first,
        report_interval_days: interval,
        on_change_days: on_change,
    }
}

saved_struct!(ReportingDays { first_report_days, report_interval_days, on_change_days });
saved_struct!(PolicyTerms {
    name,
    id,
    timestamp,
    acknowledgement_required,
    perpetual,
    subscription,
    enforced,
    export,
});
saved_struct!(Terms { 0 });

/// The policy in force. Shared: the agents of a run that get a custom one get the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms(pub(crate) Option<Arc<PolicyTerms>>);

impl Terms {
    pub(crate) fn install(&mut self, terms: Arc<PolicyTerms>) {
        self.0 = Some(terms);
    }

    /// Whether `terms` are in force already.
    pub(crate) fn are(&self, terms: &PolicyTerms) -> bool {
        self.0.as_deref() == Some(terms)
    }

    pub(crate) fn acknowledgement_required(&self) -> bool {
        self.0.as_ref().is_none_or(|terms| terms.acknowledgement_required)
    }

    pub(crate) fn days(&self, class: LicenseClass) -> ReportingDays {
        match (&self.0, class) {
            (Some(terms), LicenseClass::Perpetual) => terms.perpetual,
            (Some(terms), LicenseClass::Subscription) => terms.subscription,
            (Some(terms), LicenseClass::Enforced) => terms.enforced,
            (Some(terms), LicenseClass::Export) => terms.export,
            (None, LicenseClass::Perpetual) => days(365, 0, 90),
            (None, LicenseClass::Subscription) => days(90, 90, 90),
            (None, LicenseClass::Enforced | LicenseClass::Export) => days(0, 0, 0),
        }
    }

    pub(crate) fn view(&self) -> PolicyView {
        PolicyView {
            name: self
                .0
                .as_ref()
                .map_or("CISCO default".into(), |terms| terms.name.as_str().into()),
            installed: self.0.is_some(),
            acknowledgement_required: self.acknowledgement_required(),
            perpetual: self.days(LicenseClass::Perpetual),
            subscription: self.days(LicenseClass::Subscription),
            enforced: self.days(LicenseClass::Enforced),
            export: self.days(LicenseClass::Export),
        }
    }
}
