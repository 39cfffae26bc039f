//! The control API's view of deviations: which there are, and which are active.
//!
//! Assumed: all of it, as the rest of the control API.

use serde::Deserialize;
use serde_json::json;

use super::Defect;
use crate::control::{good, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;

/// What is to be switched, by name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switches {
    #[serde(default)]
    on: Vec<String>,
    #[serde(default)]
    off: Vec<String>,
}

pub(crate) fn defects(core: &Core) -> ServerAnswer {
    let defect = |defect: Defect| {
        json!({
            "name": defect.name(),
            "area": defect.area(),
            "era": defect.era().as_str(),
            "title": defect.title(),
            "requirement": defect.requirement(),
            "active": core.has(defect),
        })
    };
    good(&json!({ "defects": Defect::all().map(defect).collect::<Vec<_>>() }))
}

/// Switches all that are named, or none.
pub(crate) fn switch_defects(core: &Core, body: &[u8]) -> ServerAnswer {
    let Switches { on, off } = match serde_json::from_slice(body) {
        Ok(switches) => switches,
        Err(error) => return wrong(400, &format!("not a switch of defects: {error}")),
    };
    let named = |name: &String| match Defect::named(name) {
        Some(defect) if defect.is_fixed() => Err(wrong(
            409,
            &format!("{name} is decided when the server begins to listen: give --defect {name}"),
        )),
        Some(defect) => Ok(defect),
        None => {
            let name: String = name.chars().take(64).collect();
            Err(wrong(404, &format!("there is no defect {name:?}: GET lists them")))
        }
    };
    let switched: Result<Vec<_>, _> = [(on, true), (off, false)]
        .iter()
        .flat_map(|(names, active)| names.iter().map(|name| Ok((named(name)?, *active))))
        .collect();
    match switched {
        Ok(switched) => {
            for (defect, active) in switched {
                core.defects.switch(defect, active);
            }
            defects(core)
        }
        Err(answer) => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defects::probe::{RECEIVER, control, get};
    use crate::handler::tests::good_server;

    #[test]
    fn a_defect_is_switched_on_and_off_while_the_server_runs() {
        let server = good_server();
        let banner = get(&server, RECEIVER).body;
        let (status, listed) = control(&server, "PUT", "defects", &json!({ "on": ["no-banner"] }));
        assert_eq!(status, 200);
        let listed = listed["defects"].as_array().unwrap();
        assert_eq!(listed.len(), Defect::all().count());
        let active: Vec<_> = listed.iter().filter(|defect| defect["active"] == true).collect();
        assert!(active.len() == 1 && active[0]["name"] == "no-banner", "{active:?}");
        assert_ne!(get(&server, RECEIVER).body, banner);
        control(&server, "PUT", "defects", &json!({ "off": ["no-banner"] }));
        assert_eq!(get(&server, RECEIVER).body, banner);
    }

    #[test]
    fn names_nobody_has_switch_nothing() {
        let server = good_server();
        for (names, status) in [
            (json!({ "on": ["no-banner", "no-such"] }), 404),
            (json!({ "on": ["no-banner", "certificate-for-another-host"] }), 409),
            (json!({ "active": ["no-banner"] }), 400),
        ] {
            assert_eq!(control(&server, "PUT", "defects", &names).0, status, "{names}");
            assert_eq!(server.0.defects.active().count(), 0);
        }
    }
}
