//! What a classic exchange taught about its instance, and how it moves the history on.

use std::collections::BTreeMap;

use compact_str::CompactString;
use muster_wire::classic::proposed::export_authorization::{
    ExportAction, ExportAnswer, ExportStatus,
};
use muster_wire::classic::{AnswerData, MessageType, RequestData};
use muster_wire::{EntitlementTag, PollId, ProductInstanceId};

use super::certificate::{Certificate, Key};
use super::compliance::used_by;
use super::export_control::is_free;
use super::side::{ClassicSide, Export, Pending, Standing, Used};
use super::view::Classic;
use crate::history::{Account, Role};
use crate::treatment::Treatment;

/// What was learned; computed while the history is still being read.
#[derive(Debug)]
pub struct ClassicLesson {
    pub(crate) role: Role,
    pub(crate) at_ms: u64,
    pub(crate) token: Option<String>,
    pub(crate) registered: Option<Registered>,
    contact: bool,
    left: Option<Standing>,
    certificate: Option<(Certificate, Option<Key>)>,
    used: Option<BTreeMap<EntitlementTag, Used>>,
    exported: Vec<(EntitlementTag, Option<u32>)>,
    deferred: Option<(PollId, Pending)>,
    converted: bool,
}

/// What a registration brought.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) identifier: ProductInstanceId,
    pub(crate) account: Account,
    version: CompactString,
}

impl ClassicLesson {
    /// Reads the lesson off an exchange.
    #[must_use]
    pub fn of(classic: &Classic<'_>) -> Self {
        let treatment = classic.treatment();
        let taken = treatment == Treatment::Taken;
        let exchange = classic.recorded();
        let given = classic.given().filter(|_| taken);
        let certificate = |id: &str, signing: &str| {
            let signing = Certificate::read(signing).and_then(|known| known.key);
            Certificate::read(id).map(|certificate| (certificate, signing))
        };
        let registered = match given {
            Some(AnswerData::Registration(answer)) => Some(Registered {
                identifier: answer.product_instance_identifier.clone(),
                account: Account {
                    smart_account: answer.smart_account.as_str().into(),
                    virtual_account: answer.virtual_account.as_str().into(),
                },
                version: classic.said().map(|said| said.header.version.clone()).unwrap_or_default(),
            }),
            _ => None,
        };
        Self {
            role: classic.role(),
            at_ms: exchange.sent_at_ms,
            token: exchange.intent.id_token.clone(),
            registered,
            contact: matches!(treatment, Treatment::Taken | Treatment::Deferred),
            left: left(classic, treatment),
            certificate: match given {
                Some(AnswerData::Registration(answer)) => {
                    certificate(&answer.id_cert, &answer.signing_cert)
                }
                Some(AnswerData::IdCertificateRenewal(answer)) => {
                    certificate(&answer.id_cert, &answer.signing_cert)
                }
                _ => None,
            },
            used: used(classic, treatment),
            exported: exported(classic),
            deferred: deferred(classic, treatment),
            converted: matches!(
                (classic.about(), given),
                (Some(MessageType::Conversion), Some(AnswerData::Conversion(_)))
            ),
        }
    }

    /// Moves on what the asked server knows.
    pub(crate) fn teach(self, side: &mut ClassicSide, account: Option<std::sync::Arc<Account>>) {
        if let Some(registered) = self.registered {
            side.begin_anew();
            side.standing = Standing::Registered;
            side.registered_at_ms = self.at_ms;
            side.identifier = Some(registered.identifier);
            side.version = registered.version;
            side.account = account;
        }
        if let Some((certificate, signing)) = self.certificate {
            side.id_certificate = Some(certificate);
            side.signing_key = signing.or(side.signing_key.take());
        }
        if let Some(standing) = self.left {
            side.standing = standing;
            side.exported.clear();
        }
        if let Some(used) = self.used {
            side.used = used;
        }
        for (tag, count) in self.exported {
            match count {
                Some(count) => drop(side.exported.insert(tag, count)),
                None => drop(side.exported.remove(&tag)),
            }
        }
        if let Some((id, pending)) = self.deferred {
            side.defer(id, pending);
        }
        side.converted |= self.converted;
        if self.contact {
            side.last_contact_ms = self.at_ms;
        }
    }
}

/// What a goodbye leads to.
fn left(classic: &Classic<'_>, treatment: Treatment) -> Option<Standing> {
    if !classic.asks_for(&MessageType::Deregistration) {
        return None;
    }
    let known = classic.side().standing == Standing::Registered;
    match treatment {
        Treatment::Taken => Some(Standing::Left),
        Treatment::Refused => None,
        _ => known.then_some(Standing::Uncertain),
    }
}

/// What the instance uses from here on. Where it is open whether the server took a request in,
/// whatever it says may be counted, and nothing must be.
fn used(classic: &Classic<'_>, treatment: Treatment) -> Option<BTreeMap<EntitlementTag, Used>> {
    let Some(RequestData::Entitlement(request)) = classic.data() else { return None };
    let before = &classic.side().used;
    let asked = request.entitlements.iter().map(|one| {
        let used = used_by(one, before.get(&one.tag));
        (one.tag.clone(), used)
    });
    let asked: BTreeMap<_, _> = asked.collect();
    match treatment {
        Treatment::Taken => Some(asked),
        Treatment::Refused => None,
        _ => {
            let mut both = before.clone();
            for (tag, used) in asked {
                let known = both.entry(tag).or_insert_with(|| used.clone());
                known.count = known.count.max(used.count);
            }
            both.values_mut().for_each(|used| used.certain = false);
            Some(both)
        }
    }
}

/// What an export request came to: licences with what is authorized of them from here on.
fn exported(classic: &Classic<'_>) -> Vec<(EntitlementTag, Option<u32>)> {
    let Some(AnswerData::ExportAuthorization(answer)) = classic.given() else { return Vec::new() };
    let asked = export_of(classic);
    let returns = asked.as_ref().is_some_and(|asked| asked.action == ExportAction::Return);
    let granted = |answer: &ExportAnswer| {
        let good = answer.authorizations.iter().filter(|one| one.status == ExportStatus::Success);
        good.map(|one| (one.tag.clone(), (!returns).then_some(one.count))).collect()
    };
    granted(answer)
}

/// The export request that is answered: the request itself, or the one a poll is about.
pub(crate) fn export_of(classic: &Classic<'_>) -> Option<Export> {
    match classic.data()? {
        RequestData::ExportAuthorization(request) => {
            let counts = request.entitlements.iter();
            let counts = counts.map(|one| (one.tag.clone(), one.count)).collect();
            Some(Export { action: request.action.clone(), counts })
        }
        _ => classic.pending()?.export.clone(),
    }
}

fn deferred(classic: &Classic<'_>, treatment: Treatment) -> Option<(PollId, Pending)> {
    if treatment != Treatment::Deferred {
        return None;
    }
    let id = match classic.given()? {
        AnswerData::Deferred(deferred) => deferred.poll_id,
        AnswerData::Conversion(answer) => answer.poll_id?,
        _ => return None,
    };
    let pending = match classic.pending() {
        Some(known) => known.clone(),
        None => Pending {
            kind: classic.about()?.clone(),
            asked_at_ms: classic.recorded().sent_at_ms,
            free: export_of(classic).is_some_and(|asked| is_free(classic, &asked)),
            export: export_of(classic),
            doubtful: !classic.is_sound(),
        },
    };
    Some((id, pending))
}
