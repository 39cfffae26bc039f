//! The engine: takes journal entries one by one, lets every check look, and keeps only counts.
//!
//! One judge belongs to one shard of the fleet; shards share no instance, so judges merge by
//! adding up.

mod finish;
mod journeys;
mod tally;

use std::collections::BTreeMap;

use muster_journal::{Entry, Event, Exchange, Header, Interest, LoadSummary, Sink};
use muster_wire::{RequestType, Udi};
use serde_json::Value;

use crate::check::{JudgeFn, Judgement, Listed};
use crate::checks;
use crate::context::Context;
use crate::evidence;
use crate::fleet_facts::FleetFacts;
use crate::history::{History, Lesson, Place};
use crate::message::{COLLECT, Message};
use crate::occasion::Occasion;
use crate::signers::Signers;
use crate::treatment::Treatment;
use journeys::Journeys;
use tally::Tally;

/// Hooks that remove the server's record of an instance, of either era.
const REMOVALS: [&str; 2] = ["remove_product_instance", "remove_registration"];

/// Judges the entries of one shard as they come.
#[derive(Debug)]
pub struct Judge {
    /// Beside [`checks::ALL`].
    tallies: Vec<Tally>,
    /// Beside it, too: what each check needs, close together. Nearly all are passed over, and to
    /// look into each of them would take two cache lines apiece.
    needs: Box<[Occasion]>,
    history: History,
    facts: FleetFacts,
    journeys: Journeys,
    /// By index in the fleet.
    joined: BTreeMap<u32, Place>,
    /// Endpoint name to URL, as far as they were told.
    endpoints: BTreeMap<String, String>,
    signers: Signers,
    exchanges: u64,
    failed_exchanges: u64,
    interrupted: bool,
    load: Option<LoadSummary>,
}

impl Default for Judge {
    fn default() -> Self {
        Self {
            tallies: checks::ALL.iter().map(|_| Tally::default()).collect(),
            needs: checks::ALL.iter().map(|listed| listed.check.needs).collect(),
            history: History::default(),
            facts: FleetFacts::default(),
            journeys: Journeys::default(),
            joined: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            signers: Signers::default(),
            exchanges: 0,
            failed_exchanges: 0,
            interrupted: false,
            load: None,
        }
    }
}

impl Sink for Judge {
    fn record(&mut self, entry: &Entry) {
        self.record_with(entry, &mut |_, _| {});
    }

    fn interest(&self) -> Interest {
        Interest::Verdicts
    }
}

impl Judge {
    /// A judge that has seen nothing and takes the URL of an endpoint for one of the documented
    /// form. Prefer [`Judge::for_run`] where there is a header.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A judge that has seen nothing and knows where the endpoints of the target are, and the keys
    /// it signs with.
    #[must_use]
    pub fn for_run(header: &Header) -> Self {
        let target = &header.target;
        let signers = Signers::of(&target.signing_certificates);
        Self { endpoints: target.endpoints.clone(), signers, ..Self::default() }
    }

    /// Takes one entry and tells `observe` what each check whose trigger occurred says, by id.
    pub fn record_with(&mut self, entry: &Entry, observe: &mut dyn FnMut(&str, &Judgement)) {
        match &entry.event {
            Event::Exchange(exchange) => self.exchange(entry, exchange, observe),
            Event::InstanceJoined { udi, public_key, .. } => {
                let place = self.history.join(udi, public_key);
                if let Some(index) = entry.instance {
                    self.joined.insert(index, place);
                }
            }
            Event::HookCalled { hook, arguments, failure: None } if REMOVALS.contains(&&**hook) => {
                let joined = entry.instance.and_then(|index| self.joined.get(&index)).copied();
                let place = removed(arguments).map_or(joined, |udi| self.history.place(&udi));
                if let Some(place) = place {
                    self.history.remove(place);
                }
            }
            Event::HookCalled { hook, arguments, failure: None } => {
                self.facts.collections.begun += u64::from(hook == "collect");
                self.history.note_hook(hook, arguments, entry.at_ms);
            }
            Event::LoadMeasured(load) => self.load = Some(LoadSummary::clone(load)),
            Event::RunFinished { interrupted, .. } => self.interrupted |= interrupted,
            _ => self.journeys.record(entry),
        }
    }

    /// Adds another shard's judge.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.tallies.iter_mut().zip(other.tallies) {
            mine.merge(theirs);
        }
        let moved = self.history.merge(other.history);
        self.joined.extend(other.joined.into_iter().map(|(index, place)| (index, moved(place))));
        self.facts.merge(&other.facts);
        self.journeys.merge(other.journeys);
        self.endpoints.extend(other.endpoints);
        self.signers.merge(other.signers);
        self.exchanges += other.exchanges;
        self.failed_exchanges += other.failed_exchanges;
        self.interrupted |= other.interrupted;
        // One measurement stands for the whole run, whichever shard recorded it.
        self.load = other.load.or(self.load.take());
    }

    fn exchange(
        &mut self,
        entry: &Entry,
        exchange: &Exchange,
        observe: &mut dyn FnMut(&str, &Judgement),
    ) {
        let message = Message::new(exchange);
        let answered = message.http().is_some();
        self.exchanges += 1;
        self.failed_exchanges += u64::from(!answered);
        self.facts.count(&exchange.endpoint, &exchange.url, answered);
        let scenario = self.journeys.count_exchange(entry.journey);

        let joined = entry.instance.and_then(|index| self.joined.get(&index)).copied();
        let other = sender(&message, joined.map(|place| self.history.udi(place)));
        let place = other.as_ref().map_or(joined, |udi| self.history.place(udi));
        let udi = other.as_ref().or_else(|| joined.map(|place| self.history.udi(place)));
        let before = self.history.instance(place);
        let context = Context::new(entry, &message, &self.history, before, udi)
            .at(&self.endpoints)
            .signed_by(&self.signers);
        let occasion = Occasion::of(&context);
        let pushed = occasion.has(Occasion::COLLECT.and(Occasion::ACKNOWLEDGEMENT));
        self.facts.collections.acknowledged += u64::from(pushed);
        let all = checks::ALL.iter().zip(&self.needs).zip(&mut self.tallies);
        for ((listed, needs), tally) in all {
            if !occasion.has(*needs) {
                debug_assert!(
                    says_nothing(listed, &context),
                    "{} needs less than it says",
                    listed.id
                );
                continue;
            }
            let JudgeFn::Exchange(judge) = listed.check.judge else { continue };
            let Some(judgement) = judge(&context) else { continue };
            observe(listed.id, &judgement);
            if context.poll_origin().is_some_and(|origin| !origin.settled) {
                tally.close();
            }
            tally.add(listed, judgement, || Some(evidence::of(&context, scenario)));
        }
        if let Some(seconds) = first_interval(&context) {
            self.facts.intervals.add(seconds);
        }
        let lesson = Lesson::of(&context);
        match (place, other) {
            (Some(place), _) => self.history.learn(place, exchange, lesson),
            (None, Some(udi)) => self.history.learn_of_stranger(&udi, exchange, lesson),
            (None, None) => {}
        }
    }
}

/// Whether a check has no say in an exchange, whatever it says it needs.
fn says_nothing(listed: &Listed, context: &Context<'_>) -> bool {
    match listed.check.judge {
        JudgeFn::Exchange(judge) => judge(context).is_none(),
        JudgeFn::Fleet(_) => true,
    }
}

/// The sender, when the request names another than the instance that joined.
fn sender(message: &Message<'_>, joined: Option<&Udi>) -> Option<Udi> {
    if message.exchange().endpoint == COLLECT {
        return None;
    }
    if let Some(classic) = message.classic() {
        let udi = classic.request.header.sudi.udi();
        return (joined != Some(&udi)).then_some(udi);
    }
    let sudi = &message.request()?.sender_info.sudi;
    let same = joined.is_some_and(|udi| {
        udi.product_id == sudi.udi_pid && udi.serial_number == sudi.udi_serial_number
    });
    (!same).then(|| sudi.udi())
}

/// The poll interval of a request that was put off, if it is the instance's first.
fn first_interval(context: &Context<'_>) -> Option<u64> {
    let first = !context.before.interval_counted
        && context.udi.is_some()
        && context.is_honest()
        && context.treatment() == Treatment::Deferred
        && matches!(
            context.request_type(),
            Some(RequestType::LicenseUsage | RequestType::TrustSync)
        );
    if first { context.message.answer_line()?.poll_interval } else { None }
}

/// The identity in the arguments of a hook, as text or as an object.
fn removed(arguments: &Value) -> Option<Udi> {
    match arguments.get("udi")? {
        Value::String(text) => text.parse().ok(),
        udi => serde_json::from_value(udi.clone()).ok(),
    }
}
