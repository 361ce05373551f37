//! Who may call an operation: its security requirements, and the schemes that they name.
//!
//! Requirements are alternatives, so that the weakest of them counts. The schemes of one requirement apply together, so
//! that the strongest of them counts.

use super::Report;
use super::reference::Contract;
use crate::estate::Model;
use crate::tree::{NodeId, Origin, View};

/// Ways to say who one is, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Authentication {
    Open,
    ApiKey,
    Custom,
    Jwt,
    Iam,
}

impl Authentication {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "none",
            Self::ApiKey => "api_key",
            Self::Custom => "custom",
            Self::Jwt => "jwt",
            Self::Iam => "iam",
        }
    }
}

/// Types of schemes. Those of the type `http` differ.
const TYPES: &[(&str, Option<Authentication>)] = &[
    ("apiKey", Some(Authentication::ApiKey)),
    ("basic", Some(Authentication::Custom)),
    ("http", None),
    ("mutualTLS", Some(Authentication::Iam)),
    ("oauth2", Some(Authentication::Jwt)),
    ("openIdConnect", Some(Authentication::Jwt)),
];

/// What an API gateway of AWS makes of a scheme that is declared as an API key.
const GATEWAY_TYPES: &[(&str, Authentication)] = &[
    ("awsSigv4", Authentication::Iam),
    ("cognito_user_pools", Authentication::Jwt),
    ("custom", Authentication::Custom),
];

/// Why nobody knows who may call.
const WHY: &str = "a security scheme cannot be read";

/// `authentication`: what the operation requires, or else the document. Nothing required is `none`.
pub(super) fn authentication<'a>(model: &mut Model, contract: Contract<'a>, operation: View<'a>) {
    let own = contract.get(operation, "security");
    let Some(security) = own.or_else(|| contract.get(contract.root, "security")) else {
        let under = operation.id();
        let none = Authentication::Open.as_str();
        model.text("authentication", none, Origin::Default { under });
        return;
    };
    match weakest(contract, security) {
        Some((weakest, from)) => {
            model.text("authentication", weakest.as_str(), Origin::Derived { from });
        }
        None => model.unknown("authentication", WHY, security.id()),
    }
}

/// The weakest alternative, and where it stands; none if one cannot be read that may be the weakest.
fn weakest<'a>(contract: Contract<'a>, security: View<'a>) -> Option<(Authentication, NodeId)> {
    if !security.is_sequence() {
        return None;
    }
    let alternatives: Vec<_> = security
        .items()
        .map(|requirement| strongest(contract, requirement))
        .collect();
    if alternatives.is_empty() {
        return Some((Authentication::Open, security.id()));
    }
    let mut known = alternatives.iter().flatten();
    let open = known.find(|(found, _)| *found == Authentication::Open);
    if let Some(open) = open {
        return Some(*open);
    }
    let all: Option<Vec<_>> = alternatives.into_iter().collect();
    all?.into_iter().min_by_key(|(found, _)| *found)
}

/// The strongest scheme of a requirement, and where it stands. A requirement of nothing is met by anybody.
fn strongest<'a>(
    contract: Contract<'a>,
    requirement: View<'a>,
) -> Option<(Authentication, NodeId)> {
    if requirement.is_mapping() && requirement.entries().next().is_none() {
        return Some((Authentication::Open, requirement.id()));
    }
    requirement
        .entries()
        .filter_map(|(name, scopes)| {
            let scheme = contract.get(section(contract)?, name)?;
            Some((of_scheme(contract, scheme)?, scopes.id()))
        })
        .max_by_key(|(found, _)| *found)
}

fn of_scheme<'a>(contract: Contract<'a>, scheme: View<'a>) -> Option<Authentication> {
    let word = |key: &str| contract.get(scheme, key).and_then(View::raw);
    if let Some(kind) = word("x-amazon-apigateway-authtype") {
        let known = GATEWAY_TYPES.iter().find(|(name, _)| *name == kind);
        if let Some((_, found)) = known {
            return Some(*found);
        }
    }
    let kind = word("type")?;
    let (_, found) = TYPES.iter().find(|(name, _)| *name == kind)?;
    found.or_else(|| {
        let bearer = word("scheme")?.eq_ignore_ascii_case("bearer");
        Some(if bearer {
            Authentication::Jwt
        } else {
            Authentication::Custom
        })
    })
}

/// Where a document declares its schemes.
fn section(contract: Contract<'_>) -> Option<View<'_>> {
    let components = contract.get(contract.root, "components");
    components
        .and_then(|components| contract.get(components, "securitySchemes"))
        .or_else(|| contract.get(contract.root, "securityDefinitions"))
}

/// Says which types of schemes there are not.
pub(super) fn check_schemes(contract: Contract<'_>, report: &mut Report<'_>) {
    let schemes = section(contract).into_iter();
    for (_, scheme) in schemes.flat_map(|section| contract.entries(section)) {
        let Some(kind) = contract.get(scheme, "type") else {
            continue;
        };
        let text = kind.raw().unwrap_or_default();
        if TYPES.iter().all(|(name, _)| *name != text) {
            report.error(
                kind.id(),
                format!("there is no type `{}` of security schemes", text.escape_debug()),
                "it is one of `apiKey`, `http`, `mutualTLS`, `oauth2` and `openIdConnect`; `basic` in 2.0",
            );
        }
    }
}

/// Says which requirements at a level cannot be read, and which schemes they name that are not declared.
pub(super) fn check<'a>(contract: Contract<'a>, level: View<'a>, report: &mut Report<'_>) {
    let Some(security) = contract.get(level, "security") else {
        return;
    };
    if !security.is_sequence() {
        report.error(
            security.id(),
            "`security` is no list".to_owned(),
            "write a list of requirements, each a mapping of a scheme to its scopes",
        );
    }
    for requirement in security.items() {
        if !requirement.is_mapping() {
            report.error(
                requirement.id(),
                "a security requirement that is no mapping".to_owned(),
                "write `scheme: []`",
            );
        }
        for (name, scopes) in requirement.entries() {
            if !is_declared(contract, name) {
                report.error(
                    scopes.id(),
                    format!("the security scheme `{}` is not declared", name.escape_debug()),
                    "declare it under `components.securitySchemes`, or `securityDefinitions` in 2.0",
                );
            }
        }
    }
}

/// Whether a scheme is declared, or may be in another file.
fn is_declared(contract: Contract<'_>, name: &str) -> bool {
    let components = contract.get(contract.root, "components");
    let elsewhere = |view: View<'_>| contract.resolved(view).is_none();
    match section(contract) {
        Some(section) => contract.get(section, name).is_some() || elsewhere(section),
        None => components.is_some_and(elsewhere),
    }
}
