//! How much of the data a query wants.
//!
//! Source: RFC 8040, sections 4.8.1 (`content`) and 4.8.2 (`depth`). Assumed: no other query.

use serde_json::{Map, Value};

use super::fault::Fault;
use crate::pull::InstanceRequest;

/// The model nests fewer levels; a depth past it is all of it.
const DEPTH_MAX: usize = 65_535;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    All,
    Config,
    State,
}

/// What a query says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    content: Content,
    /// Levels, counted from the node itself; none for all.
    depth: Option<usize>,
}

pub(super) fn of(request: &InstanceRequest<'_>) -> Result<Selection, Fault> {
    let mut selection = Selection { content: Content::All, depth: None };
    let mut seen = Vec::new();
    for (name, value) in request.query() {
        if seen.contains(&name) {
            return Err(Fault::QUERY);
        }
        seen.push(name);
        match (name, value) {
            ("content", "all") => selection.content = Content::All,
            ("content", "config") => selection.content = Content::Config,
            ("content", "nonconfig") => selection.content = Content::State,
            ("depth", "unbounded") => selection.depth = None,
            ("depth", number) => {
                let depth = number.parse().ok().filter(|depth| (1..=DEPTH_MAX).contains(depth));
                selection.depth = Some(depth.ok_or(Fault::QUERY)?);
            }
            _ => return Err(Fault::QUERY),
        }
    }
    Ok(selection)
}

impl Selection {
    /// Leaves out the half of the model that is not wanted.
    pub(super) fn of_licensing(self, mut licensing: Value) -> Value {
        let unwanted = match self.content {
            Content::All => return licensing,
            Content::Config => "state",
            Content::State => "config",
        };
        if let Some(members) = licensing.as_object_mut() {
            members.remove(unwanted);
        }
        licensing
    }

    /// Leaves out what is too deep; `above` levels of `value` do not count.
    pub(super) fn pruned(self, value: Value, above: usize) -> Value {
        match self.depth {
            Some(depth) => pruned(value, depth.saturating_add(above)),
            None => value,
        }
    }
}

/// A list's entries are on the level of the list.
fn pruned(value: Value, levels: usize) -> Value {
    match value {
        Value::Object(_) if levels <= 1 => Value::Object(Map::new()),
        Value::Object(members) => {
            let kept = members.into_iter().map(|(name, value)| (name, pruned(value, levels - 1)));
            Value::Object(kept.collect())
        }
        Value::Array(entries) => entries.into_iter().map(|entry| pruned(entry, levels)).collect(),
        leaf => leaf,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn depth_counts_levels_from_the_node() {
        let value = json!({"a": 1, "b": {"c": 2, "d": [{"e": 3}]}});
        assert_eq!(pruned(value.clone(), 1), json!({}));
        assert_eq!(pruned(value.clone(), 2), json!({"a": 1, "b": {}}));
        assert_eq!(pruned(value.clone(), 3), json!({"a": 1, "b": {"c": 2, "d": [{}]}}));
        assert_eq!(pruned(value.clone(), 4), value);
        assert_eq!(pruned(json!("leaf"), 1), json!("leaf"));
    }

    fn read(target: &str) -> Result<(Content, Option<usize>), Fault> {
        of(&InstanceRequest { method: "GET", target, headers: &[], body: b"" })
            .map(|selection| (selection.content, selection.depth))
    }

    #[test]
    fn what_is_not_supported_is_refused() {
        assert_eq!(read("/x"), Ok((Content::All, None)));
        assert_eq!(read("/x?depth=3&content=nonconfig"), Ok((Content::State, Some(3))));
        assert_eq!(read("/x?depth=unbounded&content=all"), Ok((Content::All, None)));
        for query in
            ["depth=0", "depth=65536", "depth=x", "content=x", "fields=a", "depth=1&depth=2"]
        {
            assert_eq!(read(&format!("/x?{query}")), Err(Fault::QUERY), "{query}");
        }
    }
}
