//! An arrival model in words, for reports.

use muster_scenarios::model::Arrivals;

/// The model in words, for example `rate 500/s, Poisson` or `ramp 0/s to 500/s over 60 s`.
pub fn describe(arrivals: &Arrivals) -> String {
    let gaps = |poisson: bool| if poisson { ", Poisson" } else { "" };
    match *arrivals {
        Arrivals::Spread { over_ms } => format!("spread over {}", duration(over_ms)),
        Arrivals::Storm => "storm".to_owned(),
        Arrivals::Rate { per_s, poisson } => format!("rate {per_s}/s{}", gaps(poisson)),
        Arrivals::Ramp { from_per_s, to_per_s, over_ms, poisson } => format!(
            "ramp {from_per_s}/s to {to_per_s}/s over {}{}",
            duration(over_ms),
            gaps(poisson)
        ),
        Arrivals::Stairs { from_per_s, step_per_s, every_ms, to_per_s, poisson } => format!(
            "stairs {from_per_s}/s to {to_per_s}/s, {step_per_s}/s more every {}{}",
            duration(every_ms),
            gaps(poisson)
        ),
        Arrivals::Spike { base_per_s, peak_per_s, at_ms, for_ms, poisson } => format!(
            "rate {base_per_s}/s, spike {peak_per_s}/s after {} for {}{}",
            duration(at_ms),
            duration(for_ms),
            gaps(poisson)
        ),
        Arrivals::Concurrency { journeys, think_ms: 0 } => format!("{journeys} at a time"),
        Arrivals::Concurrency { journeys, think_ms } => {
            format!("{journeys} at a time, {} between", duration(think_ms))
        }
    }
}

/// In the largest unit that makes a whole number; a single minute or hour stays in the smaller one.
fn duration(ms: u64) -> String {
    match ms {
        0 => "0 s".to_owned(),
        ms if ms % 3_600_000 == 0 && ms > 3_600_000 => format!("{} h", ms / 3_600_000),
        ms if ms % 60_000 == 0 && ms > 60_000 => format!("{} min", ms / 60_000),
        ms if ms % 1_000 == 0 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_says_what_it_does() {
        let poisson = true;
        let models = [
            Arrivals::Spread { over_ms: 28_800_000 },
            Arrivals::Storm,
            Arrivals::Rate { per_s: 500.0, poisson },
            Arrivals::Rate { per_s: 0.25, poisson: false },
            Arrivals::Ramp { from_per_s: 0.0, to_per_s: 500.0, over_ms: 60_000, poisson: false },
            Arrivals::Stairs {
                from_per_s: 100.0,
                step_per_s: 50.0,
                every_ms: 120_000,
                to_per_s: 400.0,
                poisson,
            },
            Arrivals::Spike {
                base_per_s: 10.0,
                peak_per_s: 1_000.0,
                at_ms: 30_000,
                for_ms: 1_500,
                poisson: false,
            },
            Arrivals::Concurrency { journeys: 64, think_ms: 0 },
            Arrivals::Concurrency { journeys: 64, think_ms: 500 },
        ];
        insta::assert_snapshot!(models.iter().map(describe).collect::<Vec<_>>().join("\n"));
    }
}
