//! Virtual machines, on any cloud: what they are started with.

use super::WHY;
use super::declared::{Declared, Path, each};
use super::document::{only_expression, spelt};
use super::variables::{Given, Variable, env_and};
use crate::estate::{Entity, Model};
use crate::frontend::shared;
use crate::frontend::words::words;
use crate::tree::{NodeId, Origin, View};

/// Where a type of machine says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) name: Path,
    pub(in crate::frontend) tags: Path,
    pub(in crate::frontend) region: Path,
    pub(in crate::frontend) os: Option<&'static str>,
    /// Whom it acts as.
    pub(in crate::frontend) identity: Path,
    /// What it runs when it first starts: texts, or the same in base64.
    pub(in crate::frontend) scripts: &'static [Path],
    /// Passwords that it is given, and the names of them.
    pub(in crate::frontend) passwords: &'static [(&'static str, Path)],
    /// Where it has an address on the internet, if a cloud says that with the machine.
    pub(in crate::frontend) public: Path,
    /// The service that tells a machine who it is: the settings of AWS.
    pub(in crate::frontend) metadata: Path,
    pub(in crate::frontend) metadata_keys: Option<(Path, Path, Path)>,
}

/// The workload that a machine is.
pub(in crate::frontend) fn machine(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    declared.workload(declared.at(spelling.name), |model| {
        let default = declared.default();
        shared::tags(model, declared.at(spelling.tags));
        model.object(Some("runtime"), declared.under, |model| {
            model.text("form", "vm", default);
            if let Some(os) = spelling.os {
                model.text("os", os, default);
            }
        });
        let region = declared.region(spelling.region);
        model.object(Some("placement"), declared.under, |model| {
            declared.known(model, "region", region, Model::copy);
        });
        let identity = declared.at(spelling.identity);
        if let Some(identity) = identity {
            model.object(Some("identity"), identity.id(), |model| {
                declared.reference(model, "name", Some(identity));
            });
        }
        network(model, declared, spelling);
        isolation(model, declared, spelling);
        container(model, declared, spelling);
    })
}

/// Every machine of a cloud is in a network of its own; some have an address on the internet besides.
fn network(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    model.object(Some("network"), declared.under, |model| {
        model.truth("vpc", true, declared.default());
        let Some(public) = declared.at(spelling.public) else {
            return;
        };
        if public.is_mapping() || public.is_sequence() {
            model.truth("public", true, Origin::Derived { from: public.id() });
        } else {
            declared.truth_or(model, "public", Some(public), false);
        }
    });
}

/// `isolation.metadata_tokens`: whether the metadata of a machine are given out to whoever holds a token alone.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>
fn isolation(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    let Some((endpoint, tokens, hops)) = spelling.metadata_keys else {
        return;
    };
    let written = declared.at(spelling.metadata);
    let at = |path: Path| super::dig(written?, path);
    let (endpoint, tokens) = (at(endpoint), at(tokens));
    let is_off = endpoint.and_then(View::raw) == Some("disabled");
    let from = written.map_or(declared.under, View::id);
    model.object(Some("isolation"), from, |model| {
        match tokens {
            Some(tokens) if declared.is_unknown(tokens) => {
                model.unknown("metadata_tokens", WHY, tokens.id());
            }
            tokens => {
                let required = is_off || tokens.and_then(View::raw) == Some("required");
                let said = tokens.or(endpoint);
                let origin = said.map_or(Origin::Default { under: from }, |view| Origin::Derived {
                    from: view.id(),
                });
                model.truth("metadata_tokens", required, origin);
            }
        }
        declared.known(model, "metadata_hops", at(hops), Model::integer);
    });
}

/// `user-data`: one container, so that a rule on variables judges scripts too.
fn container(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling) {
    let scripts: Vec<(String, NodeId)> = spelling
        .scripts
        .iter()
        .filter_map(|path| declared.at(path))
        .flat_map(each)
        .filter_map(|script| Some((text(&spelt(script)?), script.id())))
        .collect();
    // A script that is computed as a whole, or that is a function of anything but texts.
    let computed = scripts
        .iter()
        .find(|(script, _)| only_expression(script.trim()).is_some());
    let written = spelling.scripts.iter().find_map(|path| declared.at(path));
    let open = written.filter(|written| scripts.is_empty() && declared.is_unknown(*written));
    let unknown = computed.map(|(_, from)| *from).or(open.map(View::id));
    let assigned: Vec<(String, Option<String>, NodeId)> = scripts
        .iter()
        .flat_map(|(script, from)| {
            let set = script.lines().flat_map(exported);
            set.map(move |(name, value)| (name, value, *from))
        })
        .collect();
    let passwords = spelling.passwords.iter().filter_map(|(name, path)| {
        let written = declared.at(path)?;
        Some(Variable::written(declared, name, written, written.id()))
    });
    let of_scripts = assigned.iter().map(|(name, value, from)| Variable {
        name,
        given: value.as_deref().map_or(Given::Other, Given::Literal),
        from: *from,
    });
    let variables: Vec<Variable<'_>> = of_scripts.chain(passwords).collect();
    model.list("containers", declared.under, |model| {
        model.object(None, declared.under, |model| {
            model.text("name", "user-data", declared.default());
            model.text("role", "container", declared.default());
            env_and(model, declared.under, &variables, unknown);
        });
    });
}

/// A script, of one in base64 what it stands for.
fn text(written: &str) -> String {
    let is_one_word = !written.trim().contains(char::is_whitespace);
    let decoded = is_one_word.then(|| shared::base64(written)).flatten();
    decoded.unwrap_or_else(|| written.to_owned())
}

/// The variables that a line exports: `export KEY=value`. None for a value that is computed.
fn exported(line: &str) -> Vec<(String, Option<String>)> {
    let Some(line) = line.trim().strip_prefix("export ") else {
        return Vec::new();
    };
    let (assigned, _) = words(line);
    let mut settings = Vec::new();
    for assignment in &assigned {
        let assignment = assignment.split_once('=');
        let Some((name, value)) = assignment.filter(|(name, _)| is_variable(name)) else {
            break;
        };
        let value = value.trim_end_matches(';');
        settings.push((
            name.to_owned(),
            (!is_computed(value)).then(|| value.to_owned()),
        ));
    }
    settings
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A shell, or Terraform, puts something else in.
fn is_computed(value: &str) -> bool {
    value.contains(['$', '`'])
}
