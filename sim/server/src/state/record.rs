//! Records as bytes: MessagePack with named members, which is compact and lets a member be added.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// One record that is to be written, or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) key: Vec<u8>,
    /// None deletes it.
    pub(crate) value: Option<Vec<u8>>,
}

/// Why bytes are no record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("{0}")]
    Unreadable(#[from] rmp_serde::decode::Error),
    #[error("one before it is missing")]
    Unplaced,
}

/// The bytes of a key or a value.
pub(crate) fn encoded(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("records hold no value that MessagePack lacks")
}

/// A key or a value from its bytes.
pub(crate) fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, RecordError> {
    Ok(rmp_serde::from_slice(bytes)?)
}

/// A copy of records, as a file would hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Records(Vec<(Bytes, Bytes)>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Bytes(#[serde(with = "serde_bytes")] Vec<u8>);

impl Records {
    /// The copy of some records.
    pub(crate) fn of<'a, K: Serialize + 'a, V: Serialize + 'a>(
        records: impl Iterator<Item = (&'a K, &'a V)>,
    ) -> Self {
        Self(records.map(|(key, value)| (Bytes(encoded(key)), Bytes(encoded(value)))).collect())
    }

    /// Adds one more; one that is to be deleted is none.
    pub(super) fn add(&mut self, record: Change) {
        if let Some(value) = record.value {
            self.0.push((Bytes(record.key), Bytes(value)));
        }
    }

    /// Their keys and values, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(key, value)| (&key.0[..], &value.0[..]))
    }

    /// The records themselves.
    pub(crate) fn opened<K, V>(&self) -> Result<BTreeMap<K, V>, RecordError>
    where
        K: DeserializeOwned + Ord,
        V: DeserializeOwned,
    {
        let open = |(key, value): &(Bytes, Bytes)| Ok((decoded(&key.0)?, decoded(&value.0)?));
        self.0.iter().map(open).collect()
    }
}
