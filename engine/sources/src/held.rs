//! Files that are read elsewhere than on disk: of a commit, or of an archive. None of them is ever written to disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plumbline_core::problem::Problem;

use crate::{fs, revision};

/// Files by their paths, with `/`.
#[derive(Debug)]
pub struct Held {
    name: String,
    root: Option<PathBuf>,
    commit: Option<String>,
    files: BTreeMap<String, Content>,
}

/// What stands at a path.
#[derive(Debug)]
pub(crate) enum Content {
    /// A file, at hand.
    Bytes(Vec<u8>),
    /// A file that `git` reads from a repository.
    Object {
        repository: Arc<Path>,
        id: String,
        bytes: u64,
    },
    /// A link or a submodule.
    NotFollowed,
}

/// What is said of a link or a submodule.
pub(crate) const NO_FILE: &str = "a link or a submodule, which is not followed in a commit";

impl Held {
    /// Files under the name that messages call them by, and the folder on disk that they are another state of.
    pub(crate) fn new(
        name: String,
        root: Option<PathBuf>,
        files: BTreeMap<String, Content>,
    ) -> Self {
        Self {
            name,
            root,
            commit: None,
            files,
        }
    }

    /// The same files, as those of a commit.
    pub(crate) fn of_commit(self, commit: String) -> Self {
        Self {
            commit: Some(commit),
            ..self
        }
    }

    /// The full id of the commit that the files are of; none of what comes from an archive.
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    /// The folder on disk that this is a commit of; none of what comes from elsewhere.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// What messages call a path.
    pub fn name_of(&self, path: &str) -> String {
        format!("{}:{path}", self.name)
    }

    /// Whether a path is a file.
    pub fn is_file(&self, path: &str) -> bool {
        let content = self.files.get(path);
        content.is_some_and(|content| !matches!(content, Content::NotFollowed))
    }

    /// Whether a path is a folder: there is something below it.
    pub fn is_folder(&self, path: &str) -> bool {
        self.below(path).next().is_some()
    }

    /// The paths below a folder.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        self.files
            .range(prefix.clone()..)
            .map(|(path, _)| path.as_str())
            .take_while(move |path| path.starts_with(&prefix))
    }

    /// Reads a text, which must be UTF-8 and not larger than `max` bytes.
    pub fn text(&self, path: &str, max: u64) -> Result<String, Problem> {
        let name = self.name_of(path);
        let bytes = self
            .bytes(path, max)
            .map_err(|message| Problem::file(&name, message))?;
        fs::text(&name, bytes.as_slice(), max)
    }

    /// Reads a file, which must not be larger than `max` bytes.
    pub fn bytes(&self, path: &str, max: u64) -> Result<Vec<u8>, String> {
        let (repository, id, bytes) = match self.files.get(path) {
            None => return Err(self.absent(path).to_owned()),
            Some(Content::NotFollowed) => return Err(NO_FILE.to_owned()),
            Some(Content::Bytes(bytes)) => return Ok(bytes.clone()),
            Some(Content::Object {
                repository,
                id,
                bytes,
            }) => (repository, id, *bytes),
        };
        if bytes > max {
            return Err(format!("{bytes} bytes, more than the {max} that are read"));
        }
        revision::object(repository, id, max)
    }

    /// Why a path is no file that could be read.
    pub fn absent(&self, path: &str) -> &'static str {
        if self.is_folder(path) {
            "a folder where a file is expected"
        } else {
            "no such file or folder"
        }
    }
}
