//! Everything a store holds at one moment, set aside and put back.

use super::record::{Change, RecordError};
use super::{Collection, Keeps};

/// The records, as a file would hold them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(Vec<(&'static str, Change)>);

impl Snapshot {
    pub(crate) fn of(store: &mut impl Keeps) -> Self {
        let mut records = Vec::new();
        store.each_collection(&mut |name, collection| {
            collection.all(&mut |change| records.push((name, change)));
        });
        Self(records)
    }

    /// Replaces what a store holds. What follows from its records is for the caller to bring up
    /// to date.
    pub(crate) fn put_back(&self, store: &mut impl Keeps) -> Result<(), RecordError> {
        store.each_collection(&mut |_, collection| collection.clear());
        let mut outcome = Ok(());
        // Collection by collection: some are read into those before them.
        store.each_collection(&mut |name, collection| {
            for (_, record) in self.0.iter().filter(|(of, _)| *of == name) {
                if outcome.is_ok() {
                    outcome = load(collection, record);
                }
            }
        });
        outcome
    }
}

fn load(collection: &mut dyn Collection, record: &Change) -> Result<(), RecordError> {
    match &record.value {
        Some(value) => collection.load(&record.key, value),
        None => Ok(()),
    }
}
