//! A decision that falls once, as a member of a record.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn serialize<T: Serialize, S: Serializer>(
    decision: &OnceLock<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    decision.get().serialize(serializer)
}

pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<OnceLock<T>, D::Error> {
    let decided = Option::<T>::deserialize(deserializer)?;
    Ok(decided.map_or_else(OnceLock::new, OnceLock::from))
}
