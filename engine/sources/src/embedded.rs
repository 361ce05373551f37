//! The built-in library: the policies that the binary carries.

/// Path and text of every module, sorted by path. Unit tests are among them.
pub const LIBRARY: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/library.rs"));
