//! Decisions in a file, a line each.
//!
//! Lines are appended and never changed. A line that was torn, by a crash or by a full disk, is closed before the next
//! one is written, so that no record ever runs into another.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// A file that is opened when it is first needed, and again whenever something went wrong with it.
pub(super) struct LogFile {
    path: PathBuf,
    /// How many bytes are written before a new file is begun.
    max_bytes: u64,
    /// How many files are kept beside it: `<path>.1` is the newest of them.
    keep: usize,
    opened: Option<File>,
}

impl LogFile {
    pub(super) fn new(path: PathBuf, max_bytes: u64, keep: usize) -> Self {
        Self {
            path,
            max_bytes,
            keep,
            opened: None,
        }
    }

    /// Appends whole lines; with `is_flushed` they are on the disk when this returns.
    pub(super) fn append(&mut self, lines: &[u8], is_flushed: bool) -> io::Result<()> {
        let outcome = self.try_append(lines, is_flushed);
        if outcome.is_err() {
            self.opened = None;
        }
        outcome
    }

    fn try_append(&mut self, lines: &[u8], is_flushed: bool) -> io::Result<()> {
        if self.is_replaced() {
            self.opened = None;
        }
        if self.is_too_long_for(lines)? {
            self.opened = None;
            self.rotate()?;
        }
        let file = self.open(is_flushed)?;
        file.write_all(lines)?;
        if is_flushed {
            file.sync_data()?;
        }
        Ok(())
    }

    /// Whether something else lies under the name by now, or nothing.
    fn is_replaced(&self) -> bool {
        self.opened
            .as_ref()
            .is_some_and(|file| !is_same(file, &self.path))
    }

    fn is_too_long_for(&self, lines: &[u8]) -> io::Result<bool> {
        let length = match fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) => 0,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        let more = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        Ok(length > 0 && length.saturating_add(more) > self.max_bytes)
    }

    /// Each file gets the next number, from the oldest on, so that none is lost if this is interrupted.
    fn rotate(&self) -> io::Result<()> {
        for number in (1..=self.keep).rev() {
            let from = if number == 1 {
                self.path.clone()
            } else {
                self.numbered(number - 1)
            };
            match fs::rename(from, self.numbered(number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Err(_) | Ok(()) => {}
            }
        }
        if self.keep == 0 {
            fs::remove_file(&self.path)?;
        }
        Ok(())
    }

    fn numbered(&self, number: usize) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        PathBuf::from(name)
    }

    /// The file, at its end, which is the end of a line.
    fn open(&mut self, is_flushed: bool) -> io::Result<&mut File> {
        let file = match self.opened.take() {
            Some(file) => file,
            None => open(&self.path, is_flushed)?,
        };
        Ok(self.opened.insert(file))
    }
}

fn open(path: &Path, is_flushed: bool) -> io::Result<File> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    if is_torn(&mut file)? {
        file.write_all(b"\n")?;
    }
    if is_new && is_flushed {
        // A new file is only there after a crash if its folder says so.
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(file)
}

/// Whether the last line has no end.
fn is_torn(file: &mut File) -> io::Result<bool> {
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let named = fs::metadata(path).ok().map(identity);
    named.is_some() && named == file.metadata().ok().map(identity)
}

#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::LogFile;

    fn file(path: &Path, max_bytes: u64, keep: usize) -> LogFile {
        LogFile::new(path.to_owned(), max_bytes, keep)
    }

    #[test]
    fn lines_are_appended_to_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "a\n").unwrap();
        file(&path, 100, 1).append(b"b\n", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
    }

    #[test]
    fn a_torn_line_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "a\nb").unwrap();
        file(&path, 100, 1).append(b"c\n", false).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\nc\n");
    }

    #[test]
    fn files_are_rotated_and_the_oldest_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut file = file(&path, 3, 2);
        for line in ["a\n", "b\n", "c\n", "d\n"] {
            file.append(line.as_bytes(), true).unwrap();
        }
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            [text("log"), text("log.1"), text("log.2")],
            ["d\n", "c\n", "b\n"]
        );
        assert!(!folder.path().join("log.3").exists());
    }

    #[test]
    fn a_file_that_was_moved_away_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut file = file(&path, 100, 1);
        file.append(b"a\n", false).unwrap();
        fs::rename(&path, folder.path().join("moved")).unwrap();
        file.append(b"b\n", false).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
    }

    #[test]
    fn what_goes_wrong_may_go_right_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/log");
        let mut file = file(&path, 100, 1);
        file.append(b"a\n", false).unwrap_err();
        fs::create_dir(folder.path().join("missing")).unwrap();
        file.append(b"b\n", false).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let error = file(Path::new("/dev/full"), 100, 1).append(b"a\n", false);
        assert_eq!(error.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    }
}
