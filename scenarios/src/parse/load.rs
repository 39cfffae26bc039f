//! `load`: how many, how they connect, their groups, and what disturbs them.

use crate::model::{Arrivals, Churn, ChurnKind, Connections, Crossing, Group, Load};
use crate::tree::Node;
use crate::vocabulary::{
    AWAY_MS_DEFAULT, CHURN, GROUP, GROUPED, GROUPS_MAX, INSTANCES_MAX, KINDS, LOAD,
};

use super::arrivals::{never_all, too_short};
use super::fields::Fields;
use super::reader::Reader;

/// Name of the group of a load without groups.
const EVERYONE: &str = "all";

/// A group and where its arrivals and its end are written.
struct Read<'n> {
    group: Group,
    arrivals: Option<&'n Node>,
    ends: Option<&'n Node>,
}

impl Reader<'_> {
    pub(super) fn load(&mut self, node: &Node) -> Option<Load> {
        let fields = self.fields(node, &LOAD)?;
        let instances =
            fields.value("instances").and_then(|node| self.integer(node, 1, INSTANCES_MAX));
        let connections = fields
            .value("connections")
            .and_then(|node| self.word(node, &["per_exchange", "keep_alive"]));
        let resumption = fields.value("resumption").and_then(|node| self.flag(node));
        let groups = match fields.value("groups") {
            Some(node) => self.groups(&fields, node),
            None => vec![self.group(EVERYONE, &fields)],
        };
        let churn = fields.value("churn").map(|node| self.churn(node)).unwrap_or_default();
        let instances = instances?;
        self.sensible_groups(instances, &groups, &fields);
        Some(Load {
            instances,
            connections: match connections.as_deref() {
                Some("keep_alive") => Connections::KeepAlive,
                _ => Connections::PerExchange,
            },
            resumption: resumption.unwrap_or(false),
            groups: groups.into_iter().map(|read| read.group).collect(),
            churn,
        })
    }

    fn groups<'n>(&mut self, load: &Fields<'n>, node: &'n Node) -> Vec<Read<'n>> {
        for name in GROUPED {
            if let Some(key) = load.key(name) {
                let message = format!("`{name}` stands here beside `groups`");
                self.problem(&key.span, message, &format!("put `{name}` into the groups"));
            }
        }
        let what = "a mapping from names to groups";
        let Some(entries) = self.named(node, what) else { return Vec::new() };
        if entries.is_empty() || entries.len() > GROUPS_MAX {
            let message = format!("a load has 1 to {GROUPS_MAX} groups");
            self.problem(&node.span, message, "e.g. `day: { share: 9, arrivals: { rate: 50/s } }`");
        }
        let mut groups = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            self.identifier(key);
            let Some(fields) = self.fields(value, &GROUP) else { continue };
            groups.push(self.group(&key.name, &fields));
        }
        groups
    }

    /// A group of the fleet, or the whole fleet: both write their arrivals the same way.
    fn group<'n>(&mut self, name: &str, fields: &Fields<'n>) -> Read<'n> {
        let share = fields.value("share").and_then(|node| self.integer(node, 1, INSTANCES_MAX));
        let from = fields.value("from").and_then(|node| self.load_time(node, 0));
        let arrivals = fields.value("arrivals");
        let group = Group {
            name: name.to_owned(),
            share: share.unwrap_or(1),
            from_ms: from.unwrap_or(0),
            arrivals: arrivals.and_then(|node| self.arrivals(node)).unwrap_or_default(),
            for_ms: fields.value("for").and_then(|node| self.load_time(node, 1)),
        };
        Read { group, arrivals, ends: fields.value("for") }
    }

    /// Notes groups that cannot do what they say with so many instances in so long.
    fn sensible_groups(&mut self, instances: u32, groups: &[Read<'_>], load: &Fields<'_>) {
        if let (true, Some(key)) = (groups.len() > instances as usize, load.key("groups")) {
            let message = format!("{} groups cannot share `instances: {instances}`", groups.len());
            self.problem(&key.span, message, "each group has at least one");
        }
        let shares: u64 = groups.iter().map(|read| u64::from(read.group.share)).sum();
        for Read { group, arrivals, ends } in groups {
            let its = u64::from(instances) * u64::from(group.share);
            let its = its.div_ceil(shares.max(1));
            if let (Some(node), Some(ms)) = (ends, group.for_ms)
                && let Some((message, help)) = too_short(&group.arrivals, ms)
            {
                self.problem(&node.span, message, &help);
            }
            let Some(node) = arrivals else { continue };
            if let Arrivals::Concurrency { journeys, .. } = group.arrivals
                && u64::from(journeys) > its
            {
                let message = format!("{journeys} journeys at a time need as many instances");
                let help = format!("there are {its} here: lower it, or raise `instances`");
                self.problem(&node.span, message, &help);
            }
            if let (None, Some((message, help))) = (ends, never_all(&group.arrivals, its)) {
                self.problem(&node.span, message, &help);
            }
        }
    }

    fn churn(&mut self, node: &Node) -> Vec<Churn> {
        let Some(items) = self.list(node, "disturbances") else { return Vec::new() };
        if items.is_empty() || items.len() > GROUPS_MAX {
            let message = format!("there are 1 to {GROUPS_MAX} disturbances in a load");
            self.problem(&node.span, message, "e.g. `- { power_loss: 5%, from: 10s }`");
        }
        items.iter().filter_map(|item| self.disturbance(item)).collect()
    }

    fn disturbance(&mut self, node: &Node) -> Option<Churn> {
        let fields = self.fields(node, &CHURN)?;
        let mut kinds = KINDS.iter().filter_map(|name| fields.key(name));
        let Some(kind) = kinds.next() else {
            if fields.all_known() {
                let help = format!("one of {}, e.g. `power_loss: 5%`", KINDS.join(", "));
                self.problem(&node.span, "this disturbance does not say what happens", &help);
            }
            return None;
        };
        if let Some(second) = kinds.next() {
            let (first, second, span) = (&kind.name, &second.name, &second.span);
            let message = format!("two disturbances in one: `{first}` and `{second}`");
            self.problem(span, message, "start one of its own with `- `");
        }
        let percent = fields.value(&kind.name).and_then(|node| self.percent(node));
        let mut time = |name: &str, least_ms| {
            fields.value(name).and_then(|node| self.load_time(node, least_ms))
        };
        let (from, over, away) = (time("from", 0), time("over", 0), time("away", 1));
        let words = ["anytime", "poll_due", "report_due", "in_flight"];
        let across = fields.value("across").and_then(|node| self.word(node, &words));
        Some(Churn {
            kind: match kind.name.as_str() {
                "reload" => ChurnKind::Reload,
                "power_loss" => ChurnKind::PowerLoss,
                _ => ChurnKind::NetworkLoss,
            },
            percent: percent?,
            from_ms: from.unwrap_or(0),
            over_ms: over.unwrap_or(0),
            away_ms: away.unwrap_or(AWAY_MS_DEFAULT),
            across: match across.as_deref() {
                Some("poll_due") => Crossing::PollDue,
                Some("report_due") => Crossing::ReportDue,
                Some("in_flight") => Crossing::InFlight,
                _ => Crossing::Anytime,
            },
        })
    }
}
