//! Packed bundles of OPA as a user hands them over, and as somebody else may have made them.

use super::layers::archive;
use super::{Run, folder, plumb};

/// A file of a bundle: its path, its type, and what is in it.
type Entry<'a> = (&'a str, u8, &'a str);

const MANIFEST: Entry<'static> = ("/.manifest", b'0', r#"{"roots": ["main", "limits"]}"#);
const POLICY: Entry<'static> = (
    "/main/x.rego",
    b'0',
    "package main\n\ndeny contains \"a port\" if input.port in data.limits.ports\n",
);
const LIMITS: Entry<'static> = ("/limits/data.json", b'0', r#"{"ports": [80]}"#);

/// An archive as gzip packs what it cannot make smaller.
fn packed(entries: &[Entry<'_>]) -> Vec<u8> {
    let archive = archive(entries);
    let length = u16::try_from(archive.len()).unwrap();
    let mut all: Vec<u8> = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1];
    all.extend(length.to_le_bytes());
    all.extend((!length).to_le_bytes());
    all.extend(&archive);
    all.extend(sum(&archive).to_le_bytes());
    all.extend(u32::from(length).to_le_bytes());
    all
}

/// The sum that gzip puts behind what it packed.
fn sum(bytes: &[u8]) -> u32 {
    let halved = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
    let whole = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), halved);
    !bytes.iter().fold(u32::MAX, whole)
}

/// Checks a document with a port beside a file and others, and looks for texts in what is said.
#[track_caller]
fn check(
    file: (&str, &[u8]),
    others: &[(&str, &str)],
    args: &[&str],
    code: i32,
    texts: &[&str],
) -> Run {
    let folder = folder(&[&[("a.yaml", "port: 80\n")][..], others].concat());
    std::fs::write(folder.path().join(file.0), file.1).unwrap();
    let run = plumb(folder.path(), &[&["check", "a.yaml"][..], args].concat());
    assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
    for text in texts {
        assert!(run.out.contains(text), "`{text}`: {}", run.out);
    }
    run
}

/// Checks under a bundle that is refused.
#[track_caller]
fn refused(bytes: &[u8], said: &str) {
    check(("b.tar.gz", bytes), &[], &["-p", "b.tar.gz"], 2, &[said]);
}

#[test]
fn a_packed_bundle_judges_by_its_policies_and_its_data() {
    let bundle = packed(&[MANIFEST, POLICY, LIMITS]);
    let found = ["error[conftest/main-deny]: a port"];
    check(("b.tar.gz", &bundle), &[], &["-p", "b.tar.gz"], 1, &found);
    check(("b.tgz", &bundle), &[], &["-p", "b.tgz"], 1, &found);
    let other = ("/limits/data.json", b'0', r#"{"ports": [81]}"#);
    let bundle = packed(&[MANIFEST, POLICY, other]);
    check(("b.tar.gz", &bundle), &[], &["-p", "b.tar.gz"], 0, &[]);
}

#[test]
fn a_packed_bundle_may_be_configured() {
    let bundle = packed(&[MANIFEST, POLICY, LIMITS]);
    let config = ("plumbline.yaml", "policies: [b.tar.gz]\n");
    let found = ["error[conftest/main-deny]: a port"];
    check(("b.tar.gz", &bundle), &[config], &[], 1, &found);
}

#[test]
fn a_packed_bundle_without_a_manifest_may_hold_anything() {
    let yaml = ("data.yaml", b'0', "limits: {ports: [80]}\n");
    let bundle = packed(&[("./x.rego", b'0', POLICY.2), yaml]);
    let found = ["error[conftest/main-deny]: a port"];
    check(("b.tar.gz", &bundle), &[], &["-p", "b.tar.gz"], 1, &found);
}

#[test]
fn of_a_packed_bundle_among_the_data_only_the_data_is_read() {
    let bundle = packed(&[MANIFEST, POLICY, LIMITS]);
    let policy = "package main\n\ndeny contains \"ours\" if input.port in data.limits.ports\n";
    let run = check(
        ("b.tar.gz", &bundle),
        &[("x.rego", policy)],
        &["-p", "x.rego", "-d", "b.tar.gz"],
        1,
        &["error[conftest/main-deny]: ours"],
    );
    assert!(!run.out.contains("a port"), "{}", run.out);
}

#[test]
fn what_lies_outside_the_roots_of_a_packed_bundle_is_an_error_in_it() {
    let bundle = packed(&[MANIFEST, ("/data.json", b'0', r#"{"other": 1}"#)]);
    let said = [
        "`data.other` lies outside the roots of its bundle",
        "b.tar.gz:data.json",
    ];
    check(("b.tar.gz", &bundle), &[], &["-p", "b.tar.gz"], 2, &said);
}

#[test]
fn a_packed_bundle_that_is_hostile_is_refused_as_a_whole() {
    for (path, kind, said) in [
        ("../x.rego", b'0', "`../x.rego` in it leads out of it"),
        ("/../x.rego", b'0', "`/../x.rego` in it leads out of it"),
        ("x.rego", b'1', "`x.rego` in it is a link or a device"),
        ("x.rego", b'2', "`x.rego` in it is a link or a device"),
        ("x.rego", b'3', "`x.rego` in it is a link or a device"),
        ("main/x.rego", b'0', "it holds `main/x.rego` twice"),
    ] {
        refused(&packed(&[MANIFEST, POLICY, (path, kind, POLICY.2)]), said);
    }
}

#[test]
fn a_packed_bundle_that_is_cut_or_damaged_is_refused() {
    let whole = packed(&[MANIFEST, POLICY, LIMITS]);
    refused(&whole[..whole.len() - 1], "it ends too early");
    let mut damaged = whole.clone();
    damaged[600] ^= 1;
    refused(&damaged, "it is damaged");
    refused(&[&whole[..], b"more"].concat(), "it ends too early");
}

#[test]
fn a_file_that_is_called_like_a_bundle_has_to_be_one() {
    refused(b"package main\n", "it is not packed by gzip");
    let others = packed(&[("README.md", b'0', "# a\n"), ("a.json", b'0', "{}")]);
    refused(&others, "no bundle of OPA");
    let nested = packed(&[("b/.manifest", b'0', "{}"), ("b/x.rego", b'0', POLICY.2)]);
    refused(&nested, "`b/.manifest` does not lie at its root");
}

#[test]
fn a_delta_bundle_is_refused_packed_or_not() {
    let patch = r#"{"data": [{"op": "upsert", "path": "/limits/ports", "value": []}]}"#;
    let bundle = packed(&[MANIFEST, ("/patch.json", b'0', patch)]);
    refused(&bundle, "a delta bundle");
    let folder = [("d/.manifest", "{}"), ("d/patch.json", patch)];
    check(
        ("b.tar.gz", &bundle),
        &folder,
        &["-p", "d"],
        2,
        &["a delta bundle"],
    );
}
