//! Where requests come in: the servers of a document, who can reach them, and whether they encrypt.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Report;
use super::reference::Contract;
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

/// What only what is inside can reach: the last labels of names.
const INSIDE: &[&str] = &["internal", "local", "localhost", "svc"];

/// The most URLs that one with variables may stand for.
const MAX_URLS: usize = 16;

/// The longest URL whose variables are replaced, and the longest value that replaces one.
const MAX_LENGTH: usize = 256;

/// One server.
#[derive(Debug)]
pub(super) struct Server {
    scheme: Option<(String, NodeId)>,
    /// None where it is relative to wherever the document lies.
    host: Option<String>,
    /// Where the host is written, or would be part of what is.
    host_at: Option<NodeId>,
}

/// The servers of an operation: its own, those of its path, or those of the document.
pub(super) fn servers<'a>(
    contract: Contract<'a>,
    operation: View<'a>,
    path_item: View<'a>,
) -> Vec<Server> {
    if contract.root.get("swagger").is_some() {
        return of_swagger(contract, operation);
    }
    let levels = [operation, path_item, contract.root];
    let written = levels.into_iter().find_map(|level| {
        let servers = contract.get(level, "servers")?;
        Some(servers).filter(|servers| servers.items().next().is_some())
    });
    written
        .into_iter()
        .flat_map(View::items)
        .flat_map(of_urls)
        .collect()
}

/// `exposure`: as it is declared, or else `public` unless every server is inside.
pub(super) fn exposure<'a>(
    model: &mut Model,
    contract: Contract<'a>,
    levels: [View<'a>; 3],
    servers: &[Server],
) {
    let [operation, ..] = levels;
    let declared = levels
        .into_iter()
        .find_map(|level| declared(contract, level));
    let decisive = servers
        .iter()
        .find(|server| !server.is_inside())
        .or(servers.first());
    let by_server = decisive.map(|server| (server.is_inside(), server.host_at));
    let (inside, from) = declared
        .map(|(inside, from)| (inside, Some(from)))
        .or(by_server)
        .unwrap_or((false, None));
    let under = operation.id();
    let origin = from.map_or(Origin::Default { under }, |from| Origin::Derived { from });
    let exposure = if inside { "internal" } else { "public" };
    model.text("exposure", exposure, origin);
}

/// `tls`: whether every server encrypts. One without a scheme is reached as the document is, which nobody knows. A server
/// that is inside is there to try things out, where others are not.
pub(super) fn tls(model: &mut Model, servers: &[Server]) {
    let any_outside = servers
        .iter()
        .any(|server| server.host.is_some() && !server.is_inside());
    let mut encrypting = None;
    let mut open = None;
    for server in servers {
        match server.encrypts() {
            _ if any_outside && server.is_inside() => {}
            Some((false, from)) => {
                return model.truth("tls", false, Origin::Derived { from });
            }
            Some((true, from)) => encrypting = encrypting.or(Some(from)),
            None => open = open.or(server.host_at),
        }
    }
    match (open, encrypting) {
        (Some(from), _) => model.unknown("tls", "no scheme that is known is written", from),
        (None, Some(from)) => model.truth("tls", true, Origin::Derived { from }),
        (None, None) => {}
    }
}

/// What a level says of itself with `x-exposure` or `x-internal`: whether it is inside, and where it says so.
fn declared<'a>(contract: Contract<'a>, level: View<'a>) -> Option<(bool, NodeId)> {
    let exposure = contract.get(level, "x-exposure");
    if let Some((written, text)) = exposure.and_then(|view| Some((view, view.raw()?))) {
        let inside = ["internal", "private"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
        return Some((inside, written.id()));
    }
    let internal = contract.get(level, "x-internal")?;
    Some((true, internal.id())).filter(|_| internal.bool() == Some(true))
}

/// Says that a level does not list where requests come in. Version 2.0 lists schemes.
pub(super) fn check<'a>(contract: Contract<'a>, level: View<'a>, report: &mut Report<'_>) {
    for key in ["servers", "schemes"] {
        let written = contract.get(level, key);
        if let Some(written) = written.filter(|written| !written.is_sequence()) {
            report.error(
                written.id(),
                format!("`{key}` is no list"),
                "it was not read; write a list, also of one",
            );
        }
    }
}

impl Server {
    fn of_url(url: &str, from: NodeId) -> Self {
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) if !scheme.contains('/') => (Some(scheme), Some(rest)),
            _ => (None, url.strip_prefix("//")),
        };
        Self {
            scheme: scheme.map(|scheme| (scheme.to_ascii_lowercase(), from)),
            host: rest.map(host),
            host_at: Some(from),
        }
    }

    fn is_inside(&self) -> bool {
        self.host.as_deref().is_some_and(is_inside)
    }

    /// Whether its scheme encrypts, and where it is written; none where nobody knows.
    fn encrypts(&self) -> Option<(bool, NodeId)> {
        let (scheme, from) = self.scheme.as_ref()?;
        match scheme.as_str() {
            "https" | "wss" => Some((true, *from)),
            "http" | "ws" => Some((false, *from)),
            _ => None,
        }
    }
}

/// Version 2.0 has one host, and every scheme of a list.
fn of_swagger<'a>(contract: Contract<'a>, operation: View<'a>) -> Vec<Server> {
    let written = contract.get(contract.root, "host");
    let own = contract.get(operation, "schemes");
    let schemes = own.or_else(|| contract.get(contract.root, "schemes"));
    let server = |scheme: Option<View<'a>>| Server {
        scheme: scheme.and_then(|view| Some((view.raw()?.to_ascii_lowercase(), view.id()))),
        host: written.and_then(View::raw).map(host),
        host_at: written.map(View::id),
    };
    let mut servers: Vec<Server> = schemes
        .into_iter()
        .flat_map(View::items)
        .map(|scheme| server(Some(scheme)))
        .collect();
    if servers.is_empty() && written.is_some() {
        servers.push(server(None));
    }
    servers
}

/// A server once for every URL that its variables allow.
fn of_urls(server: View<'_>) -> Vec<Server> {
    let Some((from, url)) = server
        .get("url")
        .and_then(|url| Some((url.id(), url.str()?)))
    else {
        return Vec::new();
    };
    urls(server, url)
        .iter()
        .map(|url| Server::of_url(url, from))
        .collect()
}

/// What does not fit the limits keeps its variables.
fn urls(server: View<'_>, url: &str) -> Vec<String> {
    let mut urls = vec![url.to_owned()];
    let variables = server.get("variables").into_iter().flat_map(View::entries);
    for (name, variable) in variables.filter(|_| url.len() <= MAX_LENGTH) {
        let placeholder = format!("{{{name}}}");
        let placeholder = placeholder.as_str();
        let values = values(variable);
        if !url.contains(placeholder) || values.is_empty() {
            continue;
        }
        if urls.len() * values.len() > MAX_URLS {
            break;
        }
        urls = urls
            .iter()
            .flat_map(|url| {
                values
                    .iter()
                    .map(move |value| url.replace(placeholder, value))
            })
            .collect();
    }
    urls
}

/// What a variable may be: one of a list, or its default. Nothing where one of them is no plain text.
fn values(variable: View<'_>) -> Vec<&str> {
    let is_plain = |value: &&str| !value.contains(['{', '}']) && value.len() <= MAX_LENGTH;
    let listed = variable.get("enum").into_iter().flat_map(View::items);
    let values: Option<BTreeSet<&str>> = listed
        .chain(variable.get("default"))
        .map(|value| value.raw().filter(is_plain))
        .collect();
    values.into_iter().flatten().collect()
}

/// The host of a URL from behind its slashes, without user, port and path.
fn host(rest: &str) -> String {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let address = authority.rsplit('@').next().unwrap_or_default();
    let host = match address.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => address.split(':').next(),
    };
    let host = host.unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a host clearly is one that the internet cannot reach.
fn is_inside(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            address.is_private() || address.is_loopback() || address.is_link_local()
        }
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => host
            .rsplit('.')
            .next()
            .is_some_and(|label| INSIDE.contains(&label)),
    }
}

#[cfg(test)]
mod tests {
    use super::{host, is_inside};

    #[track_caller]
    fn check(rest: &str, inside: bool) {
        assert_eq!(is_inside(&host(rest)), inside, "{rest}");
    }

    #[test]
    fn what_is_inside_is_known_by_its_name_or_address() {
        for rest in [
            "localhost:8080/v1",
            "orders.internal",
            "orders.local.",
            "Orders.SVC/v1",
            "orders.shop.svc.cluster.local:80",
            "{tenant}.shop.svc",
            "user@10.1.2.3/",
            "127.0.0.1",
            "[::1]:8080",
            "[fd00::1]",
        ] {
            check(rest, true);
        }
    }

    #[test]
    fn everything_else_is_not() {
        for rest in [
            "example.com",
            "internal.example.com",
            "localhost.example.com",
            "8.8.8.8",
            "[2001:db8::1]",
            "10.0.0.1@example.com",
            "{host}",
            "",
        ] {
            check(rest, false);
        }
    }
}
