//! Files that an operator carries between the instances of a journey and their account: written by
//! an instance, uploaded, answered, imported. They lie in memory, under the names of the scenario.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_agent::files::upload::{UploadAccount, answers_for, bundle};
use muster_agent::{Carrier, Command, Effect, Input, UsageSelection, files};
use muster_scenarios::model::{Action, Saved, SavedUsage, Slac, SlacWish, Upload, UploadedFiles};
use serde::Deserialize;

use super::cursor::Wait;
use super::member::{Hindrance, StepPlace};
use super::{Journey, Wish};
use crate::log::Log;

/// The hook that takes files to the account.
pub(super) const UPLOAD: &str = "upload";

/// How every gzip file begins; what an instance or an account writes by itself is XML.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What the hook answers.
#[derive(Deserialize)]
struct Uploaded {
    /// The account's answer, base64.
    file: String,
}

impl Journey {
    /// Keeps a file for later steps.
    fn keep_file(&mut self, name: &str, bytes: Vec<u8>) {
        self.notes.get_or_insert_default().files.insert(name.to_owned(), bytes);
    }

    fn kept_file(&self, name: &str) -> Option<&[u8]> {
        self.notes.as_ref()?.files.get(name).map(Vec::as_slice)
    }

    /// Keeps the file an instance wrote under the name its step gives it. What a collection has
    /// written is taken before it comes here.
    pub(super) fn keep_written(&mut self, place: Option<StepPlace>, effect: &Effect) {
        let Some(place) = place else { return };
        let (_, numbered) = self.step_at(place.block, place.node);
        let name = match &numbered.step.action {
            Action::Save { file, .. } => Some(file),
            Action::Slac(slac) => slac.file.as_ref(),
            _ => None,
        };
        if let (Some(name), Some(text)) = (name, files::written(effect)) {
            self.keep_file(name, text.into_bytes());
        }
    }

    /// The instance reads a file that the scenario keeps, or one of the disk. Of a bundle it reads
    /// what is for it.
    pub(super) fn import(
        &mut self,
        member: usize,
        place: StepPlace,
        name: &str,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> Result<(), Hindrance> {
        let bytes = match self.kept_file(name) {
            Some(bytes) => bytes.to_vec(),
            None => match std::fs::read(name) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.break_off(format!("import {name}: {error}"));
                    return Ok(());
                }
            },
        };
        let files = if bytes.starts_with(&GZIP) {
            let udi = self.members[member].agent.identity().udi;
            answers_for(&udi, &bytes)
                .map_err(|error| Hindrance::NotSent(format!("import {name}: {error}")))?
        } else {
            vec![bytes]
        };
        if files.is_empty() {
            return Err(Hindrance::refused("the bundle holds nothing for this instance"));
        }
        for bytes in files {
            let import = Input::Command(Command::Import(bytes));
            self.agent_input(member, Some(place), now_ms, wishes, log, import);
        }
        Ok(())
    }

    /// Has the target's operator carry files to the account.
    pub(super) fn begin_upload(
        &mut self,
        at: usize,
        upload: &Upload,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
    ) -> Result<(), Hindrance> {
        let kept = |name: &String| {
            let missing = || Hindrance::NotSent(format!("no step wrote the file `{name}`"));
            self.kept_file(name).ok_or_else(missing)
        };
        let (names, bytes) = match &upload.files {
            UploadedFiles::One(name) => (name.clone(), kept(name)?.to_vec()),
            UploadedFiles::Bundle(names) => {
                let texts = names
                    .iter()
                    .map(|name| Ok(String::from_utf8_lossy(kept(name)?).into_owned()))
                    .collect::<Result<Vec<_>, Hindrance>>()?;
                // Assumed: an account takes a bundle that does not name it.
                let packed = bundle(&UploadAccount::default(), texts, now_ms / 1_000);
                let packed = packed.map_err(|error| Hindrance::NotSent(error.to_string()))?;
                (names.join(", "), packed)
            }
        };
        let cursor = &mut self.cursors[at];
        cursor.wait = Wait::Hook;
        // The journal is told which files; their content went through it when they were written.
        cursor.arguments = BTreeMap::from([("files".to_owned(), names)]);
        let arguments = BTreeMap::from([("file".to_owned(), STANDARD.encode(bytes))]);
        wishes.push(Wish::Hook { cursor: at, name: UPLOAD.to_owned(), arguments });
        Ok(())
    }

    /// Keeps the account's answer to an upload; the error says why the hook brought none.
    pub(super) fn keep_answer(&mut self, upload: &Upload, said: &str) -> Result<(), String> {
        let unreadable = |why: String| format!("its answer is no {{\"file\": base64}}: {why}");
        let uploaded: Uploaded =
            serde_json::from_str(said).map_err(|error| unreadable(error.to_string()))?;
        let bytes = STANDARD.decode(uploaded.file).map_err(|e| unreadable(e.to_string()))?;
        self.keep_file(&upload.answer, bytes);
        Ok(())
    }
}

/// The agent's command for `save`.
pub(super) const fn save_command(what: Saved) -> Command {
    match what {
        Saved::Usage(SavedUsage::All) => Command::SaveUsage(UsageSelection::All),
        Saved::Usage(SavedUsage::Unreported) => Command::SaveUsage(UsageSelection::Unreported),
        Saved::Usage(SavedUsage::Days(days)) => Command::SaveUsage(UsageSelection::Days(days)),
        Saved::TrustRequest => Command::SaveTrustRequest,
    }
}

/// The agent's command for `slac`.
pub(super) fn slac_command(slac: &Slac) -> Command {
    let carrier = match slac.file {
        Some(_) => Carrier::File,
        None => Carrier::Message,
    };
    match &slac.wish {
        SlacWish::Request { feature, count, replace } => Command::RequestAuthorization {
            feature: feature.as_str().into(),
            count: *count,
            add: !replace,
            carrier,
        },
        SlacWish::Return => Command::ReturnAuthorization { carrier },
    }
}
