//! Lists the built-in library and the pages of its rules, so that the binary carries them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    list(Path::new("../../policies"), "rego", "library.rs")?;
    list(Path::new("../../docs/rules"), "md", "pages.rs")
}

/// Writes a table of the files below a folder: the path of each, and its text.
fn list(root: &Path, extension: &str, name: &str) -> io::Result<()> {
    let mut files = Vec::new();
    collect(root, extension, &mut files)?;
    files.sort();
    let mut table = String::from("[\n");
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        let path = file.strip_prefix(root).map_err(io::Error::other)?;
        let path = path.to_string_lossy().replace('\\', "/");
        let text = fs::canonicalize(file)?;
        let _ = writeln!(
            table,
            "    ({path:?}, include_str!({:?})),",
            text.to_string_lossy()
        );
    }
    table.push(']');
    let out = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    fs::write(out.join(name), table)
}

fn collect(folder: &Path, wanted: &str, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, wanted, files)?;
        } else if path.extension().is_some_and(|found| found == wanted) {
            files.push(path);
        }
    }
    Ok(())
}
