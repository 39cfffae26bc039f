//! Reads a journal, compressed or plain, one entry at a time, in bounded memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use serde_json::Value;

use crate::entry::SCHEMA;
use crate::{Entry, Error, Fault, Header};

/// One line of a journal, decompressed: an exchange with a request and an answer at the wire's
/// limits of 8 MiB, both as base64 with escapes, stays under half of it.
pub const LINE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Memory the decompressor may take for its window: 2^27 is what `zstd --long` writes.
const WINDOW_LOG_MAX: u32 = 27;

/// What stands before the number in a schema name.
const SCHEMA_FAMILY: &str = "muster.journal/";

/// Yields the entries of a journal in order. After an error it yields nothing more; what came
/// before the error is good.
pub struct Reader<R: Read> {
    lines: Lines<R>,
    name: String,
    header: Header,
    done: bool,
}

impl Reader<File> {
    /// Opens a journal file and reads its header.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| Error::File {
            action: "open",
            path: path.to_owned(),
            source,
        })?;
        Self::named(path.display().to_string(), file)
    }
}

impl<R: Read> Reader<R> {
    /// Reads the header of a journal from any bytes.
    pub fn new(from: R) -> Result<Self, Error> {
        Self::named("journal".to_owned(), from)
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Reads the rest at once. Only for journals known to be small.
    pub fn into_entries(self) -> Result<Vec<Entry>, Error> {
        self.collect()
    }

    fn named(name: String, from: R) -> Result<Self, Error> {
        let opened = Source::detect(from).and_then(|source| {
            let mut lines = Lines { source, line: Vec::new(), number: 0 };
            lines.next()?.ok_or(Fault::Empty)?;
            let header = parse_header(&lines.line)?;
            Ok((lines, header))
        });
        match opened {
            Ok((lines, header)) => Ok(Self { lines, name, header, done: false }),
            Err(fault) => Err(Error::Read { journal: name, line: 1, fault }),
        }
    }

    fn next_entry(&mut self) -> Result<Option<Entry>, Fault> {
        let Some(ended) = self.lines.next()? else { return Ok(None) };
        match serde_json::from_slice(&self.lines.line) {
            Ok(entry) => Ok(Some(entry)),
            Err(error) if error.is_eof() && !ended => Err(Fault::CutOff),
            Err(error) => {
                Err(Fault::Entry { detail: without_position(&error), column: error.column() })
            }
        }
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let entry = self.next_entry();
        self.done = !matches!(entry, Ok(Some(_)));
        let (journal, line) = (&self.name, self.lines.number);
        entry.map_err(|fault| Error::Read { journal: journal.clone(), line, fault }).transpose()
    }
}

struct Lines<R: Read> {
    source: Source<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Reads the next line that is not blank into `self.line`; says whether a newline ended it.
    fn next(&mut self) -> Result<Option<bool>, Fault> {
        loop {
            self.number += 1;
            let ended = match &mut self.source {
                Source::Plain(source) => read_line(source, &mut self.line),
                Source::Zstd(source) => read_line(source, &mut self.line),
            }?;
            if !self.line.trim_ascii().is_empty() {
                return Ok(Some(ended));
            }
            if !ended {
                return Ok(None);
            }
        }
    }
}

type Joined<R> = io::Chain<Cursor<Vec<u8>>, R>;

enum Source<R: Read> {
    Plain(BufReader<Joined<R>>),
    Zstd(BufReader<zstd::Decoder<'static, BufReader<Joined<R>>>>),
}

impl<R: Read> Source<R> {
    fn detect(mut from: R) -> Result<Self, Fault> {
        let mut magic = Vec::with_capacity(4);
        (&mut from).take(4).read_to_end(&mut magic).map_err(|source| Fault::Io { source })?;
        let kind: [u8; 4] = match magic.as_slice() {
            [] => return Err(Fault::Empty),
            [0x1f, 0x8b, ..] => return Err(Fault::Compression { with: "gzip" }),
            [b'B', b'Z', b'h', ..] => return Err(Fault::Compression { with: "bzip2" }),
            [0xfd, b'7', b'z', b'X'] => return Err(Fault::Compression { with: "xz" }),
            bytes => {
                let mut kind = [0; 4];
                kind[..bytes.len()].copy_from_slice(bytes);
                kind
            }
        };
        let joined = Cursor::new(magic).chain(from);
        // Parallel zstd tools put a skippable frame (magic 0x184D2A5_) in front.
        let compressed = kind == [0x28, 0xb5, 0x2f, 0xfd]
            || (kind[0] & 0xf0 == 0x50 && kind[1..] == [0x2a, 0x4d, 0x18]);
        if !compressed {
            return Ok(Self::Plain(BufReader::new(joined)));
        }
        let mut decoder = zstd::Decoder::new(joined).map_err(|source| Fault::Io { source })?;
        decoder.window_log_max(WINDOW_LOG_MAX).map_err(|source| Fault::Io { source })?;
        Ok(Self::Zstd(BufReader::new(decoder)))
    }
}

/// Reads up to a newline, which is not kept; says whether there was one.
fn read_line(source: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, Fault> {
    line.clear();
    loop {
        let available = match source.fill_buf() {
            Ok([]) => return Ok(false),
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(read_fault(error)),
        };
        let newline = available.iter().position(|byte| *byte == b'\n');
        let taken = newline.unwrap_or(available.len());
        if line.len() + taken > LINE_BYTES_MAX {
            return Err(Fault::TooLong { limit: LINE_BYTES_MAX });
        }
        line.extend_from_slice(&available[..taken]);
        source.consume(taken + usize::from(newline.is_some()));
        if newline.is_some() {
            return Ok(true);
        }
    }
}

fn read_fault(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Fault::CutOff,
        // The decompressor's own errors come without an operating system's number.
        io::ErrorKind::Other if error.raw_os_error().is_none() => {
            Fault::Damaged { detail: error.to_string() }
        }
        _ => Fault::Io { source: error },
    }
}

fn parse_header(line: &[u8]) -> Result<Header, Fault> {
    let Ok(Value::Object(members)) = serde_json::from_slice(line) else {
        return Err(Fault::NotAJournal);
    };
    let Some(Value::String(schema)) = members.get("schema") else {
        return Err(Fault::NotAJournal);
    };
    if schema != SCHEMA {
        let found = schema.chars().take(80).collect();
        let number = schema.strip_prefix(SCHEMA_FAMILY).and_then(|n| n.parse::<u64>().ok());
        return Err(match number {
            Some(2..) => Fault::NewerSchema { found },
            _ => Fault::OtherSchema { found },
        });
    }
    serde_json::from_value(Value::Object(members))
        .map_err(|error| Fault::Header { detail: without_position(&error) })
}

fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
