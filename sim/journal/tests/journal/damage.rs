//! Journals that cannot be read: the error names the place, the fault and the remedy.

use muster_journal::{Error, Reader, Redactor};

use crate::sample::{entries, plain, written};

fn text() -> String {
    plain(&written(&entries(), Redactor::default()))
}

/// Entries read before the error, and the error's text.
fn read(bytes: &[u8]) -> (usize, String) {
    let reader = match Reader::new(bytes) {
        Ok(reader) => reader,
        Err(error) => return (0, error.to_string()),
    };
    let mut good = 0;
    for entry in reader {
        match entry {
            Ok(_) => good += 1,
            Err(error) => return (good, error.to_string()),
        }
    }
    panic!("{good} entries and no error");
}

#[test]
fn other_files_are_told_from_journals() {
    let header = |schema: &str| format!("{{\"schema\":\"{schema}\"}}\n");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("a line break", b"\n".to_vec()),
        ("gzip", vec![0x1f, 0x8b, 8, 0]),
        ("binary", vec![0, 1, 2, 3, 4]),
        ("prose", b"Hello.\n".to_vec()),
        ("other JSON", b"{\"a\":1}\n".to_vec()),
        ("other schema", header("muster.report/1").into_bytes()),
        ("later schema", header("muster.journal/2").into_bytes()),
        ("header cut short", header("muster.journal/1").into_bytes()),
    ];
    let errors: Vec<_> =
        cases.iter().map(|(name, bytes)| format!("{name}: {}", read(bytes).1)).collect();
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_bad_line_is_named_with_its_number_and_column() {
    let mut lines: Vec<_> = text().lines().map(str::to_owned).collect();
    lines[3] = lines[3].replace("\"line\":12", "\"line\":\"twelve\"");
    let (good, error) = read(lines.join("\n").as_bytes());
    assert_eq!(good, 2);
    let expected = "journal, line 4: not a journal entry: invalid type: string \"twelve\", \
                    expected u32 (column 164); the lines before it are good";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_cut_journal_gives_what_came_before_the_cut() {
    let text = text();
    let (good, error) = read(&text.as_bytes()[..text.len() - 10]);
    assert_eq!(good, entries().len() - 1);
    assert!(error.starts_with("journal, line 20: the journal is cut off here"), "{error}");

    let compressed = written(&entries(), Redactor::default());
    for length in 5..compressed.len() {
        let error = read(&compressed[..length]).1;
        assert!(error.contains("cut off here"), "{length}: {error}");
    }
}

#[test]
fn a_flipped_byte_never_gives_another_journal() {
    let bytes = written(&entries(), Redactor::default());
    let mut reported = 0;
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        match Reader::new(damaged.as_slice()).and_then(Reader::into_entries) {
            // A few bits of the compressed form have no meaning.
            Ok(read) => assert_eq!(read, entries(), "byte {at}"),
            Err(Error::Read { .. }) => reported += 1,
            Err(error) => panic!("byte {at}: {error}"),
        }
    }
    assert!(reported * 100 >= bytes.len() * 99, "{reported} of {}", bytes.len());
}

#[test]
fn a_line_without_end_is_refused_in_bounded_memory() {
    let mut bytes = plain(&written(&[], Redactor::default())).into_bytes();
    bytes.resize(bytes.len() + muster_journal::reader::LINE_BYTES_MAX + 1, b' ');
    let bomb = zstd::encode_all(bytes.as_slice(), 1).unwrap();
    assert!(bomb.len() < 100_000);
    let (good, error) = read(&bomb);
    assert_eq!(good, 0);
    insta::assert_snapshot!(error, @"journal, line 2: the line is over 67108864 bytes; no Muster writes such a line");
}

#[test]
fn a_missing_file_is_named() {
    let error = Reader::open("no/such.journal").err().expect("there is no such file").to_string();
    assert!(error.starts_with("cannot open no/such.journal: "), "{error}");
}
