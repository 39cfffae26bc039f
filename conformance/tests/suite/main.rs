//! Tests over whole journals: hand-built ones, and recorded ones under `tests/journals`.

mod artefacts;
mod classic;
mod engine;
mod fixture;
mod hostile;
mod journals;
mod load;
mod meta;
mod readings;
