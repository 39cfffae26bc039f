//! The counts of one check, and the first of its findings.

use crate::check::{Check, Judgement, Listed};
use crate::finding::{Evidence, Finding};
use crate::results::FINDINGS_MAX;
use crate::verdict::Verdict;

/// Characters of `expected` and `actual` a finding keeps; one line of a report has room for less.
const TEXT_MAX: usize = 400;

/// What one check has said so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) conforming: u64,
    pub(super) violating: u64,
    pub(super) inconclusive: u64,
    /// Put-off answers that no poll has resolved yet.
    pub(super) open: u64,
    pub(super) findings: Vec<Finding>,
}

impl Tally {
    /// A poll has resolved a put-off answer.
    pub(super) const fn close(&mut self) {
        self.open = self.open.saturating_sub(1);
    }

    /// Counts a judgement; the evidence is only made for a finding of a new kind.
    pub(super) fn add(
        &mut self,
        listed: &Listed,
        judgement: Judgement,
        evidence: impl FnOnce() -> Option<Evidence>,
    ) {
        let (verdict, expected, actual) = match judgement {
            Judgement::Conforms => {
                self.conforming += 1;
                return;
            }
            Judgement::Open => {
                self.open += 1;
                return;
            }
            Judgement::Violates { expected, actual } => {
                self.violating += 1;
                (Verdict::Violates, expected, actual)
            }
            Judgement::Inconclusive(why) => {
                self.inconclusive += 1;
                let why = cut(why);
                (Verdict::Inconclusive { why: why.clone() }, String::new(), why)
            }
        };
        let (expected, actual) = (cut(expected), cut(actual));
        let known = self.findings.iter_mut().find(|finding| {
            finding.verdict == verdict && finding.expected == expected && finding.actual == actual
        });
        if let Some(finding) = known {
            finding.occurrences += 1;
        } else if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding(listed, verdict, expected, actual, evidence()));
        }
    }

    /// Adds another shard's counts; of equal findings the earlier evidence is kept.
    pub(super) fn merge(&mut self, other: Self) {
        self.conforming += other.conforming;
        self.violating += other.violating;
        self.inconclusive += other.inconclusive;
        self.open += other.open;
        for theirs in other.findings {
            let mine = self.findings.iter_mut().find(|mine| {
                mine.verdict == theirs.verdict
                    && mine.expected == theirs.expected
                    && mine.actual == theirs.actual
            });
            match mine {
                Some(mine) => {
                    mine.occurrences += theirs.occurrences;
                    if place(&theirs) < place(mine) {
                        mine.evidence = theirs.evidence;
                    }
                }
                None => self.findings.push(theirs),
            }
        }
        self.findings.sort_by_key(place);
        self.findings.truncate(FINDINGS_MAX);
    }

    /// The verdict so far; `NotExercised` when the trigger never occurred.
    pub(super) fn verdict(&self) -> Verdict {
        if self.violating > 0 {
            Verdict::Violates
        } else if let Some(finding) = self.findings.first() {
            finding.verdict.clone()
        } else if self.open > 0 {
            Verdict::Inconclusive {
                why: "the server put its answer off and was not polled for it".to_owned(),
            }
        } else if self.conforming > 0 {
            Verdict::Conforms
        } else {
            Verdict::NotExercised
        }
    }
}

/// Texts of a server can be of any length.
fn cut(text: String) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn place(finding: &Finding) -> (u64, u64, Option<u32>) {
    let place = |evidence: &Evidence| (evidence.at_ms, evidence.seq, evidence.instance);
    finding.evidence.as_ref().map_or((u64::MAX, u64::MAX, None), place)
}

fn finding(
    listed: &Listed,
    verdict: Verdict,
    expected: String,
    actual: String,
    evidence: Option<Evidence>,
) -> Finding {
    Finding {
        check: listed.id.to_owned(),
        requirements: Check::requirement_ids(listed.check).collect(),
        verdict,
        expected,
        actual,
        evidence,
        occurrences: 1,
    }
}
