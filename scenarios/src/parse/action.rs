//! The actions that have a form of their own; requests written by hand are in `request.rs`, what
//! only instances of the classic era do in `classic.rs`, files in `file.rs`.

use std::collections::BTreeMap;

use crate::model::{Action, Advance, ClassicMoment};
use crate::tree::{Node, Value};
use crate::vocabulary::{
    self, MBPS_MAX, MOMENTS, NETWORK_WORDS, POLLS_DEFAULT, POLLS_MAX, REPEAT_MAX, TRANSPORT_WORDS,
};

use super::reader::Reader;

impl Reader<'_> {
    /// Reads the argument of the action `word`, which stands in the vocabulary.
    pub(super) fn action(&mut self, word: &str, node: &Node) -> Option<Action> {
        match word {
            "trust" => self.trust(node),
            "sync" => self.nothing(node, word).map(|()| Action::Sync),
            "report" => self.nothing(node, word).map(|()| Action::Report),
            "poll" => self.poll(node),
            "use" => self.use_feature(node),
            "reload" => self.nothing(node, word).map(|()| Action::Reload),
            "boot" => self.nothing(node, word).map(|()| Action::Boot),
            "transport" => self.word(node, TRANSPORT_WORDS).map(Action::Transport),
            "advance" => self.advance(node),
            "probe" => self.probe(node),
            "send" => self.send(node),
            "replay" => self.replay(node),
            "hook" => self.hook(node),
            "collect" => self.collect(node).map(|over| Action::Collect { over }),
            "import" => self.text(node).map(|file| Action::Import { file }),
            "save" => self.save(node),
            "slac" => self.slac(node).map(Action::Slac),
            "throughput" => self.integer(node, 1, MBPS_MAX).map(|mbps| Action::Throughput { mbps }),
            "upload" => self.upload(node).map(Action::Upload),
            "network" => {
                let word = self.word(node, NETWORK_WORDS)?;
                Some(Action::Network { lost: word == "lost" })
            }
            "assert" => Some(Action::Assert(self.conditions(node))),
            "repeat" => self.repeat(node),
            "when" => self.when(node),
            "parallel" => self.parallel(node),
            word => self.classic_action(word, node).map(Action::Classic),
        }
    }

    fn trust(&mut self, node: &Node) -> Option<Action> {
        if matches!(node.value, Value::Null) {
            return Some(Action::Trust { id_token: None, force: false });
        }
        let fields = self.fields(node, &vocabulary::TRUST)?;
        let known = self.known;
        let id_token = fields
            .value("id_token")
            .and_then(|node| self.known_name(node, "ID token", &known.id_tokens));
        let force = fields.value("force").and_then(|node| self.flag(node)).unwrap_or(false);
        Some(Action::Trust { id_token, force })
    }

    fn poll(&mut self, node: &Node) -> Option<Action> {
        if matches!(node.value, Value::Null) {
            return Some(Action::Poll { id: None, until_complete: false, limit: 1 });
        }
        let fields = self.fields(node, &vocabulary::POLL)?;
        let id = fields.value("id").and_then(|node| self.template(node));
        let flag = fields.value("until_complete");
        let until_complete = flag.and_then(|node| self.flag(node)).unwrap_or(false);
        if let (false, Some(key)) = (until_complete, fields.key("limit")) {
            let help = "add `until_complete: true`, or leave `limit` out";
            self.problem(&key.span, "`limit` belongs to `until_complete`", help);
        }
        let limit = fields.value("limit").and_then(|node| self.integer(node, 1, POLLS_MAX));
        let default = if until_complete { POLLS_DEFAULT } else { 1 };
        Some(Action::Poll { id, until_complete, limit: limit.unwrap_or(default) })
    }

    fn use_feature(&mut self, node: &Node) -> Option<Action> {
        if matches!(node.value, Value::Text(_)) {
            return self.text(node).map(|feature| Action::Use { feature, count: 1 });
        }
        let fields = self.fields(node, &vocabulary::USE)?;
        let feature = fields.value("feature").and_then(|node| self.text(node))?;
        let count = match fields.value("count") {
            Some(node) => self.integer(node, 0, 1_000_000)?,
            None => 1,
        };
        Some(Action::Use { feature, count })
    }

    fn advance(&mut self, node: &Node) -> Option<Action> {
        if !matches!(node.value, Value::Map(_)) {
            return self.duration(node).map(|ms| Action::Advance(Advance::For { ms }));
        }
        let fields = self.fields(node, &vocabulary::ADVANCE)?;
        let until = fields.value("until").and_then(|node| self.word(node, MOMENTS))?;
        Some(Action::Advance(match until.as_str() {
            "poll_due" => Advance::UntilPollDue,
            "report_due" => Advance::UntilReportDue,
            "retry" => Advance::UntilRetry,
            "authorization_refresh" => Advance::UntilClassic(ClassicMoment::AuthorizationRefresh),
            "authorization_renewal" => Advance::UntilClassic(ClassicMoment::AuthorizationRenewal),
            "authorization_deadline" => Advance::UntilClassic(ClassicMoment::AuthorizationDeadline),
            "id_renewal" => Advance::UntilClassic(ClassicMoment::IdRenewal),
            "id_expiry" => Advance::UntilClassic(ClassicMoment::IdExpiry),
            "evaluation_end" => Advance::UntilClassic(ClassicMoment::EvaluationEnd),
            other => unreachable!("`{other}` stands in the vocabulary without a reader"),
        }))
    }

    fn hook(&mut self, node: &Node) -> Option<Action> {
        let known = self.known;
        if matches!(node.value, Value::Text(_)) {
            let name = self.known_name(node, "hook", &known.hooks)?;
            return Some(Action::Hook { name, with: BTreeMap::new() });
        }
        let fields = self.fields(node, &vocabulary::HOOK)?;
        let name = fields.value("name").and_then(|n| self.known_name(n, "hook", &known.hooks))?;
        let entries = fields.value("with").and_then(|node| self.named(node, "a mapping"));
        let with = entries
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(key, value)| Some((key.name.clone(), self.template(value)?)))
            .collect();
        Some(Action::Hook { name, with })
    }

    fn repeat(&mut self, node: &Node) -> Option<Action> {
        let fields = self.fields(node, &vocabulary::REPEAT)?;
        let times = fields.value("times").and_then(|node| self.integer(node, 1, REPEAT_MAX));
        let steps = fields.value("steps").map(|node| self.steps(node))?;
        Some(Action::Repeat { times: times?, steps })
    }

    fn when(&mut self, node: &Node) -> Option<Action> {
        let fields = self.fields(node, &vocabulary::WHEN)?;
        let condition = fields.value("condition").and_then(|node| self.condition(node));
        let steps = fields.value("steps").map(|node| self.steps(node)).unwrap_or_default();
        let otherwise = fields.value("otherwise").map(|node| self.steps(node));
        Some(Action::When {
            condition: condition?,
            steps,
            otherwise: otherwise.unwrap_or_default(),
        })
    }

    fn parallel(&mut self, node: &Node) -> Option<Action> {
        let items = self.list(node, "branches, each a list of steps")?;
        if items.len() < 2 {
            let help = "write `parallel:` with at least two lists of steps";
            self.problem(&node.span, "there is nothing to go on at the same time", help);
        }
        Some(Action::Parallel { branches: items.iter().map(|item| self.steps(item)).collect() })
    }
}
