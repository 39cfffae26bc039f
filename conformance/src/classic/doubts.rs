//! What is wrong with a classic request by this crate's own reading: why a server must not do what
//! it was asked.

use muster_journal::Deviation;
use muster_wire::classic::{MessageType, RequestData};

use super::exchange::ClassicExchange;
use super::side::Standing;
use super::view::Classic;
use crate::doubts::UNKNOWN_TOKEN;
use crate::history::Role;

/// To either side of the server's time; AMB-08 leaves the exact day open.
const CLOCK_WINDOW_MS: u64 = 24 * 3_600_000;
/// What is not scored beside the window.
const CLOCK_MARGIN_MS: u64 = 60_000;

/// The capability by which an agent says that it reads a chain of four levels. Assumed: the name
/// is public, its meaning is not.
const MULTITIER: &str = "MULTITIER";

/// Reasons to refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassicDoubts {
    /// What is wrong with the ID token.
    pub token: Option<TokenFault>,
    /// The server has a record of the instance, and it registers without the force option.
    pub known: bool,
    /// It registers with a clock that is more than a day off.
    pub skewed: bool,
    /// The agent reads three levels only, and the certificate for it is not there.
    pub incompatible: bool,
    /// The instance left, or was removed.
    pub gone: Option<Gone>,
    /// The signature is not by the key of the ID certificate.
    pub foreign_signature: bool,
    /// The ID certificate has expired.
    pub expired: bool,
    /// Anything else was made wrong on purpose.
    pub otherwise: bool,
}

/// Why an ID token registers nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// Nobody issued it.
    Unknown,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
    /// It has registered as many instances as it may.
    UsedUp,
    /// Another server issued it.
    OfAnotherServer,
}

/// How an instance lost its registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// It left.
    Left,
    /// Its record was removed.
    Removed,
}

impl ClassicDoubts {
    /// Reads the doubts off a request and what went before it.
    #[must_use]
    pub fn of(classic: &Classic<'_>) -> Self {
        let registers = classic.asks_for(&MessageType::Registration);
        let side = classic.side();
        let gone = match side.standing {
            Standing::Left => Some(Gone::Left),
            Standing::Removed => Some(Gone::Removed),
            _ => None,
        };
        let expired = side.has_expired(classic.recorded().sent_at_ms);
        // Who lets the certificate expire is told to register again, force or no force.
        let known = side.standing == Standing::Registered && !expired && !is_forced(classic);
        let skewed = registers && is_outside_the_window(classic);
        let incompatible = registers && is_incompatible(classic);
        Self {
            token: if registers { token_fault(classic) } else { None },
            known: registers && known,
            skewed,
            incompatible,
            gone: gone.filter(|_| !registers),
            foreign_signature: !registers && is_foreign(classic),
            expired: !registers && expired,
            otherwise: deviates(classic, skewed, incompatible),
        }
    }

    /// Whether something is wrong.
    #[must_use]
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

/// Whether a registration is forced.
pub(crate) fn is_forced(classic: &Classic<'_>) -> bool {
    matches!(classic.data(), Some(RequestData::Registration(request)) if request.force)
}

fn token_fault(classic: &Classic<'_>) -> Option<TokenFault> {
    let name = classic.token()?;
    let role = classic.role();
    match name {
        UNKNOWN_TOKEN => Some(TokenFault::Unknown),
        "expired" => Some(TokenFault::Expired),
        "revoked" => Some(TokenFault::Revoked),
        "cssm_only" if role == Role::OnPrem => Some(TokenFault::OfAnotherServer),
        "onprem_only" if role == Role::Cssm => Some(TokenFault::OfAnotherServer),
        "single_use" => {
            let first = &classic.book().token(name)?.first;
            (Some(first) != classic.udi()).then_some(TokenFault::UsedUp)
        }
        _ => None,
    }
}

/// How far the time in a registration is from the time it was sent at, milliseconds.
pub(crate) fn clock_error_ms(classic: &Classic<'_>) -> Option<u64> {
    let RequestData::Registration(request) = classic.data()? else { return None };
    Some(request.origin.timestamp.abs_diff(classic.recorded().sent_at_ms))
}

fn is_outside_the_window(classic: &Classic<'_>) -> bool {
    let meant = |deviation: &Deviation| matches!(deviation, Deviation::ClockSkewed { .. });
    classic.deviations().iter().any(meant)
        && clock_error_ms(classic).is_some_and(|off| off > CLOCK_WINDOW_MS + CLOCK_MARGIN_MS)
}

/// Whether the time in a registration is inside the window without doubt.
pub(crate) fn is_inside_the_window(classic: &Classic<'_>) -> bool {
    clock_error_ms(classic).is_some_and(|off| off < CLOCK_WINDOW_MS - CLOCK_MARGIN_MS)
}

/// Whether an On-Prem that has no certificate of three levels is asked by an agent that needs it.
fn is_incompatible(classic: &Classic<'_>) -> bool {
    classic.role() == Role::OnPrem
        && classic.book().three_tier == Some(false)
        && reads_three_levels_only(classic.exchange())
}

/// Whether an agent does not say that it reads four levels.
pub(crate) fn reads_three_levels_only(exchange: &ClassicExchange) -> bool {
    let info = exchange.request.header.connect_info.as_ref();
    info.is_some_and(|info| !info.capabilities.iter().any(|word| word == MULTITIER))
}

fn is_foreign(classic: &Classic<'_>) -> bool {
    let meant = |deviation: &Deviation| match deviation {
        Deviation::PayloadEdited | Deviation::SignatureBroken => true,
        Deviation::MemberRemoved { pointer } => pointer.starts_with("/signature"),
        _ => false,
    };
    if !classic.deviations().iter().any(meant) {
        return false;
    }
    let envelope = &classic.exchange().envelope;
    let key = classic.side().id_certificate.as_ref().and_then(|known| known.key.as_ref());
    let verifies =
        |signature: &str| key.is_some_and(|key| key.verifies_base64(&envelope.request, signature));
    !envelope.signature.as_ref().is_some_and(|signature| verifies(&signature.value))
}

/// Whether a request deviates in another way than those that are told apart.
fn deviates(classic: &Classic<'_>, skewed: bool, incompatible: bool) -> bool {
    classic.deviations().iter().any(|deviation| match deviation {
        Deviation::ClockSkewed { .. } => !skewed && !is_inside_the_window(classic),
        Deviation::MemberSet { pointer } => {
            !(pointer.starts_with("/request/header/connect_info")
                && (incompatible || reads_three_levels_only(classic.exchange())))
        }
        _ => true,
    })
}
