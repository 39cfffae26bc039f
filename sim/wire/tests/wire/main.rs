//! The codecs from outside: fixed vectors, properties, leniency and limits.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail loudly")]

mod any_value;
mod classic;
mod leniency;
mod properties;
mod vectors;
