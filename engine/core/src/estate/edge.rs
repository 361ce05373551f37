//! What is joined to what: who hands events to whom, who calls, writes and reads what, and acts as which identity.

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

/// Every join that both of its ends are known of, in a fixed order.
pub(super) fn edges(estate: &Estate) -> Vec<Edge> {
    let mut joins = Joins {
        names: Names::of(estate),
        edges: Vec::new(),
    };
    for (index, entity) in estate.entities.iter().enumerate() {
        if let Some(resource) = estate.resources.get(entity.resource) {
            joins.of_entity(index, entity, resource);
        }
    }
    joins.of_grants(estate);
    let mut edges = joins.edges;
    edges.sort_unstable();
    edges.dedup();
    edges
}

struct Joins<'a> {
    names: Names<'a>,
    edges: Vec<Edge>,
}

impl Joins<'_> {
    fn join(&mut self, from: usize, to: impl IntoIterator<Item = usize>, what: EdgeKind) {
        let to = to.into_iter().filter(|to| *to != from);
        self.edges.extend(to.map(|to| Edge { from, to, what }));
    }

    /// What an entity says of itself.
    fn of_entity(&mut self, index: usize, entity: &Entity, resource: &Resource) {
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
                let behind = target.map(|target| self.names.behind(target, resource));
                self.join(index, behind.into_iter().flatten(), EdgeKind::Calls);
            }
            EntityKind::Workload => {
                let identity = text(&["identity", "name"]);
                let identity =
                    identity.and_then(|name| self.names.find(EntityKind::Identity, name, resource));
                self.join(index, identity, EdgeKind::ActsAs);
                self.of_variables(index, view, resource);
            }
            EntityKind::Grant => {
                let identity = text(&["identity"]);
                let identity =
                    identity.and_then(|name| self.names.find(EntityKind::Identity, name, resource));
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
        let names = &self.names;
        let find = |kinds: &[EntityKind], name| {
            let mut kinds = kinds.iter();
            kinds.find_map(|kind| names.find(*kind, name, resource))
        };
        let Some(from) = find(&[EntityKind::Channel, EntityKind::Store], channel) else {
            return;
        };
        let to = if consumer.contains("://") {
            names.at_address(consumer, resource)
        } else {
            match names.behind(consumer, resource) {
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
                let to = self.names.at_address(value, resource);
                self.join(index, to, EdgeKind::Calls);
            }
        }
    }

    /// What a workload may do by its identity to what a grant names. A grant on everything names nothing.
    fn of_grants(&mut self, estate: &Estate) {
        let ends_of = |what| {
            let of_kind = self.edges.iter().filter(move |edge| edge.what == what);
            of_kind.map(|edge| (edge.from, edge.to)).collect::<Vec<_>>()
        };
        let mut holds = ends_of(EdgeKind::Holds);
        holds.sort_unstable();
        for (workload, identity) in ends_of(EdgeKind::ActsAs) {
            let first = holds.partition_point(|(holder, _)| *holder < identity);
            let held = holds.iter().skip(first);
            let held = held.take_while(|(holder, _)| *holder == identity);
            for (_, grant) in held {
                self.of_grant(estate, workload, *grant);
            }
        }
    }

    fn of_grant(&mut self, estate: &Estate, workload: usize, grant: usize) {
        let (Some(subject), Some(grant)) =
            (estate.entities.get(workload), estate.entities.get(grant))
        else {
            return;
        };
        let view = grant.view();
        let Some(resource) = estate.resources.get(grant.resource) else {
            return;
        };
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
                let to = named_in(named, |name| self.names.find(*kind, name, resource));
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
