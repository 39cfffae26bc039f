//! Who may ask: user and password, with every request.
//!
//! Source: public documentation of the interface ("HTTP authentication is performed with a username
//! and password and is performed for every request").

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{InstanceAnswer, InstanceRequest};

/// What a request without the right credentials is told to bring.
const CHALLENGE: &str = "Basic realm=\"product instance\"";

/// A user and the password. Its debug form does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Access {
    pub(super) fn admits(&self, request: &InstanceRequest<'_>) -> bool {
        let given = request.header("authorization").and_then(|value| {
            let (scheme, credentials) = value.split_once(' ')?;
            let decoded = STANDARD.decode(credentials.trim()).ok()?;
            scheme.eq_ignore_ascii_case("basic").then_some(decoded)
        });
        given.is_some_and(|given| given == format!("{}:{}", self.user, self.password).as_bytes())
    }
}

pub(super) fn refused() -> InstanceAnswer {
    challenging(InstanceAnswer::fault(401, "user and password are needed"))
}

pub(super) fn challenging(answer: InstanceAnswer) -> InstanceAnswer {
    answer.with("www-authenticate", CHALLENGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_user_and_password_are_admitted() {
        let access = Access { user: "collector".to_owned(), password: "s:ecret".to_owned() };
        assert!(!format!("{access:?}").contains("ecret"));
        let admits = |header: Option<String>| {
            let headers: Vec<_> =
                header.into_iter().map(|value| ("authorization".to_owned(), value)).collect();
            access.admits(&InstanceRequest {
                method: "GET",
                target: "/",
                headers: &headers,
                body: b"",
            })
        };
        let basic = |text: &str| Some(format!("Basic {}", STANDARD.encode(text)));
        assert!(admits(basic("collector:s:ecret")));
        assert!(admits(basic("collector:s:ecret").map(|value| value.replace("Basic", "basic"))));
        for wrong in [
            None,
            basic("collector:wrong"),
            basic("collector"),
            basic(""),
            Some("Basic %%".to_owned()),
            Some("Bearer x".to_owned()),
            Some(String::new()),
        ] {
            assert!(!admits(wrong.clone()), "{wrong:?}");
        }
    }
}
