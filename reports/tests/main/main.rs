//! Every report format over one fixed run.

mod console;
mod files;
mod html;
mod json;
mod junit;
mod load;
mod load_run;
mod markdown;
mod sarif;
mod summary;
mod support;
