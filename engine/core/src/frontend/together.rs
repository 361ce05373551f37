//! Which files mean something only with others: those of a kustomization, of a module of Terraform and the modules that
//! it calls, and of a chart.
//!
//! Rather too many than too few are taken to belong together: whatever such a file writes that is the path of another
//! one joins the two.

use std::collections::{BTreeMap, BTreeSet};

use super::kubernetes::helm;
use super::kustomize::files::{folder, normal};
use super::kustomize::is_kustomization_name;
use crate::parse::{Document, Notation};
use crate::tree::Kind;

/// Longer texts are no paths.
const LONGEST_PATH: usize = 4096;

/// Whether what a file writes may join it to others.
pub fn names_others(path: &str) -> bool {
    is_kustomization_name(path) || is_terraform(path)
}

/// Whether a file decides what becomes of others: a kustomization, or what says that a folder is a chart.
pub fn decides_of_others(path: &str) -> bool {
    is_kustomization_name(path) || helm::root(path).is_some()
}

/// Whether a file is a part of a module of Terraform, or has values for one.
pub fn is_terraform(path: &str) -> bool {
    Notation::of_file_name(path) == Some(Notation::Hcl)
}

/// These files, and all that mean something only with them. `paths` are all files that there are, and `written` are the
/// documents of those that may name others.
pub fn with_all_of(
    files: &BTreeSet<String>,
    paths: &BTreeSet<String>,
    written: &[(&str, &[Document])],
) -> BTreeSet<String> {
    let joins = Joins::of(paths, written);
    let mut left: Vec<String> = files.iter().map(|path| normal(path)).collect();
    let mut reached: BTreeSet<String> = left.iter().cloned().collect();
    while let Some(one) = left.pop() {
        for other in joins.0.get(&one).into_iter().flatten() {
            if reached.insert(other.clone()) {
                left.push(other.clone());
            }
        }
    }
    let is_reached = |path: &&String| reached.contains(&normal(path));
    paths.iter().filter(is_reached).cloned().collect()
}

/// What is joined to what, both ways: paths of files in their shortest form, and folders, which end in `/`.
#[derive(Default)]
struct Joins(BTreeMap<String, BTreeSet<String>>);

impl Joins {
    fn of(paths: &BTreeSet<String>, written: &[(&str, &[Document])]) -> Self {
        let mut joins = Self::default();
        let paths: BTreeSet<String> = paths.iter().map(|path| normal(path)).collect();
        let charts: BTreeSet<&str> = paths.iter().filter_map(|path| helm::root(path)).collect();
        let mut folders = BTreeSet::new();
        for path in &paths {
            if names_others(path) {
                folders.insert(folder(path));
                joins.join(path, &node(folder(path)));
            }
            for chart in above(path).filter(|folder| charts.contains(folder)) {
                joins.join(path, &node(chart));
            }
        }
        for (path, documents) in written {
            let path = normal(path);
            for target in documents.iter().flat_map(|one| targets(folder(&path), one)) {
                if folders.contains(target.as_str()) {
                    joins.join(&path, &node(&target));
                }
                if paths.contains(&target) {
                    joins.join(&path, &target);
                }
            }
        }
        joins
    }

    fn join(&mut self, one: &str, other: &str) {
        for (from, to) in [(one, other), (other, one)] {
            let of_one = self.0.entry(from.to_owned()).or_default();
            of_one.insert(to.to_owned());
        }
    }
}

fn node(folder: &str) -> String {
    format!("{folder}/")
}

/// The folders that a file lies in, at any depth; the empty one among them.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    let folders = slashes.filter_map(|at| path.get(..at));
    std::iter::once("").chain(folders)
}

/// What every text of a document leads to if it is a path, or a name and a path: `settings=../settings.yaml`.
fn targets(folder: &str, document: &Document) -> Vec<String> {
    let tree = &document.tree;
    let mut targets = Vec::new();
    for node in tree.all() {
        let (Kind::Plain(text) | Kind::String(text)) = tree.kind(node) else {
            continue;
        };
        let text = tree.text(text);
        if text.is_empty() || text.len() > LONGEST_PATH {
            continue;
        }
        let behind = text.split_once('=').map(|(_, path)| path);
        targets.extend([Some(text), behind].into_iter().flatten().map(|path| {
            if folder.is_empty() || path.starts_with('/') {
                normal(path)
            } else {
                normal(&format!("{folder}/{path}"))
            }
        }));
    }
    targets
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::{decides_of_others, names_others, with_all_of};
    use crate::parse::{self, Document, Notation};
    use crate::source::{FileId, Source};

    /// What belongs to one file of some, each with its text.
    #[track_caller]
    fn check(files: &[(&str, &str)], from: &str, expected: &[&str]) {
        let paths: BTreeSet<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let naming = files.iter().filter(|(path, _)| names_others(path));
        let written: Vec<(&str, Vec<Document>)> = naming
            .map(|(path, text)| {
                let source = Arc::new(Source::new(*path, *text));
                let notation = Notation::of_file_name(path).unwrap();
                (*path, parse::parse(&source, FileId(0), notation).0)
            })
            .collect();
        let written: Vec<(&str, &[Document])> = written
            .iter()
            .map(|(path, documents)| (*path, documents.as_slice()))
            .collect();
        let files = BTreeSet::from([from.to_owned()]);
        let found = with_all_of(&files, &paths, &written);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }

    const OVERLAYS: &[(&str, &str)] = &[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", ""),
        ("lone.yaml", ""),
        (
            "other/kustomization.yaml",
            "patches:\n- patch: '[{op: remove, path: /spec}]'\n  path: /spec\n",
        ),
        (
            "prod/kustomization.yaml",
            "resources:\n- ../base\nconfigMapGenerator:\n- files: [a=settings.yaml]\n",
        ),
        ("prod/settings.yaml", ""),
    ];

    #[test]
    fn kustomizations_and_charts_decide_of_others() {
        for path in ["a/kustomization.yml", "Kustomization", "chart/Chart.yaml"] {
            assert!(decides_of_others(path), "{path}");
        }
        for path in ["a/web.yaml", "main.tf", "chart/values.yaml"] {
            assert!(!decides_of_others(path), "{path}");
        }
    }

    #[test]
    fn a_file_alone_is_alone() {
        check(OVERLAYS, "lone.yaml", &["lone.yaml"]);
    }

    #[test]
    fn what_a_kustomization_reaches_belongs_to_it() {
        let all = [
            "base/kustomization.yaml",
            "base/web.yaml",
            "prod/kustomization.yaml",
            "prod/settings.yaml",
        ];
        check(OVERLAYS, "base/web.yaml", &all);
        check(OVERLAYS, "prod/settings.yaml", &all);
        check(
            OVERLAYS,
            "other/kustomization.yaml",
            &["other/kustomization.yaml"],
        );
    }

    #[test]
    fn a_module_belongs_to_those_that_call_it() {
        let files = [
            (
                "app/main.tf",
                "module \"q\" {\n  source = \"../modules/queue\"\n}\n",
            ),
            ("app/terraform.tfvars", "a = 1\n"),
            ("modules/queue/main.tf", "variable \"a\" {}\n"),
            ("other/main.tf", "variable \"a\" {}\n"),
        ];
        let called = [
            "app/main.tf",
            "app/terraform.tfvars",
            "modules/queue/main.tf",
        ];
        check(&files, "modules/queue/main.tf", &called);
        check(&files, "other/main.tf", &["other/main.tf"]);
    }

    #[test]
    fn a_template_belongs_to_its_chart() {
        let files = [
            ("chart/Chart.yaml", ""),
            ("chart/templates/a.yaml", ""),
            ("web.yaml", ""),
        ];
        let chart = ["chart/Chart.yaml", "chart/templates/a.yaml"];
        check(&files, "chart/templates/a.yaml", &chart);
        check(&files, "web.yaml", &["web.yaml"]);
    }
}
