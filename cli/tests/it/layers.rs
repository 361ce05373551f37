//! Layers of an organisation as a user meets them: what is added, what wins, what is locked, and where they come from.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{POD, PRIVILEGED, Run, folder, plumb};

const EXTENDS: (&str, &str) = ("repo/plumbline.yaml", "extends: {path: ../org}\n");
const WARN: &str = "rules: {deployment/privileged-container: {effect: warn}}\n";
const INLINE: &str =
    "# plumb:waive deployment/privileged-container until=2099-12-31 owner=team-x reason=\"a b\"";

/// Runs a command in the folder `repo`, and says how it has to end.
#[track_caller]
fn run(files: &[(&str, &str)], args: &[&str], code: i32) -> Run {
    let folder = folder(files);
    let run = plumb(&folder.path().join("repo"), args);
    assert_eq!(run.code, Some(code), "{args:?}\n{}{}", run.out, run.err);
    run
}

/// Checks, and looks for texts in what is said.
#[track_caller]
fn check(files: &[(&str, &str)], code: i32, texts: &[&str]) {
    let run = run(files, &["check"], code);
    for text in texts {
        assert!(run.out.contains(text), "`{text}`: {}", run.out);
    }
}

/// A file with one waiver of the privileged pod.
fn waiver(keys: &str) -> String {
    format!(
        "version: 1\nwaivers:\n  - {{{keys}rule: deployment/privileged-container, resource: kubernetes/core/Pod/_/b, reason: r, owner: platform, expires: 2099-12-31}}\n"
    )
}

/// The privileged pod, which points at a waiver.
fn pointing(id: &str) -> String {
    PRIVILEGED.replacen(
        "  name: b\n",
        &format!("  name: b\n  annotations: {{plumbline.dev/waive: {id}}}\n"),
        1,
    )
}

#[test]
fn a_layer_says_what_the_repository_leaves_open() {
    let manifest = ("repo/a.yaml", PRIVILEGED);
    check(&[manifest, EXTENDS, ("org/plumbline.yaml", WARN)], 0, &[]);
    let file = (
        "repo/plumbline.yaml",
        "extends: {path: ../org/plumbline.yaml}\n",
    );
    check(&[manifest, file, ("org/plumbline.yaml", WARN)], 0, &[]);
    check(
        &[manifest, EXTENDS, ("org/plumbline.yaml", "fail-on: info\n")],
        1,
        &[],
    );
}

#[test]
fn the_nearer_layer_wins() {
    let own = "extends: {path: ../org}\nrules: {deployment/privileged-container: {effect: deny}}\n";
    let files = [
        ("repo/a.yaml", PRIVILEGED),
        ("repo/plumbline.yaml", own),
        ("org/plumbline.yaml", WARN),
    ];
    check(&files, 1, &[]);
}

#[test]
fn a_layer_may_extend_another_one() {
    let files = [
        ("repo/a.yaml", PRIVILEGED),
        EXTENDS,
        ("org/plumbline.yaml", "extends: {path: ../group}\n"),
        ("group/plumbline.yaml", WARN),
    ];
    check(&files, 0, &[]);
}

#[test]
fn policies_of_layers_and_repository_judge_together() {
    let policy = |name: &str| {
        format!(
            "# METADATA\n# scope: package\n# title: t\n# custom:\n#   id: t/{name}\n#   severity: low\n#   subject: resource\npackage t.{name}\n\ndeny contains \"found by {name}\" if input.kind == \"core/Pod\"\n"
        )
    };
    let (org, own) = (policy("org"), policy("own"));
    let files = [
        ("repo/a.yaml", POD),
        (
            "repo/plumbline.yaml",
            "extends: {path: ../org}\nbuiltin: false\npolicies: [own.rego]\n",
        ),
        ("repo/own.rego", own.as_str()),
        ("org/plumbline.yaml", "policies: [policies]\n"),
        ("org/policies/org.rego", org.as_str()),
    ];
    check(&files, 1, &["found by org", "found by own"]);
}

#[test]
fn a_layer_that_is_missing_or_leads_back_is_an_error_at_its_line() {
    let manifest = ("repo/a.yaml", POD);
    check(
        &[manifest, EXTENDS],
        2,
        &["`extends`: ../org: no such file or folder"],
    );
    check(
        &[manifest, EXTENDS, ("org/other.yaml", "a: 1\n")],
        2,
        &["`extends`: ../org/plumbline.yaml: no such file or folder"],
    );
    check(
        &[
            manifest,
            EXTENDS,
            ("org/plumbline.yaml", "extends: {path: ../repo}\n"),
        ],
        2,
        &[
            "`extends` leads in a circle: plumbline.yaml -> ../org/plumbline.yaml -> ../org/../repo/plumbline.yaml",
            "../org/plumbline.yaml:1:1",
        ],
    );
    for nowhere in ["{rev: v1}", "{path: ../org, bundle: x.tar}"] {
        let config = format!("extends: {nowhere}\n");
        let files = [manifest, ("repo/plumbline.yaml", config.as_str())];
        check(&files, 2, &["`extends` does not say where the layer is"]);
    }
}

#[test]
fn what_a_layer_locks_cannot_be_set_below_it() {
    let manifest = ("repo/a.yaml", PRIVILEGED);
    let waivers = waiver("");
    for (lock, own) in [
        ("rules", WARN),
        ("fail-on", "fail-on: critical\n"),
        ("ignore", "ignore: [a.yaml]\n"),
        ("builtin", "builtin: false\n"),
        ("baseline", "baseline: b.json\n"),
        ("local-waivers", "waivers: [waivers.yaml]\n"),
    ] {
        let locks = format!("lock: [{lock}]\n");
        let own = format!("extends: {{path: ../org}}\n{own}");
        let key = own.lines().last().unwrap().split(':').next().unwrap();
        let is_locked = format!("`{key}` is locked");
        let files = [
            manifest,
            ("repo/plumbline.yaml", own.as_str()),
            ("repo/waivers.yaml", waivers.as_str()),
            ("org/plumbline.yaml", locks.as_str()),
        ];
        check(
            &files,
            2,
            &[
                is_locked.as_str(),
                "plumbline.yaml:2:",
                "../org/plumbline.yaml:1",
                "locked here",
                "[deployment/privileged-container]",
            ],
        );
    }
}

#[test]
fn a_layer_is_not_bound_by_its_own_locks() {
    let org = format!("lock: [rules]\n{WARN}");
    let files = [
        ("repo/a.yaml", PRIVILEGED),
        EXTENDS,
        ("org/plumbline.yaml", org.as_str()),
    ];
    check(&files, 0, &[]);
}

#[test]
fn no_option_gets_around_a_lock() {
    let files = [
        ("repo/a.yaml", PRIVILEGED),
        EXTENDS,
        ("org/plumbline.yaml", "lock: [fail-on, builtin]\n"),
    ];
    for (option, value) in [("--fail-on", Some("critical")), ("--no-builtin", None)] {
        let args: Vec<&str> = ["check", option].into_iter().chain(value).collect();
        let run = run(&files, &args, 2);
        let said = format!("is locked, and `{option}` is given");
        assert!(run.out.contains(&said), "{}", run.out);
    }
}

#[test]
fn a_waiver_of_the_organisation_holds_and_says_whose_it_is() {
    let waivers = waiver("id: disks, ");
    let files = [
        ("repo/a.yaml", PRIVILEGED),
        EXTENDS,
        (
            "org/plumbline.yaml",
            "waivers: [waivers.yaml]\nlock: [local-waivers]\n",
        ),
        ("org/waivers.yaml", waivers.as_str()),
    ];
    let json = run(&files, &["check", "-o", "json"], 0).json();
    let found = &json["findings"][0]["waiver"];
    assert_eq!(found["authority"], "organisation");
    assert_eq!(found["id"], "disks");
    assert_eq!(found["location"]["file"], "../org/waivers.yaml");
}

#[test]
fn the_list_of_waivers_says_who_decided_each() {
    let (theirs, own) = (waiver("id: disks, "), waiver(""));
    let files = [
        ("repo/a.yaml", PRIVILEGED),
        (
            "repo/plumbline.yaml",
            "extends: {path: ../org}\nwaivers: [waivers.yaml]\n",
        ),
        ("repo/waivers.yaml", own.as_str()),
        ("org/plumbline.yaml", "waivers: [waivers.yaml]\n"),
        ("org/waivers.yaml", theirs.as_str()),
    ];
    let table = run(&files, &["waivers", "list"], 0);
    let expected = "\
RULE                             RESOURCE                 OWNER     DECIDED BY    EXPIRES     STATE     WRITTEN                REASON
deployment/privileged-container  kubernetes/core/Pod/_/b  platform  organisation  2099-12-31  in force  ../org/waivers.yaml:3  r
deployment/privileged-container  kubernetes/core/Pod/_/b  platform  repository    2099-12-31  in force  waivers.yaml:3         r

2 waivers, 0 expired
";
    assert_eq!(table.out, expected);
}

#[test]
fn a_comment_waives_nothing_where_local_waivers_are_locked() {
    let manifest = PRIVILEGED.replace("privileged: true", &format!("privileged: true {INLINE}"));
    let files = |lock| {
        [
            ("repo/a.yaml", manifest.as_str()),
            EXTENDS,
            ("org/plumbline.yaml", lock),
        ]
    };
    check(&files("fail-on: info\n"), 0, &[]);
    let said = [
        "a local waiver, which a layer does not allow",
        "locked here",
    ];
    check(&files("lock: [local-waivers]\n"), 2, &said);
}

#[test]
fn an_object_asks_for_a_waiver_that_says_it_has_to() {
    let waivers = waiver("id: disks, annotated: true, ");
    let asking = pointing("disks");
    let wrong = pointing("diks");
    let files = |manifest| {
        [
            ("repo/a.yaml", manifest),
            EXTENDS,
            ("org/plumbline.yaml", "waivers: [waivers.yaml]\n"),
            ("org/waivers.yaml", waivers.as_str()),
        ]
    };
    check(&files(PRIVILEGED), 1, &[]);
    check(&files(&asking), 0, &[]);
    check(
        &files(&wrong),
        1,
        &["no waiver of the organisation has the id `diks`"],
    );
}

#[test]
fn the_organisation_decides_and_the_repository_adds() {
    let image = POD.replace("image: ", "image: elsewhere.example.com/");
    let files = |own| {
        [
            ("repo/a.yaml", image.as_str()),
            EXTENDS,
            ("repo/estate.yaml", own),
            ("org/plumbline.yaml", "fail-on: info\n"),
            (
                "org/estate.yaml",
                "version: 1\nregistries: {allowed: [registry.example.com]}\n",
            ),
        ]
    };
    let other = "version: 1\nregistries: {allowed: [elsewhere.example.com]}\n";
    let said = [
        "`registries.allowed` is decided by the organisation otherwise",
        "decided here",
        "[supply-chain/unknown-registry]",
    ];
    check(&files(other), 1, &said);
    let added = "version: 1\norganisation: acme\n";
    let run = run(&files(added), &["check"], 1);
    assert!(!run.out.contains("otherwise"), "{}", run.out);
}

#[test]
fn the_configuration_in_force_is_printed_with_its_origins() {
    let files = [
        (
            "repo/plumbline.yaml",
            "extends: {path: ../org}\nfail-on: high\nignore: [\"charts/**\"]\n",
        ),
        (
            "org/plumbline.yaml",
            "lock: [builtin]\nfail-on: low\nrules: {\"secrets/*\": {severity: critical}}\n",
        ),
    ];
    let plain = run(&files, &["config", "print"], 0);
    assert_eq!(
        plain.out,
        "extends:\n  - \"../org/plumbline.yaml\"\nlock:\n  - \"builtin\"\nbuiltin: true\nfail-on: \"high\"\nrules:\n  - \"secrets/*\": {\"severity\":\"critical\"}\nignore:\n  - \"charts/**\"\n"
    );
    let origins = run(
        &files,
        &["config", "print", "--show-origin", "--no-builtin"],
        0,
    );
    for (setting, origin) in [
        ("../org/plumbline.yaml", "# plumbline.yaml:1"),
        ("builtin: false", "# --no-builtin"),
        ("fail-on", "# plumbline.yaml:2"),
        ("secrets/*", "# ../org/plumbline.yaml:3"),
    ] {
        let mut lines = origins.out.lines();
        let is_it = |line: &str| line.contains(setting) && line.ends_with(origin);
        assert!(lines.any(is_it), "{setting} {origin}: {}", origins.out);
    }
    let json = run(
        &files,
        &["config", "print", "--show-origin", "-o", "json"],
        0,
    )
    .json();
    assert_eq!(json["schemaVersion"], "plumbline.config/v1");
    let settings = json["settings"].as_array().unwrap();
    let fail_on = settings.iter().find(|one| one["key"] == "fail-on").unwrap();
    assert_eq!(fail_on["value"], "high");
    assert_eq!(fail_on["location"]["line"], 2);
}

#[test]
fn a_configuration_that_is_wrong_is_printed_and_ends_in_2() {
    let files = [("repo/plumbline.yaml", "fail_on: high\nbuiltin: false\n")];
    let run = run(&files, &["config", "print"], 2);
    assert!(run.out.contains("builtin: false"), "{}", run.out);
    assert!(run.err.contains("unknown key `fail_on`"), "{}", run.err);
}

/// Runs `git`, as somebody whose configuration does not matter.
#[track_caller]
fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Makes a folder a repository with one commit of all that is in it, and gives its id.
#[track_caller]
fn committed(folder: &Path) -> String {
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "all"]);
    git(folder, &["rev-parse", "HEAD"])
}

/// A folder with the repository of an organisation, and a repository that extends a revision of it.
struct Fetching {
    folder: tempfile::TempDir,
    commit: String,
}

impl Fetching {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = folder(&[files, &[("repo/a.yaml", PRIVILEGED)]].concat());
        let commit = committed(&folder.path().join("org"));
        Self { folder, commit }
    }

    fn org(&self) -> PathBuf {
        self.folder.path().join("org")
    }

    #[track_caller]
    fn check(&self, rev: &str, code: i32) -> Run {
        let url = format!("file://{}", self.org().display());
        let extends = format!("extends: {{git: \"{url}\", rev: {rev}}}\n");
        let repo = self.folder.path().join("repo");
        std::fs::write(repo.join("plumbline.yaml"), extends).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_plumb"))
            .arg("check")
            .current_dir(repo)
            .env("COLUMNS", "120")
            .env("CI", "true")
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .output()
            .unwrap();
        let run = Run::new(&output);
        assert_eq!(run.code, Some(code), "{rev}\n{}{}", run.out, run.err);
        run
    }
}

#[test]
fn a_layer_is_fetched_once_if_its_commit_is_pinned() {
    let layer = Fetching::new(&[("org/plumbline.yaml", WARN)]);
    let run = layer.check(&layer.commit, 0);
    assert!(!run.out.contains("another commit"), "{}", run.out);
    std::fs::remove_dir_all(layer.org()).unwrap();
    layer.check(&layer.commit, 0);
}

#[test]
fn a_layer_that_is_not_pinned_is_used_and_said() {
    let layer = Fetching::new(&[("org/plumbline.yaml", WARN)]);
    git(&layer.org(), &["tag", "v1"]);
    let run = layer.check("v1", 0);
    let pin = format!("pin it: `rev: {}`", layer.commit);
    for text in ["`rev`: `v1` may come to mean another commit", pin.as_str()] {
        assert!(run.out.contains(text), "`{text}`: {}", run.out);
    }
    std::fs::remove_dir_all(layer.org()).unwrap();
    layer.check("v1", 2);
}

#[test]
fn a_revision_that_there_is_not_is_an_error() {
    let layer = Fetching::new(&[("org/plumbline.yaml", WARN)]);
    let unknown = "0123456789012345678901234567890123456789";
    for rev in [unknown, "v2", "\"--upload-pack=touch x\"", "\"a:b\""] {
        let run = layer.check(rev, 2);
        assert!(run.out.contains("`extends`: "), "{rev}: {}", run.out);
    }
}

#[test]
fn what_lies_beside_a_layer_from_git_is_read_from_there() {
    let policy = "# METADATA\n# scope: package\n# title: t\n# custom:\n#   id: t/org\n#   severity: low\n#   subject: resource\npackage t.org\n\ndeny contains \"found by org\" if input.kind == \"core/Pod\"\n";
    let config = "policies: [policies]\nwaivers: [waivers.yaml]\n";
    let layer = Fetching::new(&[
        ("org/plumbline.yaml", config),
        ("org/policies/org.rego", policy),
        ("org/waivers.yaml", &waiver("")),
    ]);
    let run = layer.check(&layer.commit, 1);
    assert!(run.out.contains("found by org"), "{}", run.out);
    assert!(run.out.contains("1 waived"), "{}", run.out);
}

#[test]
fn a_layer_from_git_reads_nothing_outside_of_its_repository() {
    for (config, said) in [
        ("policies: [../outside.rego]\n", "leads out of the layer"),
        ("policies: [link.rego]\n", "no such file or folder"),
    ] {
        let files = [
            ("org/plumbline.yaml", config),
            ("outside.rego", "package outside\n"),
        ];
        let folder = folder(&[&files[..], &[("repo/a.yaml", PRIVILEGED)]].concat());
        #[cfg(unix)]
        std::os::unix::fs::symlink("../outside.rego", folder.path().join("org/link.rego")).unwrap();
        let commit = committed(&folder.path().join("org"));
        let layer = Fetching { folder, commit };
        let run = layer.check(&layer.commit, 2);
        assert!(run.out.contains(said), "{}", run.out);
    }
}

/// An archive of files: a path, a type, and what is in it.
pub(super) fn archive(files: &[(&str, u8, &str)]) -> Vec<u8> {
    let mut all = Vec::new();
    for (path, kind, text) in files {
        let mut header = [0; 512];
        header[..path.len()].copy_from_slice(path.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
        header[156] = *kind;
        header[257..263].copy_from_slice(b"ustar\0");
        all.extend(header);
        all.extend(text.as_bytes());
        all.resize(all.len().next_multiple_of(512), 0);
    }
    all.resize(all.len() + 1024, 0);
    all
}

/// Checks under an archive, first with another digest than its own and then with that.
#[track_caller]
fn bundled(bytes: &[u8], code: i32) -> Run {
    let folder = folder(&[("repo/a.yaml", PRIVILEGED)]);
    let repo = folder.path().join("repo");
    std::fs::write(folder.path().join("org.tar"), bytes).unwrap();
    let check = |digest: &str| {
        let extends = format!("extends: {{bundle: ../org.tar, digest: \"{digest}\"}}\n");
        std::fs::write(repo.join("plumbline.yaml"), extends).unwrap();
        plumb(&repo, &["check"])
    };
    let other = format!("sha256:{}", "0".repeat(64));
    let refused = check(&other);
    assert_eq!(refused.code, Some(2), "{}", refused.out);
    assert!(refused.out.contains(&other), "{}", refused.out);
    let (_, own) = refused.out.split_once("its digest is `").unwrap();
    let run = check(own.split('`').next().unwrap());
    assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
    run
}

#[test]
fn a_layer_may_be_an_archive_with_its_digest() {
    bundled(&archive(&[("plumbline.yaml", b'0', WARN)]), 0);
}

#[test]
fn an_archive_that_is_hostile_is_refused_as_a_whole() {
    for (path, kind, said) in [
        ("../plumbline.yaml", b'0', "leads out of it"),
        ("/plumbline.yaml", b'0', "leads out of it"),
        ("plumbline.yaml", b'2', "is a link or a device"),
        (
            "other.yaml",
            b'0',
            "org.tar:plumbline.yaml: no such file or folder",
        ),
    ] {
        let run = bundled(&archive(&[(path, kind, WARN)]), 2);
        assert!(run.out.contains(said), "{said}: {}", run.out);
    }
}

#[test]
fn an_archive_without_a_digest_is_an_error() {
    let bundle = ("repo/plumbline.yaml", "extends: {bundle: ../org.tar}\n");
    let files = [("repo/a.yaml", POD), bundle, ("org.tar", "x")];
    check(&files, 2, &["a `bundle` without its `digest`"]);
}

/// A repository with a commit, in which something is then written.
#[track_caller]
fn changed(before: &[(&str, &str)], after: &[(&str, &str)], code: i32) -> Run {
    let folder = folder(before);
    committed(folder.path());
    for (name, text) in after {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let run = plumb(folder.path(), &["check", "--policy-ref", "HEAD"]);
    assert_eq!(run.code, Some(code), "{}{}", run.out, run.err);
    run
}

#[test]
fn a_change_cannot_exempt_itself() {
    let manifest = ("a.yaml", PRIVILEGED);
    let waivers = waiver("");
    let waived = ("waivers.yaml", waivers.as_str());
    let config = ("plumbline.yaml", "waivers: [waivers.yaml]\n");
    changed(&[manifest, config, waived], &[], 0);
    let none = ("waivers.yaml", "version: 1\nwaivers: []\n");
    changed(&[manifest, config, none], &[waived], 1);
    changed(&[manifest], &[("plumbline.yaml", WARN)], 1);
    changed(
        &[manifest, ("plumbline.yaml", WARN)],
        &[("plumbline.yaml", "fail-on: info\n")],
        0,
    );
}

#[test]
fn a_change_cannot_hide_a_file_by_what_it_ignores() {
    let hidden = ("b.yaml", PRIVILEGED);
    for name in [".gitignore", ".ignore"] {
        changed(&[("a.yaml", POD)], &[hidden, (name, "b.yaml\n")], 1);
        changed(&[("a.yaml", POD), hidden], &[(name, "b.yaml\n")], 1);
    }
    let agreed = (".gitignore", "b.yaml\n");
    changed(&[("a.yaml", POD), agreed], &[hidden], 0);
    changed(&[("a.yaml", POD), agreed], &[hidden, (".gitignore", "")], 0);
}

#[test]
fn a_file_that_a_change_adds_is_checked_though_it_is_ignored() {
    let folder = folder(&[("a.yaml", POD), (".gitignore", "b.yaml\n")]);
    committed(folder.path());
    std::fs::write(folder.path().join("b.yaml"), PRIVILEGED).unwrap();
    let check = || plumb(folder.path(), &["check", "--policy-ref", "HEAD"]).code;
    assert_eq!(check(), Some(0));
    git(folder.path(), &["add", "-f", "b.yaml"]);
    assert_eq!(check(), Some(1));
}

#[test]
fn a_comment_counts_that_stood_in_the_commit_beside_the_same() {
    let waived = PRIVILEGED.replace("privileged: true", &format!("privileged: true {INLINE}"));
    changed(&[("a.yaml", &waived)], &[], 0);
    let moved = format!("# moved\n{waived}");
    changed(&[("a.yaml", &waived)], &[("a.yaml", &moved)], 0);
    let run = changed(&[("a.yaml", PRIVILEGED)], &[("a.yaml", &waived)], 1);
    let said = "a waiver that is not in the commit of `--policy-ref` does not count";
    assert!(run.out.contains(said), "{}", run.out);
}

#[test]
fn a_commit_that_there_is_not_is_an_error() {
    let folder = folder(&[("a.yaml", POD)]);
    committed(folder.path());
    for (rev, said) in [
        ("nothing", "`--policy-ref`: there is no commit `nothing`"),
        ("-x", "`-x` is no revision"),
    ] {
        let option = format!("--policy-ref={rev}");
        let run = plumb(folder.path(), &["check", &option]);
        assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
        assert!(run.out.contains(said), "{}", run.out);
    }
}
