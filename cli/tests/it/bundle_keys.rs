//! Bundles that have to be signed: which ones count at `plumb check`, and where a mistake is shown.

use super::{POD, folder, plumb};

pub(crate) const MANIFEST: &str = include_str!("samples/signed/manifest.json");
/// A rule that finds every pod.
pub(crate) const POLICY: &str = include_str!("samples/signed/a.rego");
/// What `opa sign` makes of the two, at 1700000000.
pub(crate) const SIGNATURES: &str = include_str!("samples/signed/signatures.json");
/// The public half of the key that it was made with.
pub(crate) const KEY: &str = include_str!("samples/signed/key.pem");

const KEYS: &str =
    "builtin: false\npolicies: [bundle]\nbundle-keys: [{id: release, file: key.pem}]\n";

/// A repository with the bundle.
fn repository<'a>(config: &'a str, policy: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("pod.yaml", POD),
        ("key.pem", KEY),
        ("plumbline.yaml", config),
        ("bundle/.manifest", MANIFEST),
        ("bundle/a.rego", policy),
    ]
}

#[track_caller]
fn check(files: &[(&str, &str)], code: i32, says: &str) {
    let folder = folder(files);
    let run = plumb(folder.path(), &["check"]);
    assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
    assert!(run.out.contains(says), "`{says}`: {}", run.out);
}

#[test]
fn a_bundle_that_a_key_signed_judges() {
    let mut files = repository(KEYS, POLICY);
    files.push(("bundle/.signatures.json", SIGNATURES));
    check(&files, 1, "found by a bundle");
}

#[test]
fn a_bundle_that_was_changed_or_is_not_signed_does_not() {
    let changed = POLICY.replace("core/Pod", "core/Nothing");
    let mut files = repository(KEYS, &changed);
    check(&files, 2, "it is not signed");
    files.push(("bundle/.signatures.json", SIGNATURES));
    check(&files, 2, "`a.rego` is not what was signed");
    let scoped = KEYS.replace("key.pem}", "key.pem, scope: prod}");
    let mut files = repository(&scoped, POLICY);
    files.push(("bundle/.signatures.json", SIGNATURES));
    check(&files, 2, "the scope");
}

#[test]
fn a_signature_that_nothing_checks_is_said() {
    let mut files = repository("builtin: false\npolicies: [bundle]\n", POLICY);
    files.push(("bundle/.signatures.json", SIGNATURES));
    check(&files, 1, "nothing says whose signature counts");
}

#[test]
fn a_key_that_is_none_is_an_error_at_its_line() {
    let mut files = repository(KEYS, POLICY);
    files.retain(|(name, _)| *name != "key.pem");
    check(&files, 2, "plumbline.yaml:3:29");
    for (text, says) in [
        ("-----BEGIN PRIVATE KEY-----\n", "it is a private key"),
        ("hello\n", "-----BEGIN PUBLIC KEY-----"),
    ] {
        let mut with = files.clone();
        with.push(("key.pem", text));
        check(&with, 2, says);
    }
}

#[test]
fn the_keys_of_the_organisation_count_and_not_those_of_the_repository() {
    let own = "extends: {path: org}\nbuiltin: false\npolicies: [bundle]\nbundle-keys: [{id: own, file: key.pem}]\n";
    let mut files = repository(own, POLICY);
    files.push(("bundle/.signatures.json", SIGNATURES));
    files.push((
        "org/plumbline.yaml",
        "bundle-keys: [{id: org, file: org.pem}]\n",
    ));
    let other = KEY.replace("M79/", "M79+");
    let mut with = files.clone();
    with.push(("org/org.pem", &other));
    check(&with, 2, "is not that of a key that counts");
    files.push(("org/org.pem", KEY));
    check(&files, 1, "these do not count");
}
