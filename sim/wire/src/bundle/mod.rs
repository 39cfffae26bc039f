//! The bundle that people carry between an air-gapped server and the account: an archive of
//! archives, one per virtual account, with one file per product instance.
//!
//! Source: a public script that builds usage bundles and unpacks acknowledgements (names, layout,
//! manifest). Assumed: that an answer has the same layout, every name with `ACK_` before it.

mod gzip;
mod manifest;
mod tar;

pub use manifest::{Manifest, ManifestEntry};

use crate::{Artefact, Error, limits};

const FORMAT: &str = "bundle";

/// Name of the manifest inside a bundle.
pub const MANIFEST: &str = "manifest.mf";
/// What stands before the names in an answer.
pub const ACKNOWLEDGED: &str = "ACK_";

/// One bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// What is in it, as text; answers may have none.
    pub manifest: Option<Manifest>,
    /// One archive per virtual account.
    pub archives: Vec<BundledArchive>,
}

/// The files of one virtual account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundledArchive {
    /// Its name, see [`archive_name`].
    pub name: String,
    /// One file per product instance.
    pub files: Vec<BundledFile>,
}

/// The file of one product instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundledFile {
    /// Its name, see [`file_name`].
    pub name: String,
    /// A usage file, or an acknowledgement.
    pub bytes: Vec<u8>,
}

/// Name of a usage bundle.
pub fn bundle_name(time: u64) -> String {
    format!("UD_SA_{time}.tar.gz")
}

/// Name of the archive of a virtual account.
pub fn archive_name(time: u64) -> String {
    format!("UD_VA_{time}.tar.gz")
}

/// Name of the file of the `number`th product instance.
pub fn file_name(number: usize, time: u64) -> String {
    format!("dev_{number}_{time}.txt")
}

impl BundledFile {
    /// What the file holds.
    pub fn artefact(&self) -> Result<Artefact, Error> {
        Artefact::decode(&self.bytes)
    }
}

impl Bundle {
    /// The bundle as bytes; `time` is written as the time of change of every part, in seconds.
    pub fn encode(&self, time: u64) -> Result<Vec<u8>, Error> {
        let mut parts = Vec::new();
        if let Some(manifest) = &self.manifest {
            parts.push((MANIFEST.to_owned(), manifest.encode().into_bytes()));
        }
        for archive in &self.archives {
            let files: Vec<_> =
                archive.files.iter().map(|file| (&*file.name, &*file.bytes)).collect();
            parts.push((archive.name.clone(), gzip::encode(&tar::encode(&files, time)?)));
        }
        let parts: Vec<_> = parts.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
        Ok(gzip::encode(&tar::encode(&parts, time)?))
    }

    /// Reads a bundle. All archives together expand to at most [`limits::BUNDLE_BYTES_MAX`];
    /// parts that are neither manifest nor archive are passed over.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Self::decode_within(limits::BUNDLE_BYTES_MAX, bytes)
    }

    fn decode_within(mut left: usize, bytes: &[u8]) -> Result<Self, Error> {
        let mut bundle = Self::default();
        for part in expanded(bytes, &mut left)? {
            if part.name == MANIFEST {
                let text = limits::text("manifest", &part.bytes, limits::MESSAGE_BYTES_MAX)?;
                bundle.manifest = Some(Manifest::decode(text)?);
            } else if part.name.ends_with(".tar.gz") {
                let files = expanded(&part.bytes, &mut left)?;
                bundle.archives.push(BundledArchive { name: part.name, files });
            }
        }
        Ok(bundle)
    }
}

/// The files of one compressed archive; what they take is taken off `left`.
fn expanded(bytes: &[u8], left: &mut usize) -> Result<Vec<BundledFile>, Error> {
    let archive = gzip::decode(bytes, *left)?;
    *left -= archive.len();
    let mut files = Vec::new();
    for (name, bytes) in tar::decode(&archive)? {
        if files.len() == limits::BUNDLED_FILES_MAX {
            let part = "number of files";
            return Err(Error::malformed(FORMAT, part, "more", "at most 10000 in one archive"));
        }
        files.push(BundledFile { name, bytes: bytes.to_vec() });
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        let file = |number| BundledFile {
            name: file_name(number, 1_767_225_600),
            bytes: format!("<smartLicense>{number}</smartLicense>").into_bytes(),
        };
        let archive = BundledArchive {
            name: archive_name(1_767_225_600),
            files: vec![file(1), file(2), BundledFile { bytes: Vec::new(), ..file(3) }],
        };
        let manifest = Manifest {
            uuid: "5a1e0000-0000-4000-8000-00000000b0b0".to_owned(),
            smart_account: "Muster Test Account".to_owned(),
            smart_account_id: "1001".to_owned(),
            entries: vec![ManifestEntry {
                name: format!("/{}", archive.name),
                virtual_account: "Default".to_owned(),
                virtual_account_id: "2001".to_owned(),
            }],
        };
        Bundle { manifest: Some(manifest), archives: vec![archive] }
    }

    #[test]
    fn a_bundle_round_trips_and_its_bytes_are_always_the_same() {
        let bytes = bundle().encode(1_767_225_600).unwrap();
        assert_eq!(Bundle::decode(&bytes), Ok(bundle()));
        assert_eq!(bundle().encode(1_767_225_600).unwrap(), bytes);
        let answer = Bundle { manifest: None, ..bundle() };
        assert_eq!(Bundle::decode(&answer.encode(0).unwrap()), Ok(answer));
    }

    #[test]
    fn an_archive_that_expands_past_the_limit_is_refused() {
        let bytes = gzip::encode(&tar::encode(&[("a", &[0; 500_000])], 0).unwrap());
        assert!(bytes.len() < 5_000, "{}", bytes.len());
        assert_eq!(Bundle::decode(&bytes), Ok(Bundle::default()));
        insta::assert_snapshot!(
            Bundle::decode_within(100_000, &bytes).unwrap_err(),
            @r#"gzip: content is "over 100000 bytes", expected what is left of the limit"#
        );
    }

    #[test]
    fn all_archives_together_share_the_limit() {
        let file = BundledFile { name: file_name(1, 0), bytes: vec![0; 40_000] };
        let archive = BundledArchive { name: archive_name(0), files: vec![file] };
        let one = Bundle { manifest: None, archives: vec![archive.clone()] };
        assert_eq!(Bundle::decode_within(60_000, &one.encode(0).unwrap()), Ok(one));
        let two = Bundle { manifest: None, archives: vec![archive.clone(), archive] };
        assert!(Bundle::decode_within(60_000, &two.encode(0).unwrap()).is_err());
        assert_eq!(Bundle::decode_within(100_000, &two.encode(0).unwrap()), Ok(two));
    }

    #[test]
    fn changed_bytes_are_noticed_or_harmless() {
        let bytes = bundle().encode(0).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            // Time, operating system and compression level of the header carry nothing.
            if let Ok(read) = Bundle::decode(&changed) {
                assert!((4..10).contains(&at), "byte {at}");
                assert_eq!(read, bundle());
            }
            assert!(Bundle::decode(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn too_many_files_are_refused() {
        let names: Vec<_> = (0..=limits::BUNDLED_FILES_MAX).map(|one| one.to_string()).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        let bytes = gzip::encode(&tar::encode(&files, 0).unwrap());
        let error = Bundle::decode(&bytes).unwrap_err();
        assert!(error.to_string().contains("at most 10000 in one archive"), "{error}");
    }
}
