//! The authority of a URL: user, host and port.

use super::escape::{Part, unescape};
use crate::builtins::golang::{quote, tail};
use crate::builtins::net::check_address;

/// The user of an authority as it is written, and the host unescaped; brackets and port stay. The error is in Go's
/// words.
pub(super) fn of_authority(
    scheme: &str,
    authority: &str,
) -> Result<(Option<String>, String), String> {
    let Some((user, rest)) = authority.rsplit_once('@') else {
        return Ok((None, host(scheme, authority)?));
    };
    let host = host(scheme, rest)?;
    check_user(user)?;
    Ok((Some(user.to_owned()), host))
}

fn check_user(user: &str) -> Result<(), String> {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !user.bytes().all(valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    unescape(name, Part::User)?;
    unescape(password, Part::User)?;
    Ok(())
}

fn host(scheme: &str, text: &str) -> Result<String, String> {
    match text.rfind('[') {
        Some(0) => return literal(text),
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    if let Some(first) = text.find(':') {
        let last = text.rfind(':').unwrap_or(first);
        // Several databases list hosts with their ports; only HTTP is strict about colons.
        let strict = scheme == "http" || scheme == "https";
        check_port(tail(text, if strict { first } else { last }))?;
    }
    unescape(text, Part::Host)
}

/// An address of IP version 6 in brackets.
fn literal(text: &str) -> Result<String, String> {
    let close = text.rfind(']').ok_or("missing ']' in host")?;
    let port = tail(text, close + 1);
    check_port(port)?;
    let port = unescape(port, Part::Host)?;
    let inner = text.get(1..close).unwrap_or_default();
    let address = match inner.find("%25") {
        Some(zone) => {
            let address = unescape(inner.get(..zone).unwrap_or_default(), Part::Host)?;
            format!("{address}{}", unescape(tail(inner, zone), Part::Zone)?)
        }
        None => unescape(inner, Part::Host)?,
    };
    let version_4 = check_address(&address).map_err(|text| format!("invalid host: {text}"))?;
    if version_4 {
        return Err("invalid IP-literal".to_owned());
    }
    Ok(format!("[{address}]{port}"))
}

fn check_port(text: &str) -> Result<(), String> {
    if is_port(text) {
        Ok(())
    } else {
        Err(format!("invalid port {} after host", quote(text)))
    }
}

/// Nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_digit()),
        None => text.is_empty(),
    }
}

/// The host without its brackets, and the port.
pub(super) fn split(text: &str) -> (&str, &str) {
    let (host, port) = match text.rfind(':').filter(|colon| is_port(tail(text, *colon))) {
        Some(colon) => (text.get(..colon).unwrap_or_default(), tail(text, colon + 1)),
        None => (text, ""),
    };
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    (bare.unwrap_or(host), port)
}
