//! `plumb serve`, as it is typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::RuleArgs;

/// Answer API servers that ask whether to admit an object, and everyone else who asks for a verdict.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Policies are read again while it runs. A set with an error, or with a unit test that fails, is refused as a whole, and the
last good one stays; at the start it is an error.

Examples:
  plumb serve --plain --listen 127.0.0.1:8443
                                             try it out on this machine
  plumb serve --tls-cert tls.crt --tls-key tls.key --config governance/plumbline.yaml
                                             by the policies of the organisation
  plumb serve --self-signed plumbline.governance.svc
                                             with an authority of its own
  plumb serve --no-admission -p bundle.tar.gz
                                             verdicts for pipelines, and nothing for API servers
  plumb serve --settings serve.yaml          with everything that has no option: docs/reference/serve.md

Exit codes: 0 it was told to stop; 2 it could not begin, or broke.")]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// Settings: limits, decisions, a database, the cluster, who may ask. Options come before them.
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Where API servers ask, over TLS [default: 0.0.0.0:8443].
    #[arg(long, value_name = "ADDRESS", value_parser = address, conflicts_with = "no_admission")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where everyone else asks [default: 127.0.0.1:8181].
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) api: Option<SocketAddr>,
    /// The certificate for API servers, in PEM. It is read again when it changes.
    #[arg(long, value_name = "FILE", requires = "tls_key", conflicts_with_all = ["self_signed", "no_admission"])]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// The authority that signs the certificates of API servers, in PEM: one without is refused.
    #[arg(long, value_name = "FILE", conflicts_with = "no_admission")]
    pub(crate) client_ca: Option<PathBuf>,
    /// A common name or DNS name of an API server that is let in; may be repeated [default: all that the authority
    /// signed].
    #[arg(long = "client-name", value_name = "NAME", requires = "client_ca")]
    pub(crate) client_names: Vec<String>,
    /// Use a certificate of an authority of its own, for these names and addresses.
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        conflicts_with = "no_admission"
    )]
    pub(crate) self_signed: Vec<String>,
    /// Answer API servers without TLS: on a loopback address only.
    #[arg(long, conflicts_with_all = ["tls_cert", "self_signed", "client_ca", "no_admission"])]
    pub(crate) plain: bool,
    /// Answer no API server.
    #[arg(long)]
    pub(crate) no_admission: bool,
}

/// An address to listen on.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse::<SocketAddr>().map_err(|error| {
        format!("{error}: an address is an IP address and a port, such as `127.0.0.1:8181`")
    })
}
