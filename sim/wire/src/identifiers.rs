//! Numbers and strings that tie one message to another.

use std::fmt;

use serde::{Deserialize, Serialize};
use smallstr::SmallString;

use crate::newtype::text_newtype;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// Names a deferred result; up to 19 digits, so never a float.
    PollId
}

number! {
    /// Names one RUM report of a product instance; allocated from epoch seconds.
    ReportId
}

number! {
    /// Counts the trust requests of a product instance; strictly increasing.
    TrustId
}

text_newtype! {
    /// Ties an answer to its request. Smart Agents write a decimal u64.
    Nonce
}

text_newtype! {
    /// The `product_instance_identifier` (PIID): a UUID given with the trust code.
    ProductInstanceId(SmallString<[u8; 36]>)
}

impl ProductInstanceId {
    /// The UUID of these bytes, in lower case.
    pub fn from_uuid(bytes: &[u8; 16]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        /// Where the two digits of each byte stand.
        const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
        let mut text = [b'-'; 36];
        for (at, byte) in PLACES.into_iter().zip(bytes) {
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 15)];
        }
        Self::new(std::str::from_utf8(&text).expect("hexadecimal digits are ASCII"))
    }
}
