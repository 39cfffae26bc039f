//! What a product instance serves to those who collect from it, under `/smartlic-service`.
//!
//! Source: public IOS XE documentation of that interface (paths, `usage`, `usage_list`, and an
//! import in base64), and a public script that posts the file as it is. Assumed: the wrapper
//! `{"import":"<base64>"}`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::proposed::usage_list::ListedReport;
use crate::rum_report::RumReport;
use crate::{Error, Extra, limits, optional_list};

/// POST: closes the open reports; the body is passed over.
pub const CLOSE_REPORTS: &str = "/smartlic-service/close-reports";
/// GET: a [`UsageList`].
pub const LIST: &str = "/smartlic-service/list";
/// GET: every report, as [`CollectedReports`].
pub const ALL_REPORTS: &str = "/smartlic-service/all-reports";
/// GET: the reports of 90 days; with `/<n>` those of `n` days, with `/<report id>` one.
pub const DAYS: &str = "/smartlic-service/days";
/// POST: a file to import, see [`imported_file`].
pub const IMPORT: &str = "/smartlic-service/import";

const REPORTS: &str = "collected reports";
const USAGE_LIST: &str = "usage list";
const IMPORT_BODY: &str = "import body";

/// The body of every answer with reports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CollectedReports {
    /// The reports, in order.
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub usage: Vec<RumReport>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The body of the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UsageList {
    /// What reports there are.
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub usage_list: Vec<ListedReport>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl CollectedReports {
    /// Reads the body; at most [`limits::MESSAGE_BYTES_MAX`] bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let text = limits::text(REPORTS, bytes, limits::MESSAGE_BYTES_MAX)?;
        limits::json(REPORTS, text)
    }

    /// The body.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain values always serialise")
    }
}

impl UsageList {
    /// Reads the body; at most [`limits::MESSAGE_BYTES_MAX`] bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let text = limits::text(USAGE_LIST, bytes, limits::MESSAGE_BYTES_MAX)?;
        limits::json(USAGE_LIST, text)
    }

    /// The body.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain values always serialise")
    }
}

/// The file inside the body of an import: the body itself, what it is base64 of, or what the
/// wrapper holds. Told apart by the first character; base64 of a file begins with neither `<` nor
/// `{`.
pub fn imported_file(body: &[u8]) -> Result<Vec<u8>, Error> {
    #[derive(Deserialize)]
    struct Wrapper {
        import: String,
    }

    let text = limits::text(IMPORT_BODY, body, limits::MESSAGE_BYTES_MAX)?.trim();
    let base64 = match text.bytes().next() {
        None => return Err(Error::Missing { format: IMPORT_BODY, part: "file" }),
        Some(b'<') => return Ok(text.as_bytes().to_vec()),
        Some(b'{') => limits::json::<Wrapper>(IMPORT_BODY, text)?.import,
        Some(b'"') => limits::json::<String>(IMPORT_BODY, text)?,
        Some(_) => text.to_owned(),
    };
    // Some writers break lines at 76 characters.
    let unbroken: String = base64.split_ascii_whitespace().collect();
    STANDARD
        .decode(&unbroken)
        .map_err(|_| Error::malformed(IMPORT_BODY, "file", &base64, "XML, or base64 of XML"))
}

/// The body of an import, in the documented form.
pub fn import_body(file: &[u8]) -> String {
    STANDARD.encode(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_taken_in_every_form() {
        let file = b"<smartLicensePolicy/>";
        let base64 = import_body(file);
        let (head, tail) = base64.split_at(9);
        for body in [
            String::from_utf8(file.to_vec()).unwrap(),
            format!("\n{base64}\n"),
            format!("{head}\r\n{tail}"),
            format!("\"{base64}\""),
            format!("{{\"import\":\"{base64}\",\"x\":1}}"),
        ] {
            assert_eq!(imported_file(body.as_bytes()).as_deref(), Ok(&file[..]), "{body}");
        }
    }

    #[test]
    fn an_import_of_another_form_says_what_was_expected() {
        for (body, error) in [
            ("", "import body has no file"),
            ("%%", r#"import body: file is "%%", expected XML, or base64 of XML"#),
            ("{}", "import body: missing field `import` at line 1 column 2"),
        ] {
            assert_eq!(imported_file(body.as_bytes()).unwrap_err().to_string(), error);
        }
    }
}
