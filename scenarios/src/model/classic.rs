//! The actions that only product instances of the classic era have.

/// What an operator of the classic era does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassicAction {
    /// `license smart register idtoken`.
    Register {
        /// Name of an ID token in the target profile.
        id_token: String,
        /// Register although the instance is registered (the CLI keyword `force`).
        force: bool,
    },
    /// `license smart deregister`.
    Deregister,
    /// `license smart renew id`.
    RenewId,
    /// `license smart renew auth`.
    RenewAuthorization,
    /// An export-controlled licence is asked for or given back.
    Export(Export),
    /// Classic licences become smart ones.
    Convert(Convert),
    /// The fabric of an APIC changes.
    Fabric(Fabric),
    /// The redundant application that uses a licence changes.
    Application(Application),
    /// The key of another vendor's service is asked for.
    ThirdPartyKey {
        /// Kind of key, e.g. `VOUCHER_CODE`.
        name: String,
        /// Name of the feature whose licence it is for.
        feature: String,
        /// The vendor.
        routing: String,
    },
    /// The instance starts with another release of its software.
    Release {
        /// First number of the release.
        major: u8,
    },
}

/// What becomes of an export-controlled licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Export {
    /// Its authorization is asked for.
    Request {
        /// Name of the feature in the platform profile.
        feature: String,
        /// Licences.
        count: u32,
    },
    /// Its authorization is given back, or the request for it is taken back.
    Return {
        /// Name of the feature in the platform profile.
        feature: String,
    },
}

/// What a conversion of classic licences is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convert {
    /// `license smart conversion start`.
    Start,
    /// `license smart conversion automatic`: whether a registration starts it.
    Automatic(bool),
}

/// How the fabric of an APIC changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fabric {
    /// Not at all: what is there is reported for the first time.
    Report,
    /// Switches join.
    Commission {
        /// What they are.
        role: SwitchRole,
        /// How many.
        count: u16,
    },
    /// Switches leave.
    Decommission {
        /// What they are.
        role: SwitchRole,
        /// How many.
        count: u16,
    },
    /// A feature of a tier is applied to leaf switches.
    Enable {
        /// The tier.
        tier: Tier,
        /// To how many.
        count: u16,
    },
    /// The last feature of a tier is removed from leaf switches.
    Disable {
        /// The tier.
        tier: Tier,
        /// From how many.
        count: u16,
    },
}

/// What a switch is in a fabric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchRole {
    /// A leaf.
    Leaf,
    /// A spine.
    Spine,
}

/// A tier of leaf features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// The lowest.
    Essentials,
    /// The one above.
    Advantage,
    /// The highest.
    Premier,
}

/// How a redundant application changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Application {
    /// The application that uses the licence is made redundant, or gets another part.
    Set {
        /// Name of the feature in the platform profile.
        feature: String,
        /// Its part.
        role: ApplicationRole,
        /// Its name.
        name: String,
        /// Its unique id.
        id: String,
        /// The applications it points at.
        peers: Vec<ApplicationPeer>,
    },
    /// A standby declares itself active, without a peer.
    TakeOver {
        /// Name of the feature in the platform profile.
        feature: String,
    },
    /// Its peers are taken away.
    RemovePeers {
        /// Name of the feature in the platform profile.
        feature: String,
    },
    /// It is redundant no longer.
    Clear {
        /// Name of the feature in the platform profile.
        feature: String,
    },
}

/// An application on another product instance of the cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationPeer {
    /// The cast member it runs on.
    pub instance: String,
    /// Its part.
    pub role: ApplicationRole,
    /// Its name; `None` is the name of the application itself.
    pub name: Option<String>,
    /// Its unique id.
    pub id: String,
}

/// The part of a redundant application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationRole {
    /// It uses the licence.
    Active,
    /// It stands by.
    Standby,
}

impl ClassicAction {
    /// The feature it is about.
    #[must_use]
    pub fn feature(&self) -> Option<&str> {
        match self {
            Self::Export(Export::Request { feature, .. } | Export::Return { feature })
            | Self::Application(
                Application::Set { feature, .. }
                | Application::TakeOver { feature }
                | Application::RemovePeers { feature }
                | Application::Clear { feature },
            )
            | Self::ThirdPartyKey { feature, .. } => Some(feature),
            _ => None,
        }
    }
}
