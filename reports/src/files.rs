//! All reports of a run in one directory: every one whole, or the old one left as it was.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use muster_conformance::Results;
use muster_conformance::catalogue::Catalogue;

use crate::{Error, html, json, junit, markdown, sarif};

/// Writes `report.html`, `junit.xml`, `results.json`, `report.md` and `results.sarif` into `dir`,
/// which is made if need be, and returns their paths in this order.
///
/// All reports are formed before the first is written, and each takes its name when it is complete.
pub fn write_all(dir: &Path, results: &Results) -> Result<Vec<PathBuf>, Error> {
    let catalogue = Catalogue::embedded();
    let reports = [
        ("report.html", html::render(results, catalogue)?),
        ("junit.xml", junit::render(results)?),
        ("results.json", json::render(results)),
        ("report.md", markdown::render(results, catalogue)),
        ("results.sarif", sarif::render(results, catalogue)),
    ];
    fs::create_dir_all(dir).map_err(|source| Error::Directory { path: dir.to_owned(), source })?;
    let mut paths = Vec::with_capacity(reports.len());
    for (name, text) in reports {
        let path = dir.join(name);
        write_whole(&path, text.as_bytes())
            .map_err(|source| Error::Write { path: path.clone(), source })?;
        paths.push(path);
    }
    Ok(paths)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    // Two runs that write to one directory must not share the partial file.
    partial.push(format!(".{}.partial", std::process::id()));
    let partial = PathBuf::from(partial);
    let written = write_synced(&partial, bytes).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // The first failure is the one to report; the partial file may not even exist.
        drop(fs::remove_file(&partial));
    }
    written
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
