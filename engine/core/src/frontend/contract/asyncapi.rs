//! `AsyncAPI` 2 and 3: channels with their messages, and the operations that take messages from them.

use std::collections::HashSet;

use super::Report;
use super::message::Message;
use super::reference::{Contract, reference};
use crate::estate::{Entity, EntityKind, Model};
use crate::tree::{NodeId, Origin, View};

/// What the bindings of a channel make of it, where it is no topic.
const FORMS: &[(&str, &str)] = &[
    ("amqp", "queue"),
    ("amqp1", "queue"),
    ("sqs", "queue"),
    ("kafka", "stream"),
];

/// The operations of a channel in version 2.
const OPERATIONS: &[&str] = &["publish", "subscribe"];

/// What operations do in version 3.
const ACTIONS: &[&str] = &["send", "receive"];

/// Why nobody knows which channel an operation is about.
const WHY: &str = "the channel is described in another file";

/// The channels of a document, and the subscriptions to them.
pub(super) fn entities(contract: Contract<'_>) -> Vec<Entity> {
    let channels: Vec<Channel<'_>> = channels(contract).collect();
    let mut addresses = HashSet::new();
    let mut entities: Vec<Entity> = channels
        .iter()
        .map(|channel| {
            // Channels on different servers may have one address, but not one key.
            let first = addresses.insert(channel.address);
            channel.entity(if first { channel.address } else { channel.key })
        })
        .collect();
    if is_version_3(contract) {
        entities.extend(receiving(contract));
    } else {
        entities.extend(channels.iter().filter_map(Channel::received));
    }
    entities
}

fn is_version_3(contract: Contract<'_>) -> bool {
    let version = contract.root.get("asyncapi").and_then(View::raw);
    version.is_some_and(|version| version.starts_with('3'))
}

fn channels(contract: Contract<'_>) -> impl Iterator<Item = Channel<'_>> {
    let channels = contract.get(contract.root, "channels").into_iter();
    channels
        .flat_map(move |channels| contract.entries(channels))
        .filter(|(_, view)| view.is_mapping())
        .map(move |(key, view)| {
            let (address, address_at) = address(contract, view).unwrap_or((key, view.id()));
            Channel {
                contract,
                key,
                address,
                address_at,
                view,
            }
        })
}

/// The address of a channel in version 3, and where it is written.
fn address<'a>(contract: Contract<'a>, channel: View<'a>) -> Option<(&'a str, NodeId)> {
    let address = contract.get(channel, "address")?;
    Some((address.raw()?, address.id())).filter(|_| is_version_3(contract))
}

/// A channel.
struct Channel<'a> {
    contract: Contract<'a>,
    key: &'a str,
    address: &'a str,
    address_at: NodeId,
    view: View<'a>,
}

impl<'a> Channel<'a> {
    fn entity(&self, name: &str) -> Entity {
        let mut model = Model::default();
        model.object(None, self.view.id(), |model| self.fill(model));
        Entity::new(EntityKind::Channel, name.to_owned(), model.finish())
    }

    fn fill(&self, model: &mut Model) {
        let from = self.view.id();
        let address = Origin::Derived {
            from: self.address_at,
        };
        model.text("name", self.address, address);
        let (form, origin) = match self.bound_form() {
            Some((form, from)) => (form, Origin::Derived { from }),
            None => ("topic", Origin::Default { under: from }),
        };
        model.text("form", form, origin);
        model.copy("protocol", self.protocol());
        model.truth("contract", true, Origin::Derived { from });
        let messages = self.messages();
        if !messages.is_empty() {
            model.list("messages", from, |model| {
                messages.into_iter().for_each(|message| message.put(model));
            });
        }
    }

    /// The form that a binding gives. One of AMQP may say that it is an exchange, which is a topic.
    fn bound_form(&self) -> Option<(&'static str, NodeId)> {
        let bindings = self.contract.get(self.view, "bindings")?;
        self.contract
            .entries(bindings)
            .find_map(|(protocol, binding)| {
                let (_, form) = FORMS.iter().find(|(name, _)| *name == protocol)?;
                let is = self.contract.get(binding, "is").and_then(View::raw);
                let form = if is == Some("routingKey") {
                    "topic"
                } else {
                    *form
                };
                Some((form, binding.id()))
            })
    }

    /// The protocol of the first server that has the channel: one of those that it names, or any.
    fn protocol(&self) -> Option<View<'a>> {
        let contract = self.contract;
        let declared = contract.get(contract.root, "servers");
        let named: Vec<View<'a>> = contract
            .get(self.view, "servers")
            .into_iter()
            .flat_map(View::items)
            .collect();
        let server = |name: &View<'a>| match name.raw() {
            Some(name) => contract.get(declared?, name),
            None => Some(*name),
        };
        if named.is_empty() {
            let mut all = declared.into_iter().flat_map(|all| contract.entries(all));
            return all.find_map(|(_, server)| contract.get(server, "protocol"));
        }
        named
            .iter()
            .filter_map(server)
            .find_map(|server| contract.get(server, "protocol"))
    }

    /// Every message once. Version 2 has them in the operations of a channel.
    fn messages(&self) -> Vec<Message<'a>> {
        let contract = self.contract;
        if is_version_3(contract) {
            let messages = contract.get(self.view, "messages").into_iter();
            return messages
                .flat_map(|messages| contract.entries(messages))
                .map(|(key, view)| Message {
                    contract,
                    view,
                    key: Some(key),
                })
                .collect();
        }
        let mut seen = HashSet::new();
        OPERATIONS
            .iter()
            .filter_map(|key| contract.get(self.view, key))
            .filter_map(|operation| contract.get(operation, "message"))
            .flat_map(|message| alternatives(contract, message))
            .filter(|view| {
                let end = contract.resolved(*view).unwrap_or(*view);
                seen.insert(end.id())
            })
            .map(|view| Message {
                contract,
                view,
                key: None,
            })
            .collect()
    }

    /// The operation of version 2 by which the application takes messages from the channel. Its word is that of the
    /// other side: what others `publish`, the application receives.
    fn received(&self) -> Option<Entity> {
        let operation = self.contract.get(self.view, "publish")?;
        let id = self.contract.get(operation, "operationId");
        let name = match id.and_then(View::raw) {
            Some(id) => id.to_owned(),
            None => format!("publish {}", self.address),
        };
        let channel = Some((self.address, self.view.id()));
        Some(subscription(&name, operation, channel))
    }
}

/// One message, or one of several.
fn alternatives<'a>(contract: Contract<'a>, message: View<'a>) -> Vec<View<'a>> {
    match contract.get(message, "oneOf") {
        Some(messages) => messages.items().collect(),
        None => vec![message],
    }
}

/// The operations of version 3 that take messages from a channel.
fn receiving(contract: Contract<'_>) -> impl Iterator<Item = Entity> {
    operations(contract).filter_map(move |(name, operation)| {
        let action = contract.get(operation, "action").and_then(View::raw);
        let written = contract.get(operation, "channel")?;
        let channel = contract.target(written).and_then(|channel| {
            let own = address(contract, channel).map(|(address, _)| address);
            Some((own.or(channel.key())?, written.id()))
        });
        (action == Some("receive")).then(|| subscription(name, operation, channel))
    })
}

fn operations(contract: Contract<'_>) -> impl Iterator<Item = (&str, View<'_>)> {
    let operations = contract.get(contract.root, "operations").into_iter();
    operations.flat_map(move |operations| contract.entries(operations))
}

fn subscription(name: &str, operation: View<'_>, channel: Option<(&str, NodeId)>) -> Entity {
    let from = operation.id();
    let origin = Origin::Derived { from };
    let mut model = Model::default();
    model.object(None, from, |model| {
        model.text("name", name, origin);
        model.text("form", "topic", Origin::Default { under: from });
        model.object(Some("channel"), from, |model| match channel {
            Some((name, from)) => model.text("name", name, Origin::Derived { from }),
            None => model.unknown("name", WHY, from),
        });
    });
    Entity::new(EntityKind::Subscription, name.to_owned(), model.finish())
}

/// Says what tools refuse of what the model reads.
pub(super) fn check(contract: Contract<'_>, report: &mut Report<'_>) {
    for key in ["channels", "operations"] {
        let Some(section) = contract.get(contract.root, key) else {
            continue;
        };
        if !section.is_mapping() {
            report.error(
                section.id(),
                format!("`{key}` is no mapping"),
                "write `{}`, if there are none",
            );
        }
        for (name, view) in contract.entries(section) {
            if !view.is_mapping() {
                report.error(
                    view.id(),
                    format!("`{}` of `{key}` is no mapping", name.escape_debug()),
                    "write what it is",
                );
            }
        }
    }
    if is_version_3(contract) {
        operations(contract)
            .filter(|(_, operation)| operation.is_mapping())
            .for_each(|(name, operation)| check_operation(contract, name, operation, report));
    } else {
        channels(contract).for_each(|channel| check_servers(&channel, report));
    }
}

fn check_operation<'a>(
    contract: Contract<'a>,
    name: &str,
    operation: View<'a>,
    report: &mut Report<'_>,
) {
    if contract.resolved(operation).is_none() {
        return;
    }
    let name = name.escape_debug();
    let action = contract.get(operation, "action");
    if !action
        .and_then(View::raw)
        .is_some_and(|action| ACTIONS.contains(&action))
    {
        report.error(
            action.unwrap_or(operation).id(),
            format!("the operation `{name}` neither sends nor receives"),
            "its `action` is `send` or `receive`",
        );
    }
    if contract
        .get(operation, "channel")
        .and_then(reference)
        .is_none()
    {
        report.error(
            operation.id(),
            format!("the operation `{name}` is about no channel"),
            "its `channel` is a reference: `{$ref: '#/channels/...'}`",
        );
    }
}

/// Version 2 names the servers of a channel.
fn check_servers(channel: &Channel<'_>, report: &mut Report<'_>) {
    let contract = channel.contract;
    let declared = contract.get(contract.root, "servers");
    let is_declared = |name: &str| {
        declared.is_some_and(|servers| {
            contract.get(servers, name).is_some() || contract.resolved(servers).is_none()
        })
    };
    let servers = contract.get(channel.view, "servers").into_iter();
    for (server, name) in servers
        .flat_map(View::items)
        .filter_map(|server| Some((server, server.raw()?)))
    {
        if !is_declared(name) {
            report.error(
                server.id(),
                format!("the server `{}` is not declared", name.escape_debug()),
                "declare it under `servers`",
            );
        }
    }
}
