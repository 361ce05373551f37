//! Files to resources: texts to documents, and documents to what they declare, each by itself or all together.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::cache::Entry;
use crate::frontend::Reading;
use crate::parse::{self, Document, Notation};
use crate::problem::{Place, Problem};
use crate::report::Coverage;
use crate::resource::Resource;
use crate::source::{FileId, Source, Sources};
use crate::waiver::{self, Waiver};

/// What was found in files.
#[derive(Debug, Default)]
pub struct Manifests {
    /// Resources in order of files.
    pub resources: Vec<Resource>,
    /// Every document, in order of files, if they are kept.
    pub documents: Vec<Document>,
    /// What stood in the way.
    pub problems: Vec<Problem>,
    /// What was read.
    pub coverage: Coverage,
    /// The waivers in comments, and what is wrong with them.
    pub waivers: (Vec<Waiver>, Vec<Problem>),
    /// The files that stand for themselves and were read without a problem.
    pub alone: BTreeSet<FileId>,
}

/// A file, by its name.
#[derive(Debug, Clone)]
pub struct Named {
    /// The name, as reports show it.
    pub name: String,
    /// Whether somebody named the very file, rather than a folder above it.
    pub named: bool,
}

/// Reads files by their names and texts, as if all lay in one folder and nothing else did.
pub fn read(
    files: Vec<(String, String)>,
    keeps_documents: bool,
    sources: &mut Sources,
) -> Manifests {
    let mut manifests = Manifests::default();
    let mut taken = Vec::new();
    for (name, text) in files {
        let file = Named { name, named: true };
        if is_readable(&file.name) {
            let source = Source::new(file.name.clone(), text).with_secrets();
            taken.push((sources.add(source), file));
        } else {
            manifests.unrecognised(&file);
        }
    }
    let parsed: Vec<Parsed> = taken
        .into_par_iter()
        .filter_map(|(id, file)| Parsed::read(id, file, sources))
        .collect();
    manifests.understand(parsed, BTreeSet::new(), keeps_documents, sources);
    manifests
}

impl Manifests {
    /// Reads what was parsed, all of it together. `gaps` are folders with files that were not read.
    pub fn understand(
        &mut self,
        mut parsed: Vec<Parsed>,
        gaps: BTreeSet<String>,
        keeps_documents: bool,
        sources: &Sources,
    ) {
        for parsed in &parsed {
            if let Some(source) = sources.get(parsed.file) {
                let (mut waivers, mut problems) = waiver::of_comments(source, &parsed.documents);
                self.waivers.0.append(&mut waivers);
                self.waivers.1.append(&mut problems);
            }
        }
        let mut reading = Reading::default();
        let names = parsed.iter();
        let names: Vec<(&str, FileId)> = names.map(|one| (one.name.as_str(), one.file)).collect();
        let templates = reading.charts(&names);
        parsed.retain(|parsed| !templates.contains(&parsed.file));
        if keeps_documents {
            let documents = parsed.iter().flat_map(|parsed| &parsed.documents);
            self.documents = documents.cloned().collect();
        }
        let whole = whole(&parsed, gaps);
        let files: Vec<(String, &[Document])> = parsed
            .iter()
            .filter(|parsed| matches!(parsed.notation, Notation::Yaml | Notation::Json))
            .map(|parsed| (parsed.name.clone(), parsed.documents.as_slice()))
            .collect();
        let built = reading.build(&files);
        let readings: Vec<Read> = parsed
            .into_par_iter()
            .map(|parsed| {
                let is_built = built.contains(&parsed.file);
                read_one(parsed, is_built, keeps_documents)
            })
            .collect();
        let mut together = Vec::new();
        for mut read in readings {
            together.append(&mut read.together);
            self.add(read);
        }
        reading.take_together(&together.iter().collect::<Vec<_>>(), &whole);
        for problem in &reading.problems {
            if let Place::Span(span) = problem.place {
                self.alone.remove(&span.file);
            }
        }
        self.problems.append(&mut reading.problems);
        self.resources.append(&mut reading.resources);
    }

    fn add(&mut self, read: Read) {
        let Read {
            alone,
            file,
            recognised,
            broken,
            mut reading,
            ..
        } = read;
        self.alone.extend(alone);
        self.problems.append(&mut reading.problems);
        self.resources.append(&mut reading.resources);
        if recognised {
            self.coverage.files += 1;
        } else if !broken {
            self.unrecognised(&file);
        }
    }

    /// A file that is not recognised is counted when it was found, and an error when it was named.
    pub fn unrecognised(&mut self, file: &Named) {
        let Named { name, named } = file;
        let (message, help) = if is_terraform_json(name) {
            (
                "Terraform in JSON is not read",
                "check a plan of it: `terraform show -json`",
            )
        } else {
            ("no resource of any format that is known", KNOWN)
        };
        if *named {
            self.problems
                .push(Problem::file(name.as_str(), message).help(help));
            return;
        }
        if is_terraform_json(name) {
            self.problems
                .push(Problem::file_warning(name.as_str(), message).help(help));
        }
        self.coverage.unrecognised.push(name.clone());
    }
}

/// Whether the name of a file says that it is read.
pub fn is_readable(name: &str) -> bool {
    Notation::of_file_name(name).is_some() && !is_terraform_json(name)
}

fn is_terraform_json(name: &str) -> bool {
    name.ends_with(".tf.json")
}

/// A file whose text is trees.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// Its text.
    pub file: FileId,
    /// Its name.
    pub name: String,
    named: bool,
    notation: Notation,
    /// Its documents.
    pub documents: Vec<Document>,
    problems: Vec<Problem>,
    /// What it declares, if that is known and it was not read.
    known: Option<Vec<Resource>>,
}

impl Parsed {
    /// A file that need not be read.
    pub fn known(file: FileId, named: Named, entry: &Entry) -> Self {
        Self {
            file,
            notation: notation(&named.name),
            name: named.name,
            named: named.named,
            documents: Vec::new(),
            problems: Vec::new(),
            known: Some(entry.resources().to_vec()),
        }
    }

    /// Parses a file; none if its text is not among the sources.
    pub fn read(file: FileId, named: Named, sources: &Sources) -> Option<Self> {
        let source = sources.get(file)?;
        let notation = notation(&named.name);
        let (documents, problems) = parse::parse(source, file, notation);
        Some(Self {
            file,
            name: named.name,
            named: named.named,
            notation,
            documents,
            problems,
            known: None,
        })
    }
}

fn notation(name: &str) -> Notation {
    Notation::of_file_name(name).unwrap_or(Notation::Yaml)
}

/// The files of Terraform that were found with everything else in their folder, rather than named alone, and of which
/// no neighbour is missing. `gaps` are folders with files that were not read.
fn whole(parsed: &[Parsed], mut gaps: BTreeSet<String>) -> BTreeSet<FileId> {
    let is_gap = |parsed: &&Parsed| match parsed.notation {
        Notation::Hcl => parsed.named || parsed.documents.is_empty(),
        _ => parsed.name.ends_with(".tf.json"),
    };
    let missing = parsed.iter().filter(is_gap);
    gaps.extend(missing.map(|parsed| folder(&parsed.name).to_owned()));
    parsed
        .iter()
        .filter(|parsed| parsed.notation == Notation::Hcl && !gaps.contains(folder(&parsed.name)))
        .map(|parsed| parsed.file)
        .collect()
}

/// The folder of a file; empty for one without.
pub fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

struct Read {
    /// The file, if it stands for itself and was read without a problem.
    alone: Option<FileId>,
    file: Named,
    recognised: bool,
    broken: bool,
    reading: Reading,
    /// Documents that mean something only with those of other files.
    together: Vec<Document>,
}

/// Reads one file. One that a kustomization was built from has been read with it. Where documents are judged as they are
/// written, one that no format knows is no stranger.
fn read_one(parsed: Parsed, is_built: bool, keeps_documents: bool) -> Read {
    let Parsed {
        file,
        name,
        named,
        notation,
        documents,
        problems,
        known,
    } = parsed;
    let mut read = Read {
        alone: None,
        file: Named { name, named },
        recognised: is_built,
        broken: problems.iter().any(Problem::is_error),
        reading: Reading {
            problems,
            ..Reading::default()
        },
        together: Vec::new(),
    };
    if let Some(resources) = known {
        read.recognised = true;
        read.reading.resources = resources;
        return read;
    }
    if is_built {
        return read;
    }
    if notation == Notation::Hcl {
        read.recognised = !documents.is_empty();
        read.together = documents;
        return read;
    }
    let mut strangers = Vec::new();
    for document in &documents {
        let unknown_before = read.reading.unrecognised;
        read.recognised |= read.reading.take(document);
        if read.reading.unrecognised > unknown_before {
            strangers.push(document);
        }
    }
    if keeps_documents {
        read.recognised |= !documents.is_empty();
    } else if read.recognised {
        let strangers = strangers.into_iter().filter_map(stranger);
        read.reading.problems.extend(strangers);
    }
    let is_alone = read.recognised && read.reading.problems.is_empty();
    read.alone = is_alone.then_some(file);
    read
}

/// A document that no format knows, beside others that are resources.
fn stranger(document: &Document) -> Option<Problem> {
    let place = document.tree.place(document.tree.root()?)?;
    let message = format!(
        "document {} is no resource of any format that is known",
        document.number
    );
    Some(
        Problem::warning(place, message)
            .help("it was not judged; the other documents of the file were"),
    )
}

const KNOWN: &str = "known are manifests of Kubernetes and Knative, kustomizations, what Helm renders, templates of CloudFormation and SAM, Terraform and its plans in JSON, services of the Serverless Framework, Compose, contracts of OpenAPI and AsyncAPI, units of systemd, and user data of cloud-init";
