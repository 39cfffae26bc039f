//! What is carried to an account's web page, and back: one bundle for many instances.
//!
//! Source: a public script that collects reports from instances, packs them for the account and
//! takes the acknowledgements out of its answer.

use muster_wire::bundle::{
    Bundle, BundledArchive, BundledFile, Manifest, ManifestEntry, archive_name, file_name,
};
use muster_wire::{Artefact, Error, Udi};

/// Whose usage a bundle holds. The account takes one without any of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadAccount {
    /// Who made the bundle.
    pub uuid: String,
    /// Name of the smart account.
    pub smart_account: String,
    /// Its number.
    pub smart_account_id: String,
    /// Name of the virtual account.
    pub virtual_account: String,
    /// Its number.
    pub virtual_account_id: String,
}

/// The bundle of `files`, one per instance, as bytes; `time_s` names its parts.
///
/// # Errors
///
/// When a part of it cannot be written.
pub fn bundle(
    account: &UploadAccount,
    files: impl IntoIterator<Item = String>,
    time_s: u64,
) -> Result<Vec<u8>, Error> {
    let name = archive_name(time_s);
    let entry = ManifestEntry {
        name: format!("/{name}"),
        virtual_account: account.virtual_account.clone(),
        virtual_account_id: account.virtual_account_id.clone(),
    };
    let manifest = Manifest {
        uuid: account.uuid.clone(),
        smart_account: account.smart_account.clone(),
        smart_account_id: account.smart_account_id.clone(),
        entries: vec![entry],
    };
    let files = (1..)
        .zip(files)
        .map(|(number, text)| BundledFile {
            name: file_name(number, time_s),
            bytes: text.into_bytes(),
        })
        .collect();
    let archives = vec![BundledArchive { name, files }];
    Bundle { manifest: Some(manifest), archives }.encode(time_s)
}

/// The files of an answer that one instance is to import. A policy is for everybody; what does not
/// read is for nobody.
///
/// # Errors
///
/// When the bundle does not read.
pub fn answers_for(udi: &Udi, bundle: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
    let bundle = Bundle::decode(bundle)?;
    let files = bundle.archives.into_iter().flat_map(|archive| archive.files);
    let is_for = |file: &BundledFile| file.artefact().is_ok_and(|found| is_for(&found, udi));
    Ok(files.filter(is_for).map(|file| file.bytes).collect())
}

fn is_for(artefact: &Artefact, udi: &Udi) -> bool {
    let is_it = |text: &str| text.parse::<Udi>().as_ref() == Ok(udi);
    match artefact {
        Artefact::Acknowledgement(ack) => ack.data.sudi.udi() == *udi,
        Artefact::Trust(answer) => is_it(&answer.trust_code.udi),
        Artefact::Authorization(answer) => is_it(&answer.udi),
        Artefact::Policy(_) => true,
        _ => false,
    }
}
