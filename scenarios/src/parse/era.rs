//! What a product instance cannot do because its platform is of the other era.

use crate::model::{Action, Era, Step};
use crate::source::Span;
use crate::tree::{Key, Node, Value};
use crate::vocabulary::{
    self, EXPECTATIONS_OF_ERA, Eras, KEYS_OF_ERA, MOMENTS_OF_ERA, OfEra, TAMPERS_OF_ERA, TRANSPORTS,
};

use super::reader::Reader;

/// A product instance as a message names it.
struct Acting {
    name: String,
    platform: String,
    era: Era,
}

/// One step as it is written.
pub(super) struct Written<'n> {
    /// Where the action word stands.
    pub(super) word: &'n Span,
    /// The action and its argument.
    pub(super) action: &'n vocabulary::Action,
    pub(super) argument: &'n Node,
    /// Keys and values of the step.
    pub(super) entries: &'n [(&'n Key, &'n Node)],
}

impl Reader<'_> {
    /// Notes what of a step the acting instance does not have. Nothing is known of an instance
    /// whose platform is not.
    pub(super) fn check_era(&mut self, written: &Written<'_>, step: &Step) {
        let Some(acting) = self.acting(step.on.as_deref()) else { return };
        if let Eras::Only(era, instead) = written.action.eras
            && era != acting.era
        {
            let subject = format!("the action `{}`", written.action.name);
            return self.of_other_era(written.word, &subject, &acting, instead);
        }
        match &step.action {
            Action::Transport(_) => self.word_of_era(written.argument, TRANSPORTS, &acting),
            Action::Advance(_) | Action::Poll { .. } => {
                if let Value::Map(entries) = &written.argument.value {
                    self.keys_of_era(entries, KEYS_OF_ERA, &acting);
                    let until = entries.iter().filter(|(key, _)| key.name == "until");
                    until.for_each(|(_, word)| self.word_of_era(word, MOMENTS_OF_ERA, &acting));
                }
            }
            _ => {}
        }
        self.modifiers_of_era(written, &acting);
    }

    /// The era of an instance of the cast, by its platform.
    fn acting(&self, on: Option<&str>) -> Option<Acting> {
        let name = on.or(self.cast.first().map(String::as_str))?;
        let platform = self.platforms.get(name)?;
        let era = *self.known.eras.get(platform)?;
        Some(Acting { name: name.to_owned(), platform: platform.clone(), era })
    }

    fn modifiers_of_era(&mut self, written: &Written<'_>, acting: &Acting) {
        let is_quiet =
            written.action.eras == Eras::BothButQuietInPolicy && acting.era == Era::Policy;
        for (key, value) in written.entries {
            let name = key.name.as_str();
            match (name, &value.value) {
                ("via" | "tamper" | "expect", _) if is_quiet => {
                    let word = written.action.name;
                    let message = format!("`{name}` does not go with `{word}` here");
                    let help = format!(
                        "`{}` plays `{}`, which sends nothing because of it; it takes on, capture",
                        acting.name, acting.platform
                    );
                    self.problem(&key.span, message, &help);
                }
                ("expect", Value::Map(entries)) => {
                    self.keys_of_era(entries, EXPECTATIONS_OF_ERA, acting);
                }
                ("tamper", Value::List(items)) => {
                    items.iter().for_each(|item| self.tamper_of_era(item, acting));
                }
                ("tamper", _) => self.tamper_of_era(value, acting),
                _ => {}
            }
        }
    }

    fn tamper_of_era(&mut self, node: &Node, acting: &Acting) {
        match &node.value {
            Value::Map(entries) => self.keys_of_era(entries, TAMPERS_OF_ERA, acting),
            _ => self.word_of_era(node, TAMPERS_OF_ERA, acting),
        }
    }

    fn keys_of_era(&mut self, entries: &[(Key, Node)], words: &[OfEra], acting: &Acting) {
        for (key, _) in entries {
            if let Some(of) = words.iter().find(|of| of.word == key.name) {
                self.only_of_era(&key.span, of, acting);
            }
        }
    }

    fn word_of_era(&mut self, node: &Node, words: &[OfEra], acting: &Acting) {
        if let Value::Text(text) = &node.value
            && let Some(of) = words.iter().find(|of| of.word == text)
        {
            self.only_of_era(&node.span, of, acting);
        }
    }

    fn only_of_era(&mut self, span: &Span, of: &OfEra, acting: &Acting) {
        if of.era != acting.era {
            self.of_other_era(span, &format!("`{}`", of.word), acting, of.instead);
        }
    }

    fn of_other_era(&mut self, span: &Span, subject: &str, acting: &Acting, instead: &str) {
        let other = match acting.era {
            Era::Policy => Era::Classic,
            Era::Classic => Era::Policy,
        };
        let message = format!("{subject} belongs to the {other} era");
        let Acting { name, platform, era } = acting;
        let help = format!("`{name}` plays `{platform}`, of the {era} era: {instead}");
        self.problem(span, message, &help);
    }
}
