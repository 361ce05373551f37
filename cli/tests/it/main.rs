//! What the product promises, from outside: the command, the library, the pages, the house.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

mod architecture;
mod bad_input;
mod baseline;
mod bundle_keys;
mod bypass;
mod cache;
mod check;
mod conftest;
mod doctor;
mod doors;
mod estate;
mod estates;
mod eval;
mod explain;
mod fixes;
mod guides;
mod helm;
mod install;
mod integrations;
mod layers;
mod library;
mod manual;
mod mutation;
mod odd;
mod packed;
mod pages;
mod parity;
mod pod_security;
mod policy;
mod reliability;
mod serve;
mod since;
mod staging;
mod unit_tests;
mod waivers;
mod witness;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Runs `plumb` in a folder, without colours and at a fixed width.
fn plumb(folder: &Path, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_plumb"))
        .args(args)
        .current_dir(folder)
        .env("COLUMNS", "120")
        // Runs share no cache but one that they name.
        .env("CI", "true")
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    Run::new(&output)
}

/// How a run ended.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
}

/// A folder with files in it.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A pod that no rule of the library has anything against.
const POD: &str = include_str!("samples/pod.yaml");
/// The same pod, but for one line.
const PRIVILEGED: &str = include_str!("samples/privileged.yaml");
