//! Bundles of OPA: folders whose `.manifest` says which part of `data` is theirs, and such folders packed into a file.
//! <https://www.openpolicyagent.org/docs/management-bundles>

use std::sync::Arc;

use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::{DataFile, PolicyFile};
use plumbline_core::problem::Problem;
use plumbline_core::source::{Source, Sources, Span};
use plumbline_core::tree::{NodeId, Typing, View};
use plumbline_rego::syntax::{self, Version};
use plumbline_rego::value::json;
use plumbline_rego::{ArcStr, Value};

use crate::bundle::{self, DataFiles};
use crate::place::{Place, Placed};
use crate::{archive, fs};

const MANIFEST: &str = ".manifest";
/// What makes a bundle one that only changes the data of others.
const PATCH: &str = "patch.json";
/// How the names of packed bundles end.
const PACKED: &[&str] = &[".tar.gz", ".tgz"];

/// Whether a folder is a bundle.
pub fn is_bundle(folder: &Place) -> bool {
    let manifest = folder.join(MANIFEST);
    manifest.is_some_and(|manifest| manifest.is_file())
}

/// Whether a file is a packed bundle, by its name.
pub fn is_packed(file: &Place) -> bool {
    let name = file.name();
    file.is_file() && PACKED.iter().any(|ending| name.ends_with(ending))
}

/// The root of a packed bundle, which is read into memory. Without a manifest, all of `data` is its own.
pub fn unpacked(file: &Place) -> Result<Place, Problem> {
    let refused = |reason: String| {
        Problem::file(file.name(), reason).help(
            "a packed bundle is what `opa build` writes: a `.tar.gz` of policies, data and a `.manifest` at its root",
        )
    };
    let held = archive::packed(file).map_err(refused)?;
    let root = Place::Held(Arc::new(held), String::new());
    let (files, _) = root.files();
    let is_below = |file: &&Placed| file.below.ends_with("/.manifest");
    if let Some(manifest) = files.iter().find(is_below) {
        let path = manifest.below.escape_debug();
        return Err(refused(format!("`{path}` does not lie at its root")));
    }
    if files.iter().any(|file| is_part(&file.below)) {
        Ok(root)
    } else {
        let message = "no bundle of OPA: it has no `.manifest`, no policy and no data";
        Err(refused(message.to_owned()))
    }
}

/// Whether a file makes a folder a bundle.
fn is_part(path: &str) -> bool {
    matches!(path, MANIFEST | PATCH) || fs::ending(path) == "rego" || bundle::is_called_data(path)
}

/// The revision that the manifest of a bundle names.
pub fn revision(folder: &Place) -> Option<String> {
    let manifest = folder.join(MANIFEST).filter(Place::is_file)?;
    let manifest = json::parse(&manifest.read(fs::MAX_BYTES).ok()?).ok()?;
    let revision = manifest.get_str("revision").and_then(Value::as_str);
    let revision = revision.filter(|revision| !revision.is_empty());
    revision.map(str::to_owned)
}

/// Modules and data of a bundle. What lies outside its roots is a problem, and is not taken.
pub fn read(
    folder: &Place,
    sources: &mut Sources,
) -> (Vec<PolicyFile>, Vec<DataFile>, Vec<Problem>) {
    if let Some(patch) = folder.join(PATCH).filter(Place::is_file) {
        let message = "a delta bundle, which only changes the data of another one";
        let problem = Problem::file(patch.name(), message);
        let help = "policies are judged by whole bundles: name the one that it changes, as it is afterwards";
        return (Vec::new(), Vec::new(), vec![problem.help(help)]);
    }
    let (roots, mut problems) = roots(folder, sources);
    let (found, files, wrong) =
        bundle::with_data(std::slice::from_ref(folder), DataFiles::CalledData, sources);
    problems.extend(wrong);
    let (mut modules, mut data) = (Vec::new(), Vec::new());
    for module in found {
        match stray_module(&module, &roots, sources) {
            Some(problem) => problems.push(problem),
            None => modules.push(module),
        }
    }
    for file in files {
        match roots.stray(&file.value, &mut Vec::new()) {
            Some(path) => {
                let place = folder.join(&file.path);
                let name = place.map_or_else(|| file.path.clone(), |place| place.name());
                let problem = Problem::file(name, outside(&path));
                problems.push(problem.help(roots.help()));
            }
            None => data.push(file),
        }
    }
    (modules, data, problems)
}

/// Parts of `data`, each by its words; without one, all of it.
struct Roots(Vec<Vec<String>>);

/// The roots that the manifest of a bundle names.
fn roots(folder: &Place, sources: &mut Sources) -> (Roots, Vec<Problem>) {
    let Some(place) = folder.join(MANIFEST).filter(Place::is_file) else {
        return (Roots(Vec::new()), Vec::new());
    };
    let text = match place.read(fs::MAX_BYTES) {
        Ok(text) => text,
        Err(problem) => return (Roots(Vec::new()), vec![problem]),
    };
    let file = sources.add(Source::new(place.name(), text));
    let Some(source) = sources.get(file) else {
        return (Roots(Vec::new()), Vec::new());
    };
    let (documents, mut problems) = parse::parse_own(source, file, Notation::Json);
    let manifest = documents
        .first()
        .map(|document| document.tree.view(NodeId::ROOT, Typing::Json));
    let beginning = Span {
        file,
        start: 0,
        end: 0,
    };
    let listed = manifest.and_then(|manifest| manifest.get("roots"));
    let is_list =
        |view: View<'_>| view.is_sequence() && view.items().all(|item| item.str().is_some());
    if manifest.is_some_and(|manifest| !manifest.is_mapping())
        || listed.is_some_and(|list| !is_list(list))
    {
        let message = "a manifest is an object, and its `roots` are a list of paths";
        problems.push(Problem::error(beginning, message));
    }
    if manifest.is_some_and(|manifest| manifest.get("wasm").is_some()) {
        let message = "`wasm`: compiled policies are not evaluated";
        let problem = Problem::warning(beginning, message);
        problems.push(problem.help("put the Rego that they were compiled from into the bundle"));
    }
    let words = |root: View<'_>| {
        let root = root.str()?.trim_matches('/');
        let words = root.split('/').filter(|word| !word.is_empty());
        Some(words.map(str::to_owned).collect())
    };
    let roots = listed.into_iter().flat_map(View::items);
    (Roots(roots.filter_map(words).collect()), problems)
}

fn stray_module(module: &PolicyFile, roots: &Roots, sources: &Sources) -> Option<Problem> {
    let source = sources.get(module.file)?;
    let (tree, wrong) = syntax::parse(source.text(), Version::V1);
    let names = tree.package.path.iter();
    let path: Vec<ArcStr> = names.map(|name| name.text.clone()).collect();
    // What cannot be read is said where it is compiled.
    if !wrong.is_empty() || roots.hold(&path) {
        return None;
    }
    let place = Span {
        file: module.file,
        start: tree.package.span.start,
        end: tree.package.span.end,
    };
    Some(Problem::error(place, outside(&path)).help(roots.help()))
}

impl Roots {
    /// Whether a path lies at a root or below it.
    fn hold(&self, path: &[ArcStr]) -> bool {
        let is_below = |root: &Vec<String>| {
            root.len() <= path.len()
                && root
                    .iter()
                    .zip(path)
                    .all(|(word, step)| word.as_str() == step.as_str())
        };
        self.0.is_empty() || self.0.iter().any(is_below)
    }

    /// Whether a path leads to a root.
    fn lead_from(&self, path: &[ArcStr]) -> bool {
        let is_above = |root: &Vec<String>| {
            path.len() < root.len()
                && path
                    .iter()
                    .zip(root)
                    .all(|(step, word)| step.as_str() == word.as_str())
        };
        self.0.iter().any(is_above)
    }

    /// The first path of a document that lies outside the roots.
    fn stray(&self, value: &Value, path: &mut Vec<ArcStr>) -> Option<Vec<ArcStr>> {
        if self.hold(path) {
            return None;
        }
        let (Value::Object(object), true) = (value, self.lead_from(path)) else {
            return Some(path.clone());
        };
        for (key, below) in object.iter() {
            path.push(ArcStr::from(key.as_str().unwrap_or_default()));
            let found = self.stray(below, path);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn help(&self) -> String {
        let roots: Vec<String> = self.0.iter().map(|words| words.join("/")).collect();
        format!(
            "`roots` of its `.manifest`: `{}`",
            roots.join("`, `").escape_debug()
        )
    }
}

fn outside(path: &[ArcStr]) -> String {
    let path: Vec<&str> = path.iter().map(ArcStr::as_str).collect();
    format!(
        "`data.{}` lies outside the roots of its bundle",
        path.join(".").escape_debug()
    )
}
