//! Everything a store holds at one moment, set aside and put back; and the snapshots of a server,
//! by name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{Change, RecordError, Records};
use super::{Collection, Keeps, Kept};

/// The records by their collection, as a file would hold them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Snapshot(BTreeMap<String, Records>);

impl Snapshot {
    pub(crate) fn of(store: &mut impl Keeps) -> Self {
        let mut records = BTreeMap::new();
        store.each_collection(&mut |name, collection| {
            if collection.goes_back() {
                let of: &mut Records = records.entry(name.to_owned()).or_default();
                collection.all(&mut |record| of.add(record));
            }
        });
        Self(records)
    }

    /// Replaces what a store holds. What follows from its records is for the caller to bring up
    /// to date.
    pub(crate) fn put_back(&self, store: &mut impl Keeps) -> Result<(), RecordError> {
        store.each_collection(&mut |_, collection| {
            if collection.goes_back() {
                collection.clear();
            }
        });
        let mut outcome = Ok(());
        // Collection by collection: some are read into those before them.
        store.each_collection(&mut |name, collection| {
            let records = self.0.get(name).into_iter().flat_map(Records::iter);
            for (key, value) in records {
                if outcome.is_ok() {
                    outcome = collection.load(key, value);
                }
            }
        });
        outcome
    }
}

/// Snapshots by name: part of what the file holds, and of no snapshot.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(pub(crate) Kept<String, Snapshot>);

impl Collection for Snapshots {
    fn track(&mut self) {
        self.0.track();
    }

    fn all(&self, into: &mut dyn FnMut(Change)) {
        self.0.all(into);
    }

    fn has_changed(&self) -> bool {
        self.0.has_changed()
    }

    fn changes(&mut self, into: &mut dyn FnMut(Change)) {
        self.0.changes(into);
    }

    fn goes_back(&self) -> bool {
        false
    }

    fn clear(&mut self) {
        self.0.clear();
    }

    fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        self.0.load(key, value)
    }
}
