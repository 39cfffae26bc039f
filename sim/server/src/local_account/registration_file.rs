//! Registration without a network: a file goes to CSSM, its authorization file comes back.
//!
//! Source: SSM On-Prem 7 User Guide, "Manual Registration (Offline Mode)", "Manually
//! Re-Registering a local Account (Offline Mode)". Assumed: what the files hold.

use serde::{Deserialize, Serialize};

use super::account_state::AccountInput;
use super::life::{new_uid, refuse_dead};
use super::{Refused, checked};
use crate::account::Account;
use crate::notices::topic::Topic;
use crate::notices::{Place, on_prem_text};
use crate::server::Core;
use crate::synchronization::document::{DocumentKind, VERSION};
use crate::synchronization::sealed::{File, Opened, seal};

/// How CSSM refuses a file.
const INVALID: &str = "The file being processed for this On-Prem is invalid.";

/// From On-Prem to CSSM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RegistrationFile {
    version: String,
    #[serde(rename = "type")]
    kind: DocumentKind,
    /// The identifier the account will have.
    uid: String,
    local_account: String,
    email: String,
    smart_account: String,
    virtual_account: String,
    /// The identifier it had before.
    replaces: Option<String>,
}

/// From CSSM to On-Prem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AuthorizationFile {
    version: String,
    #[serde(rename = "type")]
    kind: DocumentKind,
    uid: String,
    /// What CSSM calls the On-Prem.
    name: String,
    smart_account: String,
    virtual_account: String,
}

impl Core {
    /// The file an account registers with, for the first time or again.
    pub(crate) fn registration_file(&self, name: &str, user: &str) -> Result<File, Refused> {
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        refuse_dead(&store, name, now_ms)?;
        let account = store.local_accounts.find(name)?;
        account.apply(AccountInput::WriteFile)?;
        let uid = new_uid(&self.seed, name, account.generation.saturating_add(1));
        account.awaited_file = Some(uid.clone());
        let replaces = account.registration.as_ref().map(|of| of.uid.clone());
        let pair = account.registration.as_ref().map_or_else(
            || Account {
                smart_account: account.request.smart_account.clone(),
                virtual_account: account.request.virtual_account.clone(),
            },
            |registration| registration.pair.clone(),
        );
        let file = RegistrationFile {
            version: VERSION.to_owned(),
            kind: DocumentKind::Registration,
            uid: uid.clone(),
            local_account: name.to_owned(),
            email: account.request.email.clone(),
            smart_account: pair.smart_account,
            virtual_account: pair.virtual_account,
            replaces,
        };
        if file.replaces.is_some() {
            store.tell_account(name, on_prem_text::re_registration_file(name, user));
        }
        let generation = store.local_accounts.find(name)?.generation;
        drop(store);
        let key = self.account_key(&uid);
        let content = seal(&file, |text| key.sign(text));
        Ok(File::new(name, "registration", u64::from(generation) + 1, content))
    }

    /// CSSM: the authorization file to a registration file, for the pair that was asked for or
    /// another one.
    pub(crate) fn authorization_file(
        &self,
        opened: &Opened,
        pair: Option<Account>,
        on_prem: Option<&str>,
    ) -> Result<File, String> {
        let invalid = |_| INVALID.to_owned();
        let file: RegistrationFile =
            serde_json::from_value(opened.members.clone()).map_err(invalid)?;
        if !opened.is_signed_by(&self.account_key(&file.uid).public_key()) {
            return Err(INVALID.to_owned());
        }
        let on_prem = on_prem.unwrap_or(&file.local_account);
        let pair = match pair {
            Some(pair) if pair.smart_account.is_empty() => {
                Account { smart_account: file.smart_account, ..pair }
            }
            Some(pair) => pair,
            None => {
                Account { smart_account: file.smart_account, virtual_account: file.virtual_account }
            }
        };
        for (member, text) in [
            ("name", on_prem),
            ("smart_account", &pair.smart_account),
            ("virtual_account", &pair.virtual_account),
        ] {
            checked(member, text).map_err(|refused| refused.to_string())?;
        }
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        let names = (on_prem, file.local_account.as_str());
        // The same file again gives the same answer.
        if store.cssm.on_prem(&file.uid).is_none() {
            let old = file.replaces.as_deref();
            let registered = store.cssm.register(&file.uid, names, &pair, old, now_ms);
            registered.map_err(|why| Refused::from(why).to_string())?;
        }
        let account = &file.local_account;
        store.tell_account(account, on_prem_text::authorization_pending(on_prem, &file.email));
        let place = Place::account(account);
        store.notices.clear(&place, Topic::AuthorizationPending, on_prem);
        store.tell_account(account, on_prem_text::authorization_file_ready(on_prem));
        drop(store);
        let answer = AuthorizationFile {
            version: VERSION.to_owned(),
            kind: DocumentKind::Authorization,
            uid: file.uid,
            name: on_prem.to_owned(),
            smart_account: pair.smart_account,
            virtual_account: pair.virtual_account,
        };
        let content = self.seal_by_cssm(&answer);
        Ok(File::new(on_prem, "authorization", 1, content))
    }

    /// Takes CSSM's authorization file: the account is registered.
    pub(crate) fn upload_authorization(
        &self,
        name: &str,
        content: &str,
        user: &str,
    ) -> Result<(), Refused> {
        let refused = |reason: &str| Refused::File { reason: reason.to_owned() };
        let opened = Opened::read(content).map_err(|_| refused("the file is no YAML document"))?;
        let file: AuthorizationFile = serde_json::from_value(opened.members.clone())
            .map_err(|_| refused("the file is no authorization file"))?;
        if file.kind != DocumentKind::Authorization
            || !opened.is_signed_by(&self.authority.signing_public_key())
        {
            return Err(refused("the file is no authorization file, or was modified"));
        }
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        let account = store.local_accounts.find(name)?;
        let is_again = account.registration.is_some();
        if account.awaited_file.as_deref() != Some(file.uid.as_str()) {
            return Err(refused("the file does not answer the last file of this account"));
        }
        let state = account.state;
        account.apply(AccountInput::TakeFile)?;
        let pair =
            Account { smart_account: file.smart_account, virtual_account: file.virtual_account };
        let registered = store.take_registration(name, (file.uid, pair, file.name), user, now_ms);
        let account = store.local_accounts.find(name)?;
        match registered {
            Ok(()) => account.owes_full_synchronization = is_again,
            Err(_) => account.state = state,
        }
        registered
    }
}
