//! Baselines as a user meets them.

use super::{POD, PRIVILEGED, folder, plumb};

const NAME: &str = "known/baseline.json";

/// A folder with a privileged pod, and a baseline that knows it.
fn known() -> tempfile::TempDir {
    let folder = folder(&[("d/a.yaml", PRIVILEGED)]);
    let run = plumb(folder.path(), &["check", "d", "--write-baseline", NAME]);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert_eq!(run.err, format!("wrote {NAME}: 1 finding is known\n"));
    folder
}

#[test]
fn what_is_known_does_not_fail_wherever_it_moves() {
    let folder = known();
    let moved = format!("# moved\n\n{PRIVILEGED}");
    std::fs::write(folder.path().join("d/a.yaml"), moved).unwrap();
    let run = plumb(
        folder.path(),
        &["check", "d", "--baseline", NAME, "-o", "json"],
    );
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let json = run.json();
    assert_eq!(json["verdict"], "pass");
    assert_eq!(json["findings"][0]["baseline"], "unchanged");
    assert_eq!(json["findings"][0]["location"]["line"], 21);
    assert_eq!(json["summary"]["baseline"]["unchanged"], 1);
}

#[test]
fn what_is_new_fails() {
    let folder = known();
    let new = PRIVILEGED.replace("name: b", "name: c");
    std::fs::write(folder.path().join("d/c.yaml"), new).unwrap();
    let run = plumb(folder.path(), &["check", "--baseline", NAME]);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    for text in [
        "kubernetes/core/Pod/_/c",
        "compared to the baseline: 1 new, 1 unchanged, 0 fixed\n",
        "fail: 2 findings",
    ] {
        assert!(run.out.contains(text), "`{text}`: {}", run.out);
    }
    assert!(!run.out.contains("Pod/_/b"), "{}", run.out);
    let run = plumb(folder.path(), &["check", "-v", "--baseline", NAME]);
    assert!(run.out.contains("Pod/_/b"), "{}", run.out);
    assert!(run.out.contains("known from the baseline"), "{}", run.out);
}

#[test]
fn what_is_gone_is_fixed_in_a_full_run() {
    let folder = known();
    std::fs::write(folder.path().join("d/a.yaml"), POD).unwrap();
    let run = plumb(folder.path(), &["check", "--baseline", NAME, "-o", "json"]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert_eq!(run.json()["summary"]["baseline"]["fixed"], 1);
    assert_eq!(run.json()["summary"]["unrecognised"], 0);
    let part = plumb(
        folder.path(),
        &["check", "d", "--baseline", NAME, "-o", "json"],
    );
    assert_eq!(
        part.json()["summary"]["baseline"]["fixed"],
        serde_json::Value::Null
    );
}

#[test]
fn without_a_baseline_the_report_does_not_speak_of_one() {
    let folder = known();
    let json = plumb(folder.path(), &["check", "d", "-o", "json"]).json();
    assert_eq!(json["summary"]["baseline"], serde_json::Value::Null);
    assert_eq!(json["findings"][0].get("baseline"), None);
}

#[test]
fn the_configuration_may_name_the_baseline() {
    let folder = known();
    let config = format!("baseline: {NAME}\n");
    std::fs::write(folder.path().join("plumbline.yaml"), config).unwrap();
    assert_eq!(plumb(folder.path(), &["check"]).code, Some(0));
    let anew = plumb(folder.path(), &["check", "--write-baseline", NAME]);
    assert_eq!(anew.code, Some(1), "{}", anew.out);
    assert_eq!(
        plumb(folder.path(), &["check", "--no-config"]).code,
        Some(1)
    );
}

#[test]
fn the_same_findings_are_the_same_bytes() {
    let folder = known();
    let read = || std::fs::read(folder.path().join(NAME)).unwrap();
    let first = read();
    plumb(folder.path(), &["check", "d", "--write-baseline", NAME]);
    assert_eq!(read(), first);
}

#[test]
fn an_undecided_run_writes_no_baseline() {
    let folder = known();
    let before = std::fs::read(folder.path().join(NAME)).unwrap();
    std::fs::write(folder.path().join("d/b.yaml"), "kind: [\n").unwrap();
    let run = plumb(folder.path(), &["check", "d", "--write-baseline", NAME]);
    assert_eq!(run.code, Some(2), "{}", run.out);
    assert!(run.err.contains("was not written"), "{}", run.err);
    assert_eq!(std::fs::read(folder.path().join(NAME)).unwrap(), before);
}

#[test]
fn a_baseline_that_cannot_be_read_is_an_error() {
    let folder = known();
    for (text, said) in [
        ("{", "not valid JSON"),
        ("", "b.json"),
        (
            "{\"fingerprints\": {}}",
            "the key `schemaVersion` is missing",
        ),
        (
            "{\"schemaVersion\": \"plumbline.baseline/v1\", \"fingerprints\": {}, \"x\": 1}",
            "unknown key `x`",
        ),
    ] {
        std::fs::write(folder.path().join("b.json"), text).unwrap();
        let run = plumb(folder.path(), &["check", "d", "--baseline", "b.json"]);
        assert_eq!(run.code, Some(2), "{text}: {}{}", run.out, run.err);
        assert!(run.out.contains(said), "`{said}`: {}", run.out);
        assert!(run.out.contains("error[deployment/privileged-container]"));
    }
    let run = plumb(folder.path(), &["check", "d", "--baseline", "none.json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("none.json: no such file"), "{}", run.out);
}

#[test]
fn a_baseline_is_not_read_and_written_at_once() {
    let folder = known();
    let args = ["check", "d", "--baseline", NAME, "--write-baseline", NAME];
    let run = plumb(folder.path(), &args);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}
