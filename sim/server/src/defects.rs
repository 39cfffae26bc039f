//! Named deviations of the server, one entry each: what goes wrong, and the requirement whose
//! check must notice. Each is used at exactly one point of a handler.

use std::fmt;

/// One entry of the catalogue.
#[derive(Debug)]
pub struct DefectEntry {
    /// Position in the catalogue.
    index: u32,
    era: Era,
    name: &'static str,
    requirement: &'static str,
    title: &'static str,
}

/// The era of the messages a deviation shows in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Trust, report, acknowledge.
    Policy,
    /// Register, authorize, convert.
    Classic,
}

impl Era {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Classic => "classic",
        }
    }
}

/// A deviation that can be switched on.
#[derive(Clone, Copy)]
pub struct Defect(&'static DefectEntry);

impl Defect {
    /// The whole catalogue, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().copied()
    }

    /// The defect called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|defect| defect.name() == name)
    }

    /// Its name, for example `accepts-old-trust-id`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The era of the messages it shows in.
    #[must_use]
    pub fn era(&self) -> Era {
        self.0.era
    }

    /// What the server does wrong, in one clause.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.0.title
    }

    /// The requirement it breaks.
    #[must_use]
    pub fn requirement(&self) -> &'static str {
        self.0.requirement
    }
}

impl PartialEq for Defect {
    fn eq(&self, other: &Self) -> bool {
        self.0.index == other.0.index
    }
}

impl Eq for Defect {}

impl fmt::Debug for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Defect({})", self.name())
    }
}

/// The defects of one server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DefectSet(u64);

impl DefectSet {
    pub(crate) fn of(defects: &[Defect]) -> Self {
        Self(defects.iter().fold(0, |set, defect| set | (1 << defect.0.index)))
    }

    pub(crate) fn has(self, defect: Defect) -> bool {
        self.0 & (1 << defect.0.index) != 0
    }
}

macro_rules! defects {
    ($(@$era:ident
        $($constant:ident = $name:literal, $requirement:literal, $title:literal;)*
    )*) => {
        #[expect(non_camel_case_types, reason = "numbers the entries under their own names")]
        enum Index { $($($constant,)*)* }

        impl Defect {
            $($(
                #[doc = $title]
                pub const $constant: Self = Self(&DefectEntry {
                    index: Index::$constant as u32,
                    era: Era::$era,
                    name: $name,
                    requirement: $requirement,
                    title: $title,
                });
            )*)*

            const TABLE: &[Self] = &[$($(Self::$constant,)*)*];
        }
    };
}

defects! {
    @Policy
    ACCEPTS_OLD_TRUST_ID = "accepts-old-trust-id", "TRUST-012",
        "takes a trust id that is not over the last one processed";
    WRONG_OLD_TRUST_CODE = "wrong-old-trust-code", "TRUST-013",
        "refuses an old trust id under another code";
    ACCEPTS_UNKNOWN_TRUST_ID = "accepts-unknown-trust-id", "TRUST-002",
        "does not compare a report's trust id with the trust in force";
    ACCEPTS_USAGE_WITHOUT_TRUST = "accepts-usage-without-trust", "TRUST-014",
        "takes usage of an instance whose trust is missing or invalid";
    TRUST_ANSWER_WITHOUT_ACCOUNT = "trust-answer-without-account", "TRUST-015",
        "leaves customerInfo out of the trust code";
    UDI_IN_OTHER_FORM = "udi-in-other-form", "TRUST-016",
        "writes the UDI of a trust code as PID:…,SN:…";
    TRUST_SYNC_ANSWERED_AT_ONCE = "trust-sync-answered-at-once", "TRUST-019",
        "answers TRUST_SYNC with the trust code instead of a poll id";
    ACCEPTS_FOREIGN_TOKEN = "accepts-foreign-token", "TRUST-022",
        "takes a token of another account than the instance's";
    ACCEPTS_UNKNOWN_TOKEN = "accepts-unknown-token", "TRUST-023",
        "takes a token it never issued";
    ACKNOWLEDGES_UNKNOWN_TAG = "acknowledges-unknown-tag", "RUM-022",
        "acknowledges a report for a licence it does not know";
    ENVELOPE_STATUS_OK_POLL = "envelope-status-ok-poll", "RUM-030",
        "puts OK_POLL on the envelope instead of COMPLETE";
    ZERO_POLL_INTERVAL = "zero-poll-interval", "RUM-031",
        "defers with a poll interval of 0";
    SAME_POLL_INTERVAL_FOR_ALL = "same-poll-interval-for-all", "RUM-032",
        "gives every instance exactly one day";
    ECHOES_WRONG_SERIAL = "echoes-wrong-serial", "RUM-033",
        "changes the serial number it repeats";
    CAPABILITIES_MISSING = "capabilities-missing", "RUM-034",
        "sends an empty list of capabilities";
    STALE_NONCE = "stale-nonce", "RUM-035",
        "answers with a nonce of its own instead of the request's";
    FAILURE_WITHOUT_NONCE = "failure-without-nonce", "RUM-040",
        "leaves the nonce out of a failure";
    DUPLICATE_RECORD = "duplicate-record", "RUM-041",
        "takes a report although another account holds a record of the instance";
    KEEPS_REMOVED_RECORD = "keeps-removed-record", "RUM-042",
        "says an instance was removed and still holds its record";
    VALIDATE_DEVICE_IGNORED = "validate-device-ignored", "RUM-043",
        "takes reports of unknown instances although Validate Device is on";
    REFUSES_UNKNOWN_INSTANCES = "refuses-unknown-instances", "RUM-044",
        "refuses reports of unknown instances although Validate Device is off";
    ID_TOKEN_AT_ONPREM_ACCEPTED = "id-token-at-onprem-accepted", "RUM-046",
        "serves ID_TOKEN_TRUST at an On-Prem URL";
    IGNORES_REPORT_SIGNATURE = "ignores-report-signature", "RUM-060",
        "does not verify the signature of a report";
    COMPLETES_WITHOUT_ACKNOWLEDGEMENT = "completes-without-acknowledgement", "RUM-039",
        "answers an early poll with COMPLETE and no acknowledgement";
    POLICY_NOT_DELIVERED = "policy-not-delivered", "POL-002",
        "acknowledges without ever supplying the policy";
    NO_BANNER = "no-banner", "TRANS-007",
        "answers a GET on the smart receiver's URL with another text";
    NO_ONPREM_BANNER = "no-onprem-banner", "TRANS-008",
        "answers a GET on a tenant's URL with another text";
    @Classic
    TAKES_EXPIRED_TOKENS = "takes-expired-tokens", "TOK-004",
        "registers an instance with an expired token";
    TAKES_USED_UP_TOKENS = "takes-used-up-tokens", "TOK-006",
        "registers more instances with a token than it allows";
    TAKES_REVOKED_TOKENS = "takes-revoked-tokens", "TOK-010",
        "registers an instance with a revoked token";
    TAKES_TOKENS_OF_OTHER_SERVERS = "takes-tokens-of-other-servers", "REG-009",
        "registers an instance at an On-Prem with a token of CSSM";
    REGISTERS_TWICE_WITHOUT_FORCE = "registers-twice-without-force", "REG-011",
        "registers an instance it still has a record of, without the force option";
    IGNORES_REGISTRATION_CLOCK = "ignores-registration-clock", "CERT-009",
        "registers an instance whose clock is more than a day off";
    REGISTERS_INCOMPATIBLE_AGENT = "registers-incompatible-agent", "CERT-014",
        "registers an old agent before the certificate for it is there";
    EXPORT_ALLOWED_TO_ALL = "export-allowed-to-all", "EXP-029",
        "says that export-controlled functions are allowed whatever the token says";
    ID_CERTIFICATE_FOR_TWO_YEARS = "id-certificate-for-two-years", "IDC-003",
        "issues ID certificates that are valid for two years";
    RENEWS_EXPIRED_ID_CERTIFICATE = "renews-expired-id-certificate", "IDC-008",
        "renews an ID certificate that has expired";
    ACCEPTS_FOREIGN_SIGNATURE = "accepts-foreign-signature", "IDC-002",
        "does not verify with the key of the ID certificate who sent a request";
    AUTHORIZES_BEYOND_PURCHASE = "authorizes-beyond-purchase", "AUTH-009",
        "says that an instance is authorized although more is in use than was purchased";
    IGNORES_HIGHER_TIERS = "ignores-higher-tiers", "AUTH-012",
        "says that a licence is short although a higher tier could stand in for it";
    COUNTS_BOTH_OF_A_PAIR = "counts-both-of-a-pair", "AHA-008",
        "counts the licence of a redundant application twice, active and standby";
    KEEPS_LICENCES_OF_WHO_LEFT = "keeps-licences-of-who-left", "REG-024",
        "goes on counting the licences of an instance that was removed";
    NEVER_RELEASES_SILENT_INSTANCES = "never-releases-silent-instances", "PIL-006",
        "goes on counting the licences of an instance that was silent for 90 days";
    HASTY_EXPORT_POLLS = "hasty-export-polls", "EXP-007",
        "lets an instance poll for an export-controlled licence every minute";
    GRANTS_EXPORT_WITHOUT_HOLDINGS = "grants-export-without-holdings", "EXP-025",
        "authorizes more export-controlled licences than the account holds";
    CONVERTS_TWICE = "converts-twice", "DLC-004",
        "converts the licences of an instance again";
    CONVERTS_WHERE_NOT_ENABLED = "converts-where-not-enabled", "DLC-007",
        "converts licences in a virtual account that may not convert";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        let names: std::collections::BTreeSet<_> =
            Defect::all().map(|defect| defect.name()).collect();
        assert_eq!(names.len(), Defect::all().count());
        for defect in Defect::all() {
            assert_eq!(Defect::named(defect.name()), Some(defect));
        }
        assert_eq!(Defect::named("no-such-defect"), None);
    }

    #[test]
    fn the_catalogue_is_known() {
        let line = |defect: Defect| {
            let (name, requirement) = (defect.name(), defect.requirement());
            format!("{requirement:9} {name}: {}\n", defect.title())
        };
        insta::assert_snapshot!(Defect::all().map(line).collect::<String>());
    }

    #[test]
    fn a_set_holds_exactly_its_members() {
        let (inside, outside) = (Defect::NO_BANNER, Defect::STALE_NONCE);
        let set = DefectSet::of(&[inside]);
        assert!(set.has(inside) && !set.has(outside));
        assert!(Defect::all().count() <= 64, "the set is 64 bits wide");
    }
}
