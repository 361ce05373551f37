//! The ports that a service publishes, in both spellings: `"127.0.0.1:8080:80/tcp"`, and a mapping.

use std::borrow::Cow;

use super::interpolate::{Interpolated, interpolate, put, separators, why};
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

/// Ranges of more ports than this are not listed one by one.
const MAX_RANGE: u16 = 256;

/// How many ports of ranges are listed one by one in a file.
const MAX_LISTED: u16 = 4096;

/// The items of `ports` that Compose cannot read.
pub(super) fn refused(service: View<'_>) -> Vec<View<'_>> {
    items(service)
        .filter(|item| {
            let written = read(*item);
            let spelling = written.as_ref().and_then(Spelling::of);
            why_unknown(*item).is_none() && spelling.is_none_or(|spelling| !spelling.is_valid())
        })
        .collect()
}

/// A range that is not listed port by port.
pub(super) struct Unlisted<'a> {
    pub(super) item: View<'a>,
    /// The node that nobody can know the ports of, because the file has listed as many as are listed.
    pub(super) beyond: Option<NodeId>,
}

/// The ranges of all services that are not listed port by port.
pub(super) fn unlisted(services: View<'_>) -> Vec<Unlisted<'_>> {
    let mut left = MAX_LISTED;
    let mut unlisted = Vec::new();
    for item in services.entries().flat_map(|(_, service)| items(service)) {
        let written = read(item);
        let spelling = written.as_ref().and_then(Spelling::of);
        let count = spelling.and_then(|spelling| spelling.count()).unwrap_or(0);
        if count == 0 {
            continue;
        }
        let listed = (count < MAX_RANGE).then(|| left.checked_sub(count + 1));
        match listed {
            Some(Some(rest)) => left = rest,
            Some(None) => {
                let beyond = item.get("target").unwrap_or(item).id();
                let beyond = Some(beyond);
                unlisted.push(Unlisted { item, beyond });
            }
            None => unlisted.push(Unlisted { item, beyond: None }),
        }
    }
    unlisted
}

/// Why nobody can know which ports an item is about.
fn why_unknown(item: View<'_>) -> Option<&str> {
    let target = item.get("target").and_then(View::unknown);
    item.unknown().or(target)
}

/// `ports[]`: one element per port, also of a range.
pub(super) fn ports(model: &mut Model, service: View<'_>) {
    let Some(written) = service.get("ports").filter(|ports| ports.is_sequence()) else {
        return;
    };
    model.list("ports", written.id(), |model| {
        for item in items(service) {
            if let Some(why) = why_unknown(item) {
                unknown(model, why, item.id());
                continue;
            }
            let written = read(item);
            if let Some(spelling) = written.as_ref().and_then(Spelling::of) {
                spelling.put(model, item.id());
            }
        }
    });
}

/// A port of which nothing is known.
fn unknown(model: &mut Model, why: &str, from: NodeId) {
    model.object(None, from, |model| {
        for key in ["port", "host_port", "host_ip", "protocol"] {
            model.unknown(key, why, from);
        }
    });
}

fn items(service: View<'_>) -> impl Iterator<Item = View<'_>> {
    service.get("ports").into_iter().flat_map(View::items)
}

/// What is written of a port.
enum Written<'a> {
    Short(Cow<'a, str>),
    Long(View<'a>),
}

fn read(item: View<'_>) -> Option<Written<'_>> {
    if item.is_mapping() {
        return Some(Written::Long(item));
    }
    let text = item.raw()?;
    Some(Written::Short(match interpolate(text) {
        Interpolated::Known(text) => text,
        Interpolated::Unknown(_) | Interpolated::Invalid => Cow::Borrowed(text),
    }))
}

/// The parts of a port, each as it is written.
struct Spelling<'a> {
    port: &'a str,
    /// Nothing where the engine chooses.
    host: Option<&'a str>,
    address: Option<&'a str>,
    protocol: Option<&'a str>,
}

impl<'a> Spelling<'a> {
    fn of(written: &'a Written<'a>) -> Option<Self> {
        match written {
            Written::Short(text) => Self::short(text),
            Written::Long(view) => Self::long(*view),
        }
    }

    /// `address:host:port/protocol`, of which only the port must be there. An address of IPv6 has colons of its own.
    fn short(text: &'a str) -> Option<Self> {
        let (text, protocol) = split_last(text, '/').unwrap_or((text, ""));
        let (before, port) = split_last(text, ':').unwrap_or(("", text));
        let (address, host) = split_last(before, ':').unwrap_or(("", before));
        Some(Self {
            port: unless_empty(port)?,
            host: unless_empty(host),
            address: unless_empty(address.trim_start_matches('[').trim_end_matches(']')),
            protocol: unless_empty(protocol),
        })
    }

    fn long(view: View<'a>) -> Option<Self> {
        let part = |key: &str| view.get(key).and_then(View::raw).and_then(unless_empty);
        Some(Self {
            port: part("target")?,
            host: part("published"),
            address: part("host_ip"),
            protocol: part("protocol"),
        })
    }

    /// How many ports follow the first one; none where that is not known.
    fn count(&self) -> Option<u16> {
        match Numbers::of(self.port)? {
            Numbers::Range(first, last) => Some(last - first),
            Numbers::Unknown(_) => None,
        }
    }

    /// Whether the ports are numbers that go together.
    fn is_valid(&self) -> bool {
        let host = self.host.map(Numbers::of);
        let is_number = host.as_ref().is_none_or(Option::is_some);
        let count = self.count().unwrap_or(0);
        let goes = at(host.flatten().as_ref(), 0, count).is_some();
        Numbers::of(self.port).is_some() && is_number && goes
    }

    /// The ports of the container, each with the one of the machine; none if they do not go together.
    fn bindings(&self) -> Option<Vec<(Number, Number)>> {
        let host = match self.host {
            Some(host) => Some(Numbers::of(host)?),
            None => None,
        };
        let (first, count) = match Numbers::of(self.port)? {
            Numbers::Range(first, last) => (first, last - first),
            Numbers::Unknown(why) => {
                return Some(vec![(Number::Unknown(why), at(host.as_ref(), 0, 0)?)]);
            }
        };
        if count >= MAX_RANGE {
            let many = || Number::Unknown("a range of many ports".to_owned());
            return Some(vec![(many(), many())]);
        }
        (0..=count)
            .map(|offset| {
                let port = Number::Is(i64::from(first) + i64::from(offset));
                Some((port, at(host.as_ref(), offset, count)?))
            })
            .collect()
    }

    fn put(&self, model: &mut Model, from: NodeId) {
        for (port, host) in self.bindings().into_iter().flatten() {
            model.object(None, from, |model| {
                port.put(model, "port", from);
                host.put(model, "host_port", from);
                match self.address {
                    Some(address) => put(model, "host_ip", address, from),
                    None => model.text("host_ip", "0.0.0.0", Origin::Default { under: from }),
                }
                match self.protocol {
                    Some(protocol) => put(model, "protocol", protocol, from),
                    None => model.text("protocol", "tcp", Origin::Default { under: from }),
                }
            });
        }
    }
}

/// The port of the machine for one of a range; 0 where the engine chooses any, none if the ranges differ in length.
fn at(host: Option<&Numbers>, offset: u16, count: u16) -> Option<Number> {
    match host {
        None => Some(Number::Is(0)),
        Some(Numbers::Unknown(why)) => Some(Number::Unknown(why.clone())),
        Some(Numbers::Range(first, last)) if last - first == count => {
            Some(Number::Is(i64::from(*first) + i64::from(offset)))
        }
        Some(Numbers::Range(..)) if count == 0 => Some(Number::Unknown(
            "the engine chooses a port of the range".to_owned(),
        )),
        Some(Numbers::Range(..)) => None,
    }
}

/// One number, or why it is unknown.
enum Number {
    Is(i64),
    Unknown(String),
}

impl Number {
    fn put(&self, model: &mut Model, key: &str, from: NodeId) {
        match self {
            Self::Is(number) => model.number(key, *number, from),
            Self::Unknown(why) => model.unknown(key, why, from),
        }
    }
}

/// The first and the last number of a range, or why it is unknown.
enum Numbers {
    Range(u16, u16),
    Unknown(String),
}

impl Numbers {
    fn of(written: &str) -> Option<Self> {
        let text = match interpolate(written) {
            Interpolated::Known(text) => text,
            Interpolated::Unknown(variable) => return Some(Self::Unknown(why(variable))),
            Interpolated::Invalid => return None,
        };
        let text: &str = &text;
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
        (first <= last).then_some(Self::Range(first, last))
    }
}

fn unless_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// What stands before the last separator and behind it.
fn split_last(text: &str, separator: char) -> Option<(&str, &str)> {
    let at = separators(text, separator).pop()?;
    Some((text.get(..at)?, text.get(at + separator.len_utf8()..)?))
}
