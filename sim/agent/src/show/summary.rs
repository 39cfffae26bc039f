//! `show license summary`.

use super::Shown;
use super::page::Page;
use super::settings::{self, of_feature};

/// Width of the column with the label; a longer one is cut off with dots.
const LABEL_LENGTH_MAX: usize = 25;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    settings::account(&mut page, shown);
    page.line(0, "License Usage:");
    page.line(2, "License                 Entitlement Tag               Count Status");
    page.line(2, "-".repeat(77));
    if shown.view.licenses.is_empty() {
        page.line(2, "No licenses in use");
    }
    for used in &shown.view.licenses {
        let Some(license) = of_feature(shown, &used.feature) else { continue };
        let label = format!("({})", shortened(license.label()));
        let (feature, count) = (&used.feature, used.count);
        page.line(2, format_args!("{feature:<23} {label:<29} {count:>5} {}", used.status));
    }
    page.into_text()
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
