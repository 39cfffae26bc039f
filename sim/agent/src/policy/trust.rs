//! The trust code an agent holds, the requests for it, and the checks on an answer.
//!
//! Source: Troubleshoot SLP on 9800, "Trust Code" and "(In)Valid Trustcode Processed from CSSM";
//! SLP on Catalyst 9400, `TRUST_CODE_INSTALL_FAILED`: the reasons for failure.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use muster_certs::PublicKey;
use muster_wire::status::OLD_TRUST_ID;
use muster_wire::trust::{TrustAnswer, TrustStatus};
use muster_wire::{ProductInstanceId, TrustId, Udi};

use crate::account::{Accounts, Identifier};
use crate::effects::Common;
use crate::heap::{Heap, heap};
use crate::policy::trust_state::{TrustInput, TrustState};
use crate::saved::saved_struct;
use crate::timer::{DAY_MS, Due, HOUR_MS};

/// Distance of trust refreshes. Assumed: documented as periodic, without a number.
pub(crate) const TRUST_REFRESH_MS: u64 = 30 * DAY_MS;

/// How far the clocks of instance and server may be apart (public: within one hour).
const CLOCK_TOLERANCE_MS: u64 = HOUR_MS;

/// A trust code that was installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InstalledTrust {
    pub(crate) id: TrustId,
    pub(crate) product_instance: Identifier,
    pub(crate) accounts: Arc<Accounts>,
}

heap!(TokenInstall { id_token });

impl Heap for Trust {
    fn heap_bytes(&self) -> usize {
        let id = self.installed.as_ref().map_or(0, |trust| trust.product_instance.heap_bytes());
        id + self.token.heap_bytes()
    }
}

saved_struct!(InstalledTrust { id, product_instance, accounts });
saved_struct!(TokenInstall { id_token, force });
saved_struct!(Trust {
    state,
    installed,
    last_id,
    requested_at_ms,
    token,
    sync_wanted,
    force,
    stale,
    refresh_due,
});

/// A token waiting to be used. It is dropped once a server has looked at it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TokenInstall {
    pub(crate) id_token: String,
    pub(crate) force: bool,
}

impl fmt::Debug for TokenInstall {
    /// Leaves the token out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenInstall").field("force", &self.force).finish_non_exhaustive()
    }
}

/// What an agent knows about its trust.
#[derive(Clone)]
pub(crate) struct Trust {
    pub(crate) state: TrustState,
    pub(crate) installed: Option<InstalledTrust>,
    /// Trust id of the latest request; grows with every request and survives everything.
    pub(crate) last_id: u64,
    /// When that request left, logical milliseconds.
    pub(crate) requested_at_ms: u64,
    pub(crate) token: Option<Box<TokenInstall>>,
    /// Whether a request without a token is to be sent.
    pub(crate) sync_wanted: bool,
    pub(crate) force: bool,
    /// Whether the server has processed a higher trust id than that of the installed trust code:
    /// it processes no usage until a trust code is accepted again.
    pub(crate) stale: bool,
    pub(crate) refresh_due: Due,
}

impl Trust {
    pub(crate) const fn new(factory: bool) -> Self {
        Self {
            state: if factory { TrustState::Factory } else { TrustState::None },
            installed: None,
            last_id: 0,
            requested_at_ms: 0,
            token: None,
            sync_wanted: false,
            force: false,
            stale: false,
            refresh_due: Due::NEVER,
        }
    }

    /// The trust code reports can be signed under.
    pub(crate) fn usable(&self) -> Option<&InstalledTrust> {
        self.installed.as_ref().filter(|_| !self.stale)
    }

    /// The identifier given with the trust code, as it is kept.
    pub(crate) fn product_instance_identifier(&self) -> Identifier {
        let installed = self.installed.as_ref();
        installed.map_or(Identifier::None, |trust| trust.product_instance.clone())
    }

    /// The identifier given with the trust code.
    pub(crate) fn product_instance(&self) -> Option<ProductInstanceId> {
        self.installed.as_ref().and_then(|trust| trust.product_instance.id())
    }

    /// Whether a token is refused because a trust code stands.
    pub(crate) fn needs_force(&self) -> bool {
        self.state == TrustState::Factory || self.usable().is_some()
    }
}

/// What an answer must agree with.
pub(crate) struct Expected<'a> {
    pub(crate) udi: &'a Udi,
    pub(crate) trust_id: TrustId,
    pub(crate) server_key: Option<&'a PublicKey>,
    /// The instance's clock when the request left.
    pub(crate) requested_ms: u64,
    /// The instance's clock now.
    pub(crate) now_ms: u64,
}

/// Why a trust answer installs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustRefusal {
    pub(crate) input: TrustInput,
    pub(crate) reason: String,
}

/// Checks a trust answer and takes the trust code out of it.
pub(crate) fn verify(
    answer: &TrustAnswer,
    expected: &Expected<'_>,
    common: &mut Common,
) -> Result<InstalledTrust, TrustRefusal> {
    let code = &answer.trust_code;
    if !expected.udi.is_read_from(&code.udi) {
        return Err(not_verified("UDI mismatch"));
    }
    if let Some(key) = expected.server_key
        && !is_signed(&answer.signed, &answer.signature, key)
    {
        return Err(not_verified("signature mismatch"));
    }
    if !code.status.success {
        return Err(refused(&code.status));
    }
    if code.trust_id != Some(expected.trust_id) {
        return Err(not_verified("trust id mismatch"));
    }
    if !is_timely(code.date_stamp.as_deref(), expected) {
        return Err(not_verified("timestamp mismatch"));
    }
    let customer = code.customer.as_ref();
    let smart = customer.map_or("", |customer| &customer.smart_account);
    let virtual_ = customer.map_or("", |customer| &customer.virtual_account);
    let id = code.product_instance_identifier.as_ref().map(ProductInstanceId::as_str);
    Ok(InstalledTrust {
        id: expected.trust_id,
        product_instance: Identifier::new(id),
        accounts: common.accounts(smart, virtual_),
    })
}

/// Whether `signature` (base64 of DER) is the server's over `text`.
pub(crate) fn is_signed(text: &str, signature: &str, key: &PublicKey) -> bool {
    STANDARD.decode(signature).is_ok_and(|der| key.verify(text.as_bytes(), &der))
}

fn not_verified(reason: &str) -> TrustRefusal {
    TrustRefusal { input: TrustInput::NotVerified, reason: reason.to_owned() }
}

fn refused(status: &TrustStatus) -> TrustRefusal {
    let code = status.code.as_deref().unwrap_or_default();
    let message = status.message.as_deref().unwrap_or_default();
    let input = match code {
        OLD_TRUST_ID => TrustInput::OldTrustIdAnswered,
        _ => TrustInput::Refused,
    };
    TrustRefusal { input, reason: format!("[{code}] {message}").trim_end().to_owned() }
}

/// A server stamps a trust code when it processes the request, which for a deferred one lies
/// anywhere between request and answer; each end gets the tolerance.
fn is_timely(date_stamp: Option<&str>, expected: &Expected<'_>) -> bool {
    let Some(stamp_ms) = date_stamp.and_then(parse_utc_ms) else { return false };
    let from_ms = expected.requested_ms.saturating_sub(CLOCK_TOLERANCE_MS);
    let to_ms = expected.now_ms.saturating_add(CLOCK_TOLERANCE_MS);
    (from_ms..=to_ms).contains(&stamp_ms)
}

/// Reads `YYYY-MM-DDTHH:MM:SS`, and its relatives in ISO 8601. Assumed: UTC, for the samples name
/// no zone.
fn parse_utc_ms(text: &str) -> Option<u64> {
    let time = parse_usual(text).or_else(|| text.parse().ok())?;
    let time = TimeZone::UTC.to_timestamp(time).ok()?;
    u64::try_from(time.as_millisecond()).ok()
}

/// Reads the form of the samples only, which costs an eighth of reading any.
fn parse_usual(text: &str) -> Option<DateTime> {
    const FORM: &[u8; 19] = b"0000-00-00T00:00:00";
    let text: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let fits = |(letter, form): (&u8, &u8)| match form {
        b'0' => letter.is_ascii_digit(),
        _ => letter == form,
    };
    if !text.iter().zip(FORM).all(fits) {
        return None;
    }
    let two = |at: usize| (text[at] - b'0') * 10 + (text[at + 1] - b'0');
    let year = i16::from(two(0)) * 100 + i16::from(two(2));
    let two = |at| two(at).cast_signed();
    DateTime::new(year, two(5), two(8), two(11), two(14), two(17), 0).ok()
}

#[cfg(test)]
mod tests {
    use muster_wire::trust::TrustCode;

    use super::*;

    const NOON_MS: u64 = 1_790_078_400_000; // 2026-09-22T12:00:00Z

    fn answer(edit: impl FnOnce(&mut TrustCode)) -> TrustAnswer {
        let mut code = TrustCode {
            udi: "P:C9800-L-F-K9,S:MST00000001".to_owned(),
            customer: None,
            product_instance_identifier: None,
            date_stamp: Some("2026-09-22T12:00:00".to_owned()),
            id_certificate: None,
            sub_ca: None,
            trust_id: Some(TrustId(4)),
            status: TrustStatus {
                success: true,
                message: None,
                code: None,
                correlation_id: Some("null-null".to_owned()),
            },
        };
        edit(&mut code);
        TrustAnswer::new(code, |_| String::new())
    }

    fn outcome(answer: &TrustAnswer, requested_ms: u64, now_ms: u64) -> Result<u64, String> {
        let udi = Udi::new("C9800-L-F-K9", "MST00000001");
        let trust_id = TrustId(4);
        let expected = Expected { udi: &udi, trust_id, server_key: None, requested_ms, now_ms };
        verify(answer, &expected, &mut Common::default())
            .map(|trust| trust.id.0)
            .map_err(|refusal| refusal.reason)
    }

    #[test]
    fn stamps_within_one_hour_are_timely() {
        let good = answer(|_| {});
        for (now_ms, ok) in [
            (NOON_MS, true),
            (NOON_MS - HOUR_MS, true),
            (NOON_MS - HOUR_MS - 1, false),
            (NOON_MS + HOUR_MS, true),
            (NOON_MS + HOUR_MS + 1, false),
        ] {
            let expected = if ok { Ok(4) } else { Err("timestamp mismatch".to_owned()) };
            assert_eq!(outcome(&good, now_ms, now_ms), expected, "{now_ms}");
        }
        // Deferred by a day, stamped on arrival.
        assert_eq!(outcome(&good, NOON_MS, NOON_MS + DAY_MS), Ok(4));
    }

    #[test]
    fn stamps_read_the_same_in_the_usual_form_and_in_any() {
        for text in ["2026-09-22T12:00:00", "1970-01-01T00:00:00", "2024-02-29T23:59:59"] {
            let usual = parse_usual(text);
            assert!(usual.is_some(), "{text}");
            assert_eq!(usual, text.parse().ok(), "{text}");
        }
        assert_eq!(parse_utc_ms("2026-09-22T12:00:00.5"), Some(NOON_MS + 500));
        for text in ["2026-02-29T12:00:00", "2026-13-01T12:00:00", "2026-09-22T24:00:00", "noon"] {
            assert_eq!(parse_utc_ms(text), None, "{text}");
        }
        assert_eq!(parse_usual("2026-09-22 12:00:00"), None);
    }

    #[test]
    fn each_mismatch_is_named() {
        let at = |answer: &TrustAnswer| outcome(answer, NOON_MS, NOON_MS).unwrap_err();
        assert_eq!(at(&answer(|code| code.udi.push('X'))), "UDI mismatch");
        assert_eq!(at(&answer(|code| code.trust_id = Some(TrustId(3)))), "trust id mismatch");
        assert_eq!(at(&answer(|code| code.trust_id = None)), "trust id mismatch");
        assert_eq!(at(&answer(|code| code.date_stamp = None)), "timestamp mismatch");
        let old = answer(|code| {
            code.status.success = false;
            code.status.code = Some(OLD_TRUST_ID.to_owned());
            code.status.message = Some("superseded".to_owned());
        });
        assert_eq!(at(&old), "[OLD_TRUST_ID] superseded");
    }

    #[test]
    fn a_known_server_must_have_signed() {
        use muster_certs::{InstanceKey, Seed};
        let key = InstanceKey::derive(&Seed::from_u64(1), 0, 0);
        let signed = TrustAnswer::new(answer(|_| {}).trust_code, |text| {
            STANDARD.encode(key.sign(text.as_bytes()))
        });
        let udi = Udi::new("C9800-L-F-K9", "MST00000001");
        let public_key = key.public_key();
        let expected = Expected {
            udi: &udi,
            trust_id: TrustId(4),
            server_key: Some(&public_key),
            requested_ms: NOON_MS,
            now_ms: NOON_MS,
        };
        let mut common = Common::default();
        assert!(verify(&signed, &expected, &mut common).is_ok());
        let refusal = verify(&answer(|_| {}), &expected, &mut common).unwrap_err();
        assert_eq!(refusal, not_verified("signature mismatch"));
    }
}
