//! The form on disk: what is written, and that reading gives it back.

use muster_journal::{Event, FileWriter, Reader, Recorder, Redactor, Sink};

use crate::sample::{entries, header, plain, written};

#[test]
fn lines_of_a_journal_look_like_this() {
    insta::assert_snapshot!(plain(&written(&entries(), Redactor::default())));
}

#[test]
fn what_was_written_is_read_back() {
    let bytes = written(&entries(), Redactor::default());
    let reader = Reader::new(bytes.as_slice()).unwrap();
    assert_eq!(reader.header(), &header());
    assert_eq!(reader.into_entries().unwrap(), entries());
}

#[test]
fn a_plain_journal_is_read_like_a_compressed_one() {
    let mut text = plain(&written(&entries(), Redactor::default()));
    assert_eq!(Reader::new(text.as_bytes()).unwrap().into_entries().unwrap(), entries());
    text = text.trim_end().replace('\n', "\r\n\n");
    assert_eq!(Reader::new(text.as_bytes()).unwrap().into_entries().unwrap(), entries());
}

#[test]
fn a_run_that_ends_early_still_gives_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("interrupted.journal");
    let mut writer = FileWriter::create(&path, &header(), Redactor::default()).unwrap();
    let first_three = &entries()[..3];
    first_three.iter().for_each(|entry| writer.record(entry));
    writer.finish().unwrap();
    assert_eq!(Reader::open(&path).unwrap().into_entries().unwrap(), first_three);
}

#[test]
fn a_killed_run_leaves_what_was_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.journal");
    let mut writer = FileWriter::create(&path, &header(), Redactor::default()).unwrap();
    entries().iter().take(3).for_each(|entry| writer.record(entry));
    writer.flush();
    drop(writer);
    let reader = Reader::open(folder.path().join("killed.journal.part")).unwrap();
    let read: Vec<_> = reader.collect();
    assert_eq!(read.len(), 4);
    assert_eq!(read[2].as_ref().unwrap(), &entries()[2]);
    assert!(read[3].as_ref().unwrap_err().to_string().contains("line 5: the journal is cut off"));
}

#[test]
fn events_and_members_of_a_later_version_are_passed_over() {
    let mut text = plain(&written(&[], Redactor::default()));
    text.push_str(r#"{"seq":1,"at_ms":2,"mood":"good","event":"dreamt","of":[1,{"a":null}]}"#);
    text.push('\n');
    text.push_str(r#"{"seq":2,"at_ms":3,"event":"timer_fired","timer":"poll_due","late":true}"#);
    let read = Reader::new(text.as_bytes()).unwrap().into_entries().unwrap();
    assert_eq!(read[0].event, Event::Unknown);
    assert_eq!(read[0].at_ms, 2);
    assert_eq!(read[1].event, Event::TimerFired { timer: "poll_due".to_owned() });
}

#[test]
fn a_recorder_keeps_what_a_writer_would_write() {
    let mut recorder = Recorder::new();
    entries().iter().for_each(|entry| recorder.record(entry));
    assert_eq!(recorder.into_entries(), entries());
}
