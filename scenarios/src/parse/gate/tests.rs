//! Gates: what is read, what is refused, and that no text breaks the reader.

use proptest::prelude::*;

use crate::model::{Bound, Comparison, Figure, Gate, Latency, Metric, SIZES, TIMES};
use crate::vocabulary::{CAUSES, COUNTS, EXAMPLES, MEASURED};

use super::{Terms, read, senseless};

fn gate(text: &str) -> Gate {
    let Terms { metric, comparison, bound } =
        read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    Gate { text: text.to_owned(), line: 1, metric, comparison, bound }
}

#[test]
fn every_example_is_a_gate_that_says_something() {
    for text in EXAMPLES {
        let gate = gate(text);
        let Gate { metric, comparison, bound, .. } = gate.clone();
        assert_eq!(senseless(text, &Terms { metric, comparison, bound }), None, "{text}");
    }
}

#[test]
fn a_gate_is_read_with_any_blanks() {
    let plain = "p99(report usage) < 250ms";
    for text in ["p99(report usage)<250ms", "  p99 ( report   usage )  <  250 ms "] {
        assert_eq!(gate(text).to_string(), plain);
    }
}

#[test]
fn bounds_are_exact_in_their_smallest_unit() {
    let bound = |text: &str| gate(text).bound;
    assert_eq!(bound("p50(all) < 1.5ms"), Bound::Micros(1_500));
    assert_eq!(bound("max(all) <= 2m"), Bound::Micros(120_000_000));
    assert_eq!(bound("rss < 0.5KiB"), Bound::Bytes(512));
    assert_eq!(bound("rss < 400MB"), Bound::Bytes(400_000_000));
    assert_eq!(bound("rate(errors) < 0.1%"), Bound::Number(0.001));
    assert_eq!(bound("throughput(all) > 30/min"), Bound::Number(0.5));
    assert_eq!(bound("throughput(poll) > 500"), Bound::Number(500.0));
    assert_eq!(bound("trusted == instances"), Bound::Count("instances".to_owned()));
    assert_eq!(bound("errors <= 3"), Bound::Number(3.0));
}

#[test]
fn a_fault_has_its_place() {
    let at = |text: &str| {
        let fault = read(text).expect_err(text);
        text[fault.at].to_owned()
    };
    assert_eq!(at("p99(report) < 250ms"), "report");
    assert_eq!(at("p98(all) < 250ms"), "p98");
    assert_eq!(at("p99(all) = 250ms"), "=");
    assert_eq!(at("p99(all) < 250sec"), "sec");
    assert_eq!(at("p99(all) < 250"), "250");
    assert_eq!(at("errors ≤ 3"), "≤");
    assert_eq!(at("errors == 0 && dropped == 0"), "&& dropped == 0");
    assert_eq!(at("p99(all < 1s"), "(all");
}

#[test]
fn what_can_never_hold_or_never_fail_is_known() {
    let told = |text: &str| {
        let terms = read(text).expect(text);
        senseless(text, &terms).map(|fault| fault.message.rsplit(' ').next().unwrap().to_owned())
    };
    for text in ["p99(all) < 0ms", "rate(errors) > 1", "rss <= 0KB", "instances == 0"] {
        assert_eq!(told(text).as_deref(), Some("hold"), "{text}");
    }
    for text in ["acknowledged > instances", "errors < errors", "churned < recovered"] {
        assert_eq!(told(text).as_deref(), Some("hold"), "{text}");
    }
    for text in ["rate(errors) >= 0", "rate(errors) < 5", "errors >= 0", "rss > 0KB"] {
        assert_eq!(told(text).as_deref(), Some("fail"), "{text}");
    }
    for text in ["trusted <= instances", "errors == errors", "throughput(all) >= 0/s"] {
        assert_eq!(told(text).as_deref(), Some("fail"), "{text}");
    }
    for text in ["rate(errors) <= 0", "p50(all) <= 0us", "rate(errors) < 100%", "dropped > 0"] {
        assert_eq!(told(text), None, "{text}");
    }
    for text in ["acknowledged < instances", "reported >= trusted", "instances >= trusted"] {
        assert_eq!(told(text).is_none(), text != "instances >= trusted", "{text}");
    }
}

#[test]
fn the_documentation_names_every_word_of_a_gate() {
    let document = include_str!("../../../../docs/scenarios.md");
    let figures = Figure::ALL.map(Figure::name);
    let units = TIMES.iter().chain(SIZES).map(|(unit, _)| *unit).filter(|unit| *unit != "B");
    let words = figures.into_iter().chain(units).chain(MEASURED.iter().copied());
    let words = words.chain(CAUSES.iter().copied()).chain(COUNTS.iter().copied());
    let missing: Vec<_> = words.filter(|word| !document.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "not described: {missing:?}");
}

fn word(known: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(known).prop_map(str::to_owned)
}

fn terms() -> impl Strategy<Value = (Metric, Comparison, Bound)> {
    let latency = (
        prop::sample::select(Latency::ALL.to_vec()),
        prop::sample::select(Figure::ALL.to_vec()),
        word(MEASURED),
        0..86_400_000_000_u64,
    )
        .prop_map(|(which, figure, step, micros)| {
            (Metric::Latency { which, figure, step }, Bound::Micros(micros))
        });
    let share = (word(CAUSES), 0..=1_000_000_u32).prop_map(|(of, millionths)| {
        (Metric::ErrorShare { of }, Bound::Number(f64::from(millionths) / 1e6))
    });
    let throughput = (word(MEASURED), any::<u32>()).prop_map(|(step, thousandths)| {
        (Metric::Throughput { step }, Bound::Number(f64::from(thousandths) / 1e3))
    });
    let bound = prop_oneof![
        word(COUNTS).prop_map(Bound::Count),
        any::<u32>().prop_map(|count| Bound::Number(f64::from(count))),
    ];
    let count = (word(COUNTS), bound).prop_map(|(word, bound)| (Metric::Count(word), bound));
    let rss = (0..1_u64 << 44).prop_map(|bytes| (Metric::Rss, Bound::Bytes(bytes)));
    let sides = prop_oneof![latency, share, throughput, count, rss];
    (sides, prop::sample::select(Comparison::ALL.to_vec()))
        .prop_map(|((metric, bound), comparison)| (metric, comparison, bound))
}

proptest! {
    #[test]
    fn a_gate_reads_back_as_it_was_shown((metric, comparison, bound) in terms()) {
        let gate = Gate { text: String::new(), line: 1, metric, comparison, bound };
        let Gate { metric, comparison, bound, .. } = gate.clone();
        prop_assert_eq!(read(&gate.to_string()), Ok(Terms { metric, comparison, bound }));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*") {
        if let Ok(terms) = read(&text) {
            senseless(&text, &terms);
        }
    }

    #[test]
    fn no_text_that_looks_like_a_gate_makes_it_panic_and_every_fault_lies_in_it(
        text in "[ ]?(p99|raw_max|rate|throughput|rss|errors|[a-z0-9.]{0,4})[(]?[a-z ]{0,7}[)]?\
                 [ ]?[<>=!≤]{0,3}[ ]?[0-9.,_]{0,22}[a-zA-Zµ/%]{0,4}[ &]?",
    ) {
        match read(&text) {
            Ok(terms) => drop(senseless(&text, &terms)),
            Err(fault) => prop_assert!(text.get(fault.at).is_some()),
        }
    }
}
