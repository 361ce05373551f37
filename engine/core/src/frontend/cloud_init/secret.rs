//! Passwords and keys that user data gives to users and to the machine.

use crate::frontend::environment::Variable;
use crate::tree::View;

/// Keys of a user that hold a password or its hash.
const PASSWORDS: &[&str] = &["passwd", "hashed_passwd", "plain_text_passwd"];

/// Passwords of users by the user's name, and the private keys of the machine.
pub(super) fn variables(root: View<'_>) -> Vec<Variable> {
    let mut variables = Vec::new();
    variables.extend(literal("password".to_owned(), root.get("password")));
    for (name, user) in users(root) {
        for key in PASSWORDS {
            variables.extend(literal(format!("users.{name}.{key}"), user.get(key)));
        }
    }
    if let Some(changes) = root.get("chpasswd") {
        variables.extend(changed(changes));
        variables.extend(listed(changes));
    }
    for (key, value) in root.get("ssh_keys").into_iter().flat_map(View::entries) {
        if key.ends_with("_private") {
            variables.extend(literal(format!("ssh_keys.{key}"), Some(value)));
        }
    }
    variables
}

/// The users of a list, of a mapping by name, and the one that stands alone.
fn users(root: View<'_>) -> Vec<(&str, View<'_>)> {
    let written = root.get("users");
    let listed = written
        .into_iter()
        .flat_map(View::items)
        .chain(root.get("user"))
        .filter(|user| user.is_mapping())
        .map(|user| (name(user), user));
    listed
        .chain(written.into_iter().flat_map(View::entries))
        .collect()
}

fn name(user: View<'_>) -> &str {
    user.get("name").and_then(View::raw).unwrap_or("_")
}

/// `chpasswd.users`: a user without a password, or of the type `RANDOM`, is given one that nobody wrote.
fn changed(changes: View<'_>) -> Vec<Variable> {
    let users = changes.get("users").into_iter().flat_map(View::items);
    users
        .filter_map(|user| {
            let name = format!("chpasswd.{}.password", name(user));
            literal(name, user.get("password"))
        })
        .collect()
}

/// `chpasswd.list`: `name:password`, as lines of a text or as a list.
fn listed(changes: View<'_>) -> Vec<Variable> {
    let Some(list) = changes.get("list") else {
        return Vec::new();
    };
    let texts = std::iter::once(list).chain(list.items());
    texts
        .filter_map(|text| Some((text, text.raw()?)))
        .flat_map(|(text, lines)| lines.lines().map(move |line| (text, line)))
        .filter_map(|(text, line)| {
            let (name, password) = line.trim().split_once(':')?;
            let is_random = matches!(password, "R" | "RANDOM");
            (!is_random).then(|| Variable {
                name: format!("chpasswd.{name}.password"),
                value: Some(password.to_owned()),
                from: text.id(),
            })
        })
        .collect()
}

fn literal(name: String, written: Option<View<'_>>) -> Option<Variable> {
    let written = written?;
    Some(Variable {
        name,
        value: Some(written.raw()?.to_owned()),
        from: written.id(),
    })
}
