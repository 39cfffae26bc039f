//! Records by their key, with a memory of which of them changed.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Collection;
use super::record::{Change, RecordError, decoded, encoded};

/// A map whose every change can be written to a file. It reads as a `BTreeMap`; whoever takes a
/// value to change it counts as having changed it.
#[derive(Clone, Debug)]
pub(crate) struct Kept<K, V> {
    records: BTreeMap<K, V>,
    /// None while nothing is written anywhere.
    changed: Option<BTreeSet<K>>,
    /// The same for whoever follows the records in memory; none while nobody does.
    followed: Option<BTreeSet<K>>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { records: BTreeMap::new(), changed: None, followed: None }
    }
}

impl<K, V> Deref for Kept<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.records
    }
}

impl<K: Ord + Clone, V> Kept<K, V> {
    /// No records yet, and every change is noted for a follower.
    pub(crate) fn followed() -> Self {
        Self { followed: Some(BTreeSet::new()), ..Self::default() }
    }

    /// How many changed since the follower looked.
    pub(crate) fn followed_count(&self) -> usize {
        self.followed.as_ref().map_or(0, BTreeSet::len)
    }

    /// What changed since the follower looked.
    pub(crate) fn take_followed(&mut self) -> BTreeSet<K> {
        self.followed.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.note(key);
        self.records.get_mut(key)
    }

    /// The value, made when there is none.
    pub(crate) fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        self.note_new(&key);
        self.records.entry(key).or_insert_with(make)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.note_new(&key);
        self.records.insert(key, value)
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.note(key);
        self.records.remove(key)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        let Self { records, changed, followed } = self;
        records.retain(|key, value| {
            let stays = keep(key, value);
            if !stays {
                for notes in [&mut *changed, &mut *followed].into_iter().flatten() {
                    notes.insert(key.clone());
                }
            }
            stays
        });
    }

    pub(crate) fn extend(&mut self, records: impl IntoIterator<Item = (K, V)>) {
        for (key, value) in records {
            self.insert(key, value);
        }
    }

    /// Every value, to be changed: all of them count as changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        for notes in [&mut self.changed, &mut self.followed].into_iter().flatten() {
            notes.extend(self.records.keys().cloned());
        }
        self.records.iter_mut()
    }

    /// As [`Kept::iter_mut`], without the keys.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn is_tracked(&self) -> bool {
        self.changed.is_some()
    }

    /// Counts a value as changed that changes by itself: a decision in a cell.
    pub(crate) fn touch<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.note(key);
    }

    fn note<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        for notes in [&mut self.changed, &mut self.followed].into_iter().flatten() {
            if !notes.contains(key)
                && let Some((key, _)) = self.records.get_key_value(key)
            {
                notes.insert(key.clone());
            }
        }
    }

    fn note_new(&mut self, key: &K) {
        for notes in [&mut self.changed, &mut self.followed].into_iter().flatten() {
            if !notes.contains(key) {
                notes.insert(key.clone());
            }
        }
    }
}

impl<K, V> Collection for Kept<K, V>
where
    K: Ord + Clone + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
{
    fn track(&mut self) {
        self.changed.get_or_insert_default();
    }

    fn all(&self, into: &mut dyn FnMut(Change)) {
        for (key, value) in &self.records {
            into(Change { key: encoded(key), value: Some(encoded(value)) });
        }
    }

    fn has_changed(&self) -> bool {
        self.changed.as_ref().is_some_and(|changed| !changed.is_empty())
    }

    fn changes(&mut self, into: &mut dyn FnMut(Change)) {
        let Some(changed) = &mut self.changed else { return };
        while let Some(key) = changed.pop_first() {
            let value = self.records.get(&key).map(encoded);
            into(Change { key: encoded(&key), value });
        }
    }

    fn clear(&mut self) {
        self.retain(|_, _| false);
    }

    fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        self.insert(decoded(key)?, decoded(value)?);
        Ok(())
    }
}
