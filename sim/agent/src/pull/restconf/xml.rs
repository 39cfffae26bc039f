//! The same data in XML, and input from it.
//!
//! Source: RFC 7950 (elements for nodes, one per entry of a list, nothing in an empty leaf);
//! RFC 8040, sections 3.6.1 and 7.1 (input and errors). Assumed: an input without a namespace is
//! meant for the model, too; a path in an error is written as in JSON, its prefix declared.

use muster_wire::xml::{Element, escape};
use serde_json::{Map, Value};

use super::MODULE;

const SMART_LICENSE: &str = "http://cisco.com/ns/yang/cisco-smart-license";
const RESTCONF: &str = "urn:ietf:params:xml:ns:yang:ietf-restconf";

const FORMAT: &str = "RESTCONF input";

/// The document for data with one root; none when several entries of a list would be roots.
pub(super) fn document(data: &Value) -> Option<String> {
    let mut roots = data.as_object()?.iter();
    let (name, value) = roots.next().filter(|_| roots.next().is_none())?;
    let value = match value {
        Value::Array(entries) => match entries.as_slice() {
            [entry] => entry,
            _ => return None,
        },
        value => value,
    };
    let mut out = String::new();
    element(&mut out, name, value);
    Some(out)
}

/// An element, or as many as a list has entries. A module before the name becomes a namespace.
fn element(out: &mut String, name: &str, value: &Value) {
    if let Value::Array(entries) = value {
        for entry in entries {
            element(out, name, entry);
        }
        return;
    }
    let (module, name) = name.split_once(':').map_or((None, name), |(at, name)| (Some(at), name));
    let namespace = module.map(|module| match module {
        MODULE => SMART_LICENSE,
        _ => RESTCONF,
    });
    let namespace = namespace.map(|uri| format!(" xmlns=\"{uri}\"")).unwrap_or_default();
    let prefix = match name {
        "error-path" => format!(" xmlns:{MODULE}=\"{SMART_LICENSE}\""),
        _ => String::new(),
    };
    let open = format!("<{name}{namespace}{prefix}");
    out.push_str(&open);
    let text = match value {
        Value::Null => return out.push_str("/>"),
        Value::Object(members) if members.is_empty() => return out.push_str("/>"),
        Value::Object(members) => {
            out.push('>');
            for (name, value) in members {
                element(out, name, value);
            }
            out.push_str(&format!("</{name}>"));
            return;
        }
        Value::String(text) => escape(text),
        other => other.to_string(),
    };
    out.push_str(&format!(">{text}</{name}>"));
}

/// The leaves of `<input>`, as texts; an empty body has none, and none at all is no input.
pub(super) fn input(body: &[u8]) -> Option<Map<String, Value>> {
    if body.trim_ascii().is_empty() {
        return Some(Map::new());
    }
    let root = Element::parse(FORMAT, std::str::from_utf8(body).ok()?).ok()?;
    let is_ours = |namespace: &str| namespace.is_empty() || namespace == SMART_LICENSE;
    if root.name != "input" || !is_ours(&root.namespace) || !root.text.trim().is_empty() {
        return None;
    }
    let mut leaves = Map::new();
    for leaf in root.children {
        if !is_ours(&leaf.namespace) || !leaf.children.is_empty() {
            return None;
        }
        if leaves.insert(leaf.name, Value::String(leaf.text)).is_some() {
            return None;
        }
    }
    Some(leaves)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tree_is_written_with_its_namespaces() {
        let data =
            json!({ "cisco-smart-license:udi": {"pid": "A&B", "on": true, "n": 7, "c": {}} });
        let body = "<pid>A&amp;B</pid><on>true</on><n>7</n><c/>";
        let udi = format!("<udi xmlns=\"{SMART_LICENSE}\">{body}</udi>");
        assert_eq!(document(&data), Some(udi));
        let listed = json!({ "ietf-restconf:operations": { "cisco-smart-license:x": [null] } });
        let x =
            format!("<operations xmlns=\"{RESTCONF}\"><x xmlns=\"{SMART_LICENSE}\"/></operations>");
        assert_eq!(document(&listed), Some(x));
    }

    #[test]
    fn of_a_list_one_entry_can_be_the_root_and_several_can_stand_inside() {
        let one = json!({ "cisco-smart-license:usage": [{"count": 1}] });
        let usage = format!("<usage xmlns=\"{SMART_LICENSE}\"><count>1</count></usage>");
        assert_eq!(document(&one), Some(usage));
        let two = json!({ "cisco-smart-license:usage": [{"count": 1}, {"count": 2}] });
        assert_eq!(document(&two), None);
        let inside = json!({ "cisco-smart-license:state": two });
        assert!(document(&inside).unwrap().contains("<count>1</count></usage><usage"));
    }

    #[test]
    fn an_input_is_one_element_with_leaves() {
        let count = |body: &str| input(body.as_bytes()).map(|leaves| leaves.len());
        assert_eq!(count(""), Some(0));
        assert_eq!(count("<input/>"), Some(0));
        let ours = format!("<input xmlns=\"{SMART_LICENSE}\"><a>1</a><b>x</b></input>");
        assert_eq!(count(&ours), Some(2));
        for body in [
            "{}",
            "<other/>",
            "<input xmlns=\"urn:else\"/>",
            "<input><a><b/></a></input>",
            "<input><a>1</a><a>2</a></input>",
            "<input>text</input>",
            "<input>",
        ] {
            assert_eq!(count(body), None, "{body}");
        }
        assert_eq!(input(b"\xff"), None);
    }
}
