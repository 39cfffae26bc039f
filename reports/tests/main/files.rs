//! All reports in one directory.

use std::fs;

use muster_reports::{Error, write_all};

use crate::support::{clean_results, results};

#[test]
fn a_directory_gets_every_report_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let inner = dir.path().join("made/on/the/way");
    let paths = write_all(&inner, &results()).expect("the directory can be written");
    let names: Vec<_> = paths.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(names, ["report.html", "junit.xml", "results.json", "report.md", "results.sarif"]);
    assert_eq!(fs::read_dir(&inner).expect("it was made").count(), names.len());
    for path in &paths {
        assert!(fs::metadata(path).expect("it was written").len() > 500, "{}", path.display());
    }
    write_all(&inner, &clean_results()).expect("reports are replaced");
    let html = fs::read_to_string(&paths[0]).expect("the page is text");
    assert!(html.contains("PASSED"));
}

#[test]
fn a_report_that_cannot_be_written_is_named_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir(dir.path().join("junit.xml")).expect("a directory in the way");
    let error = write_all(dir.path(), &results()).expect_err("a directory is in the way");
    assert!(matches!(&error, Error::Write { path, .. } if path.ends_with("junit.xml")), "{error}");
    let names = fs::read_dir(dir.path()).expect("it is there");
    let partial = names
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().ends_with("partial"));
    assert_eq!(partial.count(), 0);
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("file");
    fs::write(&file, "in the way").expect("a file");
    let error = write_all(&file.join("reports"), &results()).expect_err("a file is in the way");
    assert!(error.to_string().contains("file/reports"), "{error}");
    assert!(matches!(error, Error::Directory { .. }));
}
