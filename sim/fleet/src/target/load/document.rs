//! The forms of a profile, as TOML has them; nothing is judged here but keys and types.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::instance::InstanceDocument;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileDocument {
    pub(super) name: String,
    #[serde(default)]
    pub(super) capabilities: Vec<String>,
    pub(super) endpoints: BTreeMap<String, EndpointDocument>,
    pub(super) proxy: Option<ProxyDocument>,
    #[serde(default)]
    pub(super) trust: TrustDocument,
    #[serde(default)]
    pub(super) id_tokens: BTreeMap<String, SecretForm>,
    #[serde(default)]
    pub(super) hooks: BTreeMap<String, HookDocument>,
    #[serde(default)]
    pub(super) instance: InstanceDocument,
}

/// A URL, or a table with more about it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub(super) struct EndpointDocument {
    pub(super) url: Option<String>,
    pub(super) urls: Option<Vec<String>>,
    pub(super) kind: Option<String>,
    pub(super) strict: Option<bool>,
    pub(super) proxy: Option<bool>,
    pub(super) ipv6: Option<bool>,
}

impl<'de> Deserialize<'de> for EndpointDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UrlOrTable;

        impl<'de> Visitor<'de> for UrlOrTable {
            type Value = EndpointDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URL, or a table with `url` or `urls`")
            }

            fn visit_str<E>(self, url: &str) -> Result<Self::Value, E> {
                Ok(EndpointDocument { url: Some(url.to_owned()), ..EndpointDocument::default() })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Self::Value, M::Error> {
                EndpointDocument::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(UrlOrTable)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProxyDocument {
    pub(super) url: String,
    pub(super) user: Option<SecretForm>,
    pub(super) password: Option<SecretForm>,
    #[serde(default)]
    pub(super) no_proxy: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrustDocument {
    #[serde(default)]
    pub(super) roots: Vec<PathBuf>,
    pub(super) roots_pem: Option<String>,
    #[serde(default)]
    pub(super) imported: Vec<PathBuf>,
    pub(super) imported_pem: Option<String>,
    #[serde(default)]
    pub(super) signing: Vec<PathBuf>,
    pub(super) signing_pem: Option<String>,
}

/// Anything but a reference is kept out of the parser's messages: it may be the secret itself.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum SecretForm {
    Reference(SecretDocument),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretDocument {
    pub(super) env: Option<String>,
    pub(super) file: Option<PathBuf>,
    pub(super) value: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HookDocument {
    pub(super) method: Option<String>,
    pub(super) url: Option<String>,
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, SecretForm>,
    pub(super) command: Option<Vec<String>>,
}
