//! One declared thing, whatever declared it, and the name by which the whole product calls it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use plumbline_rego::Value;

use crate::source::{FileId, Span};
use crate::tree::{NodeId, Tree, Typing, View};

/// Where something runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Kubernetes and what extends it: Knative, custom resources.
    Kubernetes,
    /// Amazon Web Services.
    Aws,
    /// Google Cloud.
    Gcp,
    /// Microsoft Azure.
    Azure,
    /// A container engine on one machine.
    Docker,
    /// A machine itself: virtual or not.
    Host,
    /// No place: a contract between those that run somewhere.
    Contract,
    /// Whatever else a provider of Terraform manages.
    Other,
}

impl Platform {
    /// Every platform.
    pub const ALL: [Self; 8] = [
        Self::Kubernetes,
        Self::Aws,
        Self::Gcp,
        Self::Azure,
        Self::Docker,
        Self::Host,
        Self::Contract,
        Self::Other,
    ];

    /// The word that ids, policies and reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Aws => "aws",
            Self::Gcp => "gcp",
            Self::Azure => "azure",
            Self::Docker => "docker",
            Self::Host => "host",
            Self::Contract => "contract",
            Self::Other => "other",
        }
    }
}

/// What declared something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Manifests as `kubectl apply` takes them.
    Kubernetes,
    /// Templates of AWS `CloudFormation`.
    CloudFormation,
    /// Templates of `CloudFormation` that the Serverless Application Model transforms.
    Sam,
    /// Configurations of Terraform.
    Terraform,
    /// Plans of Terraform, in JSON.
    TerraformPlan,
    /// Configurations of the Serverless Framework.
    Serverless,
    /// Manifests that a kustomization puts together.
    Kustomize,
    /// Manifests that a Helm chart was rendered to.
    Helm,
    /// Contracts of APIs.
    OpenApi,
    /// Contracts of events.
    AsyncApi,
    /// Files of Docker Compose.
    Compose,
    /// Units of systemd.
    Systemd,
    /// User data of cloud-init.
    CloudInit,
}

impl Format {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::CloudFormation => "cloudformation",
            Self::Sam => "sam",
            Self::Terraform => "terraform",
            Self::TerraformPlan => "terraform-plan",
            Self::Serverless => "serverless",
            Self::Kustomize => "kustomize",
            Self::Helm => "helm",
            Self::OpenApi => "openapi",
            Self::AsyncApi => "asyncapi",
            Self::Compose => "compose",
            Self::Systemd => "systemd",
            Self::CloudInit => "cloud-init",
        }
    }
}

/// The identity of a resource: `kubernetes/apps/Deployment/shop/web`. Segments are percent-encoded, so that a name
/// cannot pass for another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(String);

impl ResourceId {
    /// The id made of these segments, in order.
    pub fn new<'a>(segments: impl IntoIterator<Item = &'a str>) -> Self {
        let encoded: Vec<String> = segments.into_iter().map(percent_encode).collect();
        Self(encoded.join("/"))
    }

    /// The id that a text is.
    pub(crate) fn of_text(text: String) -> Self {
        Self(text)
    }

    /// Where the resource is: the id without its last segment.
    pub(crate) fn scope(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(scope, _)| scope)
    }

    /// The id with the name that its second segment, a file or a folder, has now; none if that one was not renamed.
    /// Both names are given as ids of one segment.
    pub fn moved(&self, names: &BTreeMap<Self, Self>) -> Option<Self> {
        let mut segments = self.0.splitn(3, '/');
        let (platform, place) = (segments.next()?, segments.next()?);
        let (rest, now) = (segments.next()?, names.get(&Self(place.to_owned()))?);
        Some(Self(format!("{platform}/{now}/{rest}")))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One declared thing.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its identity.
    pub id: ResourceId,
    /// Where it runs.
    pub platform: Platform,
    /// What declared it.
    pub format: Format,
    /// Its kind as declared, without version: `apps/Deployment`.
    pub kind: String,
    /// The namespace, where the platform has them and one is given.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The text that declares it.
    pub file: FileId,
    /// The tree it is a part of.
    pub tree: Arc<Tree>,
    /// Its root in the tree.
    pub root: NodeId,
    /// How its format types plain scalars.
    pub typing: Typing,
}

impl Resource {
    /// The resource to read from.
    pub fn view(&self) -> View<'_> {
        self.tree.view(self.root, self.typing)
    }

    /// The resource as it is written.
    pub fn value(&self) -> Value {
        self.tree.to_value(self.root, self.typing)
    }

    /// `platform/kind`, which the targets of rules are matched against.
    pub fn target(&self) -> String {
        format!("{}/{}", self.platform.as_str(), self.kind)
    }

    /// The bytes that stand for the resource as a whole: its name, or else its beginning.
    pub fn place(&self) -> Option<Span> {
        let named = match self.format {
            Format::Kubernetes | Format::Helm | Format::Kustomize => {
                self.view().at(&["metadata", "name"]).map(View::id)
            }
            // The key of a resource is its name.
            _ => None,
        };
        named
            .and_then(|name| self.tree.place(name))
            .or_else(|| self.tree.place(self.root))
    }
}

/// Everything but letters, digits and `-._~:` becomes `%` and two digits per byte.
fn percent_encode(segment: &str) -> String {
    use fmt::Write;
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                out.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::ResourceId;

    #[track_caller]
    fn check(id: &[&str], expected: Option<&str>) {
        let one = |name: &str| ResourceId::new([name]);
        let names = BTreeMap::from([(one("infra/a.yaml"), one("deploy/a.yaml"))]);
        let moved = ResourceId::new(id.iter().copied()).moved(&names);
        assert_eq!(moved.as_ref().map(ResourceId::as_str), expected);
    }

    #[test]
    fn an_id_follows_its_file() {
        let expected = Some("aws/deploy%2Fa.yaml/Jobs");
        check(&["aws", "infra/a.yaml", "Jobs"], expected);
        check(&["aws", "infra/b.yaml", "Jobs"], None);
        check(&["aws", "Jobs", "infra/a.yaml"], None);
    }
}
