//! `show license summary`.

use super::Shown;
use super::page::Page;
use super::settings::{self, of_feature};
use crate::platform::PlatformLicense;

/// Width of the column with the label; a longer one is cut off with dots.
const LABEL_LENGTH_MAX: usize = 25;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    settings::account(&mut page, shown);
    let rows = shown.view.licenses.iter().filter_map(|used| {
        let license = of_feature(shown, &used.feature)?;
        Some((license, used.count, used.status))
    });
    table(&mut page, rows);
    page.into_text()
}

/// The table of licences with their counts and states.
pub(super) fn table<'a>(
    page: &mut Page,
    rows: impl Iterator<Item = (&'a PlatformLicense, u32, &'static str)>,
) {
    page.line(0, "License Usage:");
    page.line(2, "License                 Entitlement Tag               Count Status");
    page.line(2, "-".repeat(77));
    let mut none = true;
    for (license, count, status) in rows {
        let (feature, label) = (&license.feature, format!("({})", shortened(license.label())));
        page.line(2, format_args!("{feature:<23} {label:<29} {count:>5} {status}"));
        none = false;
    }
    if none {
        page.line(2, "No licenses in use");
    }
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LABEL_LENGTH_MAX {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LABEL_LENGTH_MAX - 3).collect();
    format!("{kept}...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_labels_are_cut_off_as_in_the_samples() {
        assert_eq!(shortened("C9300-48 Network Advantage"), "C9300-48 Network Advan...");
        assert_eq!(shortened("C9300-48 DNA Advantage"), "C9300-48 DNA Advantage");
    }
}
