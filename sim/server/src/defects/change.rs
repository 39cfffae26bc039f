//! What a deviation changes: a rule that a handler asks about, or an answer on its way out.

use muster_certs::{Authority, ServerIdentity};
use muster_wire::classic::{AnswerData, ClassicAnswer};
use muster_wire::proposed::acknowledgement::{Acknowledgement, AcknowledgementData};
use muster_wire::proposed::policy::PolicyTerms;
use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::trust::{TrustAnswer, TrustCode};

use super::DefectSet;
use crate::handler::Asked;
use crate::message::{Listener, ServerAnswer, ServerRequest};
use crate::notices::notice::Notice;
use crate::synchronization::document::{SyncRequest, SyncResponse};

/// One deviation: the requirement it breaks, and what it changes.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) requirement: &'static str,
    pub(super) change: Change,
}

/// What is changed. All but [`Change::Rule`] need no other place in the code.
#[derive(Debug)]
pub(crate) enum Change {
    /// A handler asks `has(Defect::NAME)` at one place.
    Rule,
    /// A full answer of the policy era.
    Answer(fn(&Asked<'_>, &mut SmartAnswer)),
    /// A short failure answer of the policy era.
    Failure(fn(&mut SmartAnswer)),
    /// A trust code before it is signed.
    TrustCode(fn(&mut TrustCode)),
    /// A signed trust code.
    Trust(fn(&mut TrustAnswer)),
    /// An acknowledgement before it is signed.
    AcknowledgementData(fn(&mut AcknowledgementData)),
    /// A signed acknowledgement, its policies included.
    Acknowledgement(fn(&mut Acknowledgement)),
    /// A policy before it is signed.
    Policy(fn(&mut PolicyTerms)),
    /// An authorization code before it is signed.
    AuthorizationCode(fn(&mut AuthorizationCode)),
    /// A signed authorization code.
    Authorization(fn(&mut AuthorizationAnswer)),
    /// The content of a classic answer.
    ClassicData(fn(&mut AnswerData)),
    /// A classic answer before it is signed.
    Classic(fn(&mut ClassicAnswer)),
    /// What the server tells its administrators of one occasion.
    Notice(fn(&mut Notice)),
    /// What an On-Prem tells CSSM.
    SyncRequest(fn(&mut SyncRequest)),
    /// What CSSM tells an On-Prem.
    SyncResponse(fn(&mut SyncResponse)),
    /// The certificates the server shows.
    Identity(fn(&Authority, &mut ServerIdentity)),
    /// Any answer, as HTTP has it.
    Http(fn(&Call<'_>, &mut ServerAnswer)),
}

/// What an answer is for.
pub(crate) struct Call<'a> {
    pub(crate) listener: Listener,
    pub(crate) method: &'a str,
    /// Still percent-encoded, without the query.
    pub(crate) path: &'a str,
    pub(crate) body: &'a [u8],
}

/// A thing some deviations change.
pub(crate) trait Alterable: Sized {
    /// What a deviation does to it; none when it changes something else.
    fn alteration(change: &Change) -> Option<fn(&mut Self)>;
}

macro_rules! alterable {
    ($($target:ty: $kind:ident, $constructor:ident, $doc:literal;)*) => {
        $(impl Alterable for $target {
            fn alteration(change: &Change) -> Option<fn(&mut Self)> {
                match change {
                    Change::$kind(alter) => Some(*alter),
                    _ => None,
                }
            }
        })*

        impl Entry {
            $(#[doc = $doc]
            pub(crate) const fn $constructor(
                requirement: &'static str,
                alter: fn(&mut $target),
            ) -> Self {
                Self { requirement, change: Change::$kind(alter) }
            })*
        }
    };
}

alterable! {
    SmartAnswer: Failure, failure, "Changes a short failure answer of the policy era.";
    TrustCode: TrustCode, trust_code, "Changes a trust code before it is signed.";
    TrustAnswer: Trust, trust, "Changes a signed trust code.";
    AcknowledgementData: AcknowledgementData, acknowledgement_data,
        "Changes an acknowledgement before it is signed.";
    Acknowledgement: Acknowledgement, acknowledgement,
        "Changes a signed acknowledgement, its policies included.";
    PolicyTerms: Policy, policy, "Changes a policy before it is signed.";
    AuthorizationCode: AuthorizationCode, authorization_code,
        "Changes an authorization code before it is signed.";
    AuthorizationAnswer: Authorization, authorization, "Changes a signed authorization code.";
    AnswerData: ClassicData, classic_data, "Changes the content of a classic answer.";
    ClassicAnswer: Classic, classic, "Changes a classic answer before it is signed.";
    Notice: Notice, notice, "Changes what administrators are told of one occasion.";
    SyncRequest: SyncRequest, sync_request, "Changes what an On-Prem tells CSSM.";
    SyncResponse: SyncResponse, sync_response, "Changes what CSSM tells an On-Prem.";
}

impl Entry {
    /// A handler asks about it, at one place.
    pub(crate) const fn rule(requirement: &'static str) -> Self {
        Self { requirement, change: Change::Rule }
    }

    /// Changes a full answer of the policy era.
    pub(crate) const fn answer(
        requirement: &'static str,
        alter: fn(&Asked<'_>, &mut SmartAnswer),
    ) -> Self {
        Self { requirement, change: Change::Answer(alter) }
    }

    /// Changes the certificates the server shows.
    pub(crate) const fn identity(
        requirement: &'static str,
        alter: fn(&Authority, &mut ServerIdentity),
    ) -> Self {
        Self { requirement, change: Change::Identity(alter) }
    }

    /// Changes any answer, as HTTP has it.
    pub(crate) const fn http(
        requirement: &'static str,
        alter: fn(&Call<'_>, &mut ServerAnswer),
    ) -> Self {
        Self { requirement, change: Change::Http(alter) }
    }
}

impl DefectSet {
    /// Does to a thing what the active deviations do.
    pub(crate) fn alter<T: Alterable>(&self, thing: &mut T) {
        for alter in self.changes().filter_map(T::alteration) {
            alter(thing);
        }
    }

    /// Does to a full answer what the active deviations do.
    pub(crate) fn alter_answer(&self, asked: &Asked<'_>, answer: &mut SmartAnswer) {
        for change in self.changes() {
            if let Change::Answer(alter) = change {
                alter(asked, answer);
            }
        }
    }

    /// Does to the certificates what the active deviations do.
    pub(crate) fn alter_identity(&self, authority: &Authority, identity: &mut ServerIdentity) {
        for change in self.changes() {
            if let Change::Identity(alter) = change {
                alter(authority, identity);
            }
        }
    }

    /// Does to an answer what the active deviations do.
    pub(crate) fn alter_http(
        &self,
        listener: Listener,
        request: &ServerRequest<'_>,
        answer: &mut ServerAnswer,
    ) {
        for change in self.changes() {
            if let Change::Http(alter) = change {
                alter(&Call::of(listener, request), answer);
            }
        }
    }
}

impl<'a> Call<'a> {
    fn of(listener: Listener, request: &ServerRequest<'a>) -> Self {
        let ServerRequest { method, path_and_query, body, .. } = *request;
        let path = path_and_query.split('?').next().unwrap_or_default();
        Self { listener, method, path, body }
    }

    /// Whether a product instance posts a message to this path.
    pub(crate) fn posts_to(&self, path: &str) -> bool {
        self.listener != Listener::Admin && self.method == "POST" && self.path == path
    }
}
