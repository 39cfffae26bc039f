//! Who watches a run: whether it is to stop, and where its live figures go.

use crate::measure::Live;

/// Watches a run from outside.
pub trait Watch {
    /// Whether the run is to stop as soon as it can.
    fn stop(&self) -> bool;

    /// Offers live figures; they are only worked out when they are taken.
    fn live(&self, figures: &mut dyn FnMut() -> Live) {
        let _ = figures;
    }
}

impl<F: Fn() -> bool> Watch for F {
    fn stop(&self) -> bool {
        self()
    }
}
