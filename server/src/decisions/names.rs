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
    // To look at the end of each word costs less than to look for each term.
    let mut ends = words.match_indices('_').map(|(at, _)| at + 1);
    let is_term = |end: usize| {
        let until = words.get(..end).unwrap_or_default();
        TERMS.iter().any(|term| until.ends_with(*term))
    };
    ends.any(is_term) || LAST.iter().any(|term| words.ends_with(*term))
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

/// What may stand around a value on its line.
const AROUND: [char; 7] = [' ', '\t', '\r', '\n', '"', '\'', ','];

/// A line that gives a value to the name of a secret, as `--token=...` and `password: ...` do: what stands before the
/// value, the value, and what stands behind it.
pub(super) fn assignment(line: &str) -> Option<(&str, &str, &str)> {
    ["=", ": "].into_iter().find_map(|sign| {
        let (name, rest) = line.split_once(sign)?;
        let name = name.trim_end().rsplit(char::is_whitespace).next()?;
        if !names_secret(name.trim_matches(['"', '\'', '-'])) {
            return None;
        }
        let rest = rest.trim_start_matches(AROUND);
        let value = rest.trim_end_matches(AROUND);
        let before = line.strip_suffix(rest)?;
        let behind = rest.strip_prefix(value)?;
        (!value.is_empty()).then_some((before, value, behind))
    })
}

#[cfg(test)]
mod tests {
    use super::{assignment, is_secret, names_secret};

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
    fn the_value_of_an_assignment_is_told_from_what_is_around_it() {
        for (line, parts) in [
            ("--token=hunter2", ("--token=", "hunter2", "")),
            ("export DB_PASSWORD=a=b", ("export DB_PASSWORD=", "a=b", "")),
            (
                "db.password = hunter2\n",
                ("db.password = ", "hunter2", "\n"),
            ),
            (
                "  \"apiKey\": \"x y\",\n",
                ("  \"apiKey\": \"", "x y", "\",\n"),
            ),
        ] {
            assert_eq!(assignment(line), Some(parts), "{line}");
        }
    }

    #[test]
    fn other_lines_assign_no_secret() {
        for line in [
            "--replicas=3",
            "registry.example.com/token:v1",
            "password:",
            "mode: fast",
            "",
        ] {
            assert_eq!(assignment(line), None, "{line}");
        }
    }
}
