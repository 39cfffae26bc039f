//! What a person sees while a run is under way: one line on a terminal, nothing elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use muster_journal::{Entry, Event, ExchangeOutcome, Sink};

/// Exchanges between two texts; a busy run makes some hundreds a second.
const EXCHANGES_PER_TEXT: u64 = 16;

/// Draws a run's progress from its entries.
pub(crate) struct Progress {
    bar: ProgressBar,
    exchanges: u64,
    unanswered: u64,
    scenario: String,
}

impl Progress {
    /// A display for `journeys` journeys; hidden when standard error is no terminal or not wanted.
    pub(crate) fn new(journeys: u32, quiet: bool) -> Self {
        let shown = !quiet && stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(u64::from(journeys)), target);
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len}  {elapsed}  {wide_msg}")
            .expect("the template is well formed");
        bar.set_style(style.progress_chars("=> "));
        if shown {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar, exchanges: 0, unanswered: 0, scenario: String::new() }
    }

    /// Takes the line away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self) {
        let mut message = format!("{}  {} exchanges", self.scenario, self.exchanges);
        if self.unanswered > 0 {
            message.push_str(&format!(", {} unanswered", self.unanswered));
        }
        self.bar.set_message(message);
    }
}

impl Sink for Progress {
    fn record(&mut self, entry: &Entry) {
        match &entry.event {
            Event::JourneyStarted { scenario, .. } if *scenario != self.scenario => {
                self.scenario.clone_from(scenario);
                self.show();
            }
            Event::JourneyFinished { .. } => {
                self.bar.inc(1);
                self.show();
            }
            Event::Exchange(exchange) => {
                self.exchanges += 1;
                if matches!(exchange.outcome, ExchangeOutcome::Failed { .. }) {
                    self.unanswered += 1;
                }
                // The display is drawn ten times a second at most, so its text may be as rare.
                if self.exchanges.is_multiple_of(EXCHANGES_PER_TEXT) {
                    self.show();
                }
            }
            _ => {}
        }
    }
}
