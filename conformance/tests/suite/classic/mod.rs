//! Hand-made journals of the classic era.

pub(crate) mod journal;
mod lab;
pub(crate) mod pki;
mod tests;
