//! A rule's page is its test: what it says to avoid is found at the marked line, what it says to prefer is clean.

use std::path::{Path, PathBuf};

use super::{folder, plumb, root};

const MARK: &str = "# <-- ";

/// Every rule of the library: its id, its folder and its page.
fn rules() -> Vec<(String, PathBuf, PathBuf)> {
    let folders = |path: &Path| {
        let mut folders: Vec<PathBuf> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut rules = Vec::new();
    for category in folders(&root().join("policies")) {
        for rule in folders(&category) {
            let id = format!("{}/{}", name(&category), name(&rule));
            let page = root().join("docs/rules").join(format!("{id}.md"));
            rules.push((id, rule, page));
        }
    }
    rules
}

/// A fenced block of a page: the section it stands in, what follows the language, and its text.
struct Block {
    section: String,
    info: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut section = String::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match &mut open {
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.clone_into(&mut section);
                }
                if let Some(info) = line.strip_prefix("```yaml") {
                    open = Some(Block {
                        section: section.clone(),
                        info: info.trim().to_owned(),
                        text: String::new(),
                    });
                }
            }
        }
    }
    blocks
}

#[test]
fn every_rule_has_a_page_tests_and_metadata() {
    let rules = rules();
    assert!(rules.len() >= 4);
    for (id, folder, page) in rules {
        let policy = std::fs::read_to_string(folder.join("policy.rego"))
            .unwrap_or_else(|_| panic!("{id} has no policy.rego"));
        let tests = std::fs::read_to_string(folder.join("policy_test.rego"))
            .unwrap_or_else(|_| panic!("{id} has no policy_test.rego"));
        let page = std::fs::read_to_string(page).unwrap_or_else(|_| panic!("{id} has no page"));
        assert!(
            policy.contains(&format!("id: {id}\n")),
            "the metadata of {id} has another id"
        );
        for key in [
            "title:",
            "description:",
            "severity:",
            "targets:",
            "controls:",
            "remediation:",
        ] {
            assert!(policy.contains(key), "the metadata of {id} has no `{key}`");
        }
        assert!(tests.contains("\ntest_"), "{id} has no unit test");
        assert!(
            page.starts_with(&format!("# {id}\n")),
            "the page of {id} has another title"
        );
        for section in [
            "## Avoid",
            "## Prefer",
            "## Rationale",
            "## Parameters",
            "## Related",
        ] {
            assert!(
                page.contains(section),
                "the page of {id} has no `{section}`"
            );
        }
    }
}

#[test]
fn every_page_has_a_rule() {
    let known: Vec<PathBuf> = rules().into_iter().map(|(.., page)| page).collect();
    for category in std::fs::read_dir(root().join("docs/rules"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
    {
        for page in std::fs::read_dir(category)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            assert!(
                known.contains(&page),
                "{} is a page of no rule",
                page.display()
            );
        }
    }
}

#[test]
fn what_a_page_says_to_avoid_is_found_at_its_line() {
    each_block("Avoid", |id, lines, findings| {
        assert!(!lines.is_empty(), "an Avoid block of {id} marks no line");
        let expected: Vec<(String, u64)> =
            lines.iter().map(|line| (id.to_owned(), *line)).collect();
        assert_eq!(findings, expected, "an Avoid block of {id}");
    });
}

#[test]
fn what_a_page_says_to_prefer_is_clean() {
    each_block("Prefer", |id, _, findings| {
        assert_eq!(findings, [], "a Prefer block of {id}");
    });
}

/// Runs the blocks of a section: rule, marked lines, and what was found where.
fn each_block(section: &str, mut check: impl FnMut(&str, &[u64], Vec<(String, u64)>)) {
    for (id, _, page) in rules() {
        let blocks = blocks(&std::fs::read_to_string(page).unwrap());
        let decisions = blocks
            .iter()
            .find(|block| block.section == "Decisions" && block.info.contains("estate.yaml"));
        let mut ran = 0;
        for block in blocks.iter().filter(|block| block.section == section) {
            ran += 1;
            let mark = format!("{MARK}{id}");
            let marked = block
                .text
                .lines()
                .zip(1..)
                .filter(|(line, _)| line.ends_with(&mark));
            let lines: Vec<u64> = marked.map(|(_, number)| number).collect();
            check(
                &id,
                &lines,
                findings(&block.text, decisions.map(|block| block.text.as_str())),
            );
        }
        assert!(ran > 0, "the page of {id} has no {section} block");
    }
}

fn findings(manifest: &str, estate: Option<&str>) -> Vec<(String, u64)> {
    let mut files = vec![("manifest.yaml", manifest)];
    files.extend(estate.map(|estate| ("estate.yaml", estate)));
    let folder = folder(&files);
    let run = plumb(folder.path(), &["check", "-o", "json"]);
    assert_ne!(run.code, Some(2), "{}{}", run.out, run.err);
    let report = run.json();
    let found = report["findings"].as_array().unwrap().iter();
    found
        .map(|finding| {
            (
                finding["rule"].as_str().unwrap().to_owned(),
                finding["location"]["line"].as_u64().unwrap(),
            )
        })
        .collect()
}
