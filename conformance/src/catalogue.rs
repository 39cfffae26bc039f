//! All requirements and ambiguities, read once from the files under `requirements/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::requirement::{Ambiguity, AmbiguityId, Requirement, RequirementId};

/// Each area and the text of its file, in the order of the catalogue.
const AREAS: &[(&str, &str)] = &[
    ("REG", include_str!("../requirements/reg.toml")),
    ("EVAL", include_str!("../requirements/eval.toml")),
    ("AUTH", include_str!("../requirements/auth.toml")),
    ("IDC", include_str!("../requirements/idc.toml")),
    ("FLT", include_str!("../requirements/flt.toml")),
    ("RUM", include_str!("../requirements/rum.toml")),
    ("TRUST", include_str!("../requirements/trust.toml")),
    ("POL", include_str!("../requirements/pol.toml")),
    ("SLAC", include_str!("../requirements/slac.toml")),
    ("EXP", include_str!("../requirements/exp.toml")),
    ("DLC", include_str!("../requirements/dlc.toml")),
    ("AHA", include_str!("../requirements/aha.toml")),
    ("TOK", include_str!("../requirements/tok.toml")),
    ("LIC", include_str!("../requirements/lic.toml")),
    ("XFER", include_str!("../requirements/xfer.toml")),
    ("ACCT", include_str!("../requirements/acct.toml")),
    ("SYNC", include_str!("../requirements/sync.toml")),
    ("PIL", include_str!("../requirements/pil.toml")),
    ("API", include_str!("../requirements/api.toml")),
    ("ALERT", include_str!("../requirements/alert.toml")),
    ("EVT", include_str!("../requirements/evt.toml")),
    ("SYSLOG", include_str!("../requirements/syslog.toml")),
    ("CERT", include_str!("../requirements/cert.toml")),
    ("TRANS", include_str!("../requirements/trans.toml")),
    ("SCALE", include_str!("../requirements/scale.toml")),
    ("SEC", include_str!("../requirements/sec.toml")),
    ("RBAC", include_str!("../requirements/rbac.toml")),
    ("NET", include_str!("../requirements/net.toml")),
    ("BKP", include_str!("../requirements/bkp.toml")),
    ("HAC", include_str!("../requirements/hac.toml")),
    ("RPT", include_str!("../requirements/rpt.toml")),
];

const AMBIGUITIES: &str = include_str!("../requirements/ambiguities.toml");

/// An id further away than this many edits is not what somebody meant.
const NEAREST_EDITS_MAX: usize = 3;

/// Longer texts are no mistyped ids; comparing them would only cost time.
const NEAREST_LENGTH_MAX: usize = 24;

static EMBEDDED: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::parse(AREAS, AMBIGUITIES).expect("the tests parse the embedded files")
});

/// The requirements in catalogue order (area by area, then by number) and the ambiguities.
#[derive(Debug)]
pub struct Catalogue {
    areas: Vec<Area>,
    requirements: Vec<Requirement>,
    positions: BTreeMap<RequirementId, usize>,
    ambiguities: BTreeMap<AmbiguityId, Ambiguity>,
}

#[derive(Debug)]
struct Area {
    code: String,
    title: String,
}

/// A catalogue file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The file is no TOML or lacks its outer fields.
    #[error("requirements/{file}: {problem}")]
    File {
        /// Name of the file.
        file: String,
        /// Line, column and complaint of the parser.
        problem: String,
    },
    /// A row does not have the shape of a requirement or an ambiguity.
    #[error("requirements/{file}, {row}: {problem}")]
    Row {
        /// Name of the file.
        file: String,
        /// The id of the row, or its place in the file when it has none.
        row: String,
        /// The field and what is wrong with it.
        problem: String,
    },
}

/// The outer fields of an area file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaFile {
    title: String,
    requirement: Vec<toml::Table>,
}

/// The outer field of the file of ambiguities.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AmbiguityFile {
    ambiguity: Vec<toml::Table>,
}

impl Catalogue {
    /// The catalogue this build carries.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The requirement of that id.
    #[must_use]
    pub fn requirement(&self, id: &RequirementId) -> Option<&Requirement> {
        self.positions.get(id).map(|position| &self.requirements[*position])
    }

    /// All requirements, area by area in the order of [`Self::areas`], then by number.
    pub fn iter(&self) -> std::slice::Iter<'_, Requirement> {
        self.requirements.iter()
    }

    /// The area codes such as `TRUST`, in catalogue order.
    pub fn areas(&self) -> impl Iterator<Item = &str> {
        self.areas.iter().map(|area| area.code.as_str())
    }

    /// What an area is about, in a few words; `None` for an unknown code.
    #[must_use]
    pub fn area_title(&self, area: &str) -> Option<&str> {
        self.areas.iter().find(|known| known.code == area).map(|known| known.title.as_str())
    }

    /// The ambiguity of that id.
    #[must_use]
    pub fn ambiguity(&self, id: AmbiguityId) -> Option<&Ambiguity> {
        self.ambiguities.get(&id)
    }

    /// All ambiguities, by number.
    pub fn ambiguities(&self) -> impl Iterator<Item = &Ambiguity> {
        self.ambiguities.values()
    }

    /// The requirements that depend on an ambiguity, in catalogue order.
    pub fn citing(&self, id: AmbiguityId) -> impl Iterator<Item = &Requirement> {
        self.iter().filter(move |requirement| requirement.ambiguity == Some(id))
    }

    /// The id somebody probably meant by `text`: case and missing zeros are forgiven, and up to
    /// three edits. Of equally near ids the first in catalogue order.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<RequirementId> {
        if text.len() > NEAREST_LENGTH_MAX {
            return None;
        }
        let meant = canonical(text);
        self.iter()
            .map(|requirement| (edits(&meant, requirement.id.as_str()), requirement.id))
            .filter(|(distance, _)| *distance <= NEAREST_EDITS_MAX)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, id)| id)
    }

    fn parse(areas: &[(&str, &str)], ambiguities: &str) -> Result<Self, CatalogueError> {
        let mut catalogue = Self {
            areas: Vec::new(),
            requirements: Vec::new(),
            positions: BTreeMap::new(),
            ambiguities: parse_ambiguities(ambiguities)?,
        };
        for (code, text) in areas {
            catalogue.add_area(code, text)?;
        }
        Ok(catalogue)
    }

    fn add_area(&mut self, code: &str, text: &str) -> Result<(), CatalogueError> {
        let file = format!("{}.toml", code.to_ascii_lowercase());
        let area: AreaFile = parse_file(&file, text)?;
        self.areas.push(Area { code: code.to_owned(), title: area.title });
        for (index, table) in area.requirement.into_iter().enumerate() {
            let requirement: Requirement = parse_row(&file, index, table)?;
            let id = requirement.id;
            let refuse = |problem: String| {
                Err(CatalogueError::Row { file: file.clone(), row: id.to_string(), problem })
            };
            if id.area() != code {
                return refuse(format!("field `id` does not belong to area {code}"));
            }
            if let Some(cited) = requirement.ambiguity
                && !self.ambiguities.contains_key(&cited)
            {
                return refuse(format!("field `ambiguity` cites unknown {cited}"));
            }
            if self.positions.insert(id, self.requirements.len()).is_some() {
                return refuse("field `id` is taken by an earlier row".to_owned());
            }
            self.requirements.push(requirement);
        }
        Ok(())
    }
}

impl<'a> IntoIterator for &'a Catalogue {
    type Item = &'a Requirement;
    type IntoIter = std::slice::Iter<'a, Requirement>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn parse_ambiguities(text: &str) -> Result<BTreeMap<AmbiguityId, Ambiguity>, CatalogueError> {
    let file = "ambiguities.toml";
    let parsed: AmbiguityFile = parse_file(file, text)?;
    let mut ambiguities = BTreeMap::new();
    for (index, table) in parsed.ambiguity.into_iter().enumerate() {
        let ambiguity: Ambiguity = parse_row(file, index, table)?;
        let id = ambiguity.id;
        if ambiguities.insert(id, ambiguity).is_some() {
            return Err(CatalogueError::Row {
                file: file.to_owned(),
                row: id.to_string(),
                problem: "field `id` is taken by an earlier row".to_owned(),
            });
        }
    }
    Ok(ambiguities)
}

fn parse_file<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, CatalogueError> {
    toml::from_str(text).map_err(|error| CatalogueError::File {
        file: file.to_owned(),
        problem: error.to_string().trim_end().to_owned(),
    })
}

fn parse_row<T: for<'de> Deserialize<'de>>(
    file: &str,
    index: usize,
    table: toml::Table,
) -> Result<T, CatalogueError> {
    let row = match table.get("id").and_then(toml::Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("row {}", index + 1),
    };
    table.try_into().map_err(|error: toml::de::Error| CatalogueError::Row {
        file: file.to_owned(),
        row,
        // The parser puts the field on a line of its own.
        problem: error.to_string().trim_end().replace('\n', " "),
    })
}

/// `rum-7` as `RUM-007`: upper case, number padded.
fn canonical(text: &str) -> String {
    let text = text.trim().to_uppercase();
    match text.rsplit_once(['-', '_', ' ']) {
        Some((area, number)) => format!("{area}-{number:0>3}"),
        None => text,
    }
}

/// Levenshtein distance: insertions, deletions and replacements of one character.
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMBIGUITY: &str = r#"
        [[ambiguity]]
        id = "AMB-01"
        conflict = "two limits"
        resolution = "both are tested"
        where = "a guide"
    "#;

    const ROW: &str = r#"
        [[requirement]]
        id = "RUM-001"
        level = "MUST"
        actor = "server"
        statement = "An answer echoes the software tag."
        trigger = "any report"
        expected = "the same tag"
        provenance = "sample"
        ambiguity = "AMB-01"
        source = { document = "a guide", section = "a section" }
        observe = ["device", "clock"]
        status = "planned"
    "#;

    fn refusal(rows: &str) -> String {
        let text = format!("title = \"Reports\"\n{rows}");
        let outcome = Catalogue::parse(&[("RUM", &text)], AMBIGUITY);
        outcome.map(drop).expect_err("the rows are broken").to_string()
    }

    #[test]
    fn a_row_is_found_by_its_id() {
        let text = format!("title = \"Reports\"\n{ROW}");
        let catalogue = Catalogue::parse(&[("RUM", &text)], AMBIGUITY).expect("well formed");
        let id = RequirementId::from_static("RUM-001");
        assert_eq!(catalogue.requirement(&id).map(|found| found.id), Some(id));
        assert_eq!(catalogue.requirement(&RequirementId::from_static("RUM-002")), None);
        assert_eq!(catalogue.area_title("RUM"), Some("Reports"));
        assert_eq!(catalogue.area_title("POL"), None);
        let cited = catalogue.ambiguities().next().expect("one ambiguity").id;
        assert_eq!(catalogue.citing(cited).count(), 1);
    }

    #[test]
    fn a_broken_row_is_named_with_file_row_and_field() {
        let cases = [
            (ROW.replace("\"MUST\"", "\"OUGHT\""), "RUM-001: unknown variant `OUGHT`"),
            (ROW.replace("\"MUST\"", "\"OUGHT\""), "in `level`"),
            (ROW.replace("trigger", "triger"), "RUM-001: unknown field `triger`"),
            (ROW.replace("trigger = \"any report\"", ""), "RUM-001: missing field `trigger`"),
            (ROW.replace("section = ", "page = "), "RUM-001: unknown field `page`"),
            (ROW.replace("\"clock\"", "\"sundial\""), "RUM-001: unknown variant `sundial`"),
            (ROW.replace("\"AMB-01\"", "\"AMB-1\""), "such as AMB-06 in `ambiguity`"),
            (ROW.replace("\"AMB-01\"", "\"AMB-02\""), "field `ambiguity` cites unknown AMB-02"),
            (ROW.replace("\"planned\"", "\"ui-only\""), "RUM-001: missing field `reason`"),
            (format!("{ROW}reason = \"later\""), "`reason` does not go with status `planned`"),
            (ROW.replace("RUM-001", "POL-001"), "POL-001: field `id` does not belong to area RUM"),
            (ROW.replace("RUM-001", "RUM-1"), "RUM-1: `RUM-1` is not a requirement id"),
            (ROW.replace("id = \"RUM-001\"", ""), "row 1: missing field `id`"),
            (format!("{ROW}{ROW}"), "RUM-001: field `id` is taken by an earlier row"),
            (ROW.replace("\"MUST\"", "\"MUST"), "TOML parse error at line 5, column"),
        ];
        for (rows, complaint) in cases {
            let refusal = refusal(&rows);
            assert!(refusal.starts_with("requirements/rum.toml"), "{refusal}");
            assert!(refusal.contains(complaint), "{complaint} is not in: {refusal}");
        }
    }

    #[test]
    fn a_mistyped_id_finds_its_neighbour() {
        let nearest = |text| Catalogue::embedded().nearest(text).map(|id| id.to_string());
        for (typed, meant) in [
            ("TRUST-012", "TRUST-012"),
            ("trust-12", "TRUST-012"),
            ("TRUTS-012", "TRUST-012"),
            ("SYSLG 7", "SYSLOG-007"),
            ("TRUST012", "TRUST-012"),
            ("rum_0", "RUM-001"),
        ] {
            assert_eq!(nearest(typed).as_deref(), Some(meant), "{typed}");
        }
        for typed in ["", "x", "acknowledgement", &"A".repeat(1000)] {
            assert_eq!(nearest(typed), None, "{typed}");
        }
    }
}
