//! `agent_actions`: what a server wants its product instance to do. Public: the member. Assumed:
//! a list of words, and the words.

use serde_json::Value;

use crate::classic::header::Header;
use crate::status::wire_words;

wire_words! {
    /// One thing to do.
    AgentAction {
        /// Renew the ID certificate.
        RenewId = "RENEW_ID",
        /// Renew the authorization.
        RenewAuthorization = "RENEW_AUTH",
        /// Leave the account.
        Deregister = "DEREGISTER",
    }
}

impl Header {
    /// What the server wants done, in order; nothing when the member has another form.
    pub fn actions(&self) -> Vec<AgentAction> {
        let words = self.agent_actions.as_array().into_iter().flatten();
        words.filter_map(Value::as_str).map(AgentAction::from).collect()
    }

    /// Asks for `actions`; none writes `null`, as the public sample does.
    pub fn set_actions(&mut self, actions: &[AgentAction]) {
        self.agent_actions = match actions {
            [] => Value::Null,
            some => some.iter().map(AgentAction::as_str).collect(),
        };
    }
}
