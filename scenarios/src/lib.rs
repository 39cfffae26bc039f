//! The scenario language: model, parser, schema, diagnostics and the library.
