//! Reading `[instance]`.

use serde::Deserialize;

use super::{Loader, SecretForm, TargetError};
use crate::target::InstanceAccess;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstanceDocument {
    #[serde(default)]
    tls: bool,
    user: Option<String>,
    password: Option<SecretForm>,
}

impl Loader<'_> {
    pub(super) fn instance(
        &self,
        document: &InstanceDocument,
    ) -> Result<InstanceAccess, TargetError> {
        let wrong = |field: &str, problem: &str| Err(self.field(field, problem.to_owned()));
        let credentials = match (&document.user, &document.password) {
            (None, None) => None,
            (Some(user), Some(_)) if user.is_empty() || user.contains(':') => {
                return wrong("instance.user", "a user name is not empty and holds no colon");
            }
            (Some(user), Some(password)) => {
                Some((user.clone(), self.secret("instance.password", password)?))
            }
            _ => return wrong("instance", "give both `user` and `password`, or neither"),
        };
        Ok(InstanceAccess { tls: document.tls, credentials })
    }
}
