//! One value that is a record of its own.

use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Collection;
use super::record::{Change, RecordError, decoded, encoded};

/// A value whose changes can be written to a file. Whoever takes it to change it counts as having
/// changed it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Single<T> {
    value: T,
    is_tracked: bool,
    has_changed: bool,
}

impl<T> Single<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value, is_tracked: false, has_changed: false }
    }
}

impl<T> Deref for Single<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Single<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.has_changed = true;
        &mut self.value
    }
}

impl<T: Serialize + DeserializeOwned> Collection for Single<T> {
    fn track(&mut self) {
        self.is_tracked = true;
        self.has_changed = false;
    }

    fn all(&self, into: &mut dyn FnMut(Change)) {
        into(Change { key: Vec::new(), value: Some(encoded(&self.value)) });
    }

    fn has_changed(&self) -> bool {
        self.is_tracked && self.has_changed
    }

    fn changes(&mut self, into: &mut dyn FnMut(Change)) {
        if self.has_changed() {
            self.has_changed = false;
            into(Change { key: Vec::new(), value: Some(encoded(&self.value)) });
        }
    }

    /// Nothing: a value that other records lack stays as it is.
    fn clear(&mut self) {}

    fn load(&mut self, _: &[u8], value: &[u8]) -> Result<(), RecordError> {
        **self = decoded(value)?;
        Ok(())
    }
}
