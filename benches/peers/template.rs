//! Text with gaps: rendered once by the codec, filled many times by copying.

/// A text cut at its markers.
pub(crate) struct Template {
    /// What stands before a gap, and which value goes into it.
    parts: Vec<(Box<[u8]>, usize)>,
    tail: Box<[u8]>,
}

impl Template {
    /// Cuts `text` at every occurrence of every marker; a gap takes the value at its marker's
    /// position.
    pub(crate) fn new(text: &str, markers: &[&str]) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            let found = markers.iter().enumerate().filter_map(|(value, marker)| {
                rest.find(marker).map(|at| (at, value, marker.len()))
            });
            let Some((at, value, length)) = found.min() else { break };
            parts.push((rest.as_bytes()[..at].into(), value));
            rest = &rest[at + length..];
        }
        Self { parts, tail: rest.as_bytes().into() }
    }

    /// Appends the text with `values` in its gaps.
    pub(crate) fn fill(&self, out: &mut Vec<u8>, values: &[&[u8]]) {
        for (text, value) in &self.parts {
            out.extend_from_slice(text);
            out.extend_from_slice(values[*value]);
        }
        out.extend_from_slice(&self.tail);
    }
}
