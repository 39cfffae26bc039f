//! Writes a journal: JSON Lines under zstd, redacted, byte for byte the same for the same entries.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{Entry, Error, Header, Redactor, Sink};

/// The compression level. Fixed, because the level is part of the bytes; 3 is zstd's own default
/// and keeps up with a shard on one core.
const LEVEL: i32 = 3;

/// Writes the header, then entries, compressed and redacted.
///
/// A failure stops the writing and is reported by [`finish`](Self::finish): a sink cannot refuse
/// an entry, and a run must not die because a disk is full.
pub struct Writer<W: Write> {
    to: zstd::Encoder<'static, W>,
    redactor: Redactor,
    line: Vec<u8>,
    lines: u64,
    failure: Option<Error>,
}

impl<W: Write> Writer<W> {
    /// A journal that begins with `header`; `redactor` sees every line before it is written.
    pub fn new(to: W, header: &Header, redactor: Redactor) -> Result<Self, Error> {
        let mut encoder =
            zstd::Encoder::new(to, LEVEL).map_err(|source| Error::Write { line: 1, source })?;
        // Without the checksum a flipped bit can pass as another answer of the server.
        encoder.include_checksum(true).map_err(|source| Error::Write { line: 1, source })?;
        let (line, lines, failure) = (Vec::new(), 0, None);
        let mut writer = Self { to: encoder, redactor, line, lines, failure };
        let header = writer.redactor.header(header);
        writer.write_line(&header);
        // The header is flushed so that a run that is killed leaves a file that says what it was.
        writer.flush();
        Ok(writer)
    }

    /// Pushes what was recorded so far to the underlying writer. Costs compression, so callers
    /// flush at points of the run that repeat with it, never by the clock.
    pub fn flush(&mut self) {
        if self.failure.is_none()
            && let Err(source) = self.to.flush()
        {
            self.failure = Some(Error::Write { line: self.lines, source });
        }
    }

    /// Lines written so far, the header included.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Records entries under the numbers that follow those before them, whatever theirs are.
    ///
    /// For batches whose numbers mean nothing beside those of others; see
    /// [`Numbers`](crate::batch::Numbers) for shards whose numbers stay good.
    pub fn append(&mut self, batch: Vec<Entry>) {
        for mut entry in batch {
            // The header is line 1 and entries count from 1.
            entry.seq = self.lines;
            self.record(&entry);
        }
    }

    /// Ends the journal. Reports the first failure of the whole run of the writer.
    pub fn finish(self) -> Result<W, Error> {
        match self.failure {
            Some(failure) => Err(failure),
            None => {
                let line = self.lines;
                self.to.finish().map_err(|source| Error::Write { line, source })
            }
        }
    }

    fn write_line(&mut self, value: &impl Serialize) {
        if self.failure.is_some() {
            return;
        }
        self.lines += 1;
        self.line.clear();
        let written =
            serde_json::to_writer(&mut self.line, value).map_err(io::Error::from).and_then(|()| {
                self.line.push(b'\n');
                self.to.write_all(&self.line)
            });
        if let Err(source) = written {
            self.failure = Some(Error::Write { line: self.lines, source });
        }
    }
}

impl<W: Write> Sink for Writer<W> {
    fn record(&mut self, entry: &Entry) {
        let entry = self.redactor.entry(entry);
        self.write_line(&entry);
    }
}

/// A journal file that carries its name only once it is whole: until then it is `NAME.part`.
pub struct FileWriter {
    writer: Writer<File>,
    part: PathBuf,
    path: PathBuf,
}

impl FileWriter {
    /// Creates `PATH.part` and writes the header. An older `PATH.part` is overwritten.
    pub fn create(
        path: impl Into<PathBuf>,
        header: &Header,
        redactor: Redactor,
    ) -> Result<Self, Error> {
        let path = path.into();
        let part = part_path(&path);
        let file = File::create(&part).map_err(|source| Error::File {
            action: "create",
            path: part.clone(),
            source,
        })?;
        let writer = Writer::new(file, header, redactor)?;
        Ok(Self { writer, part, path })
    }

    /// Pushes what was recorded so far to the file; see [`Writer::flush`].
    pub fn flush(&mut self) {
        self.writer.flush();
    }

    /// Records entries under new numbers; see [`Writer::append`].
    pub fn append(&mut self, batch: Vec<Entry>) {
        self.writer.append(batch);
    }

    /// Ends the journal, however far the run got, and gives it its name. After a failure the
    /// `.part` file stays for inspection.
    pub fn finish(self) -> Result<PathBuf, Error> {
        let Self { writer, part, path } = self;
        let file = writer.finish()?;
        file.sync_all().map_err(|source| Error::File {
            action: "complete",
            path: part.clone(),
            source,
        })?;
        drop(file);
        match fs::rename(&part, &path) {
            Ok(()) => Ok(path),
            Err(source) => {
                Err(Error::File { action: "give the finished journal the name", path, source })
            }
        }
    }
}

impl Sink for FileWriter {
    fn record(&mut self, entry: &Entry) {
        self.writer.record(entry);
    }
}

fn part_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".part");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, TargetInfo, TimeMode};

    struct FullDisk(usize);

    impl Write for FullDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn header() -> Header {
        Header {
            schema: crate::entry::SCHEMA.to_owned(),
            muster: "0.0.0".to_owned(),
            seed: 7,
            time: TimeMode::Virtual,
            started_at_ms: 0,
            target: TargetInfo::default(),
            scenarios: Vec::new(),
            command: Vec::new(),
            sampling: None,
        }
    }

    fn entry(seq: u64) -> Entry {
        let event = Event::Syslog { text: format!("%SMART_LIC-5-COMM_RESTORED: {seq}") };
        Entry { seq, at_ms: seq, journey: None, instance: None, event }
    }

    #[test]
    fn a_full_disk_is_reported_at_the_end_with_its_line() {
        let mut writer = Writer::new(FullDisk(200), &header(), Redactor::default()).unwrap();
        for seq in 1..=3 {
            writer.record(&entry(seq));
            writer.flush();
        }
        let lines = writer.lines();
        let error = writer.finish().err().expect("the disk was full");
        assert_eq!(
            error.to_string(),
            format!(
                "cannot write line {lines} of the journal: {}",
                io::Error::from(io::ErrorKind::StorageFull)
            )
        );
    }

    #[test]
    fn a_file_gets_its_name_only_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.journal");
        let mut writer = FileWriter::create(&path, &header(), Redactor::default()).unwrap();
        writer.record(&entry(1));
        assert!(!path.exists());
        assert!(folder.path().join("run.journal.part").exists());
        assert_eq!(writer.finish().unwrap(), path);
        assert!(path.exists());
        assert!(!folder.path().join("run.journal.part").exists());
    }

    #[test]
    fn the_same_entries_give_the_same_bytes() {
        let write = || {
            let mut writer = Writer::new(Vec::new(), &header(), Redactor::default()).unwrap();
            (1..500).for_each(|seq| writer.record(&entry(seq)));
            writer.finish().unwrap()
        };
        assert_eq!(write(), write());
    }
}
