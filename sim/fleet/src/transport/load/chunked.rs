//! The chunked transfer coding of an answer, byte by byte and without I/O.
//!
//! Source: RFC 9112, section 7.1. Limits are those of the one-off client, so that both refuse
//! the same answers.

/// Bytes of all chunk extensions of one body together.
const EXTENSION_BYTES_MAX: usize = 16 * 1024;

/// Bytes of the trailer section, line ends included.
const TRAILER_BYTES_MAX: usize = 16 * 1024;

/// Lines of the trailer section.
const TRAILERS_MAX: usize = 100;

/// Where in a chunked body the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// The first digit of a chunk's size.
    FirstDigit,
    /// Another digit, or what ends the size.
    Digit,
    /// White space after the size.
    Space,
    /// A chunk extension, which is skipped.
    Extension,
    /// The line feed that ends the size line.
    SizeFeed,
    /// Content.
    Data,
    /// The carriage return after the content.
    DataReturn,
    /// The line feed after the content.
    DataFeed,
    /// The first byte of a trailer line, or of the empty line that ends the body.
    Line,
    /// A trailer line.
    Trailer,
    /// The line feed that ends a trailer line.
    TrailerFeed,
    /// The last line feed of the body.
    LastFeed,
    /// Behind the body.
    End,
}

/// A body under way.
#[derive(Debug)]
pub(super) struct Chunked {
    at: At,
    remaining: u64,
    extension_bytes: usize,
    trailers: Vec<u8>,
    trailer_count: usize,
}

impl Chunked {
    pub(super) fn new() -> Self {
        Self {
            at: At::FirstDigit,
            remaining: 0,
            extension_bytes: 0,
            trailers: Vec::new(),
            trailer_count: 0,
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.at == At::End
    }

    /// The next piece of content, taken off the front of `bytes` with all that stands before it;
    /// none when `bytes` are used up or the body is whole.
    pub(super) fn next<'a>(
        &mut self,
        bytes: &mut &'a [u8],
    ) -> Result<Option<&'a [u8]>, &'static str> {
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.at {
                At::End => return Ok(None),
                At::Data => {
                    let count = usize::try_from(self.remaining)
                        .map_or(bytes.len(), |remaining| remaining.min(bytes.len()));
                    let (data, rest) = bytes.split_at(count);
                    *bytes = rest;
                    self.remaining -= count as u64;
                    if self.remaining == 0 {
                        self.at = At::DataReturn;
                    }
                    return Ok(Some(data));
                }
                _ => {
                    self.at = self.step(byte)?;
                    *bytes = rest;
                    if self.at == At::End {
                        self.check_trailers()?;
                    }
                }
            }
        }
        Ok(None)
    }

    fn step(&mut self, byte: u8) -> Result<At, &'static str> {
        match (self.at, byte) {
            (At::FirstDigit | At::Digit, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16).expect("one of the hex digits above");
                let size = self.remaining.checked_mul(16).ok_or("a chunk size overflows")?;
                self.remaining = size + u64::from(digit);
                Ok(At::Digit)
            }
            (At::FirstDigit, _) => Err("a chunk has no size"),
            (At::Digit | At::Space, b'\t' | b' ') => Ok(At::Space),
            (At::Digit | At::Space, b';') => Ok(At::Extension),
            (At::Digit | At::Space | At::Extension, b'\r') => Ok(At::SizeFeed),
            (At::Digit | At::Space, _) => Err("a chunk size is no number"),
            (At::Extension, b'\n') => Err("a chunk extension holds a bare line feed"),
            (At::Extension, _) => {
                self.extension_bytes += 1;
                if self.extension_bytes >= EXTENSION_BYTES_MAX {
                    return Err("the chunk extensions are too long");
                }
                Ok(At::Extension)
            }
            (At::SizeFeed, b'\n') if self.remaining == 0 => Ok(At::Line),
            (At::SizeFeed, b'\n') => Ok(At::Data),
            (At::DataReturn, b'\r') => Ok(At::DataFeed),
            (At::DataFeed, b'\n') => Ok(At::FirstDigit),
            (At::SizeFeed | At::DataReturn | At::DataFeed, _) => {
                Err("a chunk does not end where it should")
            }
            _ => self.step_trailer(byte),
        }
    }

    fn step_trailer(&mut self, byte: u8) -> Result<At, &'static str> {
        let first = self.trailers.is_empty();
        let next = match (self.at, byte) {
            (At::Line, b'\r') => At::LastFeed,
            (At::Trailer, b'\r') => At::TrailerFeed,
            (At::Line | At::Trailer, _) => At::Trailer,
            (At::TrailerFeed, b'\n') => {
                if self.trailer_count >= TRAILERS_MAX {
                    return Err("there are too many trailers");
                }
                self.trailer_count += 1;
                At::Line
            }
            (At::LastFeed, b'\n') => At::End,
            _ => return Err("a trailer does not end where it should"),
        };
        // The empty line is kept behind trailers, which are not whole without it.
        if !first || next == At::Trailer {
            self.trailers.push(byte);
        }
        if !first && self.trailers.len() >= TRAILER_BYTES_MAX {
            return Err("the trailers are too long");
        }
        Ok(next)
    }

    fn check_trailers(&mut self) -> Result<(), &'static str> {
        if self.trailers.is_empty() {
            return Ok(());
        }
        let mut lines = [httparse::EMPTY_HEADER; TRAILERS_MAX];
        let trailers = std::mem::take(&mut self.trailers);
        match httparse::parse_headers(&trailers, &mut lines[..self.trailer_count]) {
            Ok(httparse::Status::Complete(_)) => Ok(()),
            Ok(httparse::Status::Partial) | Err(_) => Err("a trailer is no header"),
        }
    }
}
