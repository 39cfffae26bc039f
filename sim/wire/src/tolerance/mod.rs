//! Named repairs for samples damaged in print; nothing is repaired unless its name is given.
//!
//! The documents print wire samples that lost characters on their way to the page. A repair gives
//! a text the strict codecs read, and invents nothing beyond what its description says. A text
//! without the damage is given back as it is.

mod classic;
mod json;
mod xml;

pub use json::printed_payload;

/// A known damage and its repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Tolerance {
    /// `>>` where the text extraction doubled a closing bracket.
    DoubledBracket,
    /// An end tag whose start tag, with the content between, was lost (`</subCA>` in the trust code
    /// sample). The end tag is dropped: the element reads as absent.
    LostStartTag,
    /// The page ends inside the text of `signature`. The open elements are closed; what is left of
    /// the signature cannot verify.
    TruncatedSignature,
    /// Braces moved and members lost in the three request samples; the page ends at
    /// `"smart_license":`.
    ///
    /// Every member is put where the intact answer has it: `additional_info` reads as `""`, the
    /// product id of the sender comes from the entry of `device_list` with its serial number, the
    /// line goes to `license_data`. The lost `timestamp` reads as 0, the lost `nonce` as `""`.
    MisplacedBraces,
    /// A message cut into two code blocks, with brackets closed at the end of the first and again
    /// at the start of the second. Also drops the `REQUEST:` or `RESPONSE:` line of the listing.
    SplitByExtraction,
    /// A RUM report whose payload is shown as an indented object instead of the string it is. The
    /// payload becomes a string of compact JSON, which is not what was signed. A payload that is
    /// itself cut off stays as it is.
    PrintedPayload,
    /// A classic message whose texts within texts are shown as objects. Each becomes a string of
    /// compact JSON, which is what was signed if its writer wrote compact JSON in that order.
    ExpandedText,
    /// A classic message behind `Attachment_Data = ` in a line of a debug log.
    LoggedAttachment,
}

impl Tolerance {
    /// Every tolerance.
    pub const ALL: &'static [Self] = &[
        Self::DoubledBracket,
        Self::LostStartTag,
        Self::TruncatedSignature,
        Self::MisplacedBraces,
        Self::SplitByExtraction,
        Self::PrintedPayload,
        Self::ExpandedText,
        Self::LoggedAttachment,
    ];

    /// `text` with this damage repaired.
    pub fn repair(self, text: &str) -> String {
        let repaired = match self {
            Self::DoubledBracket => Some(text.replace(">>", ">")),
            Self::LostStartTag => Some(xml::without_orphan_ends(text)),
            Self::TruncatedSignature => xml::with_signature_closed(text),
            Self::MisplacedBraces => json::with_braces_placed(text),
            Self::SplitByExtraction => json::joined(text),
            Self::PrintedPayload => json::with_payload_as_string(text),
            Self::ExpandedText => classic::with_texts_as_strings(text),
            Self::LoggedAttachment => classic::logged_message(text),
        };
        repaired.unwrap_or_else(|| text.to_owned())
    }
}
