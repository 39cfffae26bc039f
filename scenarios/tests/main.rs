//! The language from outside: files that must parse, files that must not, schema, library, docs.

mod documentation;
mod errors;
mod files;
mod library;
mod load;
mod schema;
mod validator;
