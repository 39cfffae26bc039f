//! The operations of the model, their input, and the commands they stand for.
//!
//! Source: the public YANG model (names, inputs, lengths, defaults); RFC 8040, section 3.6.
//! Assumed: operations of the classic era are not supported by an instance of the policy era; an
//! operation posted to the data resource, as public clients do, is the same.

use muster_wire::classic::AgentErrorCode;
use muster_wire::limits;
use serde_json::{Map, Value, json};

use super::encoding::Encoding;
use super::fault::Fault;
use super::outcome::{Awaited, Pending, completed};
use super::{MODULE, xml};
use crate::files::Flash;
use crate::input::{Carrier, Command, UsageSelection};
use crate::pull::service::DAYS_DEFAULT;
use crate::pull::{Asked, InstanceFacts, InstanceRequest, Unanswered};

pub(super) const METHODS: &str = "POST, OPTIONS";

/// Characters of an ID token and of a feature name.
const TEXT_LENGTH_MAX: usize = 255;
/// Characters of a path.
const PATH_LENGTH_MAX: usize = crate::files::PATH_LENGTH_MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    /// 1 to so many characters.
    Text(usize),
    Flag,
    Number,
}

/// One leaf of an input.
#[derive(Clone, Copy, Debug)]
struct Leaf {
    name: &'static str,
    of: Type,
    mandatory: bool,
}

const fn needed(name: &'static str, of: Type) -> Leaf {
    Leaf { name, of, mandatory: true }
}

const fn possible(name: &'static str, of: Type) -> Leaf {
    Leaf { name, of, mandatory: false }
}

const TEXT: Type = Type::Text(TEXT_LENGTH_MAX);
const FILE_PATH: Leaf = needed("file-path", Type::Text(PATH_LENGTH_MAX));
const LOCAL: Leaf = possible("local", Type::Flag);
const FORCE: Leaf = possible("force", Type::Flag);

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// Of the classic era.
    Classic,
    Trust,
    SaveAll,
    SaveUnreported,
    SaveDays,
    SaveTrustRequest,
    Authorize,
    ReturnOnline,
    ReturnOffline,
    Import,
}

/// One operation of the model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    name: &'static str,
    input: &'static [Leaf],
    deed: Deed,
}

const fn operation(name: &'static str, deed: Deed, input: &'static [Leaf]) -> Operation {
    Operation { name, input, deed }
}

const OPERATIONS: [Operation; 13] = [
    operation("register-id-token", Deed::Classic, &[possible("id-token", TEXT), FORCE]),
    operation("de-register", Deed::Classic, &[]),
    operation("renew-id", Deed::Classic, &[]),
    operation("renew-auth", Deed::Classic, &[]),
    operation(
        "id-token-trust",
        Deed::Trust,
        &[needed("id-token", TEXT), possible("all-ha", Type::Flag), FORCE],
    ),
    operation("rum-save-usage-all", Deed::SaveAll, &[FILE_PATH]),
    operation("rum-save-usage-unreported", Deed::SaveUnreported, &[FILE_PATH]),
    operation("rum-save-usage-days", Deed::SaveDays, &[FILE_PATH, possible("days", Type::Number)]),
    operation("trust-request-save", Deed::SaveTrustRequest, &[FILE_PATH]),
    operation(
        "authorization-request-online",
        Deed::Authorize,
        &[needed("feature-name", TEXT), LOCAL, possible("add", Type::Flag)],
    ),
    operation("authorization-code-return-online", Deed::ReturnOnline, &[LOCAL]),
    operation("authorization-code-return-offline", Deed::ReturnOffline, &[LOCAL, FILE_PATH]),
    operation("import-file", Deed::Import, &[FILE_PATH]),
];

/// Every operation, as the resource `operations` lists them.
pub(super) fn listed() -> Value {
    let all = OPERATIONS.iter().map(|one| (format!("{MODULE}:{}", one.name), json!([null])));
    json!({ "ietf-restconf:operations": Map::from_iter(all) })
}

impl Operation {
    /// The operation at a path below the root of RESTCONF.
    pub(super) fn at(path: &str) -> Option<&'static Self> {
        let name = path.strip_prefix("operations/").or_else(|| path.strip_prefix("data/"))?;
        let name = name.strip_prefix(MODULE)?.strip_prefix(':')?;
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn ask(
        &self,
        input: &Input,
        facts: &InstanceFacts<'_>,
        flash: &Flash,
        encoding: Encoding,
    ) -> Asked {
        match self.command(input, facts, flash) {
            Ok((command, awaited)) => Asked::Commanded {
                commands: vec![command],
                then: Unanswered(crate::pull::Awaited::Operation(Pending { awaited, encoding })),
            },
            Err(code) => Asked::Answered(encoding.write(completed(code))),
        }
    }

    /// Reads and checks the input; a fault with the node it is about.
    pub(super) fn input_of(
        &self,
        request: &InstanceRequest<'_>,
    ) -> Result<Input, (Fault, Option<String>)> {
        let plain = |fault| (fault, None);
        let content = request.header("content-type").filter(|_| !request.body.is_empty());
        let content = content.map_or(Some(Encoding::Json), Encoding::of);
        let content = content.ok_or_else(|| plain(Fault::CONTENT))?;
        if request.body.len() > limits::MESSAGE_BYTES_MAX {
            return Err(plain(Fault::TOO_LONG));
        }
        let given = match content {
            Encoding::Json => members(request.body),
            Encoding::Xml => xml::input(request.body).map(|leaves| self.typed(leaves)),
        };
        let given = given.ok_or_else(|| plain(Fault::BODY))?;
        for (name, value) in &given {
            let about = |fault| (fault, Some(format!("/{MODULE}:{}/input/{name}", self.name)));
            let leaf = self.input.iter().find(|leaf| leaf.name == name);
            let leaf = leaf.ok_or_else(|| about(Fault::UNKNOWN_INPUT))?;
            if !leaf.of.admits(value) {
                return Err(about(Fault::INPUT));
            }
        }
        let missing =
            self.input.iter().find(|leaf| leaf.mandatory && !given.contains_key(leaf.name));
        match missing {
            Some(leaf) => {
                let path = format!("/{MODULE}:{}/input/{}", self.name, leaf.name);
                Err((Fault::MISSING_INPUT, Some(path)))
            }
            None => Ok(Input(given)),
        }
    }

    /// Leaves that came as texts, as what they mean where they mean something.
    fn typed(&self, leaves: Map<String, Value>) -> Map<String, Value> {
        let of = |name: &str| self.input.iter().find(|leaf| leaf.name == name).map(|leaf| leaf.of);
        let typed = leaves.into_iter().map(|(name, value)| {
            let text = value.as_str().unwrap_or_default().trim();
            let meant = match of(&name) {
                Some(Type::Flag) => text.parse::<bool>().ok().map(Value::from),
                Some(Type::Number) => text.parse::<u64>().ok().map(Value::from),
                Some(Type::Text(_)) | None => None,
            };
            (name, meant.unwrap_or(value))
        });
        typed.collect()
    }

    fn command(
        &self,
        input: &Input,
        facts: &InstanceFacts<'_>,
        flash: &Flash,
    ) -> Result<(Command, Awaited), AgentErrorCode> {
        let file = || Awaited::File { path: input.text("file-path") };
        Ok(match self.deed {
            Deed::Classic => return Err(AgentErrorCode::NOT_SUPPORTED),
            Deed::Trust => {
                let (id_token, force) = (input.text("id-token"), input.flag("force", false));
                let good = AgentErrorCode::REGISTRATION_IN_PROGRESS;
                (Command::TrustIdToken { id_token, force }, Awaited::Code { good })
            }
            Deed::SaveAll => (Command::SaveUsage(UsageSelection::All), file()),
            Deed::SaveUnreported => (Command::SaveUsage(UsageSelection::Unreported), file()),
            Deed::SaveDays => {
                let days = input.number("days").unwrap_or(DAYS_DEFAULT);
                (Command::SaveUsage(UsageSelection::Days(days)), file())
            }
            Deed::SaveTrustRequest => (Command::SaveTrustRequest, file()),
            Deed::Authorize => {
                let command = Command::RequestAuthorization {
                    feature: input.text("feature-name").into(),
                    count: 1,
                    add: input.flag("add", true),
                    carrier: Carrier::Message,
                };
                // The model speaks of an operation in progress; this is the error of that meaning.
                (command, Awaited::Code { good: AgentErrorCode::MESSAGE_IN_PROGRESS })
            }
            Deed::ReturnOnline => {
                let command = Command::ReturnAuthorization { carrier: Carrier::Message };
                (command, Awaited::Return { path: None })
            }
            Deed::ReturnOffline => {
                let command = Command::ReturnAuthorization { carrier: Carrier::File };
                (command, Awaited::Return { path: Some(input.text("file-path")) })
            }
            Deed::Import => {
                let file = flash.read(&input.text("file-path"));
                let file = file.ok_or(AgentErrorCode::STORAGE_OBJECT_MISSING)?;
                let before = facts.view.authorization.last_confirmation_code.as_ref();
                let before = before.map(ToString::to_string);
                (Command::Import(file.to_vec()), Awaited::Import { before })
            }
        })
    }
}

impl Type {
    fn admits(self, value: &Value) -> bool {
        match self {
            Self::Text(most) => {
                value.as_str().is_some_and(|text| (1..=most).contains(&text.chars().count()))
            }
            Self::Flag => value.is_boolean(),
            Self::Number => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
        }
    }
}

/// An input that fits the operation.
pub(super) struct Input(Map<String, Value>);

impl Input {
    pub(super) fn text(&self, name: &str) -> String {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub(super) fn flag(&self, name: &str, otherwise: bool) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(otherwise)
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.0.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
    }
}

/// The members of `{"cisco-smart-license:input": {…}}`; an empty body has none.
fn members(body: &[u8]) -> Option<Map<String, Value>> {
    if body.trim_ascii().is_empty() {
        return Some(Map::new());
    }
    let Ok(Value::Object(outer)) = serde_json::from_slice(body) else { return None };
    let mut outer = outer.into_iter();
    let Some((name, inner)) = outer.next() else { return Some(Map::new()) };
    let is_input = name == "input" || name.strip_prefix(MODULE) == Some(":input");
    match inner {
        Value::Object(members) if is_input && outer.next().is_none() => Some(members),
        Value::Null if is_input && outer.next().is_none() => Some(Map::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_one_object_of_its_name() {
        let names = |body: &str| members(body.as_bytes()).map(|found| found.len());
        for body in ["", " ", "{}", r#"{"input":{}}"#, r#"{"input":null}"#] {
            assert_eq!(names(body), Some(0), "{body}");
        }
        assert_eq!(names(r#"{"cisco-smart-license:input":{"id-token":"x"}}"#), Some(1));
        for body in ["[]", "x", r#"{"other":{}}"#, r#"{"input":[]}"#, r#"{"input":{},"x":1}"#] {
            assert_eq!(names(body), None, "{body}");
        }
    }

    #[test]
    fn types_are_those_of_the_model() {
        let text = Type::Text(3);
        for (of, value, fits) in [
            (text, json!("abc"), true),
            (text, json!("äöü"), true),
            (text, json!(""), false),
            (text, json!("abcd"), false),
            (text, json!(7), false),
            (Type::Flag, json!(true), true),
            (Type::Flag, json!("yes"), false),
            (Type::Number, json!(7), true),
            (Type::Number, json!(u64::from(u32::MAX) + 1), false),
            (Type::Number, json!(-1), false),
            (Type::Number, json!(1.5), false),
        ] {
            assert_eq!(of.admits(&value), fits, "{of:?} {value}");
        }
    }

    #[test]
    fn an_operation_is_found_under_both_resources() {
        for path in
            ["operations/cisco-smart-license:import-file", "data/cisco-smart-license:import-file"]
        {
            assert_eq!(Operation::at(path).map(|one| one.deed), Some(Deed::Import));
        }
        for path in ["operations/import-file", "operations/cisco-smart-license:none", "import-file"]
        {
            assert!(Operation::at(path).is_none(), "{path}");
        }
    }
}
