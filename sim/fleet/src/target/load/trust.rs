//! The certificates a profile trusts: what is built in, and what was imported.

use std::path::PathBuf;

use rustls_pki_types::CertificateDer;

use super::{Loader, TargetError, unreadable};

impl Loader<'_> {
    /// The certificates of one list: PEM text `NAME_pem`, and files `NAME`.
    pub(super) fn certificates(
        &self,
        name: &str,
        pem: Option<&str>,
        files: &[PathBuf],
    ) -> Result<Vec<CertificateDer<'static>>, TargetError> {
        let mut all = Vec::new();
        let mut add = |field: &str, pem: &str| {
            let found = muster_certs::trust_roots_from_pem(pem)
                .map_err(|error| self.field(field, error.to_string()))?;
            all.extend(found);
            Ok(())
        };
        if let Some(pem) = pem {
            add(&format!("trust.{name}_pem"), pem)?;
        }
        for file in files {
            let file = self.folder.join(file);
            let pem = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
            add(&format!("trust.{name} ({})", file.display()), &pem)?;
        }
        Ok(all)
    }
}
