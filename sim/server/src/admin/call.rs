//! One call: who makes it, when, and what it comes with.

use serde::de::DeserializeOwned;

use super::access::Caller;
use super::answer::refused;
use super::liberal;
use crate::holdings::AccountNumber;
use crate::message::ServerAnswer;
use crate::router::{Role, percent_decoded};
use crate::server::Core;
use crate::store::Store;

/// A call whose caller is known.
pub(super) struct Call<'a> {
    pub(super) core: &'a Core,
    pub(super) caller: Caller,
    pub(super) now_ms: u64,
    /// What stands in the braces of the route's path, in order.
    pub(super) names: Vec<String>,
    pub(super) query: Query,
    pub(super) body: &'a [u8],
    pub(super) headers: &'a [(String, String)],
    /// Whose call it is.
    pub(super) role: Role,
}

/// The members of a query, decoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

/// Members of a query; no call has more than ten.
const QUERY_MEMBERS_MAX: usize = 64;

impl Call<'_> {
    /// The local account of the path.
    pub(super) fn account(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// The virtual account of the path.
    pub(super) fn virtual_account(&self) -> &str {
        self.names.get(1).map_or("", String::as_str)
    }

    /// The body. Assumed: one that cannot be read is a bad request.
    pub(super) fn read<T: DeserializeOwned + Default>(&self) -> Result<T, ServerAnswer> {
        liberal::read(self.body).map_err(|error| refused(400, format!("Invalid request: {error}")))
    }

    /// The virtual account of the path, when the caller may see it; otherwise the refusal, in the
    /// words of the call. Assumed: that it does not exist is said to those only who may see all.
    pub(super) fn found(
        &self,
        store: &Store,
        not_authorized: impl FnOnce() -> String,
    ) -> Result<AccountNumber, ServerAnswer> {
        let (account, name) = (self.account(), self.virtual_account());
        let number = store.holdings.found(account, name);
        let is_allowed = self.caller.role(account, name).is_some();
        match number {
            Some(number) if is_allowed => Ok(number),
            None if self.caller.reaches_all_of(account) => {
                Err(refused(422, format!("Failed to find Virtual Account '{name}'.")))
            }
            _ => Err(refused(403, not_authorized())),
        }
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(self.headers, name)
    }
}

/// The value of a header, by its name in lower case.
pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

impl Query {
    /// Reads `a=1&b=2`, as in a query or a form; what cannot be decoded is left out.
    pub(super) fn new(text: &str) -> Self {
        let decoded = |text: &str| percent_decoded(&text.replace('+', " "));
        let members = text.split('&').filter(|member| !member.is_empty()).take(QUERY_MEMBERS_MAX);
        let read = |member: &str| {
            let (name, value) = member.split_once('=').unwrap_or((member, ""));
            Some((decoded(name)?, decoded(value)?))
        };
        Self(members.filter_map(read).collect())
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
