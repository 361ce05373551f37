//! The adapters that read the world: files, repositories of git, archives, and the built-in library of policies.
//!
//! Synchronous. What cannot be read comes back as a problem beside what could.

pub mod archive;
pub mod bundle;
pub mod embedded;
pub mod fs;
pub mod git;
pub mod held;
pub mod helm;
pub mod ignoring;
pub mod opa;
pub mod place;
mod program;
pub mod revision;
pub mod signature;
