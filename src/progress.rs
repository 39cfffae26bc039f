//! What a person sees while a run is under way: one line on a terminal, nothing elsewhere.

use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use muster_journal::{Entry, Event, ExchangeOutcome, Sink};

/// Exchanges between two texts; a busy run makes some hundreds a second.
const EXCHANGES_PER_TEXT: u64 = 16;

/// Without a terminal a line this often says that the run is alive.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Draws a run's progress from its entries.
pub(crate) struct Progress {
    bar: ProgressBar,
    heartbeat: Option<Arc<Mutex<String>>>,
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
        let heartbeat = (!quiet && !shown).then(start_heartbeat).flatten();
        Self { bar, heartbeat, exchanges: 0, unanswered: 0, scenario: String::new() }
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
        if let Some(line) = self.heartbeat.as_ref().and_then(|line| line.lock().ok()).as_deref_mut()
        {
            line.clone_from(&message);
        }
        self.bar.set_message(message);
    }
}

/// Prints the line it is given every ten seconds, until whoever gives it is gone.
fn start_heartbeat() -> Option<Arc<Mutex<String>>> {
    let line = Arc::new(Mutex::new(String::new()));
    let watched = Arc::downgrade(&line);
    let started = Instant::now();
    let beat = move || {
        loop {
            std::thread::sleep(HEARTBEAT);
            let Some(line) = watched.upgrade() else { return };
            if let Ok(line) = line.lock() {
                crate::output::note(&format!("{} s  {line}", started.elapsed().as_secs()));
            }
        }
    };
    let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(beat);
    thread.is_ok().then_some(line)
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
                if self.heartbeat.is_some() || self.exchanges.is_multiple_of(EXCHANGES_PER_TEXT) {
                    self.show();
                }
            }
            _ => {}
        }
    }
}
