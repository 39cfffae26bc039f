//! The actions that only instances of the classic era have.

use crate::model::{
    Application, ApplicationPeer, ApplicationRole, ClassicAction, Convert, Export, Fabric,
    SwitchRole, Tier,
};
use crate::tree::{Key, Node, Value};
use crate::vocabulary::{
    APPLICATION, APPLICATIONS, CHANGES, CONVERT, DESCRIPTION, EXPORT, EXPORTS, FABRIC, PEER,
    PEERS_MAX, REGISTER, RELEASE, SWITCHES, SWITCHES_MAX, Shape, THIRD_PARTY_KEY, TIERS,
};

use super::fields::Fields;
use super::reader::Reader;

impl Reader<'_> {
    /// Reads the argument of the action `word`.
    pub(super) fn classic_action(&mut self, word: &str, node: &Node) -> Option<ClassicAction> {
        match word {
            "register" => self.register(node),
            "deregister" => self.nothing(node, word).map(|()| ClassicAction::Deregister),
            "renew_id" => self.nothing(node, word).map(|()| ClassicAction::RenewId),
            "renew_authorization" => {
                self.nothing(node, word).map(|()| ClassicAction::RenewAuthorization)
            }
            "export" => self.export(node).map(ClassicAction::Export),
            "convert" => self.convert(node).map(ClassicAction::Convert),
            "fabric" => self.fabric(node).map(ClassicAction::Fabric),
            "application" => self.application(node).map(ClassicAction::Application),
            "third_party_key" => self.third_party_key(node),
            "release" => {
                let Shape::Integer { min, max } = RELEASE else { unreachable!("it is a number") };
                self.integer(node, min, max).map(|major| ClassicAction::Release { major })
            }
            other => unreachable!("`{other}` stands in the vocabulary without a reader"),
        }
    }

    fn register(&mut self, node: &Node) -> Option<ClassicAction> {
        let fields = self.fields(node, &REGISTER)?;
        let known = self.known;
        let id_token = fields
            .value("id_token")
            .and_then(|node| self.known_name(node, "ID token", &known.id_tokens));
        let force = fields.value("force").and_then(|node| self.flag(node)).unwrap_or(false);
        Some(ClassicAction::Register { id_token: id_token?, force })
    }

    fn export(&mut self, node: &Node) -> Option<Export> {
        let fields = self.fields(node, &EXPORT)?;
        let (key, value) = self.only_one(node, &fields, EXPORTS, "e.g. { request: hseck9 }")?;
        let feature = self.text(value);
        if let (Some(count), "return") = (fields.key("count"), key.name.as_str()) {
            let help = "a return gives everything back";
            self.problem(&count.span, "`count` does not go with `return`", help);
        }
        let count = match fields.value("count") {
            Some(node) => self.integer(node, 1, 1_000_000),
            None => Some(1),
        };
        let (feature, count) = (feature?, count?);
        Some(match key.name.as_str() {
            "request" => Export::Request { feature, count },
            _ => Export::Return { feature },
        })
    }

    fn convert(&mut self, node: &Node) -> Option<Convert> {
        if matches!(node.value, Value::Null) {
            return Some(Convert::Start);
        }
        let fields = self.fields(node, &CONVERT)?;
        fields.value("automatic").and_then(|node| self.flag(node)).map(Convert::Automatic)
    }

    fn fabric(&mut self, node: &Node) -> Option<Fabric> {
        if matches!(node.value, Value::Text(_)) {
            return self.word(node, &["report"]).map(|_| Fabric::Report);
        }
        let fields = self.fields(node, &FABRIC)?;
        let help = "e.g. { commission: leaf, count: 2 }";
        let (key, value) = self.only_one(node, &fields, CHANGES, help)?;
        let count = match fields.value("count") {
            Some(node) => self.integer(node, 1, SWITCHES_MAX),
            None => Some(1),
        };
        match key.name.as_str() {
            "commission" => {
                let role = self.switch_role(value)?;
                count.map(|count| Fabric::Commission { role, count })
            }
            "decommission" => {
                let role = self.switch_role(value)?;
                count.map(|count| Fabric::Decommission { role, count })
            }
            "enable" => {
                let tier = self.tier(value)?;
                count.map(|count| Fabric::Enable { tier, count })
            }
            _ => {
                let tier = self.tier(value)?;
                count.map(|count| Fabric::Disable { tier, count })
            }
        }
    }

    fn switch_role(&mut self, node: &Node) -> Option<SwitchRole> {
        self.word(node, SWITCHES).map(|word| match word.as_str() {
            "leaf" => SwitchRole::Leaf,
            _ => SwitchRole::Spine,
        })
    }

    fn tier(&mut self, node: &Node) -> Option<Tier> {
        self.word(node, TIERS).map(|word| match word.as_str() {
            "essentials" => Tier::Essentials,
            "advantage" => Tier::Advantage,
            _ => Tier::Premier,
        })
    }

    fn application(&mut self, node: &Node) -> Option<Application> {
        let fields = self.fields(node, &APPLICATION)?;
        let help = "e.g. { clear: CUBE_T_RED }";
        let (key, value) = self.only_one(node, &fields, APPLICATIONS, help)?;
        let feature = self.text(value);
        if key.name == "set" {
            return self.redundant_application(feature, &fields);
        }
        for name in DESCRIPTION {
            if let Some(misplaced) = fields.key(name) {
                let message = format!("`{name}` does not go with `{}`", key.name);
                self.problem(&misplaced.span, message, "it describes the application of `set`");
            }
        }
        let feature = feature?;
        Some(match key.name.as_str() {
            "take_over" => Application::TakeOver { feature },
            "remove_peers" => Application::RemovePeers { feature },
            _ => Application::Clear { feature },
        })
    }

    fn redundant_application(
        &mut self,
        feature: Option<String>,
        fields: &Fields<'_>,
    ) -> Option<Application> {
        let keys = APPLICATION.keys.iter();
        for key in keys.filter(|key| ["role", "name", "id"].contains(&key.name)) {
            if fields.value(key.name).is_none() {
                let message = format!("`set` needs `{}` beside it", key.name);
                self.problem(&fields.span, message, key.about);
            }
        }
        let role = fields.value("role").and_then(|node| self.role(node));
        let name = fields.value("name").and_then(|node| self.alphanumeric(node));
        let id = fields.value("id").and_then(|node| self.alphanumeric(node));
        let peers = fields.value("peers").map(|node| self.peers(node)).unwrap_or_default();
        Some(Application::Set { feature: feature?, role: role?, name: name?, id: id?, peers })
    }

    fn peers(&mut self, node: &Node) -> Vec<ApplicationPeer> {
        let what = "peers, each a mapping";
        let Some(items) = self.list(node, what) else { return Vec::new() };
        if items.is_empty() || items.len() > PEERS_MAX {
            let message = format!("an application has 1 to {PEERS_MAX} peers, if any");
            self.problem(&node.span, message, "leave `peers` out when there is none");
        }
        items.iter().filter_map(|item| self.peer(item)).collect()
    }

    fn peer(&mut self, node: &Node) -> Option<ApplicationPeer> {
        let fields = self.fields(node, &PEER)?;
        let instance = fields.value("instance").and_then(|node| self.cast_member(node));
        let role = fields.value("role").and_then(|node| self.role(node));
        let id = fields.value("id").and_then(|node| self.alphanumeric(node));
        let name = fields.value("name").map(|node| self.alphanumeric(node));
        let name = match name {
            Some(name) => Some(name?),
            None => None,
        };
        Some(ApplicationPeer { instance: instance?, role: role?, name, id: id? })
    }

    fn role(&mut self, node: &Node) -> Option<ApplicationRole> {
        self.word(node, &["active", "standby"]).map(|word| match word.as_str() {
            "active" => ApplicationRole::Active,
            _ => ApplicationRole::Standby,
        })
    }

    fn alphanumeric(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        if !text.chars().all(|c| c.is_ascii_alphanumeric()) {
            let help = "it has letters and digits, nothing else";
            self.problem(&node.span, format!("`{text}` is no name of an application"), help);
        }
        Some(text)
    }

    fn third_party_key(&mut self, node: &Node) -> Option<ClassicAction> {
        let fields = self.fields(node, &THIRD_PARTY_KEY)?;
        let name = fields.value("name").and_then(|node| self.text(node));
        let feature = fields.value("feature").and_then(|node| self.text(node));
        let routing = fields.value("routing").and_then(|node| self.text(node));
        Some(ClassicAction::ThirdPartyKey { name: name?, feature: feature?, routing: routing? })
    }

    /// The one key of `choice` that stands here, and its value.
    pub(super) fn only_one<'n>(
        &mut self,
        node: &'n Node,
        fields: &Fields<'n>,
        choice: &[&str],
        help: &str,
    ) -> Option<(&'n Key, &'n Node)> {
        let mut given = choice.iter().filter_map(|name| fields.key(name));
        let Some(key) = given.next() else {
            // An unknown key was probably meant as one of them, and has been told.
            if fields.all_known() {
                let message = format!("this needs one of {}", choice.join(", "));
                self.problem(&node.span, message, help);
            }
            return None;
        };
        if let Some(second) = given.next() {
            let message = format!("`{}` and `{}` in one step", key.name, second.name);
            self.problem(&second.span, message, "start a step of its own with `- `");
        }
        Some((key, fields.value(&key.name)?))
    }
}
