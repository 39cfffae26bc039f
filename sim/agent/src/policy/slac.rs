//! The authorization code an instance holds, what it asks for, and the checks on an answer.
//!
//! Source: Obtaining a SLAC Response; the public YANG model (adding and replacing, confirmation
//! codes, returns). Assumed: that an instance takes a code only for its own UDI and product, and
//! none that is older than the one it had.

use muster_certs::PublicKey;
use muster_wire::proposed::slac::AuthorizationAnswer;
use muster_wire::{RequestType, Udi};

use crate::few::Few;
use crate::heap::{Heap, heap};
use crate::platform::{Platform, PlatformLicense};
use crate::policy::slac_state::SlacState;
use crate::policy::trust::is_signed;
use crate::saved::saved_struct;
use crate::timer::Due;

/// What a message about an authorization code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthorizationKind {
    /// `AUTH_REQUEST`.
    Request,
    /// `AUTH_CONFIRM`: a code was installed over an older one.
    Confirm,
    /// `AUTH_RETURN`.
    Return,
}

impl AuthorizationKind {
    pub(crate) const fn request_type(self) -> RequestType {
        match self {
            Self::Request => RequestType::AuthRequest,
            Self::Confirm => RequestType::AuthConfirm,
            Self::Return => RequestType::AuthReturn,
        }
    }
}

/// A number of licences of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Authorized {
    pub(crate) license: u8,
    pub(crate) count: u32,
}

/// What an instance knows about its authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Slac {
    pub(crate) state: SlacState,
    /// What the installed code gives; nothing without one.
    pub(crate) granted: Few<Authorized>,
    /// What the request asks for that is not answered yet.
    pub(crate) asked: Few<Authorized>,
    pub(crate) installed_at: Due,
    /// Time stamp of the code installed last, 0 before the first.
    pub(crate) stamp_ms: u64,
    pub(crate) request_wanted: bool,
    pub(crate) confirm_wanted: bool,
    pub(crate) return_wanted: bool,
    pub(crate) confirmation: Option<Box<str>>,
    pub(crate) return_code: Option<Box<str>>,
}

heap!(Authorized {});

impl Heap for Slac {
    fn heap_bytes(&self) -> usize {
        let texts = [&self.confirmation, &self.return_code];
        let texts = texts.into_iter().flatten().map(Heap::heap_bytes).sum::<usize>();
        self.granted.heap_bytes() + self.asked.heap_bytes() + texts
    }
}

saved_struct!(Authorized { license, count });
saved_struct!(Slac {
    state,
    granted,
    asked,
    installed_at,
    stamp_ms,
    request_wanted,
    confirm_wanted,
    return_wanted,
    confirmation,
    return_code,
});

impl Slac {
    pub(crate) const fn new() -> Self {
        Self {
            state: SlacState::None,
            granted: Few::None,
            asked: Few::None,
            installed_at: Due::NEVER,
            stamp_ms: 0,
            request_wanted: false,
            confirm_wanted: false,
            return_wanted: false,
            confirmation: None,
            return_code: None,
        }
    }

    /// Whether a code is installed.
    pub(crate) fn is_installed(&self) -> bool {
        !self.granted.is_empty()
    }

    /// How many of a licence the installed code allows.
    pub(crate) fn allowed(&self, license: u8) -> u32 {
        self.granted.iter().find(|one| one.license == license).map_or(0, |one| one.count)
    }

    /// What goes out next. A return first: the code is removed already, and nothing else may come
    /// between.
    pub(crate) const fn next(&self) -> Option<AuthorizationKind> {
        if self.return_wanted {
            Some(AuthorizationKind::Return)
        } else if self.confirm_wanted {
            Some(AuthorizationKind::Confirm)
        } else if self.request_wanted {
            Some(AuthorizationKind::Request)
        } else {
            None
        }
    }

    /// Asks for `count` of a licence: beside what is installed, or in its place.
    pub(crate) fn ask(&mut self, license: u8, count: u32, add: bool) {
        let mut asked = Few::None;
        for one in self.granted.iter().filter(|one| add && one.license != license) {
            asked.push(*one);
        }
        asked.push(Authorized { license, count });
        self.asked = asked;
    }

    /// Whether a restored one is such as an agent on `platform` could have.
    pub(crate) fn is_possible(&self, platform: &Platform) -> bool {
        use SlacState::{Deferred, FileAwaited, Installed, Requested, Returning};
        let listed = |few: &Few<Authorized>| {
            few.iter().enumerate().all(|(at, one)| {
                let twice = few[..at].iter().any(|other| other.license == one.license);
                usize::from(one.license) < platform.licenses.len() && one.count > 0 && !twice
            })
        };
        let asks = !self.asked.is_empty();
        let installed = self.state != Installed || self.is_installed();
        let asked = !matches!(self.state, Requested | Deferred) || asks;
        let waits = !self.request_wanted || self.state == Requested;
        let returns = !self.return_wanted || self.state == Returning;
        let gone = matches!(self.state, Installed | Requested | Deferred | FileAwaited)
            || !self.is_installed();
        listed(&self.granted)
            && listed(&self.asked)
            && installed
            && asked
            && waits
            && returns
            && gone
            && self.is_installed() == self.installed_at.is_set()
    }
}

impl PlatformLicense {
    /// Whether the licence can be used only with an authorization code (public: export-controlled
    /// and enforced licences).
    pub(crate) const fn needs_authorization(&self) -> bool {
        use crate::platform::LicenseClass::{Enforced, Export};
        matches!(self.class, Enforced | Export)
    }
}

/// A code that verified.
#[derive(Clone, Debug)]
pub(crate) struct VerifiedCode {
    pub(crate) licenses: Few<Authorized>,
    /// When the account made it, if it says so.
    pub(crate) stamp_ms: Option<u64>,
}

/// Why an answer installs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlacRefusal {
    /// Whether the account itself refused, rather than the instance its answer.
    pub(crate) by_account: bool,
    pub(crate) reason: String,
}

/// Checks an answer and takes out of it what it gives to this product. Licences of other products
/// in it are passed over.
pub(crate) fn verify(
    answer: &AuthorizationAnswer,
    udi: &Udi,
    server_key: Option<&PublicKey>,
    platform: &Platform,
) -> Result<VerifiedCode, SlacRefusal> {
    let code = &answer.code;
    if answer.udi.parse::<Udi>().as_ref() != Ok(udi) {
        return Err(not_verified("UDI mismatch"));
    }
    if let Some(key) = server_key
        && !is_signed(&answer.signed, &answer.signature, key)
    {
        return Err(not_verified("signature mismatch"));
    }
    if !code.status.success {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let reason = format!("[{}] {}", text(&code.status.code), text(&code.status.message));
        return Err(SlacRefusal { by_account: true, reason: reason.trim_end().to_owned() });
    }
    let mut licenses = Few::<Authorized>::None;
    for granted in code.licenses.iter().filter(|granted| granted.count > 0) {
        let Some(license) = platform.license_index(granted.tag.as_str()) else { continue };
        match licenses.iter_mut().find(|one| one.license == license) {
            Some(one) => one.count = one.count.saturating_add(granted.count),
            None => licenses.push(Authorized { license, count: granted.count }),
        }
    }
    if licenses.is_empty() {
        return Err(not_verified("no licence of this product"));
    }
    Ok(VerifiedCode { licenses, stamp_ms: code.timestamp })
}

pub(crate) fn not_verified(reason: &str) -> SlacRefusal {
    SlacRefusal { by_account: false, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use muster_wire::EntitlementTag;
    use muster_wire::grant::GrantedLicense;
    use muster_wire::proposed::slac::AuthorizationCode;
    use muster_wire::trust::TrustStatus;

    use super::*;

    const HSEC: &str = "regid.2019-03.com.cisco.DNA_HSEC,1.0_509c41ab-05a8-431f-95fe-ec28086e8844";

    fn answer(edit: impl FnOnce(&mut AuthorizationCode)) -> AuthorizationAnswer {
        let license = |tag: &str, count| GrantedLicense {
            tag: EntitlementTag::from(tag.to_owned()),
            count,
            ..GrantedLicense::default()
        };
        let mut code = AuthorizationCode {
            customer: None,
            flag: "A".to_owned(),
            version: "C".to_owned(),
            product_instance_identifier: None,
            timestamp: Some(7),
            licenses: vec![license(HSEC, 1), license("regid.other", 9), license(HSEC, 2)],
            status: TrustStatus { success: true, message: None, code: None, correlation_id: None },
        };
        edit(&mut code);
        AuthorizationAnswer::new("P:C8000V,S:MST00000001".to_owned(), code, |_| String::new())
    }

    fn outcome(answer: &AuthorizationAnswer, serial: &str) -> Result<(u8, u32), SlacRefusal> {
        let platform = Platform::named("c8000v").unwrap();
        let verified = verify(answer, &Udi::new("C8000V", serial), None, platform)?;
        assert_eq!((verified.licenses.len(), verified.stamp_ms), (1, Some(7)));
        Ok((verified.licenses[0].license, verified.licenses[0].count))
    }

    #[test]
    fn counts_of_one_tag_add_up_and_other_products_are_passed_over() {
        assert_eq!(outcome(&answer(|_| {}), "MST00000001"), Ok((1, 3)));
        let most = answer(|code| code.licenses[0].count = u32::MAX);
        assert_eq!(outcome(&most, "MST00000001"), Ok((1, u32::MAX)));
    }

    #[test]
    fn each_mismatch_is_named() {
        let reason = |answer: &AuthorizationAnswer, serial| outcome(answer, serial).unwrap_err();
        assert_eq!(reason(&answer(|_| {}), "MST00000002"), not_verified("UDI mismatch"));
        let none = answer(|code| code.licenses.clear());
        assert_eq!(reason(&none, "MST00000001"), not_verified("no licence of this product"));
        let refused = answer(|code| {
            code.status.success = false;
            code.status.code = Some("NOT_ENOUGH".to_owned());
        });
        let refusal = SlacRefusal { by_account: true, reason: "[NOT_ENOUGH]".to_owned() };
        assert_eq!(reason(&refused, "MST00000001"), refusal);
    }

    #[test]
    fn adding_keeps_what_is_there_and_replacing_does_not() {
        let mut slac = Slac::new();
        slac.granted.push(Authorized { license: 1, count: 2 });
        slac.granted.push(Authorized { license: 2, count: 1 });
        slac.ask(1, 5, true);
        let (one, two) = (Authorized { license: 2, count: 1 }, Authorized { license: 1, count: 5 });
        assert_eq!(slac.asked[..], [one, two]);
        slac.ask(1, 5, false);
        assert_eq!(slac.asked[..], [two]);
    }
}
