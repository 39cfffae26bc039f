//! An agent as bytes, and back: everything about it that does not follow from seed and index.

use muster_certs::{Seed, SigningMode};

use super::{SmartAgent, Unusual};
use crate::Error;
use crate::effects::Common;
use crate::input::TransportKind;
use crate::link::RequestKind;
use crate::platform::Platform;
use crate::policy::polls::PollKind;
use crate::policy::reporting_state::ReportingState;
use crate::policy::slac::AuthorizationKind;
use crate::policy::slac_state::SlacState;
use crate::policy::trust_state::TrustState;
use crate::rng::Rng;
use crate::saved::{Bytes, Saved, SavedFault, save_text, saved_enum};
use crate::timer::Due;

/// Version of the layout. It changes whenever the bytes do.
const VERSION: u64 = 4;

const MODES: [SigningMode; 3] =
    [SigningMode::Deterministic, SigningMode::Fast, SigningMode::Placeholder];

saved_enum!(TransportKind, [TransportKind::Smart, TransportKind::Cslu, TransportKind::Off]);
saved_enum!(SigningMode, MODES);

impl SmartAgent {
    /// Appends the agent to `out`, about 150 bytes, for [`SmartAgent::restore`]. What follows from
    /// platform, seed and index is left out, and so is a key given with
    /// [`SmartAgent::verify_with`]. An ID token that still waits is among the bytes: they are then
    /// as secret as it is.
    pub fn save(&self, out: &mut Vec<u8>) {
        VERSION.save(out);
        save_text(&self.platform.name, out);
        self.place.index.save(out);
        self.place.serial.save(out);
        self.key.mode().save(out);
        self.rng.state().save(out);
        self.now_ms.save(out);
        self.transport.save(out);
        self.reboot_wanted.save(out);
        self.clock_offset_ms().save(out);
        self.lost_at().save(out);
        self.crypto_due().save(out);
        let unusual = self.unusual.as_deref();
        unusual.and_then(|unusual| unusual.slac.clone()).save(out);
        unusual.and_then(|unusual| unusual.throughput_mbps).save(out);
        self.members().save(out);
        self.link.save(out);
        self.trust.save(out);
        self.reports.save(out);
        self.polls.save(out);
        self.schedule.save(out);
        self.terms.save(out);
    }

    /// The agent that [`SmartAgent::save`] wrote. It goes on as if it had never been away.
    ///
    /// # Errors
    ///
    /// When the bytes, which are not trusted, are cut, of another release's layout, of another
    /// platform, seed, index or signing mode, or say what no agent could be.
    pub fn restore(
        platform: &'static Platform,
        seed: &Seed,
        index: u32,
        mode: SigningMode,
        saved: &[u8],
    ) -> Result<Self, Error> {
        Self::restore_with(platform, seed, index, mode, saved, &mut Common::default())
    }

    /// As [`SmartAgent::restore`], sharing what the agents of a shard have in common.
    ///
    /// # Errors
    ///
    /// As [`SmartAgent::restore`].
    pub fn restore_with(
        platform: &'static Platform,
        seed: &Seed,
        index: u32,
        mode: SigningMode,
        saved: &[u8],
        common: &mut Common,
    ) -> Result<Self, Error> {
        let mut agent = Self::with_signing(platform, seed, index, mode);
        let mut from = Bytes::new(saved);
        agent.fill(&mut from)?;
        from.end()?;
        agent.check(&from)?;
        if let Some(trust) = &mut agent.trust.installed {
            trust.accounts = common.accounts(&trust.accounts.smart, &trust.accounts.virtual_);
        }
        if let Some(terms) = &mut agent.terms.0 {
            *terms = common.terms(terms);
        }
        Ok(agent)
    }

    fn fill(&mut self, from: &mut Bytes<'_>) -> Result<(), SavedFault> {
        let found = u64::restore(from)?;
        if found != VERSION {
            return Err(SavedFault::Version { found, expected: VERSION });
        }
        let own = |same: bool, what| if same { Ok(()) } else { Err(SavedFault::Foreign { what }) };
        own(String::restore(from)? == self.platform.name, "platform")?;
        own(u32::restore(from)? == self.place.index, "index")?;
        own(u64::restore(from)? == self.place.serial, "seed")?;
        own(SigningMode::restore(from)? == self.key.mode(), "signing mode")?;
        self.rng = Rng::new(u64::restore(from)?);
        self.now_ms = u64::restore(from)?;
        self.transport = TransportKind::restore(from)?;
        self.reboot_wanted = bool::restore(from)?;
        let unusual = Unusual {
            server_key: None,
            clock_offset_ms: i64::restore(from)?,
            lost_at: Due::restore(from)?,
            crypto_due: Due::restore(from)?,
            slac: Saved::restore(from)?,
            throughput_mbps: Saved::restore(from)?,
            members: u8::restore(from)?,
        };
        self.unusual = Some(Box::new(unusual));
        self.forget_usual();
        self.link = Saved::restore(from)?;
        self.trust = Saved::restore(from)?;
        self.reports = Saved::restore(from)?;
        self.polls = Saved::restore(from)?;
        self.schedule = Saved::restore(from)?;
        self.terms = Saved::restore(from)?;
        Ok(())
    }

    /// Whether the parts go together: what the moves of the state machines rely on.
    fn check(&self, from: &Bytes<'_>) -> Result<(), SavedFault> {
        let sent = self.link.in_flight.as_ref().map(|sent| sent.kind);
        let state = self.link.state;
        let awaits = match sent {
            Some(RequestKind::IdTokenTrust | RequestKind::TrustSync) => {
                state == ReportingState::Trust && self.trust.state == TrustState::Requested
            }
            Some(RequestKind::Usage) => state == ReportingState::Send,
            Some(RequestKind::Poll(..)) => state == ReportingState::Poll,
            Some(RequestKind::Authorization(_)) => state == ReportingState::Authorize,
            None => {
                use ReportingState::{Authorize, Poll, Send, Trust};
                !matches!(state, Trust | Send | Authorize | Poll)
            }
        };
        from.check(awaits, "a state without its request")?;
        let polls_trust = self.polls.has_trust() || sent.is_some_and(|kind| kind.polls_trust());
        let deferred = !polls_trust || self.trust.state == TrustState::Deferred;
        from.check(deferred, "a deferred trust code")?;
        let held = self.trust.state != TrustState::Installed || self.trust.installed.is_some();
        from.check(held, "an installed trust code")?;
        self.check_authorization(sent, from)?;
        from.check(self.is_off() == self.lost_at().is_set(), "a loss of power")?;
        let starts = state == ReportingState::Init;
        from.check(starts == self.crypto_due().is_set(), "a crypto initialisation")?;
        from.check(self.reports.are_possible(self.platform), "a report")?;
        from.check(self.polls.are_possible(), "a poll")?;
        from.check(self.members() <= self.platform.members_max(), "a number of members")?;
        from.check(self.schedule.is_possible(), "a report interval")
    }

    fn check_authorization(
        &self,
        sent: Option<RequestKind>,
        from: &Bytes<'_>,
    ) -> Result<(), SavedFault> {
        let slac = self.slac();
        let possible = slac.is_none_or(|slac| slac.is_possible(self.platform));
        from.check(possible, "an authorization code")?;
        let state = slac.map_or(SlacState::None, |slac| slac.state);
        let is_in = |is_return| match is_return {
            true => state == SlacState::Returning,
            false => state == SlacState::Deferred,
        };
        let fits = match sent {
            Some(RequestKind::Authorization(AuthorizationKind::Request)) => {
                state == SlacState::Requested
            }
            Some(RequestKind::Authorization(AuthorizationKind::Return)) => {
                state == SlacState::Returning
            }
            Some(RequestKind::Authorization(AuthorizationKind::Confirm)) => slac.is_some(),
            Some(RequestKind::Poll(_, PollKind::Authorization { is_return })) => is_in(is_return),
            _ => true,
        };
        let polls = self.polls.authorization().is_none_or(is_in);
        from.check(fits && polls, "an authorization request")?;
        let allowed = (0_u8..).zip(&self.platform.licenses).all(|(license, _)| {
            let most = self.allowed(license);
            most.is_none_or(|most| self.reports.count_of(license) <= most)
        });
        from.check(allowed, "a licence in use without authorization")?;
        let throughput = self.unusual.as_ref().and_then(|unusual| unusual.throughput_mbps);
        let level = throughput.is_none_or(|mbps| {
            self.platform.throughput.as_ref().is_some_and(|levels| levels.has_level(mbps))
        });
        from.check(level, "a throughput level")
    }
}
