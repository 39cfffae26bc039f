//! Records that are counted: each has its place for good.

use std::collections::BTreeSet;
use std::ops::{Deref, Index, IndexMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Collection;
use super::record::{Change, RecordError, decoded, encoded};

/// A list whose every change can be written to a file. It reads as a slice; whoever takes an item
/// to change it counts as having changed it. Nothing is ever taken out.
#[derive(Clone, Debug)]
pub(crate) struct KeptList<T> {
    items: Vec<T>,
    /// Places; none while nothing is written anywhere.
    changed: Option<BTreeSet<usize>>,
}

impl<T> Default for KeptList<T> {
    fn default() -> Self {
        Self { items: Vec::new(), changed: None }
    }
}

impl<T> Deref for KeptList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> Index<usize> for KeptList<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.items[at]
    }
}

impl<T> IndexMut<usize> for KeptList<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        if let Some(changed) = &mut self.changed {
            changed.insert(at);
        }
        &mut self.items[at]
    }
}

impl<T> KeptList<T> {
    pub(crate) fn push(&mut self, item: T) {
        if let Some(changed) = &mut self.changed {
            changed.insert(self.items.len());
        }
        self.items.push(item);
    }

    /// Every item, to be changed: all of them count as changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        if let Some(changed) = &mut self.changed {
            changed.extend(0..self.items.len());
        }
        self.items.iter_mut()
    }

    /// Every item, to be changed in what is kept elsewhere.
    pub(crate) fn iter_mut_unnoticed(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut()
    }
}

impl<T: Serialize + DeserializeOwned> Collection for KeptList<T> {
    fn track(&mut self) {
        self.changed.get_or_insert_default();
    }

    fn all(&self, into: &mut dyn FnMut(Change)) {
        for (at, item) in self.items.iter().enumerate() {
            into(Change { key: encoded(&at), value: Some(encoded(item)) });
        }
    }

    fn has_changed(&self) -> bool {
        self.changed.as_ref().is_some_and(|changed| !changed.is_empty())
    }

    fn changes(&mut self, into: &mut dyn FnMut(Change)) {
        let Some(changed) = &mut self.changed else { return };
        while let Some(at) = changed.pop_first() {
            into(Change { key: encoded(&at), value: self.items.get(at).map(encoded) });
        }
    }

    fn clear(&mut self) {
        if let Some(changed) = &mut self.changed {
            changed.extend(0..self.items.len());
        }
        self.items.clear();
    }

    fn load(&mut self, key: &[u8], value: &[u8]) -> Result<(), RecordError> {
        let at: usize = decoded(key)?;
        if at != self.items.len() {
            return Err(RecordError::Unplaced);
        }
        self.push(decoded(value)?);
        Ok(())
    }
}
