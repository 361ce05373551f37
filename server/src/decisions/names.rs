//! Which names belong to secrets, and which texts are secrets by themselves.
//!
//! More is taken for a secret here than rules would report: what is hidden in vain costs a reader little.

/// What ends a word of a secret's name: `TOKEN` is found in `API_TOKEN` and in `apiToken`, not in `TOKENIZER_MODEL`.
const TERMS: &[&str] = &[
    "PASSWORD_",
    "PASSWORDS_",
    "PASSWD_",
    "PASSPHRASE_",
    "_PASS_",
    "_PWD_",
    "SECRET_",
    "SECRETKEY_",
    "SECRET_KEY_",
    "TOKEN_",
    "CREDENTIAL_",
    "CREDENTIALS_",
    "_CREDS_",
    "APIKEY_",
    "APIKEYS_",
    "API_KEY_",
    "API_KEYS_",
    "ACCESSKEY_",
    "ACCESS_KEY_",
    "ACCOUNT_KEY_",
    "AUTHKEY_",
    "AUTH_KEY_",
    "ENCRYPTION_KEY_",
    "MASTER_KEY_",
    "PRIVATEKEY_",
    "PRIVATE_KEY_",
    "SIGNING_KEY_",
    "CONNECTIONSTRING_",
    "CONNECTION_STRING_",
    "CONN_STR_",
];

/// What the whole name ends in: headers that say who somebody is.
const LAST: &[&str] = &["AUTHORIZATION_", "COOKIE_"];

/// What begins the value of a header that says who somebody is.
const SCHEMES: &[&str] = &["Bearer ", "Basic ", "bearer ", "basic "];

/// Whether what has this name is a secret.
pub(super) fn names_secret(name: &str) -> bool {
    let words = words(name);
    TERMS.iter().any(|term| words.contains(*term)) || LAST.iter().any(|term| words.ends_with(*term))
}

/// The words of `app.api-key` are `_APP_API_KEY_`, and of `dbPass` `_DB_PASS_`.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    words.push('_');
    let mut was_small = false;
    for (at, character) in name.char_indices() {
        let ends_name = || {
            let rest = name.get(at..).unwrap_or_default();
            matches!(rest, "Pass" | "Pwd" | "Creds")
        };
        if was_small && character.is_ascii_uppercase() && ends_name() {
            words.push('_');
        }
        was_small = character.is_ascii_lowercase() || character.is_ascii_digit();
        match character {
            '-' | '.' | '/' | ' ' => words.push('_'),
            _ => words.push(character.to_ascii_uppercase()),
        }
    }
    words.push('_');
    words
}

/// Whether a text is a secret, whatever it is called.
pub(super) fn is_secret(text: &str) -> bool {
    text.contains("PRIVATE KEY-----")
        || SCHEMES.iter().any(|scheme| text.starts_with(*scheme))
        || has_password(text)
}

/// Whether it is a URL with a password in it.
fn has_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        user.and_then(|user| user.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
    })
}

/// The value of `NAME=value` and `--name=value`, where the name is that of a secret.
pub(super) fn assigned(text: &str) -> Option<&str> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim_start_matches('-');
    let is_name = !name.contains(char::is_whitespace);
    (is_name && !value.is_empty() && names_secret(name)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::{assigned, is_secret, names_secret};

    #[test]
    fn a_secret_is_told_by_its_name() {
        for name in [
            "DB_PASSWORD",
            "apiToken",
            "dbPass",
            "api-key",
            "token",
            "aws.secret-access-key",
            "Authorization",
            "Proxy-Authorization",
            "set-cookie",
        ] {
            assert!(names_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_are_no_secrets() {
        for name in [
            "TOKENIZER_MODEL",
            "secretName",
            "imagePullSecrets",
            "compass",
            "authorization-mode",
            "path",
            "name",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }

    #[test]
    fn some_texts_are_secrets_whatever_their_name() {
        assert!(is_secret("Bearer abcdef"));
        assert!(is_secret("postgres://shop:hunter2@db/shop"));
        assert!(is_secret("-----BEGIN EC PRIVATE KEY-----\nMHc"));
        assert!(!is_secret("https://example.com/a:b@c"));
        assert!(!is_secret("https://user@example.com"));
        assert!(!is_secret("a bearer of news"));
    }

    #[test]
    fn an_assignment_has_its_value_hidden() {
        assert_eq!(assigned("--token=hunter2"), Some("hunter2"));
        assert_eq!(assigned("DB_PASSWORD=a=b"), Some("a=b"));
        assert_eq!(assigned("--replicas=3"), None);
        assert_eq!(assigned("if the token = x"), None);
    }
}
