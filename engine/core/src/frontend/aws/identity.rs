//! Roles, users and groups, whom they trust, and what policies grant them.

use super::WHY;
use super::declared::{Declared, Path, each};
use super::document::{Document, Part, spelt};
use super::policy_template;
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::tree::{NodeId, Origin, View};

/// Where a type of identity says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) form: &'static str,
    /// Who may take it on: a document.
    pub(in crate::frontend) trust: Path,
    pub(in crate::frontend) tags: Path,
    /// Policies of its own: the list, and in each of them the name and the document.
    pub(in crate::frontend) policies: (Path, Path, Path),
    /// Policies that AWS manages, by their addresses.
    pub(in crate::frontend) managed: Path,
}

/// Where a type of policy says what.
#[derive(Debug)]
pub(in crate::frontend) struct Attached {
    pub(in crate::frontend) document: Path,
    /// Whom it is attached to, where it says so itself.
    pub(in crate::frontend) identities: &'static [Path],
    /// What attaches it: the type, the policy, the identity.
    pub(in crate::frontend) attachments: &'static [(&'static str, Path, Path)],
}

/// Who holds what is granted, and where that is said.
type Holder = Option<(String, NodeId)>;

/// A role, a user or a group, with what its own policies grant it.
pub(in crate::frontend) fn identity(declared: &Declared<'_>, spelling: &Spelling) -> Vec<Entity> {
    let mut entities = vec![declared.entity(EntityKind::Identity, |model| {
        model.text("form", spelling.form, declared.default());
        shared::tags(model, declared.at(spelling.tags));
        if let Some(written) = declared.at(spelling.trust) {
            trust(model, declared, written);
        }
    })];
    let holder = Some((declared.resource.name.clone(), declared.under));
    let (policies, name, document) = spelling.policies;
    for (index, policy) in declared.at(policies).into_iter().flat_map(each).enumerate() {
        let Some(written) = super::dig(policy, document) else {
            continue;
        };
        let name = super::dig(policy, name).and_then(View::raw);
        let name = name.map_or_else(|| index.to_string(), str::to_owned);
        let name = format!("{}/{name}", declared.resource.name);
        entities.extend(grants(declared, written, holder.as_ref(), &name));
    }
    let managed = declared.at(spelling.managed).into_iter().flat_map(each);
    entities.extend(managed.filter_map(|policy| of_managed(declared, policy, holder.as_ref())));
    entities
}

/// What a policy grants that stands beside the identities it is for.
pub(in crate::frontend) fn policy(declared: &Declared<'_>, attached: &Attached) -> Vec<Entity> {
    let Some(written) = declared.at(attached.document) else {
        return Vec::new();
    };
    let holder = holder(declared, attached);
    grants(declared, written, holder.as_ref(), &declared.resource.name)
}

/// What a policy of AWS grants whom it is attached to: the path of the policy, and those of whom.
pub(in crate::frontend) fn attachment(
    declared: &Declared<'_>,
    policy: Path,
    identities: &[Path],
) -> Vec<Entity> {
    let holder = named(declared, identities);
    let policy = declared.at(policy);
    let grant = policy.and_then(|policy| of_managed(declared, policy, holder.as_ref()));
    grant.into_iter().collect()
}

/// The role that SAM makes of a function's policies: what it trusts, and what each statement grants.
pub(in crate::frontend) fn of_function(
    declared: &Declared<'_>,
    role: Path,
    policies: Path,
) -> Vec<Entity> {
    if declared.at(role).is_some() {
        return Vec::new();
    }
    let mut entities = vec![declared.entity(EntityKind::Identity, |model| {
        model.text("form", "role", declared.default());
        model.list("trust", declared.under, |model| {
            model.object(None, declared.under, |model| {
                model.text("principal", "lambda.amazonaws.com", declared.default());
            });
        });
    })];
    let holder = Some((declared.resource.name.clone(), declared.under));
    for (index, policy) in declared.at(policies).into_iter().flat_map(each).enumerate() {
        let name = format!("{}/{index}", declared.resource.name);
        if policy.get("Statement").is_some() {
            entities.extend(grants(declared, policy, holder.as_ref(), &name));
        } else {
            entities.extend(of_managed(declared, policy, holder.as_ref()));
            entities.extend(policy_template::grants(policy, &name, |model| {
                held(model, holder.as_ref());
            }));
        }
    }
    entities
}

/// The first identity that a resource names at one of these paths.
fn named(declared: &Declared<'_>, identities: &[Path]) -> Holder {
    let mut named = identities
        .iter()
        .filter_map(|path| declared.at(path))
        .flat_map(each);
    named.find_map(|view| Some((declared.named_by(view)?, view.id())))
}

fn holder(declared: &Declared<'_>, attached: &Attached) -> Holder {
    named(declared, attached.identities).or_else(|| {
        let attachments = attached.attachments.iter();
        let mut named = attachments.flat_map(|(kind, policy, identity)| {
            let of_this = move |view: &View<'_>| {
                let policy = super::dig(*view, policy);
                policy.is_some_and(|policy| declared.is_this(policy, None))
            };
            let attached = declared.mentioning(kind, None).into_iter().filter(of_this);
            attached
                .filter_map(move |view| super::dig(view, identity))
                .flat_map(each)
        });
        named.find_map(|view| Some((declared.named_by(view)?, view.id())))
    })
}

/// `trust[]`: one element per principal of a statement that allows.
fn trust(model: &mut Model, declared: &Declared<'_>, written: View<'_>) {
    let Some(document) = Document::at(declared, written) else {
        model.unknown("trust", WHY, written.id());
        return;
    };
    let statements = document.root().get("Statement");
    model.list("trust", written.id(), |model| {
        for statement in statements.into_iter().flat_map(Part::each) {
            if declared.is_unknown(statement.view) {
                model.unknown("", WHY, statement.from());
                continue;
            }
            if statement.get("Effect").and_then(Part::raw) == Some("Deny") {
                continue;
            }
            for principal in principals(statement) {
                model.object(None, principal.from(), |model| {
                    principal.text(model, "principal", declared);
                    if let Some(conditions) = statement.get("Condition") {
                        conditions.copy(model, "conditions");
                    }
                });
            }
        }
    });
}

/// `"*"`, or the principals of each kind: services, accounts and roles, federations.
fn principals(statement: Part<'_>) -> Vec<Part<'_>> {
    const KINDS: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];
    let Some(written) = statement.get("Principal") else {
        return Vec::new();
    };
    let of_kinds: Vec<Part<'_>> = KINDS
        .iter()
        .filter_map(|kind| written.get(kind))
        .flat_map(Part::each)
        .collect();
    if of_kinds.is_empty() {
        vec![written]
    } else {
        of_kinds
    }
}

/// One grant per statement; of a document that only a deployment can tell, one that is not known.
fn grants(
    declared: &Declared<'_>,
    written: View<'_>,
    holder: Option<&(String, NodeId)>,
    name: &str,
) -> Vec<Entity> {
    let Some(document) = Document::at(declared, written) else {
        let unknown = Declared::entity_of(EntityKind::Grant, name, written.id(), |model| {
            held(model, holder);
            not_known(model, written.id());
        });
        return vec![unknown];
    };
    let statements = document.root().get("Statement");
    statements
        .into_iter()
        .flat_map(Part::each)
        .enumerate()
        .map(|(index, statement)| {
            let own = statement.get("Sid").and_then(Part::raw);
            let own = own.filter(|own| !own.is_empty());
            let own = own.map_or_else(|| index.to_string(), str::to_owned);
            let name = format!("{name}/{own}");
            Declared::entity_of(EntityKind::Grant, &name, statement.from(), |model| {
                held(model, holder);
                if declared.is_unknown(statement.view) {
                    not_known(model, statement.from());
                } else {
                    of_statement(model, declared, statement);
                }
            })
        })
        .collect()
}

/// A statement that only a deployment can tell.
fn not_known(model: &mut Model, from: NodeId) {
    for key in ["effect", "actions", "resources"] {
        model.unknown(key, WHY, from);
    }
}

/// `identity`: who holds the grant, placed where that is said.
fn held(model: &mut Model, holder: Option<&(String, NodeId)>) {
    if let Some((name, from)) = holder {
        model.text("identity", name, Origin::Derived { from: *from });
    }
}

/// The lists of a statement, and what the normalised form calls them.
const LISTS: &[(&str, &str)] = &[
    ("Action", "actions"),
    ("NotAction", "not_actions"),
    ("Resource", "resources"),
    ("NotResource", "not_resources"),
];

fn of_statement(model: &mut Model, declared: &Declared<'_>, statement: Part<'_>) {
    if let Some(effect) = statement.get("Effect") {
        match effect.raw() {
            Some(text) => model.text("effect", &text.to_ascii_lowercase(), effect.origin()),
            None => model.unknown("effect", WHY, effect.from()),
        }
    }
    for (key, name) in LISTS {
        let Some(written) = statement.get(key) else {
            continue;
        };
        model.list(name, written.from(), |model| {
            for element in written.each() {
                element.text(model, "", declared);
            }
        });
    }
    if let Some(conditions) = statement.get("Condition") {
        conditions.copy(model, "conditions");
    }
}

/// Policies of AWS that grant without bounds: what each says of actions, on every resource, and which.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>
const MANAGED: &[(&str, &str, &[&str])] = &[
    ("AdministratorAccess", "actions", &["*"]),
    ("IAMFullAccess", "actions", &["iam:*"]),
    (
        "PowerUserAccess",
        "not_actions",
        &["iam:*", "organizations:*", "account:*"],
    ),
];

/// The address of a policy of AWS by its name, where what it grants is known.
pub(in crate::frontend) fn managed(name: &str) -> Option<String> {
    let is_known = MANAGED.iter().any(|(known, ..)| *known == name);
    is_known.then(|| format!("arn:aws:iam::aws:policy/{name}"))
}

/// What a policy of AWS grants, where that is known: `arn:aws:iam::aws:policy/AdministratorAccess`, or its name alone.
fn of_managed(
    declared: &Declared<'_>,
    policy: View<'_>,
    holder: Option<&(String, NodeId)>,
) -> Option<Entity> {
    let text = spelt(policy)?;
    // A policy of an account may be called like one of AWS.
    let own = match text.split_once("::aws:policy/") {
        Some((_, path)) => path.rsplit('/').next()?,
        None => text.as_str(),
    };
    let (_, key, actions) = MANAGED.iter().find(|(name, ..)| *name == own)?;
    let name = format!("{}/{own}", declared.resource.name);
    let from = policy.id();
    let origin = Origin::Derived { from };
    Some(Declared::entity_of(
        EntityKind::Grant,
        &name,
        from,
        |model| {
            held(model, holder);
            model.text("effect", "allow", origin);
            model.list(key, from, |model| {
                for action in *actions {
                    model.text("", action, origin);
                }
            });
            model.list("resources", from, |model| model.text("", "*", origin));
        },
    ))
}
