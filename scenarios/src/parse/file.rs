//! The actions that are about files between an instance and its account.

use crate::model::{
    Action, PullInterface, Saved, SavedUsage, Slac, SlacWish, Upload, UploadedFiles,
};
use crate::tree::{Node, Value};
use crate::vocabulary::{
    DAYS_MAX, FILES_MAX, INTERFACES, LICENCES_MAX, SAVE, SAVES, SLAC, SLACS, UPLOAD, UPLOADS,
    USAGES,
};

use super::reader::Reader;

impl Reader<'_> {
    pub(super) fn collect(&mut self, node: &Node) -> Option<PullInterface> {
        if !matches!(node.value, Value::Text(_)) {
            return self.nothing(node, "collect").map(|()| PullInterface::Rest);
        }
        self.word(node, INTERFACES).map(|word| match word.as_str() {
            "restconf" => PullInterface::Restconf,
            _ => PullInterface::Rest,
        })
    }

    pub(super) fn save(&mut self, node: &Node) -> Option<Action> {
        let fields = self.fields(node, &SAVE)?;
        let help = "e.g. { usage: all, file: usage.xml }";
        let (key, value) = self.only_one(node, &fields, SAVES, help)?;
        let what = match key.name.as_str() {
            "usage" => self.word(value, USAGES).map(|word| {
                Saved::Usage(match word.as_str() {
                    "unreported" => SavedUsage::Unreported,
                    _ => SavedUsage::All,
                })
            }),
            "days" => {
                let days = self.integer(value, 1, DAYS_MAX);
                days.map(|days| Saved::Usage(SavedUsage::Days(days)))
            }
            _ => self.word(value, &["request"]).map(|_| Saved::TrustRequest),
        };
        let file = fields.value("file").and_then(|node| self.new_file(node))?;
        Some(Action::Save { what: what?, file })
    }

    pub(super) fn slac(&mut self, node: &Node) -> Option<Slac> {
        let fields = self.fields(node, &SLAC)?;
        let (key, value) = self.only_one(node, &fields, SLACS, "e.g. { request: hseck9 }")?;
        let is_request = key.name == "request";
        for name in ["count", "replace"] {
            if let (false, Some(misplaced)) = (is_request, fields.key(name)) {
                let message = format!("`{name}` does not go with `return`");
                self.problem(&misplaced.span, message, "a return gives everything back");
            }
        }
        let wish = if is_request {
            let feature = self.text(value);
            let count = match fields.value("count") {
                Some(node) => self.integer(node, 1, LICENCES_MAX),
                None => Some(1),
            };
            let replace = fields.value("replace").and_then(|node| self.flag(node));
            let (feature, count) = (feature?, count?);
            SlacWish::Request { feature, count, replace: replace.unwrap_or(false) }
        } else {
            self.word(value, &["all"])?;
            SlacWish::Return
        };
        let file = match fields.value("file") {
            Some(node) => Some(self.new_file(node)?),
            None => None,
        };
        Some(Slac { wish, file })
    }

    pub(super) fn upload(&mut self, node: &Node) -> Option<Upload> {
        let fields = self.fields(node, &UPLOAD)?;
        let help = "e.g. { file: usage.xml, answer: ack.xml }";
        let (key, value) = self.only_one(node, &fields, UPLOADS, help)?;
        let files = if key.name == "file" {
            self.kept_file(value).map(UploadedFiles::One)
        } else {
            let items = self.list(value, "names of files");
            if items.is_some_and(|items| items.is_empty() || items.len() > FILES_MAX) {
                let message = format!("a bundle holds 1 to {FILES_MAX} files");
                self.problem(&value.span, message, "e.g. [a.xml, b.xml]");
            }
            let items = items.unwrap_or_default();
            let files = items.iter().filter_map(|item| self.kept_file(item));
            Some(UploadedFiles::Bundle(files.collect()))
        };
        let answer = fields.value("answer").and_then(|node| self.new_file(node));
        Some(Upload { files: files?, answer: answer? })
    }

    /// Reads the name a file is kept under from here on.
    fn new_file(&mut self, node: &Node) -> Option<String> {
        let name = self.text(node)?;
        self.files.insert(name.clone());
        Some(name)
    }

    /// Reads the name of a file that an earlier step has kept.
    fn kept_file(&mut self, node: &Node) -> Option<String> {
        let name = self.text(node)?;
        if self.files.contains(&name) {
            return Some(name);
        }
        let kept: Vec<String> = self.files.iter().cloned().collect();
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        if kept.is_empty() {
            let help = "an earlier step writes it by `save` or `slac`, with `file`";
            self.problem(&node.span, format!("unknown file `{name}`"), help);
        } else {
            self.unknown(&node.span, "file", &name, &kept);
        }
        Some(name)
    }
}
