//! `credential`: what proves who registers. Public: the member, `null` once registered; an agent
//! error speaks of a CCO id or an ID token. Assumed: the object and its words.

use std::fmt;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::Extra;

/// The proof of a registration. Its debug form does not show the secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    /// [`Credential::ID_TOKEN`].
    #[serde(rename = "type")]
    pub kind: CompactString,
    /// The ID token. A secret: never logged.
    pub value: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Credential {
    /// `type` of an ID token.
    pub const ID_TOKEN: &'static str = "ID_TOKEN";

    /// An ID token.
    pub fn id_token(value: String) -> Self {
        Self { kind: Self::ID_TOKEN.into(), value, extra: Extra::new() }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("kind", &self.kind)
            .field("value", &format_args!("[id token]"))
            .finish_non_exhaustive()
    }
}
