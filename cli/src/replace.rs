//! Files that are written as a whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use plumbline_sources::fs::{canonical, display};

/// Writes a file in place of what is there. Whoever reads it meanwhile sees the one or the other. A link stays a link, and
/// folders that are missing are made.
pub(crate) fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    let target = canonical(file);
    let draft = draft_of(&target);
    let written = write(&target, &draft, text);
    if written.is_err() {
        // What is wrong is said already; there may be nothing to remove.
        let _ = fs::remove_file(&draft);
    }
    written.with_context(|| format!("cannot write {}", display(file)))
}

fn write(target: &Path, draft: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(draft)?;
    file.write_all(text.as_bytes())?;
    if let Ok(before) = fs::metadata(target) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()?;
    fs::rename(draft, target)
}

/// A name of its own beside the file, so that both are on one file system.
fn draft_of(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}", std::process::id()))
}
