//! The answer repeats the product id, the serial number and the software tag of the asking
//! product instance.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "The answer names the instance that asked.",
    requirements: &["RUM-033"],
    level: Level::Must,
    needs: Occasion::PROCESSED.and(Occasion::REQUEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let answer = context.processed()?;
    let asked = &context.message.request()?.sender_info;
    let expected = || format!("{} and tag {}", asked.sudi.udi(), asked.software_tag_identifier);
    let Some(echo) = &answer.sender_info else {
        return Some(Judgement::violates(expected(), "no sender_info"));
    };
    let same = echo.sudi.udi_pid == asked.sudi.udi_pid
        && echo.sudi.udi_serial_number == asked.sudi.udi_serial_number
        && echo.software_tag_identifier == asked.software_tag_identifier;
    if same {
        // A line may be about a member of a redundant set; without one it is about who asks.
        let lines = context.message.line().zip(context.message.answer_line());
        let named = lines.and_then(|(line, answer)| line.sudi.as_ref().zip(answer.sudi.as_ref()));
        let other = named.filter(|(line, answer)| {
            line.udi_pid != answer.udi_pid || line.udi_serial_number != answer.udi_serial_number
        });
        return Some(match other {
            None => Judgement::Conforms,
            Some((_, answer)) => {
                Judgement::violates(expected(), format!("a line about {}", answer.udi()))
            }
        });
    }
    let actual = format!("{} and tag {}", echo.sudi.udi(), echo.software_tag_identifier);
    Some(Judgement::violates(expected(), actual))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| {
        if let Some(sender) = &mut message.sender_info {
            sender.sudi.udi_serial_number = "SOMEBODYELSE".into();
        }
    });
}
