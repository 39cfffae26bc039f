//! Who calls: the bearer of an access token.
//!
//! Source: SSM On-Prem 7 User Guide, "API Toolkit Widget" (403, "Access Restricted", without one).
//! Public: a client waits for exactly 403 when it calls without a bearer token.

use super::answer::refused;
use super::call::header;
use super::console::Holder;
use super::role::{Access, VirtualAccountRole};
use crate::defects::Defect;
use crate::message::ServerAnswer;
use crate::server::Core;

/// Somebody who was let in.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) holder: Holder,
    access: Access,
}

/// The caller of a request.
pub(super) fn caller(
    core: &Core,
    headers: &[(String, String)],
    now_ms: u64,
) -> Result<Caller, ServerAnswer> {
    let now_ms = if core.has(Defect::EXPIRED_BEARER_TAKEN) { 0 } else { now_ms };
    let found = header(headers, "authorization").and_then(bearer).and_then(|token| {
        let store = core.store();
        let (holder, access) = store.console.holder(token, now_ms)?;
        Some(Caller { holder: holder.clone(), access })
    });
    let anybody = || {
        let holder = Holder::Client("anybody".to_owned());
        core.has(Defect::BEARER_NOT_NEEDED).then_some(Caller { holder, access: Access::System })
    };
    found.or_else(anybody).ok_or_else(|| refused(403, "Access Restricted"))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Caller {
    #[cfg(test)]
    pub(super) fn of_test(access: Access) -> Self {
        Self { holder: Holder::Client("test".to_owned()), access }
    }

    pub(super) fn administers(&self, account: &str) -> bool {
        self.access.administers(account)
    }

    pub(super) fn reaches(&self, account: &str) -> bool {
        self.access.reaches(account)
    }

    pub(super) fn reaches_all_of(&self, account: &str) -> bool {
        self.access.reaches_all_of(account)
    }

    pub(super) fn role(&self, account: &str, virtual_account: &str) -> Option<VirtualAccountRole> {
        self.access.role(account, virtual_account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_bears_a_token() {
        for (value, token) in [
            ("Bearer abc", Some("abc")),
            (" bearer  abc ", Some("abc")),
            ("Basic abc", None),
            ("abc", None),
            ("Bearer", None),
        ] {
            assert_eq!(bearer(value), token, "{value}");
        }
    }
}
