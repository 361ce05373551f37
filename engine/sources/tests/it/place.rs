//! Places of a commit: what is in it, and what is not.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use plumbline_sources::held::Held;
use plumbline_sources::place::Place;
use plumbline_sources::revision;

use super::folder;

/// A folder with one commit of some files.
pub(super) fn committed(files: &[(&str, &str)]) -> (tempfile::TempDir, Arc<Held>) {
    let folder = folder(files);
    for args in [
        &["init", "-q"][..],
        &["add", "-A"],
        &["commit", "-q", "-m", "all"],
    ] {
        let status = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .status()
            .unwrap();
        assert!(status.success(), "{args:?}");
    }
    let revision = revision::of_folder(folder.path(), "HEAD").unwrap();
    (folder, Arc::new(revision))
}

#[test]
fn a_commit_is_read_as_it_was() {
    let (folder, revision) = committed(&[("a/b.yaml", "old\n"), ("a/c/d.rego", "")]);
    std::fs::write(folder.path().join("a/b.yaml"), "new\n").unwrap();
    std::fs::write(folder.path().join("a/new.yaml"), "").unwrap();
    let place = Place::of(&folder.path().join("a/b.yaml"), Some(&revision));
    assert_eq!(place.name(), "HEAD:a/b.yaml");
    assert_eq!(place.read(10).unwrap(), "old\n");
    assert!(place.read(3).is_err());
    assert!(place.missing().is_none());
    let new = place.folder().join("new.yaml").unwrap();
    assert!(new.missing().is_some());
    assert!(new.read(10).is_err());
    let (files, problems) = place.folder().files();
    let below: Vec<&str> = files.iter().map(|file| file.below.as_str()).collect();
    assert_eq!((below, problems.len()), (vec!["b.yaml", "c/d.rego"], 0));
}

/// Fetches the commit of a repository with one file, within some bytes; and whether anything is kept.
fn fetched(text: &str, max: u64) -> (Result<(), String>, bool) {
    let (origin, _) = committed(&[("a.yaml", text)]);
    let url = format!("file://{}", origin.path().display());
    let cache = tempfile::tempdir().unwrap();
    let repository = cache.path().join("kept");
    let fetched = revision::fetch_into(&repository, &url, "HEAD", max);
    let kept = repository.exists();
    (fetched.map(drop), kept)
}

#[test]
fn what_is_fetched_stays_within_its_limit_or_is_not_kept() {
    // Git makes smaller what repeats itself, and this does not.
    let mut state = 1_u64;
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b' ' + u8::try_from(state >> 58).unwrap())
    };
    let text: String = (0..100_000).map(|_| letter()).collect();
    let (refused, kept) = fetched(&text, 10_000);
    let said = "`git fetch` brings more than the 10000 bytes that are fetched";
    assert_eq!(refused, Err(said.to_owned()));
    assert!(!kept);
    assert_eq!(fetched(&text, 1_000_000), (Ok(()), true));
}

#[test]
fn a_path_out_of_a_commit_leads_to_what_is_beside_its_folder() {
    let (folder, revision) = committed(&[("a/b.yaml", "")]);
    let root = Place::of(folder.path(), Some(&revision));
    let inside = root.join("x/../a/b.yaml").unwrap();
    assert!(matches!(&inside, Place::Held(_, path) if path == "a/b.yaml"));
    assert!(matches!(root.join("a/../../x"), Some(Place::Disk(_))));
    let elsewhere = Place::of(Path::new("/"), Some(&revision));
    assert!(matches!(elsewhere, Place::Disk(_)));
}
