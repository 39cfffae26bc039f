//! Whether a gate says anything: one that can never hold, or never fail, was meant differently.

use crate::model::{Bound, Comparison, Metric};
use crate::vocabulary::NEVER_MORE;

use super::Terms;

/// What is wrong and why, when a gate can never hold or never fail.
pub(super) fn verdict(terms: &Terms) -> Option<(&'static str, String)> {
    let Terms { metric, comparison, bound } = terms;
    let ways = match (metric, bound) {
        (Metric::Count(left), Bound::Count(right)) => counts(left, right),
        (_, Bound::Count(_)) => return None,
        (_, Bound::Micros(bound) | Bound::Bytes(bound)) => range(metric, *bound as f64),
        (_, Bound::Number(bound)) => range(metric, *bound),
    };
    let holds = |way: &Way| match comparison {
        Comparison::Less => *way == Way::Below,
        Comparison::LessOrEqual => *way != Way::Above,
        Comparison::Equal => *way == Way::At,
        Comparison::GreaterOrEqual => *way != Way::Below,
        Comparison::Greater => *way == Way::Above,
    };
    let message = match (ways.possible.iter().any(holds), ways.possible.iter().all(holds)) {
        (false, _) => "this gate can never hold",
        (_, true) => "this gate can never fail",
        _ => return None,
    };
    Some((message, ways.why))
}

/// How a measured value can lie to the bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Below,
    At,
    Above,
}

struct Ways {
    possible: Vec<Way>,
    why: String,
}

fn counts(left: &str, right: &str) -> Ways {
    let all = [Way::Below, Way::At, Way::Above];
    let never_more = |less: &str, more: &str| NEVER_MORE.contains(&(less, more));
    let (possible, why) = if left == right {
        (vec![Way::At], format!("compare `{left}` with something else"))
    } else if never_more(left, right) {
        (vec![Way::Below, Way::At], format!("`{left}` is never more than `{right}`"))
    } else if never_more(right, left) {
        (vec![Way::At, Way::Above], format!("`{right}` is never more than `{left}`"))
    } else {
        (all.to_vec(), String::new())
    };
    Ways { possible, why }
}

fn range(metric: &Metric, bound: f64) -> Ways {
    // A run has an instance, and a process has memory; everything else can be nothing.
    let least = match metric {
        Metric::Rss => 1.0,
        Metric::Count(word) if word == "instances" => 1.0,
        _ => 0.0,
    };
    let most = match metric {
        Metric::ErrorShare { .. } => 1.0,
        _ => f64::INFINITY,
    };
    let mut possible = Vec::with_capacity(3);
    possible.extend((bound > least).then_some(Way::Below));
    possible.extend((least..=most).contains(&bound).then_some(Way::At));
    possible.extend((bound < most).then_some(Way::Above));
    let why = match metric {
        Metric::ErrorShare { .. } if bound > 1.0 => {
            "a share lies between 0 and 1; percent are written with their sign, e.g. 5%".into()
        }
        Metric::ErrorShare { .. } if bound == 1.0 => format!("`{metric}` is never more than 1"),
        Metric::Rss | Metric::Count(_) if least > 0.0 => format!("`{metric}` is never 0"),
        _ => format!("`{metric}` is never less than 0"),
    };
    Ways { possible, why }
}
