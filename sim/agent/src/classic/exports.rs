//! Export-controlled licences an agent asked for.

use super::deferral::Deferral;
use super::export_authorization_state::ExportAuthorizationState;
use crate::heap::heap;
use crate::saved::{saved_enum, saved_struct};

/// What is to be sent about a licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ExportWanted {
    #[default]
    Nothing,
    Request,
    Return,
}

saved_enum!(ExportWanted, [Self::Nothing, Self::Request, Self::Return]);

/// One export-controlled licence.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    /// Its place in the platform.
    pub(crate) license: u8,
    pub(crate) state: ExportAuthorizationState,
    /// How many were asked for.
    pub(crate) count: u32,
    pub(crate) wanted: ExportWanted,
    pub(crate) deferral: Option<Deferral>,
}

heap!(Export {});
saved_struct!(Export { license, state, count, wanted, deferral });

/// Every export-controlled licence that was ever asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exports(pub(crate) Vec<Export>);

heap!(Exports { 0 });
saved_struct!(Exports { 0 });

impl Exports {
    pub(crate) fn find(&self, license: u8) -> Option<&Export> {
        self.0.iter().find(|export| export.license == license)
    }

    pub(crate) fn find_mut(&mut self, license: u8) -> Option<&mut Export> {
        self.0.iter_mut().find(|export| export.license == license)
    }

    pub(crate) fn entry(&mut self, license: u8) -> &mut Export {
        let at = self.0.iter().position(|export| export.license == license);
        let at = at.unwrap_or_else(|| {
            self.0.reserve_exact(1);
            self.0.push(Export {
                license,
                state: ExportAuthorizationState::None,
                count: 0,
                wanted: ExportWanted::Nothing,
                deferral: None,
            });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// How many of a licence may be used.
    pub(crate) fn authorized(&self, license: u8) -> u32 {
        self.find(license).map_or(0, |export| match export.state {
            ExportAuthorizationState::Authorized => export.count,
            _ => 0,
        })
    }
}

impl Export {
    /// Whether a return can be sent: there is something, and it is not on its way back.
    pub(crate) const fn can_return(&self) -> bool {
        self.is_held()
            && !matches!(
                self.state,
                ExportAuthorizationState::Returning | ExportAuthorizationState::ReturnPending
            )
    }

    /// Whether the server holds something for it, or may.
    pub(crate) const fn is_held(&self) -> bool {
        !matches!(self.state, ExportAuthorizationState::None | ExportAuthorizationState::Failed)
    }
}
