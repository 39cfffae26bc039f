//! The token alone decides in which account and virtual account an instance lands.
//!
//! Source: SSM On-Prem 7 User Guide, "About PI Registration".

use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "The token decides the account.",
    requirements: &["REG-005"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// Names of tokens of two virtual accounts.
const TOKENS: [&str; 2] = ["valid", "other_account"];

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let token = classic.token()?;
    if classic.treatment() != Treatment::Taken || !classic.is_sound() {
        return None;
    }
    let Some(AnswerData::Registration(answer)) = classic.given() else { return None };
    let Some(known) = classic.book().token(token).map(|known| &known.account) else {
        let other = TOKENS.iter().find(|name| **name != token)?;
        let other = &classic.book().token(other).filter(|_| TOKENS.contains(&token))?.account;
        let differs = other.virtual_account != answer.virtual_account;
        let expected = format!("another virtual account than {}", other.virtual_account);
        return Some(Judgement::of(differs, &expected, || "the same".to_owned()));
    };
    let same = known.smart_account == answer.smart_account
        && known.virtual_account == answer.virtual_account;
    let expected = format!("{} / {}", known.smart_account, known.virtual_account);
    Some(Judgement::of(same, &expected, || {
        format!("{} / {}", answer.smart_account, answer.virtual_account)
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["virtual_account"] = "Elsewhere".into());
}
