//! Files that are written as a whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use plumbline_sources::fs::canonical;

/// Writes a file in place of what is there. Whoever reads it meanwhile sees the one or the other. A link stays a link.
pub(crate) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let target = canonical(file);
    // A pipe or a device is no place that another file can take.
    if fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::write(file, text);
    }
    let draft = draft_of(&target);
    let Err(error) = write(&target, &draft, text) else {
        return Ok(());
    };
    // What is wrong is said already; there may be nothing to remove.
    let _ = fs::remove_file(&draft);
    // A file may be writable in a folder that is not.
    if error.kind() == io::ErrorKind::PermissionDenied && target.is_file() {
        return fs::write(file, text);
    }
    Err(error)
}

fn write(target: &Path, draft: &Path, text: &str) -> io::Result<()> {
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
