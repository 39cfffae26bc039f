//! Finding a node of the data by its path.
//!
//! Source: RFC 8040, section 3.5.3 ("Encoding Data Resource Identifiers in the Request URI").
//! Assumed: a comma in a key may stand as it is, for every list of the model has one key.

use serde_json::Value;

use super::MODULE;
use super::fault::Fault;
use crate::pull::request::decoded;

/// Key of each list of the model.
const KEYS: [(&str, &str); 9] = [
    ("usage", "entitlement-tag"),
    ("trust-code", "key_udi"),
    ("conversion", "key_udi"),
    ("rum-reports-closed-keys", "rum-report-key"),
    ("factory-purchase", "key_udi"),
    ("overall-status", "key_udi"),
    ("installed-list", "install-type"),
    ("authorization-list", "entitlement-tag"),
    ("basic-license-info", "entitlement-tag"),
];

/// What was found at a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// Name of the node.
    pub(super) name: String,
    /// Its data; a list gives all its entries, or the one that was asked for. None when there is
    /// nothing to show.
    pub(super) value: Option<Value>,
    /// Whether it is one entry of a list, so that a path can go on from it.
    is_entry: bool,
}

/// Finds a node of the `licensing` container.
pub(super) fn find(path: &str, licensing: Value) -> Result<Found, Fault> {
    let mut steps = path.split('/').map(Step::of);
    let first = steps.next().unwrap_or(Err(Fault::NO_RESOURCE))?;
    if first.module.as_deref() != Some(MODULE) || first.name != "licensing" {
        return Err(Fault::NO_RESOURCE);
    }
    if first.key.is_some() {
        return Err(Fault::KEY);
    }
    let mut found = Found { name: first.name, value: Some(licensing), is_entry: false };
    for step in steps {
        let step = step?;
        if step.module.as_deref().is_some_and(|module| module != MODULE) {
            return Err(Fault::NO_RESOURCE);
        }
        found = found.step(step)?;
    }
    if let Some(Value::Array(entries)) = &found.value
        && entries.is_empty()
    {
        found.value = None;
    }
    Ok(found)
}

impl Found {
    fn step(self, step: Step) -> Result<Self, Fault> {
        let within = match self.value {
            Some(Value::Array(mut entries)) => {
                entries.pop().filter(|_| self.is_entry).ok_or(Fault::NO_KEY)?
            }
            Some(value) => value,
            None => return Err(Fault::NO_RESOURCE),
        };
        let Value::Object(mut members) = within else { return Err(Fault::NO_RESOURCE) };
        let value = members.remove(&step.name).ok_or(Fault::NO_RESOURCE)?;
        match (value, step.key) {
            (Value::Array(entries), Some(key)) => {
                let entry = entry_of(&step.name, entries, &key).ok_or(Fault::NO_ENTRY)?;
                let value = Some(Value::Array(vec![entry]));
                Ok(Self { name: step.name, value, is_entry: true })
            }
            (_, Some(_)) => Err(Fault::KEY),
            (value, None) => Ok(Self { name: step.name, value: Some(value), is_entry: false }),
        }
    }
}

fn entry_of(list: &str, entries: Vec<Value>, key: &str) -> Option<Value> {
    let (_, name) = KEYS.iter().find(|(name, _)| *name == list)?;
    entries.into_iter().find(|entry| entry.get(*name).and_then(Value::as_str) == Some(key))
}

/// One segment: `module:name=key`.
struct Step {
    module: Option<String>,
    name: String,
    key: Option<String>,
}

impl Step {
    fn of(segment: &str) -> Result<Self, Fault> {
        let (name, key) = match segment.split_once('=') {
            Some((name, key)) => (name, Some(decoded(key).ok_or(Fault::ENCODING)?)),
            None => (segment, None),
        };
        let name = decoded(name).ok_or(Fault::ENCODING)?;
        let (module, name) = match name.split_once(':') {
            Some((module, name)) => (Some(module.to_owned()), name.to_owned()),
            None => (None, name),
        };
        Ok(Self { module, name, key })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(path: &str) -> Result<Found, Fault> {
        let usage = json!([
            {"entitlement-tag": "a,1.0_b", "count": 1},
            {"entitlement-tag": "c", "count": 2},
        ]);
        let info = json!({"usage": usage, "conversion": [], "udi": {"pid": "C8000V"}});
        find(path, json!({"state": {"state-info": info}}))
    }

    const INFO: &str = "cisco-smart-license:licensing/state/state-info";

    #[test]
    fn nodes_are_found_by_name_and_entries_by_key() {
        let value = |path: &str| at(&format!("{INFO}/{path}")).map(|found| found.value);
        assert_eq!(value("udi/pid"), Ok(Some(json!("C8000V"))));
        assert_eq!(value("cisco-smart-license:udi"), Ok(Some(json!({"pid": "C8000V"}))));
        for key in ["a,1.0_b", "a%2C1.0_b"] {
            let entry = json!([{"entitlement-tag": "a,1.0_b", "count": 1}]);
            assert_eq!(value(&format!("usage={key}")), Ok(Some(entry)));
            assert_eq!(value(&format!("usage={key}/count")), Ok(Some(json!(1))));
        }
        assert_eq!(value("usage").map(|all| all.unwrap().as_array().unwrap().len()), Ok(2));
        assert_eq!(value("conversion"), Ok(None), "a list without entries has nothing to show");
    }

    #[test]
    fn wrong_paths_are_told_apart() {
        let fault = |path: &str| at(&format!("{INFO}/{path}")).unwrap_err();
        assert_eq!(fault("none"), Fault::NO_RESOURCE);
        assert_eq!(fault("udi/pid/more"), Fault::NO_RESOURCE);
        assert_eq!(fault("other:udi"), Fault::NO_RESOURCE);
        assert_eq!(fault("usage=x"), Fault::NO_ENTRY);
        assert_eq!(fault("usage/count"), Fault::NO_KEY);
        assert_eq!(fault("udi=x"), Fault::KEY);
        assert_eq!(fault("usage=%zz"), Fault::ENCODING);
        assert_eq!(at("licensing").unwrap_err(), Fault::NO_RESOURCE, "the module is named first");
        assert_eq!(at("").unwrap_err(), Fault::NO_RESOURCE);
        assert_eq!(at("cisco-smart-license:licensing=1").unwrap_err(), Fault::KEY);
    }
}
