//! What a run knows of its files before it judges them.

use std::collections::{BTreeSet, HashMap};

use super::Entry;
use crate::source::FileId;

/// What is known of the files of a run.
#[derive(Debug, Default)]
pub struct Memory {
    /// Of files that were not read.
    pub unread: HashMap<FileId, Entry>,
    /// Of files that were read all the same, since somebody has to see what they declare.
    pub read: HashMap<FileId, Entry>,
    /// The files that stand for themselves and were read without a problem.
    pub alone: BTreeSet<FileId>,
}

impl Memory {
    /// What is known of a file.
    pub(crate) fn get(&self, file: FileId) -> Option<&Entry> {
        self.unread.get(&file).or_else(|| self.read.get(&file))
    }
}
