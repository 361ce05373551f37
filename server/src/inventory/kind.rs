//! Which kinds of objects are looked at: those that rules read, as far as the API server serves them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use plumbline_core::policy::PolicySet;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::wire::{self, Failure};

/// The labels of namespaces say how far rules are introduced.
pub(super) const NAMESPACE: &str = "core/Namespace";
/// Never looked at, whatever rules read.
const SECRET: &str = "core/Secret";

/// The group of the kinds that have none.
const CORE: &str = "core";
/// Every kind of a group.
const ALL: &str = "*";
/// What the API server has to let us do.
const VERBS: &[&str] = &["list", "watch"];

/// A kind of objects that an API server serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its name without a version: `apps/Deployment`.
    pub(super) name: String,
    /// As objects say it: `apps/v1`.
    pub(super) api_version: String,
    /// As objects say it: `Deployment`.
    pub(super) word: String,
    /// Where the API server has them: `/apis/apps/v1/deployments`.
    pub(super) path: String,
}

/// The kinds that rules read, and namespaces.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Wanted(BTreeSet<&'static str>);

impl Wanted {
    /// What the rules of a set read.
    pub(super) fn of(policies: &PolicySet) -> Self {
        let mut wanted = policies.seen_in_cluster();
        wanted.insert(NAMESPACE);
        wanted.remove(SECRET);
        Self(wanted)
    }

    /// Whether a kind is among them.
    pub(super) fn has(&self, kind: &str) -> bool {
        let of_group = |wanted: &&str| {
            wanted
                .strip_suffix(ALL)
                .is_some_and(|group| kind.starts_with(group))
        };
        self.0.contains(kind) || self.0.iter().any(of_group)
    }

    /// Their names by their groups.
    fn by_group(&self) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (group, name) in self.0.iter().filter_map(|kind| kind.split_once('/')) {
            groups.entry(group).or_default().insert(name);
        }
        groups
    }
}

/// What an API server serves of what is wanted.
#[derive(Debug, Default)]
pub(super) struct Served {
    /// The kinds, in order of their names.
    pub(super) kinds: Vec<Kind>,
    /// Kinds that it serves none of.
    pub(super) missing: Vec<String>,
    /// The groups of which it did not say what it serves, and why.
    pub(super) unanswered: BTreeMap<&'static str, Failure>,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    name: String,
    versions: Vec<Version>,
    preferred_version: Option<Version>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    group_version: String,
}

#[derive(Deserialize)]
struct Resources {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    kind: String,
    #[serde(default)]
    verbs: Vec<String>,
}

impl Group {
    /// Its versions, the preferred one first.
    fn versions(self) -> Vec<String> {
        let preferred = self.preferred_version.into_iter();
        let mut versions: Vec<String> = Vec::new();
        for version in preferred.chain(self.versions) {
            if !versions.contains(&version.group_version) {
                versions.push(version.group_version);
            }
        }
        versions
    }
}

/// Asks an API server what it serves of what is wanted.
pub(super) async fn discover(
    client: &kube::Client,
    wanted: &Wanted,
    patience: Duration,
) -> Result<Served, Failure> {
    let groups: Groups = asked(client, "/apis", patience).await?;
    let groups = groups.groups.into_iter();
    let mut versions: BTreeMap<String, Vec<String>> = groups
        .map(|group| (group.name.clone(), group.versions()))
        .collect();
    versions.insert(CORE.to_owned(), vec!["v1".to_owned()]);
    let mut served = Served::default();
    for (group, names) in wanted.by_group() {
        let versions = versions.remove(group).unwrap_or_default();
        served
            .group(client, (group, &names), &versions, patience)
            .await;
    }
    served.kinds.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(served)
}

impl Served {
    /// Of each kind of a group, the first version that is served.
    async fn group(
        &mut self,
        client: &kube::Client,
        (group, names): (&'static str, &BTreeSet<&'static str>),
        versions: &[String],
        patience: Duration,
    ) {
        let mut found: BTreeSet<String> = BTreeSet::new();
        for version in versions {
            let root = if group == CORE { "/api" } else { "/apis" };
            let path = format!("{root}/{version}");
            let resources: Resources = match asked(client, &path, patience).await {
                Ok(resources) => resources,
                Err(failure) => {
                    self.unanswered.insert(group, failure);
                    continue;
                }
            };
            for resource in resources.resources {
                let is_wanted = names.contains(ALL) || names.contains(resource.kind.as_str());
                if is_wanted && resource.can_be_watched() && found.insert(resource.kind.clone()) {
                    self.kinds.push(Kind {
                        name: format!("{group}/{}", resource.kind),
                        api_version: version.clone(),
                        path: format!("{path}/{}", resource.name),
                        word: resource.kind,
                    });
                }
            }
            if !names.contains(ALL) && found.len() == names.len() {
                return;
            }
        }
        if !self.unanswered.contains_key(group) {
            let missing = names.iter().filter(|name| match **name {
                ALL => found.is_empty(),
                name => !found.contains(name),
            });
            let missing = missing.map(|name| format!("{group}/{name}"));
            self.missing.extend(missing);
        }
    }
}

impl Resource {
    /// Whether it is no part of another one, and can be listed and watched.
    fn can_be_watched(&self) -> bool {
        let has = |verb: &&str| self.verbs.iter().any(|may| may == verb);
        !self.name.contains('/') && VERBS.iter().all(has)
    }
}

async fn asked<T: DeserializeOwned>(
    client: &kube::Client,
    path: &str,
    patience: Duration,
) -> Result<T, Failure> {
    let answer = wire::get(client, path, patience).await?;
    let read = serde_json::from_slice(&answer);
    read.map_err(|error| Failure::Garbage(wire::shown(&format!("{error} in `{path}`"))))
}

/// The name of a kind as objects say it: `apps/v1` and `Deployment` are `apps/Deployment`.
pub(super) fn name(api_version: &str, kind: &str) -> String {
    let group = api_version.split_once('/').map_or(CORE, |(group, _)| group);
    format!("{group}/{kind}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Wanted, name};

    #[test]
    fn a_kind_is_wanted_by_its_name_or_by_its_group() {
        let wanted = Wanted(BTreeSet::from(["apps/Deployment", "sources.knative.dev/*"]));
        for (kind, expected) in [
            ("apps/Deployment", true),
            ("apps/StatefulSet", false),
            ("sources.knative.dev/PingSource", true),
            ("sources.knative.devious/PingSource", false),
        ] {
            assert_eq!(wanted.has(kind), expected, "{kind}");
        }
    }

    #[test]
    fn a_kind_has_no_version() {
        assert_eq!(name("apps/v1", "Deployment"), "apps/Deployment");
        assert_eq!(name("v1", "Pod"), "core/Pod");
    }
}
