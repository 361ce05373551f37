//! The built-in library: the policies that the binary carries, and the pages of their rules.

/// Path and text of every module, sorted by path. Unit tests are among them.
pub const LIBRARY: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// Path (`category/rule.md`) and text of every page, sorted by path.
const PAGES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a built-in rule.
pub fn page(rule: &str) -> Option<&'static str> {
    let is_of = |path: &str| path.strip_suffix(".md") == Some(rule);
    PAGES
        .iter()
        .find(|(path, _)| is_of(path))
        .map(|(_, text)| *text)
}
