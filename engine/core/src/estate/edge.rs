//! What is joined to what: who hands events to whom, who calls, writes and reads what, and acts as which identity.

use super::laid::{Gone, Laid, Part};
use super::names::Names;
use super::{Entity, EntityKind, Estate};
use crate::resource::Resource;
use crate::tree::View;

/// A join of two entities, by their indexes in the estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it is.
    pub what: EdgeKind,
}

/// What a join is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A channel or a store hands every message to a workload or to a channel.
    Delivers,
    /// The same, of some messages only.
    DeliversSome,
    /// An endpoint hands requests to a workload, or a workload waits for the answer of another one.
    Calls,
    /// A workload puts messages into a channel.
    Publishes,
    /// A workload changes what a store holds.
    Writes,
    /// A workload reads what a store holds.
    Reads,
    /// A workload acts as an identity.
    ActsAs,
    /// An identity may do what a grant says.
    Holds,
}

impl EdgeKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivers => "delivers",
            Self::DeliversSome => "delivers-some",
            Self::Calls => "calls",
            Self::Publishes => "publishes",
            Self::Writes => "writes",
            Self::Reads => "reads",
            Self::ActsAs => "acts-as",
            Self::Holds => "holds",
        }
    }
}

/// What actions of AWS are on: what an identity that may do one of them does, and to what.
const ACTIONS: &[(&str, EdgeKind, EntityKind)] = &[
    ("sqs:SendMessage", EdgeKind::Publishes, EntityKind::Channel),
    ("sns:Publish", EdgeKind::Publishes, EntityKind::Channel),
    ("events:PutEvents", EdgeKind::Publishes, EntityKind::Channel),
    (
        "kinesis:PutRecord",
        EdgeKind::Publishes,
        EntityKind::Channel,
    ),
    (
        "kinesis:PutRecords",
        EdgeKind::Publishes,
        EntityKind::Channel,
    ),
    ("s3:PutObject", EdgeKind::Writes, EntityKind::Store),
    ("s3:GetObject", EdgeKind::Reads, EntityKind::Store),
    ("dynamodb:PutItem", EdgeKind::Writes, EntityKind::Store),
    ("dynamodb:UpdateItem", EdgeKind::Writes, EntityKind::Store),
    (
        "dynamodb:BatchWriteItem",
        EdgeKind::Writes,
        EntityKind::Store,
    ),
    ("dynamodb:GetItem", EdgeKind::Reads, EntityKind::Store),
    ("dynamodb:Query", EdgeKind::Reads, EntityKind::Store),
    ("dynamodb:Scan", EdgeKind::Reads, EntityKind::Store),
    (
        "lambda:InvokeFunction",
        EdgeKind::Calls,
        EntityKind::Workload,
    ),
];

/// Forms of workloads that wait for nobody: what they start runs by itself.
const ORCHESTRATORS: &[&str] = &["state-machine"];

/// What makes an edge: an entity by what it says of itself, or a workload by what its identity is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Maker {
    Itself(usize),
    Grants(usize),
}

/// An edge and what makes it. Several may make one.
pub(super) type Made = (Edge, Maker);

/// Every join that both of its ends are known of, in a fixed order.
pub(super) fn edges(estate: &Estate) -> Vec<Edge> {
    let (names, nothing) = (Names::of(estate), Estate::default());
    let (no_names, gone) = (Names::default(), Gone::default());
    let below = Part {
        estate,
        names: &names,
    };
    let above = Part {
        estate: &nothing,
        names: &no_names,
    };
    let made = every(&Laid::new(below, above, &gone));
    let mut edges: Vec<Edge> = made.into_iter().map(|(edge, _)| edge).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Every edge with all that makes it, in no order.
pub(super) fn every(laid: &Laid<'_>) -> Vec<Made> {
    let mut joins = Joins::of(laid);
    for index in laid.indexes() {
        joins.of_entity(index);
    }
    let ends_of = |what| {
        let of_kind = joins.made.iter().filter(move |(edge, _)| edge.what == what);
        of_kind.map(|(edge, _)| (edge.from, edge.to))
    };
    let mut holds: Vec<(usize, usize)> = ends_of(EdgeKind::Holds).collect();
    holds.sort_unstable();
    let acts: Vec<(usize, usize)> = ends_of(EdgeKind::ActsAs).collect();
    for (workload, identity) in acts {
        let first = holds.partition_point(|(holder, _)| *holder < identity);
        let held = holds.iter().skip(first);
        let held = held.take_while(|(holder, _)| *holder == identity);
        for (_, grant) in held {
            joins.of_grant(workload, *grant);
        }
    }
    joins.made
}

/// The edges that are asked for one after the other.
pub(super) struct Joins<'a> {
    laid: &'a Laid<'a>,
    maker: Maker,
    pub(super) made: Vec<Made>,
}

impl<'a> Joins<'a> {
    pub(super) fn of(laid: &'a Laid<'a>) -> Self {
        Self {
            laid,
            maker: Maker::Itself(0),
            made: Vec::new(),
        }
    }

    fn join(&mut self, from: usize, to: impl IntoIterator<Item = usize>, what: EdgeKind) {
        let to = to.into_iter().filter(|to| *to != from);
        let maker = self.maker;
        let edges = to.map(|to| (Edge { from, to, what }, maker));
        self.made.extend(edges);
    }

    /// What an entity says of itself.
    pub(super) fn of_entity(&mut self, index: usize) {
        let Some((entity, resource)) = self.laid.entity(index) else {
            return;
        };
        self.maker = Maker::Itself(index);
        self.laid.asks(index);
        self.says(index, entity, resource);
    }

    fn says(&mut self, index: usize, entity: &Entity, resource: &Resource) {
        let view = entity.view();
        let text = |path: &[&str]| view.at(path).and_then(View::raw);
        match entity.kind {
            EntityKind::Subscription => {
                let channel = text(&["channel", "name"]);
                let consumer = text(&["consumer", "name"]);
                if let (Some(channel), Some(consumer)) = (channel, consumer) {
                    self.subscription(channel, consumer, view, resource);
                }
            }
            EntityKind::Endpoint => {
                let target = text(&["target"]);
                let behind = target.map(|target| self.laid.behind(target, resource));
                self.join(index, behind.into_iter().flatten(), EdgeKind::Calls);
            }
            EntityKind::Workload => {
                let identity = text(&["identity", "name"]);
                let identity =
                    identity.and_then(|name| self.laid.find(EntityKind::Identity, name, resource));
                self.join(index, identity, EdgeKind::ActsAs);
                self.of_variables(index, view, resource);
            }
            EntityKind::Grant => {
                let identity = text(&["identity"]);
                let identity =
                    identity.and_then(|name| self.laid.find(EntityKind::Identity, name, resource));
                if let Some(identity) = identity {
                    self.join(identity, [index], EdgeKind::Holds);
                }
            }
            EntityKind::Channel | EntityKind::Identity | EntityKind::Store | EntityKind::Budget => {
            }
        }
    }

    /// From a channel, or from a store that tells of its changes, to a workload or on to another channel.
    fn subscription(
        &mut self,
        channel: &str,
        consumer: &str,
        subscription: View<'_>,
        resource: &Resource,
    ) {
        let laid = self.laid;
        let find = |kinds: &[EntityKind], name| {
            let mut kinds = kinds.iter();
            kinds.find_map(|kind| laid.find(*kind, name, resource))
        };
        let Some(from) = find(&[EntityKind::Channel, EntityKind::Store], channel) else {
            return;
        };
        let to = if consumer.contains("://") {
            laid.at_address(consumer, resource)
        } else {
            match laid.behind(consumer, resource) {
                none if none.is_empty() => {
                    find(&[EntityKind::Channel], consumer).into_iter().collect()
                }
                workloads => workloads,
            }
        };
        let filtered = subscription.get("filtered").and_then(View::bool);
        let what = match filtered {
            Some(true) => EdgeKind::DeliversSome,
            _ => EdgeKind::Delivers,
        };
        self.join(from, to, what);
    }

    /// A workload that is given the address of another one calls it.
    fn of_variables(&mut self, index: usize, workload: View<'_>, resource: &Resource) {
        let containers = workload.get("containers").into_iter().flat_map(View::items);
        let variables = containers
            .filter_map(|container| container.get("env"))
            .flat_map(View::items);
        for value in variables.filter_map(|variable| variable.get("value")?.raw()) {
            if value.contains("://") {
                let to = self.laid.at_address(value, resource);
                self.join(index, to, EdgeKind::Calls);
            }
        }
    }

    /// What a workload may do by its identity to what a grant names. A grant on everything names nothing.
    pub(super) fn of_grant(&mut self, workload: usize, grant: usize) {
        let laid = self.laid;
        let (Some((subject, _)), Some((entity, resource))) =
            (laid.entity(workload), laid.entity(grant))
        else {
            return;
        };
        self.maker = Maker::Grants(workload);
        laid.asks(grant);
        let view = entity.view();
        if view.get("effect").and_then(View::raw) != Some("allow") {
            return;
        }
        let form = subject.view().at(&["runtime", "form"]).and_then(View::raw);
        let waits = !form.is_some_and(|form| ORCHESTRATORS.contains(&form));
        for (action, what, kind) in ACTIONS {
            let list = |key: &str| view.get(key).into_iter().flat_map(View::items);
            let mut allowed = list("actions").filter_map(View::raw);
            let skipped = *what == EdgeKind::Calls && !waits;
            if skipped || !allowed.any(|pattern| is_allowed(pattern, action)) {
                continue;
            }
            for named in list("resources").filter_map(View::raw) {
                let to = named_in(named, |name| laid.find(*kind, name, resource));
                self.join(workload, to, *what);
            }
        }
    }
}

/// Whether a pattern of actions allows one: `s3:Put*`.
fn is_allowed(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    match pattern.split_once('*') {
        Some((begin, "")) => action.starts_with(begin),
        // Other patterns are rare, and none of them names one action.
        Some(_) => false,
        None => pattern == action,
    }
}

/// What a resource of a grant names: by an expression, `${Queue.Arn}`, `arn:aws:s3:::${Bucket}/*`, or at the end of an
/// address, `arn:aws:sqs:eu-west-1:123456789012:jobs`.
fn named_in(text: &str, find: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    let expressions = text.split("${").skip(1);
    let expressions = expressions.filter_map(|rest| Some(rest.split_once('}')?.0));
    let mut expressions = expressions.filter(|inner| !inner.starts_with("AWS::"));
    let named = expressions.find_map(|inner| {
        let ends = inner.match_indices('.').map(|(at, _)| at);
        let parts = [inner.len()].into_iter().chain(ends.rev());
        let mut parts = parts.filter_map(|end| inner.get(..end));
        parts.find_map(&find)
    });
    named.or_else(|| {
        let last = text.rsplit(':').next()?;
        let mut segments = last.split('/').filter(|segment| *segment != "*");
        segments.find_map(&find)
    })
}

#[cfg(test)]
mod tests {
    use super::{is_allowed, named_in};

    #[test]
    fn an_action_is_allowed_by_its_name_or_by_how_it_begins() {
        for (pattern, expected) in [
            ("sqs:SendMessage", true),
            ("SQS:sendmessage", true),
            ("sqs:*", true),
            ("*", true),
            ("sqs:Send*", true),
            ("sqs:Receive*", false),
            ("sqs:SendMessageBatch", false),
        ] {
            assert_eq!(
                is_allowed(pattern, "sqs:SendMessage"),
                expected,
                "{pattern}"
            );
        }
    }

    #[test]
    fn a_resource_of_a_grant_names_an_entity() {
        let known = ["Queue", "aws_sqs_queue.jobs", "jobs", "bucket"];
        for (text, expected) in [
            ("${Queue.Arn}", Some("Queue")),
            ("${aws_sqs_queue.jobs.arn}", Some("aws_sqs_queue.jobs")),
            ("arn:aws:s3:::${bucket}/*", Some("bucket")),
            ("arn:aws:sqs:${AWS::Region}:1:${Queue}", Some("Queue")),
            ("arn:aws:sqs:eu-west-1:1:jobs", Some("jobs")),
            ("arn:aws:s3:::bucket/*", Some("bucket")),
            ("arn:aws:dynamodb:eu-west-1:1:table/jobs", Some("jobs")),
            ("*", None),
            ("${Other.Arn}", None),
        ] {
            let find = |name: &str| known.iter().position(|known| *known == name);
            let found = named_in(text, find).and_then(|at| known.get(at).copied());
            assert_eq!(found, expected, "{text}");
        }
    }
}
