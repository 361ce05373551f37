//! The hosts that are asked on behalf of a run task. Who names another one in a request is told no: neither plans nor
//! tokens go elsewhere, and nobody has this server ask for what only it can reach.

use axum::http::Uri;
use axum::http::uri::{Authority, Scheme};

/// Where plans are kept, by who sends there.
const ARCHIVES: &[(&str, &str)] = &[("app.terraform.io", "archivist.terraform.io")];

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    name: String,
    port: u16,
}

/// The hosts that may be asked.
#[derive(Debug)]
pub(super) struct Hosts {
    /// By requests, with the token of a task.
    asked: Vec<Host>,
    /// Beside these, where an answer leads to, without a token.
    archives: Vec<Host>,
    /// Whether they may be asked in the clear.
    plain: bool,
}

/// Why an address is not asked. It does not say the address, since that may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Elsewhere {
    /// It is no address of the web, or not one that is encrypted.
    #[error("an address is expected that begins with `https://` and a host")]
    NoAddress,
    /// The host is not among those that may be asked.
    #[error("`{}` is none of the hosts that may be asked", .0.escape_debug())]
    Host(String),
}

impl Hosts {
    /// Hosts by their names, each with its port unless that is the usual one; the text that is no name otherwise.
    pub(super) fn new(names: &[String], plain: bool) -> Result<Self, String> {
        let asked = names
            .iter()
            .map(|name| Host::named(name).ok_or_else(|| name.clone()))
            .collect::<Result<Vec<_>, _>>()?;
        let archives = ARCHIVES
            .iter()
            .filter(|(from, _)| asked.iter().any(|host| host.name == *from))
            .filter_map(|(_, archive)| Host::named(archive))
            .collect();
        Ok(Self {
            asked,
            archives,
            plain,
        })
    }

    /// An address that may be asked with the token of a task.
    pub(super) fn asked(&self, address: &str) -> Result<Uri, Elsewhere> {
        let uri: Uri = address.parse().ok().ok_or(Elsewhere::NoAddress)?;
        let host = self.host(&uri)?;
        if self.asked.contains(&host) {
            Ok(uri)
        } else {
            Err(Elsewhere::Host(host.name))
        }
    }

    /// The address that an answer leads to, and whether it is of the same host.
    pub(super) fn led_to(&self, from: &Uri, location: &str) -> Result<(Uri, bool), Elsewhere> {
        let uri = resolved(from, location).ok_or(Elsewhere::NoAddress)?;
        let (was, host) = (self.host(from)?, self.host(&uri)?);
        if self.asked.contains(&host) || self.archives.contains(&host) {
            Ok((uri, was == host))
        } else {
            Err(Elsewhere::Host(host.name))
        }
    }

    fn host(&self, uri: &Uri) -> Result<Host, Elsewhere> {
        let authority = uri.authority().ok_or(Elsewhere::NoAddress)?;
        let usual = match uri.scheme_str() {
            Some("https") => 443,
            Some("http") if self.plain => 80,
            _ => return Err(Elsewhere::NoAddress),
        };
        Host::of(authority, usual).ok_or(Elsewhere::NoAddress)
    }
}

impl Host {
    fn named(text: &str) -> Option<Self> {
        Self::of(&text.parse().ok()?, 443)
    }

    /// The host of an authority in which no user is named.
    fn of(authority: &Authority, usual: u16) -> Option<Self> {
        let is_bare = !authority.as_str().contains('@') && !authority.host().is_empty();
        is_bare.then(|| Self {
            name: authority.host().to_ascii_lowercase(),
            port: authority.port_u16().unwrap_or(usual),
        })
    }
}

/// Where a location leads: an address, or a path of the host that said it. One without a scheme is not followed.
fn resolved(from: &Uri, location: &str) -> Option<Uri> {
    if !location.starts_with('/') {
        return location.parse().ok();
    }
    if location.starts_with("//") {
        return None;
    }
    let path: Uri = location.parse().ok()?;
    Uri::builder()
        .scheme(from.scheme().cloned().unwrap_or(Scheme::HTTPS))
        .authority(from.authority()?.clone())
        .path_and_query(path.path_and_query()?.clone())
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{Elsewhere, Hosts};

    fn hosts(names: &[&str]) -> Hosts {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Hosts::new(&names, false).unwrap()
    }

    #[test]
    fn a_host_that_is_named_is_asked() {
        let hosts = hosts(&["app.terraform.io", "tfe.example.com:8443"]);
        for address in [
            "https://app.terraform.io/api/v2/plans/plan-1/json-output",
            "https://APP.terraform.io:443/",
            "https://tfe.example.com:8443/x?y=z",
        ] {
            assert!(hosts.asked(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn any_other_address_is_not() {
        let hosts = hosts(&["app.terraform.io", "tfe.example.com:8443"]);
        for address in [
            "",
            "/api/v2",
            "app.terraform.io",
            "http://app.terraform.io/",
            "ftp://app.terraform.io/",
            "https://app.terraform.io:8443/",
            "https://tfe.example.com/",
            "https://app.terraform.io.example.com/",
            "https://example.com/app.terraform.io",
            "https://app.terraform.io@example.com/",
            "https://token@app.terraform.io/",
            "https://archivist.terraform.io/v1/object/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
        ] {
            assert!(hosts.asked(address).is_err(), "{address}");
        }
    }

    #[test]
    fn an_archive_is_led_to_without_a_token() {
        let hosts = hosts(&["app.terraform.io"]);
        let from = hosts.asked("https://app.terraform.io/api/v2/plans/p/json-output");
        let from = from.unwrap();
        let (uri, is_same) = hosts
            .led_to(&from, "https://archivist.terraform.io/v1/object/x")
            .unwrap();
        assert_eq!(uri.host(), Some("archivist.terraform.io"));
        assert!(!is_same);
        let (uri, is_same) = hosts.led_to(&from, "/_archivist/x?y=1").unwrap();
        assert_eq!(uri, "https://app.terraform.io/_archivist/x?y=1");
        assert!(is_same);
    }

    #[test]
    fn nobody_is_led_elsewhere() {
        let hosts = hosts(&["tfe.example.com"]);
        let from = hosts.asked("https://tfe.example.com/api").unwrap();
        for location in [
            "https://archivist.terraform.io/v1/object/x",
            "https://example.com/",
            "http://tfe.example.com/",
            "//example.com/x",
            "relative",
            "",
        ] {
            assert!(hosts.led_to(&from, location).is_err(), "{location}");
        }
    }

    #[test]
    fn an_error_says_the_host_and_not_the_address() {
        let error = hosts(&["app.terraform.io"]).asked("https://example.com/?token=s3cret");
        assert_eq!(error, Err(Elsewhere::Host("example.com".to_owned())));
    }

    #[test]
    fn what_is_no_name_of_a_host_is_refused() {
        for name in ["", "https://tfe.example.com", "a b", "user@tfe.example.com"] {
            assert_eq!(Hosts::new(&[name.to_owned()], false).unwrap_err(), name);
        }
    }
}
