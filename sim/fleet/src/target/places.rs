//! Where in a profile a field stands, so that an error can name the line.

use toml::de::{DeTable, DeValue};

/// Lines of the fields of one profile.
pub(super) struct Places<'a> {
    text: &'a str,
    table: Option<DeTable<'a>>,
}

impl<'a> Places<'a> {
    /// The places of a text; of one that is no TOML, none are known.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, table: DeTable::parse(text).ok().map(toml::Spanned::into_inner) }
    }

    /// The line of a field such as `endpoints.cslu`, from 1; of one that is missing, the line of
    /// the innermost table that was to hold it.
    pub(super) fn line_of(&self, field: &str) -> Option<usize> {
        let mut table = self.table.as_ref()?;
        let (mut rest, mut at) = (field, None);
        while let Some((key, value)) = table.iter().find(|(key, _)| begins(rest, key.get_ref())) {
            at = Some(key.span().start);
            rest = rest[key.get_ref().len()..].strip_prefix('.').unwrap_or_default();
            match value.get_ref() {
                DeValue::Table(inner) => table = inner,
                _ => break,
            }
        }
        let before = self.text.get(..at?)?;
        Some(before.matches('\n').count() + 1)
    }
}

/// Whether `key` is the first part of a path; keys may hold dots themselves.
fn begins(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name = \"lab\"\n\n[endpoints]\ncslu = \"x\"\nadmin = { url = \"y\" }\n\
                        [hooks.clock]\nheaders = { \"a.b\" = 1 }\n[hooks.other.headers]\nx = 1\n";

    #[test]
    fn a_field_is_found_in_tables_of_every_form() {
        let places = Places::of(TEXT);
        for (field, line) in [
            ("name", 1),
            ("endpoints", 3),
            ("endpoints.cslu", 4),
            ("endpoints.admin.url", 5),
            ("hooks.clock", 6),
            ("hooks.clock.headers.a.b", 7),
            ("hooks.other.headers.x", 9),
        ] {
            assert_eq!(places.line_of(field), Some(line), "{field}");
        }
    }

    #[test]
    fn what_is_missing_has_the_line_of_its_table() {
        let places = Places::of(TEXT);
        assert_eq!(places.line_of("endpoints.none"), Some(3));
        assert_eq!(places.line_of("trust.roots"), None);
        assert_eq!(Places::of("= no TOML").line_of("name"), None);
    }
}
