//! Records that are many and looked up at every request: found by hash, not by order.

use std::collections::BTreeSet;
use std::hash::Hash;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Collection;
use super::record::{Change, RecordError, decoded, encoded};

/// A map whose every change can be written to a file, and followed in memory. Whoever takes a value
/// to change it counts as having changed it. Nothing is ever taken out, but for everything at once.
#[derive(Clone, Debug)]
pub(crate) struct KeptIndex<K, V> {
    /// In the order they came. Looked up a dozen times for each request, whose keys no tree can
    /// compare cheaply: UDIs of one product differ in their last letters.
    records: IndexMap<K, Noted<V>, RandomState>,
    /// None while nothing is written anywhere.
    changed: Option<Notes<K>>,
    /// The same for whoever follows the records in memory.
    followed: Notes<K>,
}

/// What changed.
#[derive(Clone, Debug)]
struct Notes<K> {
    places: Vec<usize>,
    /// Keys of forgotten records, which may have come back.
    gone: Vec<K>,
}

impl<K> Default for Notes<K> {
    fn default() -> Self {
        Self { places: Vec::new(), gone: Vec::new() }
    }
}

/// A value, and which lists its place is in.
#[derive(Clone, Debug)]
struct Noted<V> {
    value: V,
    is_changed: bool,
    is_followed: bool,
}

impl<K, V> Default for KeptIndex<K, V> {
    fn default() -> Self {
        Self { records: IndexMap::default(), changed: None, followed: Notes::default() }
    }
}

impl<K: Hash + Ord + Clone, V> KeptIndex<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.records.contains_key(key)
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.records.get(key).map(|noted| &noted.value)
    }

    /// The value, with the key as it is kept.
    pub(crate) fn record(&self, key: &K) -> Option<(&K, &V)> {
        self.records.get_key_value(key).map(|(key, noted)| (key, &noted.value))
    }

    /// Every record, in the order they came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.records.iter().map(|(key, noted)| (key, &noted.value))
    }

    pub(crate) fn value_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.records.get_index_of(key)?;
        Some(self.noted(at))
    }

    /// The value, made when there is none.
    pub(crate) fn or_insert_with(&mut self, key: &K, make: impl FnOnce() -> V) -> &mut V {
        let at = match self.records.get_index_of(key) {
            Some(at) => at,
            None => self.add(key.clone(), make()),
        };
        self.noted(at)
    }

    /// Every value, to be changed: all of them count as changed.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        for at in 0..self.records.len() {
            self.noted(at);
        }
        self.records.values_mut().map(|noted| &mut noted.value)
    }

    /// How many changed since the follower looked.
    pub(crate) fn followed_count(&self) -> usize {
        self.followed.places.len() + self.followed.gone.len()
    }

    /// What changed since the follower looked.
    pub(crate) fn take_followed(&mut self) -> BTreeSet<K> {
        let Notes { places, gone } = std::mem::take(&mut self.followed);
        let mut keys = BTreeSet::from_iter(gone);
        for at in places {
            let (key, noted) = self.records.get_index_mut(at).expect("places are for good");
            noted.is_followed = false;
            keys.insert(key.clone());
        }
        keys
    }

    fn add(&mut self, key: K, value: V) -> usize {
        let noted = Noted { value, is_changed: false, is_followed: false };
        self.records.insert_full(key, noted).0
    }

    /// The value at a place, which counts as changed from now on.
    fn noted(&mut self, at: usize) -> &mut V {
        let noted = &mut self.records[at];
        if !noted.is_followed {
            noted.is_followed = true;
            self.followed.places.push(at);
        }
        if let Some(changed) = &mut self.changed
            && !noted.is_changed
        {
            noted.is_changed = true;
            changed.places.push(at);
        }
        &mut noted.value
    }
}

impl<K, V> Collection for KeptIndex<K, V>
where
    K: Hash + Ord + Clone + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
{
    fn track(&mut self) {
        self.changed.get_or_insert_default();
    }

    /// In the order of the keys, so that equal contents look alike however they came about.
    fn all(&self, into: &mut dyn FnMut(Change)) {
        let mut records: Vec<_> = self.iter().collect();
        records.sort_unstable_by_key(|(key, _)| *key);
        for (key, value) in records {
            into(Change { key: encoded(key), value: Some(encoded(value)) });
        }
    }

    fn has_changed(&self) -> bool {
        let changed = self.changed.as_ref();
        changed.is_some_and(|changed| !changed.places.is_empty() || !changed.gone.is_empty())
    }

    fn changes(&mut self, into: &mut dyn FnMut(Change)) {
        let Some(changed) = &mut self.changed else { return };
        let Notes { places, gone } = std::mem::take(changed);
        for key in gone.into_iter().filter(|key| !self.records.contains_key(key)) {
            into(Change { key: encoded(&key), value: None });
        }
        for at in places {
            let (key, noted) = self.records.get_index_mut(at).expect("places are for good");
            noted.is_changed = false;
            into(Change { key: encoded(key), value: Some(encoded(&noted.value)) });
        }
    }

    fn clear(&mut self) {
        let gone: Vec<K> = self.records.drain(..).map(|(key, _)| key).collect();
        for notes in [self.changed.as_mut(), Some(&mut self.followed)].into_iter().flatten() {
            notes.places.clear();
            notes.gone.extend_from_slice(&gone);
        }
    }

    fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        let at = self.add(decoded(key)?, decoded(value)?);
        self.noted(at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    type Index = KeptIndex<String, u64>;

    /// What a file that takes every change would hold.
    fn write(index: &mut Index, file: &mut BTreeMap<Vec<u8>, Vec<u8>>) {
        index.changes(&mut |change| match change.value {
            Some(value) => drop(file.insert(change.key, value)),
            None => drop(file.remove(&change.key)),
        });
    }

    fn all(index: &Index) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut all = BTreeMap::new();
        index.all(&mut |record| {
            all.insert(record.key, record.value.unwrap());
        });
        all
    }

    #[test]
    fn a_file_that_takes_the_changes_holds_what_the_index_holds() {
        let (mut index, mut file) = (Index::default(), BTreeMap::new());
        index.or_insert_with(&"before".to_owned(), || 1);
        write(&mut index, &mut file);
        assert!(file.is_empty(), "nothing is noted before somebody writes");
        file = all(&index);
        index.track();
        *index.or_insert_with(&"new".to_owned(), || 2) += 1;
        *index.value_mut(&"before".to_owned()).unwrap() += 1;
        assert!(index.value_mut(&"nobody".to_owned()).is_none());
        assert!(index.has_changed());
        write(&mut index, &mut file);
        assert!(!index.has_changed());
        assert_eq!(file, all(&index));
        index.clear();
        index.or_insert_with(&"new".to_owned(), || 7);
        write(&mut index, &mut file);
        assert_eq!((file.len(), &file), (1, &all(&index)));
    }

    #[test]
    fn a_follower_sees_each_change_once() {
        let mut index = Index::default();
        let keys = |index: &mut Index| index.take_followed().into_iter().collect::<Vec<_>>();
        for key in ["b", "a", "b"] {
            index.or_insert_with(&key.to_owned(), || 0);
        }
        assert_eq!(index.followed_count(), 2);
        assert_eq!(keys(&mut index), ["a", "b"]);
        assert!(keys(&mut index).is_empty());
        index.value_mut(&"a".to_owned());
        index.clear();
        assert_eq!(keys(&mut index), ["a", "b"], "who was forgotten changed, too");
        index.load(&encoded(&"c"), &encoded(&3_u64)).unwrap();
        index.values_mut().for_each(|value| *value += 1);
        assert_eq!(keys(&mut index), ["c"]);
        assert_eq!(index.get(&"c".to_owned()), Some(&4));
    }
}
