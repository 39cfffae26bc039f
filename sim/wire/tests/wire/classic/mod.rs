//! The classic era from outside: vectors, properties, leniency, Call Home, views.

mod any_value;
mod call_home;
mod leniency;
mod properties;
mod vectors;
mod views;

use std::fs;
use std::path::PathBuf;

/// The folder of the classic vectors.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/classic")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn snapshot(name: &str, value: &str) {
    let (stem, _) = name.split_once('.').unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../vectors/classic/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(stem, value));
}
