//! The text of a scenario file: where a line starts, where an offset is.

use std::ops::Range;

/// A place in the text, in bytes.
pub(crate) type Span = Range<usize>;

/// A file's text with its line starts.
#[derive(Debug, Clone)]
pub(crate) struct SourceText {
    pub(crate) name: String,
    pub(crate) text: String,
    line_starts: Vec<usize>,
}

impl SourceText {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let mut line_starts = vec![0];
        // YAML ends a line with any of the three: \n, \r\n, and \r alone.
        let ends = text.match_indices(['\n', '\r']);
        let ends = ends.filter(|(at, end)| *end == "\n" || !text[at + 1..].starts_with('\n'));
        line_starts.extend(ends.map(|(at, _)| at + 1));
        Self { name: name.to_owned(), text: text.to_owned(), line_starts }
    }

    /// Line and column of an offset, both from 1; the column counts characters.
    pub(crate) fn place(&self, offset: usize) -> (u32, u32) {
        let offset = self.boundary(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let column = self.text[self.line_starts[line]..offset].chars().count() + 1;
        (number(line + 1), number(column))
    }

    /// The offset of a line and column, both from 1, as near as the text allows.
    pub(crate) fn offset(&self, line: u64, column: u64) -> usize {
        let line = usize::try_from(line).unwrap_or(usize::MAX).clamp(1, self.line_starts.len());
        let start = self.line_starts[line - 1];
        let rest = self.line(number(line));
        let column = usize::try_from(column).unwrap_or(usize::MAX).max(1);
        start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
    }

    /// The text of a line, without its end.
    pub(crate) fn line(&self, line: u32) -> &str {
        let index = line as usize - 1;
        let start = self.line_starts[index];
        let end = self.line_starts.get(index + 1).copied().unwrap_or(self.text.len());
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }

    /// The text of a place; empty when the place does not lie in the text.
    pub(crate) fn slice(&self, span: &Span) -> &str {
        self.text.get(span.clone()).unwrap_or("")
    }

    /// The place that starts at `start` and is `length` characters long.
    pub(crate) fn span_of_chars(&self, start: usize, length: u64) -> Span {
        let start = self.boundary(start);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let rest = &self.text[start..];
        let end = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
        start..start + end
    }

    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::SourceText;

    #[test]
    fn places_count_characters_and_offsets_count_bytes() {
        let source = SourceText::new("a.yaml", "ä: ö\r\nb: c");
        assert_eq!(source.place(4), (1, 4));
        assert_eq!(source.offset(1, 4), 4);
        assert_eq!(source.place(source.text.len()), (2, 5));
        assert_eq!(source.line(1), "ä: ö");
    }

    #[test]
    fn a_carriage_return_alone_ends_a_line() {
        let source = SourceText::new("a.yaml", "a\rbc\r\n\rd");
        assert_eq!(source.place(2), (2, 1));
        assert_eq!(source.line(2), "bc");
        assert_eq!((source.place(7), source.line(4)), ((4, 1), "d"));
    }

    #[test]
    fn a_place_beyond_the_text_is_its_end() {
        let source = SourceText::new("a.yaml", "a\nbc");
        assert_eq!(source.offset(9, 9), 4);
        assert_eq!(source.place(99), (2, 3));
        assert_eq!(source.span_of_chars(2, 99), 2..4);
    }
}
