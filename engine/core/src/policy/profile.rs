//! Profiles: named levels of a published standard, to judge by the rules that serve it and by no others.

use super::metadata::Metadata;

/// One profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The standard, as the `controls` of rules spell it.
    pub standard: &'static str,
    /// The levels of the standard that belong to it.
    pub levels: &'static [&'static str],
}

/// Every profile. The restricted level of the Pod Security Standards includes the baseline.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "pss-baseline",
        standard: "pss",
        levels: &["baseline"],
    },
    Profile {
        name: "pss-restricted",
        standard: "pss",
        levels: &["baseline", "restricted"],
    },
];

impl Profile {
    /// The profile of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        PROFILES
            .iter()
            .copied()
            .find(|profile| profile.name == name)
    }

    /// Whether a rule belongs to the profile.
    pub fn includes(&self, metadata: &Metadata) -> bool {
        let controls = metadata.controls.get(self.standard);
        controls
            .into_iter()
            .flatten()
            .any(|level| self.levels.contains(&level.as_str()))
    }
}
