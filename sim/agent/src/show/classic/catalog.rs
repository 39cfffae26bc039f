//! `show license catalog`: every licence there is for the product.
//!
//! Source: ACI Smart Licensing, "License Catalog" (a format like the XML of the managed objects).
//! Assumed: the elements; the classes of managed objects they are named after are public.

use super::ClassicShown;
use crate::show::page::Page;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let platform = shown.platform;
    let mut page = Page::default();
    page.line(0, "<licenseCatalog>");
    let tag = platform.software_tag.as_str();
    page.line(
        2,
        format_args!(
            "<licenseProduct name=\"{}\" tag=\"{}\"/>",
            text_of(&platform.title),
            text_of(tag)
        ),
    );
    for license in &platform.licenses {
        page.line(
            2,
            format_args!(
                "<licenseEntitlement name=\"{}\" tag=\"{}\" descr=\"{}\"/>",
                text_of(&license.feature),
                text_of(license.tag.as_str()),
                text_of(license.description()),
            ),
        );
    }
    page.line(0, "</licenseCatalog>");
    page.into_text()
}

/// Text for an attribute.
fn text_of(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
