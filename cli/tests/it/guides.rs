//! The guides are run: files are written as the guide shows them, commands are typed, and what it says they answer is
//! what they answer.
//!
//! A fenced block with a title is a file. A block of `console` holds commands after `$ `, each followed by its output;
//! `...` stands for lines that are left out.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::root;

#[test]
fn the_first_policy_is_written_as_the_guide_says() {
    let ran = follow("first-policy.md");
    assert!(ran >= 8, "{ran} commands ran");
}

#[test]
fn the_gate_is_put_up_as_the_guide_says() {
    let ran = follow("merge-gate.md");
    assert!(ran >= 5, "{ran} commands ran");
}

#[test]
fn the_webhook_is_installed_as_the_guide_says() {
    let ran = follow("install-the-webhook.md");
    assert!(ran >= 4, "{ran} commands ran");
}

#[test]
fn the_example_of_the_guide_is_the_one_that_is_tested() {
    let guide = root().join("docs/guides/install-the-webhook.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let example = std::fs::read_to_string(root().join("testdata/webhooks/dangerous.yaml"));
    assert!(guide.contains(&example.unwrap()));
}

#[test]
fn a_server_finds_what_the_guides_say() {
    assert_eq!(follow("gate.md"), 2);
    assert_eq!(follow("cloudformation-hook.md"), 1);
}

/// Runs the handler of a guide on a template. Who is asked answers what a file holds, or not at all.
const HOOK: &str = r#"
import json, os, sys, handler
os.environ.update(PLUMBLINE_URL="http://127.0.0.1:1", PLUMBLINE_TOKEN="token")
fetch = handler.fetch
def answer(request, seconds):
    if isinstance(request, str):
        return json.dumps({"template": open("template.yaml").read()}).encode()
    return open("report.json", "rb").read() if sys.argv[1] == "there" else fetch(request, seconds)
handler.fetch = answer
event = {"clientRequestToken": "1", "requestData": {"payload": "https://example.com/payload"}}
print(json.dumps(handler.handler(event, None)))
"#;

#[test]
fn a_hook_of_cloudformation_lets_nothing_through_by_mistake() {
    if Command::new("python3").arg("--version").output().is_err() {
        println!("left out: the hook of CloudFormation (no python3 is installed)");
        return;
    }
    let guide = std::fs::read_to_string(root().join("docs/guides/cloudformation-hook.md"));
    let guide = guide.unwrap();
    let mut blocks = blocks(&guide).into_iter();
    let handler = blocks.find(|block| block.title == Some("handler.py"));
    let handler = handler.unwrap().text;
    let topic =
        "Resources: {T: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: alias/aws/sns}}}";
    let public = "Resources: {B: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}}";
    for (template, server, status, code) in [
        (topic, "there", "SUCCESS", None),
        (public, "there", "FAILED", Some("NonCompliant")),
        ("Resources: {", "there", "FAILED", Some("InternalFailure")),
        (topic, "gone", "FAILED", Some("InternalFailure")),
    ] {
        let folder = super::folder(&[("handler.py", &handler), ("template.yaml", template)]);
        let report = super::plumb(
            folder.path(),
            &["check", "--no-config", "-o", "json", "template.yaml"],
        );
        std::fs::write(folder.path().join("report.json"), report.out).unwrap();
        let mut python = Command::new("python3");
        python.args(["-c", HOOK, server]).current_dir(folder.path());
        let answer = super::Run::new(&python.output().unwrap()).json();
        assert_eq!(answer["hookStatus"], status, "{template}: {answer}");
        assert_eq!(answer["errorCode"].as_str(), code, "{template}: {answer}");
        assert_eq!(answer["clientRequestToken"], "1");
    }
}

/// Follows a guide in an empty folder; how many commands ran.
fn follow(guide: &str) -> usize {
    let text = std::fs::read_to_string(root().join("docs/guides").join(guide)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut ran = 0;
    for block in blocks(&text) {
        if let Some(file) = block.title {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, block.text).unwrap();
        } else if block.language == "console" {
            ran += type_in(folder.path(), &block.text);
        }
    }
    ran
}

struct Block<'a> {
    fence: &'a str,
    language: &'a str,
    title: Option<&'a str>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in page.lines() {
        match &mut open {
            Some(block) if line == block.fence => blocks.extend(open.take()),
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {
                let info = line.trim_start_matches('`');
                let fence = &line[..line.len() - info.len()];
                open = (fence.len() >= 3).then(|| Block {
                    fence,
                    language: info.split(' ').next().unwrap(),
                    title: info
                        .split("title=\"")
                        .nth(1)
                        .map(|rest| rest.trim_end_matches('"')),
                    text: String::new(),
                });
            }
        }
    }
    blocks
}

fn type_in(folder: &Path, console: &str) -> usize {
    let commands: Vec<&str> = console.split("$ ").skip(1).collect();
    for part in &commands {
        let (command, expected) = part.split_once('\n').unwrap();
        let output = shell(folder, command);
        assert!(
            matches(&output, expected),
            "`{command}` answers\n{output}\nand not\n{expected}"
        );
    }
    commands.len()
}

/// What a command prints, standard error first.
fn shell(folder: &Path, command: &str) -> String {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_plumb"));
    let path = std::env::join_paths(
        [binary.parent().unwrap().to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path.unwrap())
        .env("COLUMNS", "120")
        .env("CI", "true")
        .env("NO_COLOR", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    text(output.stderr) + &text(output.stdout)
}

/// Whether an output is as expected, `...` standing for any lines.
fn matches(output: &str, expected: &str) -> bool {
    let mut rest = output;
    for (index, part) in expected.split("...\n").enumerate() {
        match rest.find(part) {
            Some(0) => rest = &rest[part.len()..],
            Some(at) if index > 0 => rest = &rest[at + part.len()..],
            _ => return false,
        }
    }
    rest.is_empty() || expected.ends_with("...\n")
}
