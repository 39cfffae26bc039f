//! The left side of a gate: what is measured.

use crate::model::{Figure, Latency, Metric};
use crate::vocabulary::{CAUSES, COUNTS, ELSEWHERE, MEASURED};

use super::super::reader::nearest;
use super::{Fault, Part};

/// Reads a measure.
pub(super) fn read(part: Part<'_>) -> Result<Metric, Fault> {
    let Some(open) = part.text.find('(') else { return word(part) };
    let name = part.cut(0..open).trimmed();
    let rest = part.cut(open + 1..part.text.len());
    let Some(close) = rest.text.find(')') else {
        let help = format!("write `{})`", part.text);
        return Err(part.cut(open..part.text.len()).fault("this bracket is not closed", &help));
    };
    let after = rest.cut(close + 1..rest.text.len()).trimmed();
    if !after.text.is_empty() {
        return Err(after.fault("a comparison stands after the bracket", super::FORM_HELP));
    }
    of(name, rest.cut(0..close).trimmed())
}

/// A measure without brackets.
fn word(part: Part<'_>) -> Result<Metric, Fault> {
    let name = part.text;
    if name == "rss" {
        return Ok(Metric::Rss);
    }
    if COUNTS.contains(&name) {
        return Ok(Metric::Count(name.to_owned()));
    }
    let (what, known, example) = match name {
        "rate" => ("what it is the share of", CAUSES, "errors"),
        "throughput" => ("a kind of step", MEASURED, "all"),
        name if latency(name).is_some() => ("a kind of step", MEASURED, "report usage"),
        _ => return Err(unknown(part)),
    };
    let help = format!("e.g. {name}({example}); known here: {}", known.join(", "));
    Err(part.fault(&format!("`{name}` needs {what} in brackets"), &help))
}

/// A measure with brackets.
fn of(name: Part<'_>, inside: Part<'_>) -> Result<Metric, Fault> {
    if let Some((which, figure)) = latency(name.text) {
        let step = one_of(inside, "kind of step", MEASURED)?;
        return Ok(Metric::Latency { which, figure, step });
    }
    match name.text {
        "rate" => Ok(Metric::ErrorShare { of: one_of(inside, "cause", CAUSES)? }),
        "throughput" => Ok(Metric::Throughput { step: one_of(inside, "kind of step", MEASURED)? }),
        word if word == "rss" || COUNTS.contains(&word) => {
            let help = format!("write `{word}`");
            Err(inside.fault(&format!("`{word}` takes nothing in brackets"), &help))
        }
        "p" => {
            let figure = format!("p{}", inside.text.replace('.', ""));
            match latency(&figure) {
                Some(_) => {
                    let help = format!("write `{figure}(all)`: a kind of step is in the brackets");
                    Err(name.fault("a percentile is one word", &help))
                }
                None => Err(unknown(name)),
            }
        }
        _ => Err(unknown(name)),
    }
}

/// `p99`, `raw_max`, `blocked_mean`, …
fn latency(name: &str) -> Option<(Latency, Figure)> {
    let mut which = [Latency::Raw, Latency::Blocked].into_iter();
    let which = which.find(|which| name.starts_with(which.prefix())).unwrap_or(Latency::Corrected);
    let figure = name.strip_prefix(which.prefix())?;
    Some((which, Figure::ALL.into_iter().find(|one| one.name() == figure)?))
}

/// The word in the brackets, which is one of `known`.
fn one_of(part: Part<'_>, kind: &str, known: &[&str]) -> Result<String, Fault> {
    let word = part.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if known.contains(&word.as_str()) {
        return Ok(word);
    }
    let list = format!("known here: {}", known.join(", "));
    if word.is_empty() {
        return Err(part.fault(&format!("there is no {kind} in the brackets"), &list));
    }
    // `report` is a part of `report usage`, further from it than a typing mistake.
    let of_several = |known: &&&str| known.split(' ').any(|part| word.starts_with(part));
    let near = nearest(&word, known).or(known.iter().find(of_several).copied());
    let help = near.map_or(list, |near| format!("did you mean `{near}`?"));
    Err(part.fault(&format!("unknown {kind} `{word}`"), &help))
}

fn unknown(part: Part<'_>) -> Fault {
    let lower = part.text.to_lowercase();
    let elsewhere = ELSEWHERE.iter().find(|(word, _)| *word == lower).map(|(_, here)| *here);
    let names = measures();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let is_percentile = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    if elsewhere.is_none() && lower.strip_prefix('p').is_some_and(is_percentile) {
        let known = Figure::ALL.map(Figure::name).join(", ");
        return part.fault(
            &format!("unknown percentile `{}`", part.text),
            &format!("known here: {known}"),
        );
    }
    let help = match elsewhere.or_else(|| nearest(part.text, &names)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let figures = Figure::ALL.map(Figure::name).join(", ");
            let counts = COUNTS.join(", ");
            format!(
                "measures: {figures}, each also with raw_ or blocked_ before it, of a kind of \
                 step; rate, throughput; {counts}; rss"
            )
        }
    };
    part.fault(&format!("unknown measure `{}`", part.text), &help)
}

/// The names of all measures.
fn measures() -> Vec<String> {
    let figures = Latency::ALL.into_iter().flat_map(|which| {
        Figure::ALL.into_iter().map(move |one| format!("{}{}", which.prefix(), one.name()))
    });
    let others = ["rate", "throughput", "rss"].into_iter().chain(COUNTS.iter().copied());
    figures.chain(others.map(str::to_owned)).collect()
}
