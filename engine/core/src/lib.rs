//! Governance: documents to resources, to an estate, to findings and verdicts.
//!
//! Pure and synchronous. Nothing here opens a file, reads the clock or the environment, or knows of HTTP, git or SQL;
//! texts, time and decisions are handed in.

#![warn(clippy::disallowed_methods, missing_docs)]

pub mod baseline;
pub mod break_glass;
pub mod cache;
pub mod doctor;
pub mod estate;
pub mod finding;
pub mod fix;
pub mod frontend;
mod globs;
pub mod install;
mod item;
pub mod locate;
pub mod manifests;
pub mod parse;
pub mod policy;
pub mod problem;
pub mod report;
pub mod resource;
pub mod schema;
pub mod served;
pub mod source;
pub mod stage;
pub mod tree;
pub mod verdict;
pub mod waiver;
