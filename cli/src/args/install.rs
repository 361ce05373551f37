//! `plumb install`, as it is typed.

use std::path::PathBuf;

use plumbline_core::install::Name;

use super::RuleArgs;

/// Print what puts the admission webhook into a cluster.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The manifests go to standard output, and nothing is applied. What policies judge decides what API servers ask about: kinds
that some rule denies are asked about by a webhook that fails closed, and kinds about which rules only warn by one that
fails open.

Examples:
  plumb install --image registry.example.com/plumbline:0.1.0 --cert-manager > webhook.yaml
                                             with a certificate that cert-manager issues
  plumb install --image IMAGE --manage-ca    with certificates of its own, which it renews
  plumb install --image IMAGE --ca-bundle ca.pem --tls-secret plumbline-tls
                                             with one that is there already
  plumb install --image IMAGE --cert-manager --config plumbline.yaml --config-map governance
                                             by policies of your own, which a ConfigMap holds
  plumb install --image IMAGE --cert-manager --crd crds/ --exempt sandbox
                                             custom resources too, and a namespace not at all

Exit codes: 0 printed; 2 something could not be read, or means nothing.")]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) webhook: WebhookArgs,
}

/// What is installed, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct WebhookArgs {
    /// The namespace that it is installed in. It is left out of what is judged, as are those of the cluster itself.
    #[arg(long = "in", value_name = "NAMESPACE", value_parser = name, default_value = "plumbline-system")]
    pub(crate) namespace: Name,
    /// The image of this program.
    #[arg(long, value_name = "IMAGE", value_parser = image)]
    pub(crate) image: String,
    /// How many pods answer; one alone would be an outage of the API at each restart.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(2..=100), default_value_t = 2)]
    pub(crate) replicas: u16,
    /// A namespace that is left out as well; may be repeated.
    #[arg(long, value_name = "NAMESPACE", value_parser = name)]
    pub(crate) exempt: Vec<Name>,
    /// Have cert-manager issue the certificate, and write its authority into the webhooks.
    #[arg(
        long,
        conflicts_with_all = ["ca_bundle", "manage_ca"],
        required_unless_present_any = ["ca_bundle", "manage_ca"]
    )]
    pub(crate) cert_manager: bool,
    /// Have each pod make an authority of its own and write it into the webhooks, which it may change and nothing else.
    #[arg(long, conflicts_with = "ca_bundle")]
    pub(crate) manage_ca: bool,
    /// The authority that signed the certificate, in PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_bundle: Option<PathBuf>,
    /// The Secret with the certificate and its key, as `kubectl create secret tls` makes it.
    #[arg(long, value_name = "NAME", value_parser = name, default_value = "plumbline-tls", conflicts_with_all = ["cert_manager", "manage_ca"])]
    pub(crate) tls_secret: Name,
    /// The `ConfigMap` of the namespace that holds `plumbline.yaml` and what it names [default: the built-in policies
    /// judge].
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) config_map: Option<Name>,
    /// Definitions of custom resources that policies judge: a file or folder; may be repeated.
    #[arg(long = "crd", value_name = "PATH")]
    pub(crate) definitions: Vec<PathBuf>,
    /// Give its pods the priority of what a cluster cannot do without.
    #[arg(long)]
    pub(crate) critical: bool,
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).ok_or_else(|| {
        "a name is up to 63 lowercase letters, digits and `-`, neither first nor last".to_owned()
    })
}

fn image(text: &str) -> Result<String, String> {
    let is_image = !text.is_empty() && text.chars().all(|character| character.is_ascii_graphic());
    if is_image {
        Ok(text.to_owned())
    } else {
        Err("an image is a registry, a path and a tag or a digest, without spaces".to_owned())
    }
}
