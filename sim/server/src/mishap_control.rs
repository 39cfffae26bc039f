//! The control API's view of mishaps: what is planned, and how often it happened.
//!
//! Assumed: all of it, as the rest of the control API.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::control::{good, wrong};
use crate::message::ServerAnswer;
use crate::mishap::{Chaos, DELAY_MS_MAX, Mishap, MishapPlan};
use crate::server::Core;

/// The preset that ends all mishaps.
const OFF: &str = "off";

/// Longest time to wait that is told anybody: a day.
const RETRY_AFTER_S_MAX: u64 = 86_400;

/// A change of the plan: what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanChange {
    /// Replaces the whole plan first.
    preset: Option<String>,
    seed: Option<u64>,
    delay_ms: Option<u64>,
    retry_after_s: Option<u64>,
    #[serde(default)]
    faults: BTreeMap<Mishap, MishapChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MishapChange {
    next: Option<u32>,
    chance: Option<f64>,
}

pub(crate) fn faults(core: &Core) -> ServerAnswer {
    let plan = core.mishaps.plan();
    let row = |mishap: Mishap| {
        let at = mishap as usize;
        let row = json!({
            "next": plan.next[at],
            "chance": plan.chance[at],
            "happened": core.mishaps.happened(mishap),
        });
        (mishap.name().to_owned(), row)
    };
    good(&json!({
        "seed": plan.seed,
        "delay_ms": plan.delay_ms,
        "retry_after_s": plan.retry_after_s,
        "faults": Mishap::ALL.into_iter().map(row).collect::<Map<String, Value>>(),
        "presets": Chaos::ALL.map(|chaos| chaos.name()),
    }))
}

pub(crate) fn change_faults(core: &Core, body: &[u8]) -> ServerAnswer {
    let change: PlanChange = match serde_json::from_slice(body) {
        Ok(change) => change,
        Err(error) => return wrong(400, &format!("not a change of faults: {error}")),
    };
    match change.applied(core.mishaps.plan()) {
        Ok(plan) => core.mishaps.set(plan),
        Err(why) => return wrong(400, &why),
    }
    faults(core)
}

impl PlanChange {
    fn applied(self, before: MishapPlan) -> Result<MishapPlan, String> {
        let mut plan = match self.preset.as_deref() {
            None => before,
            Some(OFF) => MishapPlan::none(before.seed),
            Some(name) => {
                let Some(chaos) = Chaos::named(name) else {
                    let known = Chaos::ALL.map(|chaos| chaos.name()).join(", ");
                    return Err(format!("there is no preset {name:?}: {OFF}, {known}"));
                };
                MishapPlan::of(chaos, before.seed)
            }
        };
        if let Some(seed) = self.seed {
            plan = plan.with_seed(seed);
        }
        plan.delay_ms = self.delay_ms.unwrap_or(plan.delay_ms);
        plan.retry_after_s = self.retry_after_s.unwrap_or(plan.retry_after_s);
        for (mishap, change) in self.faults {
            let at = mishap as usize;
            plan.next[at] = change.next.unwrap_or(plan.next[at]);
            plan.chance[at] = change.chance.unwrap_or(plan.chance[at]);
        }
        if plan.delay_ms > DELAY_MS_MAX || plan.retry_after_s > RETRY_AFTER_S_MAX {
            return Err("delay_ms may be 120000, and retry_after_s 86400".to_owned());
        }
        let sum: f64 = plan.chance.iter().sum();
        if plan.chance.iter().any(|chance| !(0.0..=1.0).contains(chance)) || sum > 1.0 {
            return Err("each chance is 0 to 1, and all of them together 1 at most".to_owned());
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::tests::{Instance, RECEIVER, good_server, post};
    use crate::message::{Listener, ServerRequest, Then};
    use crate::{Server, ServerOptions};

    fn put(server: &Server, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let request = ServerRequest {
            method: "PUT",
            path_and_query: "/muster/control/faults",
            headers: &[],
            body: body.as_bytes(),
        };
        let answer = server.answer(Listener::Admin, request);
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    fn hello(server: &Server) -> ServerAnswer {
        let lines = json!([{ "request_type": "HELLO", "request_line_id": 1 }]);
        post(server, RECEIVER, &Instance::new(1).body(lines))
    }

    #[test]
    fn each_mishap_meets_as_many_requests_as_were_asked_for() {
        let server = good_server();
        for (kind, status, then) in [
            ("too_many_requests", 429, Then::Answer),
            ("bad_gateway", 502, Then::Answer),
            ("unavailable", 503, Then::Answer),
            ("delay", 200, Then::AnswerAfter { delay_ms: 500 }),
            ("truncated_body", 200, Then::Truncate),
            ("reset", 200, Then::Reset),
            ("slow_close", 200, Then::CloseAfter { delay_ms: 500 }),
            ("close", 502, Then::Close),
            ("garbage", 502, Then::Garbage),
        ] {
            let change = json!({ "faults": { kind: { "next": 1 } } });
            assert_eq!(put(&server, &change).0, 200);
            let answer = hello(&server);
            assert_eq!((answer.status, answer.then), (status, then), "{kind}");
            let says_when =
                answer.headers.iter().any(|(name, value)| name == "retry-after" && value == "5");
            assert_eq!(says_when, [429, 503].contains(&status), "{kind}");
            let next = hello(&server);
            assert_eq!((next.status, next.then), (200, Then::Answer), "after {kind}");
        }
        put(&server, &json!({ "faults": { "empty_body": { "next": 1 } } }));
        assert!(hello(&server).body.is_empty());
        put(&server, &json!({ "faults": { "try_again": { "next": 1 } } }));
        let bodies = [hello(&server).body, hello(&server).body];
        let [later, now] = bodies.map(|body| String::from_utf8(body).unwrap());
        assert!(later.contains("OK_TRY_AGAIN") && !now.contains("OK_TRY_AGAIN"), "{later} {now}");
    }

    #[test]
    fn a_lost_answer_is_to_a_request_that_was_done() {
        let server = good_server();
        let mut instance = Instance::new(1);
        put(&server, &json!({ "faults": { "reset": { "next": 1 } } }));
        instance.trust(&server, 5, "valid");
        assert!(!instance.trust(&server, 5, "valid").status.success);
    }

    #[test]
    fn wrong_plans_change_nothing_and_say_why() {
        let server = good_server();
        for (change, why) in [
            (json!({ "preset": "mild" }), "no preset"),
            (json!({ "faults": { "delay": { "chance": 1.5 } } }), "0 to 1"),
            (json!({ "faults": { "delay": { "chance": 0.6 }, "reset": { "chance": 0.6 } } }), "1"),
            (json!({ "faults": { "dealy": { "next": 1 } } }), "dealy"),
            (json!({ "delay_ms": 999_999 }), "120000"),
            (json!({ "speed": 1 }), "speed"),
        ] {
            let (status, answer) = put(&server, &change);
            let said = answer["error"].as_str().unwrap_or_default();
            assert!(status == 400 && said.contains(why), "{change}: {answer}");
        }
        assert_eq!(hello(&server).status, 200);
    }

    #[test]
    fn chaos_begins_with_the_server_and_ends_on_demand() {
        let options = ServerOptions { chaos: Chaos::named("heavy"), ..ServerOptions::default() };
        let clock = crate::ClockSource::Manual { start_ms: 1_780_000_000_000 };
        let server = Server::new(options, clock).unwrap();
        let is_spoilt = |answer: ServerAnswer| {
            answer.status != 200 || answer.then != Then::Answer || answer.body.is_empty()
        };
        let spoilt = (0..200).filter(|_| is_spoilt(hello(&server))).count();
        assert!((25..80).contains(&spoilt), "{spoilt} of 200");
        let (_, plan) = put(&server, &json!({ "preset": "off" }));
        assert!(plan["faults"]["reset"]["happened"].as_u64().unwrap() < 20);
        assert_eq!((0..100).filter(|_| is_spoilt(hello(&server))).count(), 0);
    }
}
