//! Listeners of load balancers: where requests come in for what stands behind.

use super::WHY;
use super::declared::{Declared, Path, each, word};
use crate::estate::{Entity, EntityKind, Model};
use crate::tree::{Origin, View};

/// Where a type of listener says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) protocol: Path,
    /// What it does with a request: the list.
    pub(in crate::frontend) actions: Path,
    /// Within an action: what kind of action it is.
    pub(in crate::frontend) action: Path,
    /// Within an action: the protocol that a request is sent back to.
    pub(in crate::frontend) redirect: Path,
    /// How it looks at the certificates of clients.
    pub(in crate::frontend) clients: Path,
    /// The load balancer that it belongs to.
    pub(in crate::frontend) balancer: Path,
    /// Types of load balancers.
    pub(in crate::frontend) balancers: &'static [&'static str],
    /// Within a load balancer: where it says whether it is an internal one, and the word for that.
    pub(in crate::frontend) internal: (Path, &'static str),
}

/// The endpoint that a listener is.
pub(in crate::frontend) fn listener(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    declared.entity(EntityKind::Endpoint, |model| {
        model.text("form", "listener", declared.default());
        exposure(model, declared, spelling);
        authentication(model, declared, spelling);
        tls(model, declared, spelling);
    })
}

/// A load balancer has addresses on the internet, unless it says that it is internal; of one that is declared
/// elsewhere nobody knows.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>
fn exposure(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    const KEY: &str = "exposure";
    let named = declared.at(spelling.balancer);
    let found = named.and_then(|named| {
        let mut kinds = spelling.balancers.iter();
        kinds.find_map(|kind| declared.followed(kind, named))
    });
    let Some(balancer) = found else {
        let from = named.map_or(declared.under, View::id);
        return model.unknown(KEY, WHY, from);
    };
    let (path, internal) = spelling.internal;
    match super::dig(balancer, path) {
        Some(view) if declared.is_unknown(view) => model.unknown(KEY, WHY, view.id()),
        written => {
            let is_internal = written.and_then(word) == Some(internal);
            let exposure = if is_internal { "internal" } else { "public" };
            model.text(KEY, exposure, declared.origin(written));
        }
    }
}

/// Actions that ask who somebody is.
const ASKING: &[&str] = &[
    "authenticate-cognito",
    "authenticate-oidc",
    "jwt-validation",
];

/// What no listener asks for may be asked for by what stands behind it, which nobody can know here.
fn authentication(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    let clients = declared.at(spelling.clients);
    let verified = clients.filter(|mode| mode.raw() == Some("verify"));
    let mut kinds = actions(declared, spelling, spelling.action);
    let asking = kinds.find(|kind| kind.raw().is_some_and(|kind| ASKING.contains(&kind)));
    let said = asking
        .map(|from| ("jwt", from))
        .or(verified.map(|from| ("iam", from)));
    if let Some((word, from)) = said {
        model.text("authentication", word, Origin::Derived { from: from.id() });
    }
}

/// What is at a path within each of the actions.
fn actions<'a>(
    declared: &Declared<'a>,
    spelling: &Spelling,
    path: Path,
) -> impl Iterator<Item = View<'a>> {
    let actions = declared.at(spelling.actions).into_iter().flat_map(each);
    actions.filter_map(move |action| super::dig(action, path))
}

/// Who asks in plain HTTP and is sent to HTTPS is not answered in the clear. What speaks neither of them may encrypt
/// what it passes on.
fn tls(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    const KEY: &str = "tls";
    let Some(protocol) = declared.at(spelling.protocol) else {
        return;
    };
    if declared.is_unknown(protocol) {
        return model.unknown(KEY, WHY, protocol.id());
    }
    let origin = Origin::Derived {
        from: protocol.id(),
    };
    match protocol.raw() {
        Some("HTTPS" | "TLS") => model.truth(KEY, true, origin),
        Some("HTTP") => match actions(declared, spelling, spelling.redirect).next() {
            Some(to) if declared.is_unknown(to) => model.unknown(KEY, WHY, to.id()),
            to => {
                let is_sent_on = to.and_then(View::raw) == Some("HTTPS");
                model.truth(KEY, is_sent_on, origin);
            }
        },
        _ => {}
    }
}
