//! Which checks a run exercised, compared with a baseline, so that lost coverage is seen.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::results::Results;

/// Ids of the checks whose trigger occurred, in order.
#[must_use]
pub fn executed(results: &Results) -> BTreeSet<String> {
    let exercised = results.checks.iter().filter(|check| check.verdict.is_exercised());
    exercised.map(|check| check.check.clone()).collect()
}

/// Reads a baseline: one check id per line; empty lines and lines that begin with `#` are passed
/// over. An id that no longer exists is kept: a check that was dropped is lost coverage too.
pub fn parse(file: &str, text: &str) -> Result<BTreeSet<String>, Error> {
    let mut ids = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let id = line.trim();
        if id.is_empty() || id.starts_with('#') {
            continue;
        }
        if !is_check_id(id) {
            let (file, text) = (file.to_owned(), id.chars().take(80).collect());
            return Err(Error::Coverage { file, line: number, text });
        }
        ids.insert(id.to_owned());
    }
    Ok(ids)
}

/// A baseline with what this run exercised.
#[must_use]
pub fn write(results: &Results) -> String {
    executed(results).into_iter().fold(String::new(), |text, id| text + &id + "\n")
}

/// Notes in the results which checks of the baseline were not exercised.
pub fn compare(results: &mut Results, baseline: &BTreeSet<String>) {
    let executed = executed(results);
    results.expectations.lost_coverage = baseline.difference(&executed).cloned().collect();
}

fn is_check_id(text: &str) -> bool {
    let name = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    text.split_once('/').is_some_and(|(area, check)| name(area) && name(check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_is_a_list_of_ids() {
        let ids = parse("baseline", "# all\n\nrum/b\n rum/a \nrum/a\n").expect("well formed");
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["rum/a", "rum/b"]);
        let error = parse("baseline", "rum/a\nRUM-001\n").expect_err("no check id");
        assert_eq!(
            error.to_string(),
            "baseline:2: `RUM-001` is not a check id such as trust/stale_trust_id_is_refused"
        );
    }
}
