//! Why there is no certificate to serve with.

use std::io;
use std::path::Path;

use plumbline_core::waiver::Date;
use plumbline_sources::fs;

/// Why there is no certificate to serve with. No message holds what a file holds.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read.
    #[error("cannot read `{path}`: {error}")]
    Unreadable {
        /// Its path.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// A file that cannot be written.
    #[error("cannot write `{path}`: {error}")]
    Unwritable {
        /// Its path.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// A file without what it is for.
    #[error("`{path}` holds no {wanted} in PEM")]
    Missing {
        /// Its path.
        path: String,
        /// What it should hold.
        wanted: &'static str,
    },
    /// Two files that were not the same for long enough to be read together.
    #[error("`{certificate}` and `{key}` change while they are read")]
    Changing {
        /// The path of the certificate.
        certificate: String,
        /// The path of its key.
        key: String,
    },
    /// A key of another certificate.
    #[error("the key in `{key}` does not belong to the certificate in `{certificate}`")]
    Mismatch {
        /// The path of the certificate.
        certificate: String,
        /// The path of the key.
        key: String,
    },
    /// A certificate that holds later.
    #[error("the certificate in `{path}` is not valid before {from}")]
    NotYet {
        /// Its path.
        path: String,
        /// Its first day.
        from: Date,
    },
    /// A certificate that held earlier.
    #[error("the certificate in `{path}` expired on {until}")]
    Expired {
        /// Its path.
        path: String,
        /// Its last day.
        until: Date,
    },
    /// A file with something that is not understood.
    #[error("`{path}` cannot be used: {reason}")]
    Unusable {
        /// Its path.
        path: String,
        /// Why not.
        reason: String,
    },
    /// A certificate of our own that could not be made.
    #[error("no certificate can be issued: {0}")]
    Issuing(String),
    /// A configuration that TLS does not allow.
    #[error("TLS cannot be set up: {0}")]
    Setup(rustls::Error),
}

/// A path as messages spell it.
pub(super) fn name(path: &Path) -> String {
    fs::display(path).escape_debug().to_string()
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|error| TlsError::Unreadable {
        path: name(path),
        error,
    })
}
