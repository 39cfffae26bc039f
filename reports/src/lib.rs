//! One renderer per report format over the same results.
