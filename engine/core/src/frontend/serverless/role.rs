//! Roles that the framework makes of permissions: one of the provider's, and one for each function that has its own.
//!
//! They are written as the `CloudFormation` that the framework makes of them, beside the other resources of the
//! service. A role for one function is that of the plugin `serverless-iam-roles-per-function`.

use plumbline_rego::value::json;

use super::evaluate::Found;
use super::resolve::Resolver;
use crate::tree::{Kind, View};

/// The role that the framework makes for all functions which name none.
pub(super) const ROLE: &str = "IamRoleLambdaExecution";

/// Who may take such a role on.
const TRUST: &str = r#"{"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;

/// What is permitted: the list of statements, and the list of policies that AWS manages.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Permissions<'a> {
    statements: Option<View<'a>>,
    managed: Option<View<'a>>,
}

impl<'a> Permissions<'a> {
    /// Where they are written; none if nothing is.
    fn first(self) -> Option<View<'a>> {
        self.statements.or(self.managed)
    }
}

/// A role that is yet to be written.
#[derive(Debug)]
pub(super) struct Role<'a> {
    name: String,
    permissions: Vec<Permissions<'a>>,
}

/// What the role of a function is called: `HelloIamRoleLambdaExecution`.
pub(super) fn of_function(function: &str) -> String {
    let spelt = function.replace('-', "Dash").replace('_', "Underscore");
    let mut rest = spelt.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).chain(ROLE.chars()).collect()
}

impl<'a> Resolver<'a, '_> {
    /// The role of the provider, unless it names one that is there already.
    pub(super) fn shared_role(&mut self) {
        let provider = self.known(self.root.get("provider"));
        if self.named_role(provider).is_none() {
            self.permissions = self.permissions_of(provider);
            self.add_role(ROLE.to_owned(), vec![self.permissions]);
        }
    }

    /// A role with these permissions; none if it has no permission.
    pub(super) fn add_role(&mut self, name: String, permissions: Vec<Permissions<'a>>) {
        if permissions.iter().any(|one| one.first().is_some()) {
            self.roles.push(Role { name, permissions });
        }
    }

    /// What a provider or a function permits. Lists that nobody can know are said.
    pub(super) fn permissions_of(&mut self, of: Option<View<'a>>) -> Permissions<'a> {
        let iam = self.part(of, "iam");
        let role = self.part(iam, "role");
        let statements = self.part(role, "statements");
        let statements = statements.or_else(|| self.part(of, "iamRoleStatements"));
        let managed = self.part(role, "managedPolicies");
        let managed = managed.or_else(|| self.part(of, "iamManagedPolicies"));
        // A whole that nobody knows stands for both of its parts, and is said once.
        let is_other = |view: &View<'a>| statements.is_none_or(|one| one.id() != view.id());
        Permissions {
            statements: self.listed(statements),
            managed: self.listed(managed.filter(is_other)),
        }
    }

    fn listed(&mut self, written: Option<View<'a>>) -> Option<View<'a>> {
        let found = self.section(written)?;
        if !found.is_sequence() {
            self.refuse(found, "the permissions of a role are no list");
            return None;
        }
        Some(found)
    }

    /// The roles, as resources of the template.
    pub(super) fn put_roles(&mut self) {
        for role in std::mem::take(&mut self.roles) {
            self.put_role(&role);
        }
    }

    fn put_role(&mut self, role: &Role<'a>) {
        let first = role.permissions.iter().find_map(|one| one.first());
        let origin = first.unwrap_or(self.root).origin();
        self.builder
            .key_as(&role.name, first.and_then(View::key_span));
        self.builder.open(Kind::Mapping, origin);
        self.builder.key("Type").string("AWS::IAM::Role", origin);
        self.builder.key("Properties");
        self.builder.open(Kind::Mapping, origin);
        if let Ok(trust) = json::parse(TRUST) {
            self.builder
                .key("AssumeRolePolicyDocument")
                .value(&trust, origin);
        }
        let statements = role.permissions.iter().filter_map(|one| one.statements);
        self.put_list("Policies", statements.collect(), Self::put_policy);
        let managed = role.permissions.iter().filter_map(|one| one.managed);
        let managed = managed.flat_map(View::items).collect();
        self.put_list("ManagedPolicyArns", managed, Self::put_managed);
        self.builder.close();
        self.builder.close();
    }

    /// A list under a key, each of its items written in the same way.
    fn put_list(&mut self, key: &str, items: Vec<View<'a>>, put: fn(&mut Self, View<'a>)) {
        let Some(first) = items.first() else { return };
        self.builder.key_as(key, first.key_span());
        self.builder.open(Kind::Sequence, first.origin());
        items.into_iter().for_each(|item| put(self, item));
        self.builder.close();
    }

    /// A policy of one list of statements.
    fn put_policy(&mut self, statements: View<'a>) {
        let origin = statements.origin();
        self.builder.open(Kind::Mapping, origin);
        self.builder.key("PolicyDocument");
        self.builder.open(Kind::Mapping, origin);
        self.builder.key_as("Statement", statements.key_span());
        self.builder.open(Kind::Sequence, origin);
        for item in statements.items() {
            self.put_statement(item);
        }
        self.builder.close();
        self.builder.close();
        self.builder.close();
    }

    /// A statement. What of it nobody can know is said.
    fn put_statement(&mut self, item: View<'a>) {
        let Some(statement) = self.section(Some(item)) else {
            return;
        };
        if !statement.is_mapping() {
            self.refuse(item, "a statement of a role that is no mapping");
            return;
        }
        for (_, value) in statement.entries() {
            let is_list = value.is_sequence();
            let alone = (!is_list).then_some(value);
            for part in value.items().chain(alone) {
                // CloudFormation fills in its own: `${AWS::AccountId}`.
                let is_own = part.raw().is_some_and(|text| text.starts_with("${AWS::"));
                if !is_own && matches!(self.evaluator.node(part, 0), Found::Unknown) {
                    self.unread(part);
                }
            }
        }
        self.put(item, 8);
    }

    fn put_managed(&mut self, policy: View<'a>) {
        if self.section(Some(policy)).is_some() {
            self.put(policy, 6);
        }
    }
}
