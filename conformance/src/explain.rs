//! Everything known about one requirement or check, for a reader. Scenarios are not known here.

use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::check::{Check, Listed};
use crate::checks;
use crate::error::Error;
use crate::requirement::{Ambiguity, Level, Requirement, RequirementId};

/// What is known about an id.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The id that was asked for, as it is written.
    pub id: String,
    /// The requirement, or those behind the check.
    pub requirements: Vec<Requirement>,
    /// The readings of the documents they depend on.
    pub ambiguities: Vec<Ambiguity>,
    /// The checks that judge the requirement, or the check itself.
    pub checks: Vec<ExplainedCheck>,
}

/// A check in an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedCheck {
    /// Its id.
    pub id: String,
    /// The behaviour it looks for.
    pub title: String,
    /// How binding that is.
    pub level: Level,
    /// Whether a violation is a compatibility finding only.
    pub compatibility: bool,
    /// Every requirement it judges.
    pub requirements: Vec<RequirementId>,
}

/// Explains a requirement id or a check id.
pub fn explain(id: &str) -> Result<Explanation, Error> {
    if let Some(listed) = checks::by_id(id) {
        let ids: Vec<_> = listed.check.requirement_ids().collect();
        return Ok(explanation(id, &ids, vec![listed]));
    }
    let known = id.parse().ok().filter(|id| Catalogue::embedded().requirement(id).is_some());
    let Some(known) = known else {
        let (text, nearest) = (id.chars().take(80).collect(), nearest(id));
        return Err(Error::Unknown { text, nearest });
    };
    Ok(explanation(id, &[known], judging(known).collect()))
}

/// The checks that judge a requirement.
pub fn judging(id: RequirementId) -> impl Iterator<Item = &'static Listed> {
    checks::ALL.iter().filter(move |listed| listed.check.requirement_ids().any(|own| own == id))
}

fn explanation(id: &str, requirements: &[RequirementId], checks: Vec<&Listed>) -> Explanation {
    let catalogue = Catalogue::embedded();
    let requirements: Vec<_> =
        requirements.iter().filter_map(|id| catalogue.requirement(id)).cloned().collect();
    let mut cited: Vec<_> = requirements.iter().filter_map(|row| row.ambiguity).collect();
    cited.sort_unstable();
    cited.dedup();
    let ambiguities = cited.into_iter().filter_map(|id| catalogue.ambiguity(id)).cloned().collect();
    let checks = checks.into_iter().map(explained).collect();
    Explanation { id: id.to_owned(), requirements, ambiguities, checks }
}

fn explained(listed: &Listed) -> ExplainedCheck {
    ExplainedCheck {
        id: listed.id.to_owned(),
        title: listed.check.title.to_owned(),
        level: listed.check.level,
        compatibility: listed.check.is_compatibility(),
        requirements: Check::requirement_ids(listed.check).collect(),
    }
}

fn nearest(text: &str) -> Option<String> {
    let name = text.rsplit('/').next().unwrap_or(text);
    let check = checks::ALL.iter().find(|listed| {
        listed.id.strip_prefix(listed.area).is_some_and(|rest| rest.trim_start_matches('/') == name)
            || (text.len() > 4 && listed.id.contains(text))
    });
    check
        .map(|listed| listed.id.to_owned())
        .or_else(|| Catalogue::embedded().nearest(text).map(|id| id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_explained_with_its_ambiguity_and_checks() {
        let explanation = explain("RUM-046").expect("known");
        assert_eq!(explanation.requirements[0].id.as_str(), "RUM-046");
        assert_eq!(explanation.ambiguities[0].id.to_string(), "AMB-32");
        assert_eq!(explanation.checks[0].id, "rum/id_token_trust_at_a_cslu_url_is_not_found");
    }

    #[test]
    fn a_check_is_explained_with_its_requirements() {
        let explanation = explain("trust/stale_trust_id_is_refused").expect("known");
        assert_eq!(explanation.requirements[0].id.as_str(), "TRUST-012");
        assert_eq!(explanation.checks.len(), 1);
    }

    #[test]
    fn a_mistyped_id_is_answered_with_the_nearest() {
        for (typed, nearest) in [
            ("rum-46", "RUM-046"),
            ("stale_trust_id_is_refused", "trust/stale_trust_id_is_refused"),
            ("trust/stale_trust", "trust/stale_trust_id_is_refused"),
        ] {
            let error = explain(typed).expect_err(typed).to_string();
            assert!(error.ends_with(&format!("did you mean {nearest}?")), "{error}");
        }
        let error = explain("nothing of the kind").expect_err("unknown").to_string();
        assert_eq!(error, "no requirement and no check is called `nothing of the kind`");
    }
}
