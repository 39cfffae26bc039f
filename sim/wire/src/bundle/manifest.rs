//! `manifest.mf`: whose usage a bundle holds, and in which archive.
//!
//! Source: a public script that builds usage bundles.

use serde_json::{Value, json};

use crate::{Error, limits};

const FORMAT: &str = "manifest";
const VERSION: &str = "1.0";

/// Who made a bundle, for which account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The server that made it.
    pub uuid: String,
    /// Name of the smart account.
    pub smart_account: String,
    /// Its number.
    pub smart_account_id: String,
    /// One entry per archive.
    pub entries: Vec<ManifestEntry>,
}

/// One archive of a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManifestEntry {
    /// Path of the archive, with a slash before it.
    pub name: String,
    /// Name of the virtual account.
    pub virtual_account: String,
    /// Its number.
    pub virtual_account_id: String,
}

impl Manifest {
    /// The text. A line break inside a value becomes a blank.
    pub fn encode(&self) -> String {
        let created_by = json!(format!("{{\"uuid\": {}}}", json!(self.uuid))).to_string();
        let mut out = String::new();
        let mut line = |name: &str, value: &str| {
            out.push_str(name);
            out.push_str(": ");
            out.push_str(&value.replace(['\n', '\r'], " "));
            out.push('\n');
        };
        line("Manifest-Version", VERSION);
        line("Created-By", &created_by);
        line("Smart-Account", &self.smart_account);
        line("Smart-Account-ID", &self.smart_account_id);
        for entry in &self.entries {
            out.push('\n');
            let mut line = |name: &str, value: &str| {
                out.push_str(&format!("{name}: {}\n", value.replace(['\n', '\r'], " ")));
            };
            line("Name", &entry.name);
            line("Specification-VA", &entry.virtual_account);
            line("Specification-VA-ID", &entry.virtual_account_id);
        }
        out
    }

    /// Reads the text: sections of `name: value` lines, the first about the account, each other
    /// about an archive. Unknown names are passed over.
    pub fn decode(text: &str) -> Result<Self, Error> {
        let mut manifest = Self::default();
        let mut version = None;
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let wrong = || Error::malformed(FORMAT, "line", line, "name: value");
            let (name, value) = line.split_once(':').ok_or_else(wrong)?;
            let value = value.trim_start().to_owned();
            if name == "Name" {
                manifest.entries.push(ManifestEntry { name: value, ..ManifestEntry::default() });
                continue;
            }
            match (name, manifest.entries.last_mut()) {
                ("Manifest-Version", None) => version = Some(value),
                ("Created-By", None) => manifest.uuid = uuid(&value)?,
                ("Smart-Account", None) => manifest.smart_account = value,
                ("Smart-Account-ID", None) => manifest.smart_account_id = value,
                ("Specification-VA", Some(entry)) => entry.virtual_account = value,
                ("Specification-VA-ID", Some(entry)) => entry.virtual_account_id = value,
                _ => {}
            }
        }
        match version.as_deref() {
            Some(VERSION) => Ok(manifest),
            Some(other) => Err(Error::malformed(FORMAT, "Manifest-Version", other, VERSION)),
            None => Err(Error::Missing { format: FORMAT, part: "Manifest-Version" }),
        }
    }
}

/// The id inside JSON inside a JSON text.
fn uuid(value: &str) -> Result<String, Error> {
    let inner: String = limits::json(FORMAT, value)?;
    let object: Value = limits::json(FORMAT, &inner)?;
    let missing = Error::Missing { format: FORMAT, part: "Created-By uuid" };
    object.get("uuid").and_then(Value::as_str).map(str::to_owned).ok_or(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Manifest-Version: 1.0
Created-By: \"{\\\"uuid\\\": \\\"5a1e-1\\\"}\"
Smart-Account: Muster: Test Account
Smart-Account-ID: 1001

Name: /UD_VA_1767225600.tar.gz
Specification-VA: Default
Specification-VA-ID: 2001
";

    #[test]
    fn the_public_layout_is_read_and_written_to_the_byte() {
        let manifest = Manifest::decode(TEXT).unwrap();
        assert_eq!(manifest.uuid, "5a1e-1");
        assert_eq!(manifest.smart_account, "Muster: Test Account");
        assert_eq!(manifest.entries[0].virtual_account_id, "2001");
        assert_eq!(manifest.encode(), TEXT);
        assert_eq!(Manifest::decode(&TEXT.replace('\n', "\r\n")), Ok(manifest));
    }

    #[test]
    fn other_texts_say_what_is_wrong() {
        for (text, error) in [
            ("", "manifest has no Manifest-Version"),
            ("Manifest-Version: 2\n", r#"manifest: Manifest-Version is "2", expected 1.0"#),
            ("nonsense", r#"manifest: line is "nonsense", expected name: value"#),
            ("Created-By: \"{}\"\n", "manifest has no Created-By uuid"),
        ] {
            assert_eq!(Manifest::decode(text).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn a_line_break_in_a_value_adds_no_line() {
        let manifest = Manifest { smart_account: "a\nName: /x".to_owned(), ..Manifest::default() };
        assert_eq!(Manifest::decode(&manifest.encode()).unwrap().entries, []);
    }
}
