//! The folder through which replicas share an authority.
//!
//! Whoever finds that a new one is due takes the lock, looks again, and writes; the others read what was written.
//! The lock is let go by the system when a process ends, however it ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::authority::{Authority, bundle};
use super::{is_settled, renew};
use crate::tls::error::{TlsError, name, read};

/// The authorities with their keys.
const AUTHORITIES: &str = "authorities.pem";
/// Their certificates, for those who verify.
const BUNDLE: &str = "ca.crt";
const LOCK: &str = "lock";

const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o644;

/// The authorities that a folder holds; new ones are written where they are due.
pub(super) fn authorities(folder: &Path, now: i64) -> Result<Vec<Authority>, TlsError> {
    let known = known(folder)?;
    if is_settled(&known, now) {
        return Ok(known);
    }
    let unwritable = |error: io::Error| TlsError::Unwritable {
        path: name(folder),
        error,
    };
    let _held = lock(folder).map_err(unwritable)?;
    let mut authorities = self::known(folder)?;
    if !is_settled(&authorities, now) {
        renew(&mut authorities, now)?;
        write(folder, &authorities).map_err(unwritable)?;
    }
    Ok(authorities)
}

fn known(folder: &Path) -> Result<Vec<Authority>, TlsError> {
    let path = folder.join(AUTHORITIES);
    match read(&path) {
        Ok(text) => Authority::read_all(&text, &path),
        Err(TlsError::Unreadable { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn lock(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(PRIVATE)
        .open(folder.join(LOCK))?;
    file.lock()?;
    Ok(file)
}

/// The bundle first: it may name an authority that never came to be, but never lack one that is.
fn write(folder: &Path, authorities: &[Authority]) -> io::Result<()> {
    replace(folder, BUNDLE, &bundle(authorities), PUBLIC)?;
    replace(
        folder,
        AUTHORITIES,
        &Authority::write_all(authorities),
        PRIVATE,
    )
}

/// Whoever reads meanwhile sees the one or the other.
fn replace(folder: &Path, file: &str, text: &str, mode: u32) -> io::Result<()> {
    let draft = folder.join(format!(".{file}"));
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&draft)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    fs::rename(&draft, folder.join(file))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn keys_are_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        authorities(folder.path(), NOW).unwrap();
        let mode = |file: &str| {
            let metadata = fs::metadata(folder.path().join(file)).unwrap();
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode(AUTHORITIES), PRIVATE);
        assert_eq!(mode(BUNDLE) & 0o600, 0o600);
    }

    #[test]
    fn the_first_writer_wins() {
        let folder = tempfile::tempdir().unwrap();
        let bundles: Vec<String> = std::thread::scope(|scope| {
            let replicas: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| bundle(&authorities(folder.path(), NOW).unwrap())))
                .collect();
            replicas
                .into_iter()
                .map(|replica| replica.join().unwrap())
                .collect()
        });
        assert!(bundles.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_file_that_is_not_understood_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(AUTHORITIES);
        fs::write(&path, "not a key").unwrap();
        assert!(authorities(folder.path(), NOW).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "not a key");
    }
}
