//! How product instances let themselves be collected from: `[instance]` of the profile.

use std::collections::BTreeMap;

use muster_scenarios::model::PullInterface;

use super::Secret;

/// What an instance shows and asks for while a server collects from it.
#[derive(Clone, Debug, Default)]
pub struct InstanceAccess {
    /// Whether it serves over TLS, with a certificate of Muster's own.
    pub tls: bool,
    /// User and password that every request must bring; none: whoever reaches it is admitted.
    pub credentials: Option<(String, Secret)>,
}

impl InstanceAccess {
    /// What the hook `collect` is told of an instance at `url`, and how to ask it; `ca` is the
    /// certificate its TLS leads to, PEM.
    pub(crate) fn arguments(
        &self,
        url: &str,
        ca: Option<&str>,
        over: PullInterface,
    ) -> BTreeMap<String, String> {
        let credentials = self.credentials.as_ref();
        let all = [
            ("url", Some(url)),
            ("interface", Some(over.as_str())),
            ("ca", ca),
            ("user", credentials.map(|(user, _)| user.as_str())),
            ("password", credentials.map(|(_, password)| password.reveal())),
        ];
        let given = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}
