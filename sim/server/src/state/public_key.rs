//! A public key as a member of a record.

use muster_certs::PublicKey;
use serde::de::Error;
use serde::{Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(key: &PublicKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(&key.to_spki_der())
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<PublicKey, D::Error> {
    let der: Vec<u8> = serde_bytes::deserialize(deserializer)?;
    PublicKey::from_spki_der(&der).map_err(D::Error::custom)
}
