//! The Smart Agent of the classic era: what it holds, how inputs reach it, and which request goes
//! out next.

use std::sync::Arc;

use muster_certs::{InstanceKey, PublicKey, Seed, SigningMode};
use muster_wire::Udi;

use super::authorization::Authorization;
use super::conversion::Conversion;
use super::effect::{ClassicEffect, Effects};
use super::evaluation::Evaluation;
use super::exports::Exports;
use super::family::ClassicFamily;
use super::faults::FaultSet;
use super::input::ClassicInput;
use super::link::Link;
use super::registration::{IdCertificate, Registration};
use super::third_party_key::ThirdPartyKeyRequested;
use super::transport::ClassicTransport;
use super::uses::Uses;
use crate::effects::Common;
use crate::heap::{Heap as _, heap};
use crate::identity::{Identity, Place};
use crate::platform::{FabricInventory, Platform};
use crate::rng::Rng;
use crate::timer::Due;

mod authorize;
mod certify;
mod command;
mod condition;
mod convert;
mod exchange;
mod export;
mod facts;
mod key_request;
mod leave;
mod power;
mod redundant;
mod register;
mod saved;
mod schedule;
mod view;

/// One Smart Agent of the classic era. It does no I/O and reads no clock: inputs and the time go
/// in, effects come out.
///
/// A new agent has been up for a while: crypto is initialised, nothing is in use, nothing is
/// registered (Assumed, so that scenarios need not wait; [`ClassicInput::Boot`] starts it from the
/// beginning).
#[derive(Clone)]
pub struct ClassicAgent {
    platform: &'static Platform,
    family: ClassicFamily,
    place: Place,
    key: InstanceKey,
    rng: Rng,
    /// Latest time handed in; time never runs backwards.
    now_ms: u64,
    transport: ClassicTransport,
    /// First number of the software's release.
    release: u8,
    power: Power,
    fabric: Option<FabricInventory>,
    link: Link,
    registration: Registration,
    certificate: IdCertificate,
    evaluation: Evaluation,
    authorization: Authorization,
    uses: Uses,
    exports: Exports,
    conversion: Conversion,
    key_request: Option<Box<ThirdPartyKeyRequested>>,
    faults: FaultSet,
    unusual: Option<Box<Unusual>>,
}

/// Whether the instance runs.
#[derive(Clone, Copy, Debug, Default)]
struct Power {
    is_off: bool,
    reboot_wanted: bool,
    /// Release to start with.
    release_wanted: Option<u8>,
    /// When crypto initialisation is complete; never when it is.
    crypto_due: Due,
}

/// What most agents do without for most of their life.
#[derive(Clone, Default)]
struct Unusual {
    server_key: Option<Arc<PublicKey>>,
    /// What the instance's own clock is ahead of logical time.
    clock_offset_ms: i64,
}

heap!(Unusual {});

impl ClassicAgent {
    /// Instance `index` of a fleet; everything about it follows from `seed` and `index`.
    /// Signatures are reproducible.
    pub fn new(platform: &'static Platform, seed: &Seed, index: u32) -> Self {
        Self::with_signing(platform, seed, index, SigningMode::Deterministic)
    }

    /// As [`ClassicAgent::new`], with a chosen signing mode: load runs sign faster.
    pub fn with_signing(
        platform: &'static Platform,
        seed: &Seed,
        index: u32,
        mode: SigningMode,
    ) -> Self {
        let start = seed.derive("classic agent", index.into());
        let start = start.first_chunk().expect("a sub-seed has 32 bytes");
        Self {
            platform,
            family: ClassicFamily::of(platform),
            place: Place::derive(seed, index),
            key: InstanceKey::derive_with(seed, index.into(), 0, mode),
            rng: Rng::new(u64::from_be_bytes(*start)),
            now_ms: 0,
            transport: ClassicTransport::default(),
            release: major_release(&platform.software_version),
            power: Power::default(),
            fabric: platform.fabric.as_ref().map(FabricInventory::new),
            link: Link::default(),
            registration: Registration::new(),
            certificate: IdCertificate::new(),
            evaluation: Evaluation::new(),
            authorization: Authorization::new(),
            uses: Uses::default(),
            exports: Exports::default(),
            conversion: Conversion::new(),
            key_request: None,
            faults: FaultSet::default(),
            unusual: None,
        }
    }

    /// Who the instance is. Made on each call, for an agent does not hold these texts.
    pub fn identity(&self) -> Identity {
        self.place.identity(self.platform)
    }

    /// Its UDI, without the rest of the identity.
    pub(crate) fn udi(&self) -> Udi {
        self.place.udi(self.platform, 0)
    }

    /// Index in the fleet.
    pub const fn index(&self) -> u32 {
        self.place.index
    }

    /// The platform it plays.
    pub const fn platform(&self) -> &'static Platform {
        self.platform
    }

    /// Public half of the key it signs with. Computed on each call.
    pub fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    /// As [`ClassicAgent::public_key`], with the key loaded for the signatures to come.
    pub fn public_key_with(&self, common: &mut Common) -> PublicKey {
        self.key.public_key_with(&mut common.keys)
    }

    /// Makes the agent check the server's signatures and the certificates it gives. Without a key
    /// they are read and not verified. A fleet names the key once, with [`Common::verify_with`].
    pub fn verify_with(&mut self, server_key: Arc<PublicKey>) {
        self.unusual.get_or_insert_default().server_key = Some(server_key);
    }

    /// Whether a request was handed out that got neither answer nor failure yet.
    pub const fn in_flight(&self) -> bool {
        self.link.in_flight.is_some()
    }

    /// Bytes of the heap the agent holds beside its own size, as the system's allocator counts
    /// them: an estimate. What [`Common`] shares is not in it.
    pub fn heap_bytes(&self) -> usize {
        self.link.heap_bytes()
            + self.registration.heap_bytes()
            + self.uses.heap_bytes()
            + self.exports.heap_bytes()
            + self.key_request.heap_bytes()
            + self.unusual.heap_bytes()
    }

    /// Takes one input at `now_ms` (milliseconds since the epoch) and appends what follows from
    /// it. At most one [`ClassicEffect::Send`] is outstanding at any time. An answer or failure
    /// without a request in flight is passed over, and so is a time before an earlier one.
    pub fn handle(
        &mut self,
        now_ms: u64,
        input: ClassicInput<'_>,
        effects: &mut Vec<ClassicEffect>,
    ) {
        self.handle_with(now_ms, input, effects, &mut Common::default());
    }

    /// As [`ClassicAgent::handle`], using what the agents of a shard have in common.
    pub fn handle_with(
        &mut self,
        now_ms: u64,
        input: ClassicInput<'_>,
        effects: &mut Vec<ClassicEffect>,
        common: &mut Common,
    ) {
        self.take_input(now_ms, input, &mut Effects { out: effects, facts: true, common });
    }

    /// As [`ClassicAgent::handle_with`] for callers that do not look at facts: only
    /// [`ClassicEffect::Send`] and [`ClassicEffect::CommandRefused`] come out, and the others are
    /// not even made.
    pub fn handle_quietly(
        &mut self,
        now_ms: u64,
        input: ClassicInput<'_>,
        effects: &mut Vec<ClassicEffect>,
        common: &mut Common,
    ) {
        self.take_input(now_ms, input, &mut Effects { out: effects, facts: false, common });
    }

    fn take_input(&mut self, now_ms: u64, input: ClassicInput<'_>, effects: &mut Effects<'_>) {
        self.now_ms = self.now_ms.max(now_ms);
        // What fell due until now comes before what happens now.
        self.timers(effects);
        match input {
            ClassicInput::Boot => self.power.reboot_wanted = true,
            ClassicInput::PowerLost => self.power_lost(effects),
            ClassicInput::Command(command) => self.command(command, effects),
            ClassicInput::TimerDue => {}
            ClassicInput::Answer { status, body } => self.answered(status, body, effects),
            ClassicInput::Read { status, reading } => self.read(status, reading, effects),
            ClassicInput::Failure(failure) => self.failed(failure, effects),
        }
        self.proceed(effects);
        self.recondition(effects);
    }

    /// Whether requests can go out at all.
    const fn is_up(&self) -> bool {
        !self.power.is_off && !self.power.crypto_due.is_set()
    }

    /// The instance's own clock, milliseconds since the epoch.
    fn clock_ms(&self) -> u64 {
        self.now_ms.saturating_add_signed(self.clock_offset_ms())
    }

    fn clock_offset_ms(&self) -> i64 {
        self.unusual.as_ref().map_or(0, |unusual| unusual.clock_offset_ms)
    }

    fn server_key(&self, common: &Common) -> Option<Arc<PublicKey>> {
        let own = self.unusual.as_ref().and_then(|unusual| unusual.server_key.clone());
        own.or_else(|| common.server_key.clone())
    }

    fn now_s(&self) -> u32 {
        u32::try_from(self.now_ms / 1000).unwrap_or(u32::MAX)
    }
}

/// First number of a release such as `3.2(2l)` or `16.12.05`.
fn major_release(version: &str) -> u8 {
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_release_is_the_first_number() {
        let majors = ["3.2(2l)", "16.12.05", "v4", "999.1", ""].map(major_release);
        assert_eq!(majors, [3, 16, 0, 0, 0]);
    }
}
