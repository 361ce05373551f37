//! URLs in parts, read, resolved and written as Go's `net/url` does.

use super::escape::{Part, escape, escape_bytes, unescape, unescape_bytes};
use super::host;
use crate::builtins::golang::{lossy, quote, tail};

/// A URL or a reference relative to one.
#[derive(Debug, Clone, Default)]
pub(in crate::builtins) struct Url {
    pub(in crate::builtins) scheme: String,
    /// What follows a scheme without a slash.
    opaque: String,
    user: Option<String>,
    /// The host with its port, unescaped.
    pub(in crate::builtins) host: String,
    pub(in crate::builtins) path: String,
    /// The path as it is written, if that is not how it would be escaped.
    pub(super) raw_path: String,
    pub(super) query: String,
    empty_query: bool,
    /// What follows a `#`, unescaped.
    pub(in crate::builtins) fragment: String,
    raw_fragment: String,
    no_authority: bool,
}

impl Url {
    /// Reads a URL. The error is in Go's words.
    pub(in crate::builtins) fn parse(text: &str) -> Result<Self, String> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let failed = |what: &str, problem: String| format!("parse {}: {problem}", quote(what));
        let mut url = Self::without_fragment(before).map_err(|problem| failed(before, problem))?;
        if !fragment.is_empty() {
            url.fragment =
                unescape(fragment, Part::Fragment).map_err(|problem| failed(text, problem))?;
            let usual = escape(&url.fragment, Part::Fragment) == fragment;
            url.raw_fragment = if usual {
                String::new()
            } else {
                fragment.to_owned()
            };
        }
        Ok(url)
    }

    fn without_fragment(text: &str) -> Result<Self, String> {
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        if text == "*" {
            return Ok(Self {
                path: "*".to_owned(),
                ..Self::default()
            });
        }
        let (scheme, rest) = scheme(text)?;
        let mut url = Self {
            scheme: scheme.to_ascii_lowercase(),
            ..Self::default()
        };
        let rest = url.take_query(rest);
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                rest.clone_into(&mut url.opaque);
                return Ok(url);
            }
            if rest
                .split('/')
                .next()
                .is_some_and(|segment| segment.contains(':'))
            {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let rest = url.take_authority(rest)?;
        url.set_path(rest)?;
        Ok(url)
    }

    fn take_query<'text>(&mut self, rest: &'text str) -> &'text str {
        match rest.split_once('?') {
            Some((before, "")) => {
                self.empty_query = true;
                before
            }
            Some((before, query)) => {
                query.clone_into(&mut self.query);
                before
            }
            None => rest,
        }
    }

    fn take_authority<'text>(&mut self, rest: &'text str) -> Result<&'text str, String> {
        let has_scheme = !self.scheme.is_empty();
        let authority = rest
            .strip_prefix("//")
            .filter(|_| has_scheme || !rest.starts_with("///"));
        let Some(authority) = authority else {
            self.no_authority = has_scheme && rest.starts_with('/');
            return Ok(rest);
        };
        let end = authority.find('/').unwrap_or(authority.len());
        let (user, host) =
            host::of_authority(&self.scheme, authority.get(..end).unwrap_or_default())?;
        self.user = user;
        self.host = host;
        Ok(tail(authority, end))
    }

    fn set_path(&mut self, written: &str) -> Result<(), String> {
        let path = unescape_bytes(written, Part::Path)?;
        let usual = escape_bytes(&path, Part::Path) == written;
        self.path = lossy(&path);
        self.raw_path = if usual {
            String::new()
        } else {
            written.to_owned()
        };
        Ok(())
    }

    fn escaped_path(&self) -> String {
        if !self.raw_path.is_empty() && valid_encoded(&self.raw_path, Part::Path) {
            return self.raw_path.clone();
        }
        if self.path == "*" {
            "*".to_owned()
        } else {
            escape(&self.path, Part::Path)
        }
    }

    fn escaped_fragment(&self) -> String {
        if !self.raw_fragment.is_empty() && valid_encoded(&self.raw_fragment, Part::Fragment) {
            return self.raw_fragment.clone();
        }
        escape(&self.fragment, Part::Fragment)
    }

    /// The same URL without its fragment.
    #[must_use]
    pub(in crate::builtins) fn whole_document(&self) -> Self {
        Self {
            fragment: String::new(),
            raw_fragment: String::new(),
            ..self.clone()
        }
    }

    /// What a reference means when it is read in a document at this URL.
    pub(in crate::builtins) fn resolve(&self, reference: &Self) -> Self {
        let mut url = reference.clone();
        if reference.scheme.is_empty() {
            url.scheme.clone_from(&self.scheme);
        }
        if !reference.scheme.is_empty() || !reference.host.is_empty() || reference.user.is_some() {
            url.set_resolved_path(&reference.escaped_path(), "");
            return url;
        }
        if !reference.opaque.is_empty() {
            return url;
        }
        if reference.path.is_empty() && !reference.empty_query && reference.query.is_empty() {
            url.query.clone_from(&self.query);
            if reference.fragment.is_empty() {
                url.fragment.clone_from(&self.fragment);
                url.raw_fragment.clone_from(&self.raw_fragment);
            }
        }
        if reference.path.is_empty() && !self.opaque.is_empty() {
            url.opaque.clone_from(&self.opaque);
            return url;
        }
        url.host.clone_from(&self.host);
        url.user.clone_from(&self.user);
        url.set_resolved_path(&self.escaped_path(), &reference.escaped_path());
        url
    }

    fn set_resolved_path(&mut self, base: &str, reference: &str) {
        // What has been escaped can be unescaped again.
        let _ = self.set_path(&resolved_path(base, reference));
    }

    fn authority(&self) -> String {
        let stated = !(self.scheme.is_empty() && self.host.is_empty() && self.user.is_none());
        let omitted = self.no_authority && self.host.is_empty() && self.user.is_none();
        if !stated || omitted {
            return String::new();
        }
        let slashes = !(self.host.is_empty() && self.path.is_empty() && self.user.is_none());
        let user = self
            .user
            .as_ref()
            .map(|user| format!("{user}@"))
            .unwrap_or_default();
        format!(
            "{}{user}{}",
            if slashes { "//" } else { "" },
            escape(&self.host, Part::Host)
        )
    }
}

/// Go's spelling.
impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        if !self.opaque.is_empty() {
            f.write_str(&self.opaque)?;
        } else {
            let authority = self.authority();
            let path = self.escaped_path();
            f.write_str(&authority)?;
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                f.write_str("/")?;
            }
            let first = path.split('/').next().unwrap_or_default();
            if self.scheme.is_empty() && authority.is_empty() && first.contains(':') {
                f.write_str("./")?;
            }
            f.write_str(&path)?;
        }
        if self.empty_query || !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        if !self.fragment.is_empty() {
            write!(f, "#{}", self.escaped_fragment())?;
        }
        Ok(())
    }
}

/// The scheme, if there is one, and what follows it.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((text.get(..at).unwrap_or_default(), tail(text, at + 1))),
            _ => break,
        }
    }
    Ok(("", text))
}

/// Whether nothing in an escaped text needs escaping.
fn valid_encoded(text: &str, part: Part) -> bool {
    text.bytes()
        .all(|byte| b"!$&'()*+,;=:@[]%".contains(&byte) || !part.escapes(byte))
}

/// A path relative to another, without `.` and `..`.
fn resolved_path(base: &str, reference: &str) -> String {
    let full = if reference.is_empty() {
        base.to_owned()
    } else if reference.starts_with('/') {
        reference.to_owned()
    } else {
        let directory = base
            .rfind('/')
            .and_then(|slash| base.get(..=slash))
            .unwrap_or_default();
        format!("{directory}{reference}")
    };
    if full.is_empty() {
        return full;
    }
    let mut path = "/".to_owned();
    let mut first = true;
    for segment in full.split('/') {
        match segment {
            "." => first = false,
            ".." => {
                let parent = tail(&path, 1).rfind('/').map_or(1, |slash| slash + 1);
                path.truncate(parent);
                first = path.len() == 1;
            }
            _ => {
                if !first {
                    path.push('/');
                }
                path.push_str(segment);
                first = false;
            }
        }
    }
    if matches!(full.rsplit('/').next(), Some("." | "..")) {
        path.push('/');
    }
    match path.strip_prefix('/') {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        _ => path,
    }
}
