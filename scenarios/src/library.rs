//! The scenarios that come with muster, as text.

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// One scenario of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LibraryEntry {
    /// Path below the library without `.yaml`, e.g. `demo/first-report`.
    pub id: &'static str,
    /// Path of the file below this crate, e.g. `library/demo/first-report.yaml`.
    pub file: &'static str,
    /// The text of the file.
    pub text: &'static str,
}

/// Every scenario of the library, ordered by id.
#[must_use]
pub fn library() -> &'static [LibraryEntry] {
    LIBRARY
}

/// The scenario of this id.
#[must_use]
pub fn library_entry(id: &str) -> Option<&'static LibraryEntry> {
    LIBRARY.iter().find(|entry| entry.id == id)
}
