//! The Smart Agent: what it holds, how inputs reach it, and which request goes out next.

use std::sync::Arc;

use muster_certs::{InstanceKey, PublicKey, Seed, SigningMode};
use muster_wire::Udi;

use crate::effect::Effect;
use crate::effects::{Common, Effects};
use crate::identity::{Identity, Place};
use crate::input::{Input, TransportKind};
use crate::link::{Link, RequestKind};
use crate::platform::{Platform, ReportingCycle};
use crate::policy::polls::Polls;
use crate::policy::reporting_state::{ReportingInput, ReportingState};
use crate::policy::rum_reports::{Author, Clock, CloseReason, RumReports, Wanted};
use crate::policy::schedule::Schedule;
use crate::policy::slac::Slac;
use crate::policy::terms::Terms;
use crate::policy::trust::Trust;
use crate::policy::trust_state::{TrustInput, TrustState};
use crate::rng::Rng;
use crate::timer::Due;
use crate::{Illegal, syslog};

mod authorization_exchange;
mod authorize;
mod command;
mod exchange;
mod facts;
mod import;
mod power;
mod save;
mod saved;
mod seal;
mod send;
mod trust;
mod view;

/// One Smart Agent. It does no I/O and reads no clock: inputs and the time go in, effects come out.
///
/// A new agent has been up for a while: crypto is initialised, nothing is in use, no trust code is
/// installed (Assumed, so that scenarios need not wait; [`Input::Boot`] starts it from the
/// beginning).
#[derive(Clone)]
pub struct SmartAgent {
    platform: &'static Platform,
    place: Place,
    key: InstanceKey,
    rng: Rng,
    /// Latest time handed in; time never runs backwards.
    now_ms: u64,
    transport: TransportKind,
    reboot_wanted: bool,
    unusual: Option<Box<Unusual>>,
    link: Link,
    trust: Trust,
    reports: RumReports,
    polls: Polls,
    schedule: Schedule,
    terms: Terms,
}

/// What most agents do without for most of their life.
#[derive(Clone, Default)]
struct Unusual {
    server_key: Option<Arc<PublicKey>>,
    /// What the instance's own clock is ahead of logical time.
    clock_offset_ms: i64,
    /// When power was lost; never while there is power.
    lost_at: Due,
    /// When crypto initialisation is complete; never when it is.
    crypto_due: Due,
    /// The authorization code, from the first time one is asked for.
    slac: Option<Box<Slac>>,
    /// Throughput, once it is configured.
    throughput_mbps: Option<u32>,
    /// How many UDIs there are; 0 and 1 for an instance that stands alone.
    members: u8,
}

impl SmartAgent {
    /// Instance `index` of a fleet; everything about it follows from `seed` and `index`.
    /// Signatures are reproducible.
    pub fn new(platform: &'static Platform, seed: &Seed, index: u32) -> Self {
        Self::with_signing(platform, seed, index, SigningMode::Deterministic)
    }

    /// As [`SmartAgent::new`], with a chosen signing mode: load runs sign faster.
    pub fn with_signing(
        platform: &'static Platform,
        seed: &Seed,
        index: u32,
        mode: SigningMode,
    ) -> Self {
        let start = seed.derive("smart agent", index.into());
        let start = start.first_chunk().expect("a sub-seed has 32 bytes");
        Self {
            platform,
            place: Place::derive(seed, index),
            key: InstanceKey::derive_with(seed, index.into(), 0, mode),
            rng: Rng::new(u64::from_be_bytes(*start)),
            now_ms: 0,
            transport: TransportKind::default(),
            reboot_wanted: false,
            unusual: None,
            link: Link::new(),
            trust: Trust::new(platform.factory_trust_code),
            reports: RumReports::default(),
            polls: Polls::default(),
            schedule: Schedule::default(),
            terms: Terms::default(),
        }
    }

    /// Who the instance is. Made on each call, for an agent does not hold these texts.
    pub fn identity(&self) -> Identity {
        self.place.identity_of_set(self.platform, self.members())
    }

    /// The UDI of its active member, without the rest of the identity.
    pub(crate) fn udi(&self) -> Udi {
        self.place.udi(self.platform, 0)
    }

    /// How many UDIs it has.
    pub(crate) fn members(&self) -> u8 {
        self.unusual.as_ref().map_or(1, |unusual| unusual.members.max(1))
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

    /// As [`SmartAgent::public_key`], with the key loaded for the signatures to come.
    pub fn public_key_with(&self, common: &mut Common) -> PublicKey {
        self.key.public_key_with(&mut common.keys)
    }

    /// Makes the agent check the server's signatures on trust codes, acknowledgements and
    /// policies. Without a key they are not looked at. A fleet names the key once, with
    /// [`Common::verify_with`].
    pub fn verify_with(&mut self, server_key: Arc<PublicKey>) {
        self.unusual.get_or_insert_default().server_key = Some(server_key);
    }

    /// Whether a request was handed out that got neither answer nor failure yet.
    pub const fn in_flight(&self) -> bool {
        self.link.in_flight.is_some()
    }

    /// Takes one input at `now_ms` (milliseconds since the epoch) and appends what follows from
    /// it. At most one [`Effect::Send`] is outstanding at any time. An answer or failure without a
    /// request in flight is passed over, and so is a time before an earlier one.
    pub fn handle(&mut self, now_ms: u64, input: Input<'_>, effects: &mut Vec<Effect>) {
        self.handle_with(now_ms, input, effects, &mut Common::default());
    }

    /// As [`SmartAgent::handle`], using what the agents of a shard have in common.
    pub fn handle_with(
        &mut self,
        now_ms: u64,
        input: Input<'_>,
        effects: &mut Vec<Effect>,
        common: &mut Common,
    ) {
        self.take_input(now_ms, input, &mut Effects { out: effects, facts: true, common });
    }

    /// As [`SmartAgent::handle_with`] for callers that do not look at facts: only
    /// [`Effect::Send`], [`Effect::UsageSaved`], [`Effect::FileWritten`] and
    /// [`Effect::CommandRefused`] come out, and the others are not even made.
    pub fn handle_quietly(
        &mut self,
        now_ms: u64,
        input: Input<'_>,
        effects: &mut Vec<Effect>,
        common: &mut Common,
    ) {
        self.take_input(now_ms, input, &mut Effects { out: effects, facts: false, common });
    }

    fn take_input(&mut self, now_ms: u64, input: Input<'_>, effects: &mut Effects<'_>) {
        self.now_ms = self.now_ms.max(now_ms);
        match input {
            Input::Boot => self.reboot_wanted = true,
            Input::PowerLost => self.power_lost(effects),
            Input::Command(command) => self.command(command, effects),
            Input::TimerDue => self.timers(effects),
            Input::Answer { status, body } => self.answered(status, body, effects),
            Input::Read { status, reading } => self.read(status, reading, effects),
            Input::Failure(failure) => self.failed(failure, effects),
        }
        self.proceed(effects);
    }

    /// When [`Input::TimerDue`] is next needed, milliseconds since the epoch. None while nothing
    /// will happen on its own.
    pub fn next_timer(&self) -> Option<u64> {
        if self.is_off() {
            return None;
        }
        let mut due = self.crypto_due().min(self.ack_notice());
        if self.is_up() {
            due = due.min(self.link.retry_due());
            due = due.min(self.schedule.report_due).min(self.trust.refresh_due);
            // What a retry would repeat, the retry repeats: polls wait for it.
            if !self.in_flight() && !self.link.retry_due().is_set() {
                due = due.min(self.polls.next_due());
            }
        }
        due.ms()
    }

    /// Whether requests can go out at all.
    fn is_up(&self) -> bool {
        self.is_crypto_ready() && self.transport != TransportKind::Off
    }

    fn clock(&self) -> Clock {
        Clock { now_ms: self.now_ms, offset_ms: self.clock_offset_ms() }
    }

    fn clock_offset_ms(&self) -> i64 {
        self.unusual.as_ref().map_or(0, |unusual| unusual.clock_offset_ms)
    }

    fn crypto_due(&self) -> Due {
        self.unusual.as_ref().map_or(Due::NEVER, |unusual| unusual.crypto_due)
    }

    fn lost_at(&self) -> Due {
        self.unusual.as_ref().map_or(Due::NEVER, |unusual| unusual.lost_at)
    }

    fn timers(&mut self, effects: &mut Effects<'_>) {
        if self.is_off() {
            return;
        }
        let now_ms = self.now_ms;
        let fired = |name| Effect::TimerFired(name);
        if self.crypto_due().is_due(now_ms) {
            self.unusual.get_or_insert_default().crypto_due = Due::NEVER;
            self.forget_usual();
            effects.fact(|| fired("crypto_ready"));
            effects.syslog(|| syslog::event_crypto(true));
            self.move_link(ReportingInput::CryptoReady, effects);
        }
        if self.ack_notice().is_due(now_ms) {
            effects.fact(|| fired("ack_deadline"));
            effects.syslog(|| syslog::acknowledgement_required(0));
            self.schedule.announce_missed(self.ack_deadline());
        }
        if !self.is_up() {
            return;
        }
        if self.link.retry_due().is_due(now_ms) {
            self.link.set_retry_due(Due::NEVER);
            effects.fact(|| fired("retry"));
        }
        if self.trust.refresh_due.is_due(now_ms) {
            self.trust.refresh_due = Due::NEVER;
            effects.fact(|| fired("trust_refresh"));
            self.trust.sync_wanted = !self.polls.has_trust();
        }
        if self.schedule.report_due.is_due(now_ms) {
            effects.fact(|| fired("report_due"));
            self.collect_usage(effects);
            for (tag, count) in self.reports.usage(self.platform) {
                effects.syslog(|| syslog::event_endpoint_usage(count, tag));
            }
            // Until the report is sent no other is due; sending it plans the next.
            self.schedule.report_due = Due::NEVER;
            self.reports.wanted = Wanted::Current;
        }
        for _ in 0..self.polls.wake(now_ms) {
            effects.fact(|| fired("poll_due"));
        }
    }

    /// What a wireless controller, which reports in a fixed cycle, logs before it reports.
    fn collect_usage(&self, effects: &mut Effects<'_>) {
        if let ReportingCycle::Fixed { .. } = self.platform.cycle {
            effects.syslog(|| {
                let features: Vec<_> = self.reports.features(self.platform).collect();
                syslog::event_usage_collected(&features)
            });
        }
    }

    fn trust_in_flight(&self) -> bool {
        self.link.in_flight.as_ref().is_some_and(|sent| match sent.kind {
            RequestKind::IdTokenTrust | RequestKind::TrustSync => true,
            RequestKind::Poll(_, kind) => kind.is_trust(),
            RequestKind::Usage | RequestKind::Authorization(_) => false,
        })
    }

    fn usage_in_flight(&self) -> bool {
        self.link.in_flight.as_ref().is_some_and(|sent| matches!(sent.kind, RequestKind::Usage))
    }

    fn close_reports(&mut self, reason: CloseReason, effects: &mut Effects<'_>) {
        self.close_those(reason, false, effects);
    }

    fn close_those(&mut self, reason: CloseReason, measured: bool, effects: &mut Effects<'_>) {
        let author = Author {
            product_instance: self.trust.product_instance_identifier(),
            members: self.members(),
        };
        let (clock, lost_at_ms) = (self.clock(), self.lost_at().ms());
        self.reports.close_all(&author, reason, measured, lost_at_ms, clock, effects);
    }

    fn plan(&mut self) {
        let terms = &self.terms;
        let days = self.reports.classes_in_use(self.platform).map(|class| terms.days(class));
        let days: Vec<_> = days.collect();
        self.schedule.plan(self.platform.cycle, days.iter().copied(), self.now_ms);
    }

    fn ack_deadline(&self) -> Due {
        let days = self.reports.classes_in_use(self.platform).map(|class| self.terms.days(class));
        self.schedule.ack_deadline(self.terms.acknowledgement_required(), days)
    }

    /// When a missing acknowledgement is to be announced; once per deadline.
    fn ack_notice(&self) -> Due {
        let deadline = self.ack_deadline();
        if self.schedule.is_missed(deadline) { Due::NEVER } else { deadline }
    }

    fn move_link(&mut self, input: ReportingInput, effects: &mut Effects<'_>) {
        let from = self.link.state;
        self.link.state = legal(from.on(input), from);
        if from != self.link.state {
            let (from, to) = (from.as_str(), self.link.state.as_str());
            effects.fact(|| changed(ReportingState::MACHINE, from, to, input.as_str()));
        }
    }

    fn move_trust(&mut self, input: TrustInput, effects: &mut Effects<'_>) {
        let from = self.trust.state;
        self.trust.state = legal(from.on(input), from);
        if from != self.trust.state {
            let (from, to) = (from.as_str(), self.trust.state.as_str());
            effects.fact(|| changed(TrustState::MACHINE, from, to, input.as_str()));
        }
    }
}

/// The new state. The agent itself chooses every input, so an illegal one is a fault of ours.
fn legal<S>(moved: Result<S, Illegal>, from: S) -> S {
    moved.unwrap_or_else(|illegal| {
        debug_assert!(false, "{illegal}");
        from
    })
}

fn changed(
    machine: &'static str,
    from: &'static str,
    to: &'static str,
    input: &'static str,
) -> Effect {
    Effect::StateChanged { machine, key: Default::default(), from, to, input }
}
