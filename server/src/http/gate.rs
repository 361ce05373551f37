//! `POST /v1/check`: documents of any format, judged as `plumb check` judges files.
//!
//! What the documents say of themselves weakens nothing: only exceptions that the server was started with hold.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse as _, Response};
use plumbline_core::finding::Severity;
use plumbline_core::report;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::error::{Error, Fault, json};
use super::judge::{self, Case};
use super::{access, body, stamped};
use crate::auth::Scope;
use crate::clock;
use crate::pool::Refusal;
use crate::state::App;

/// What the path is called in metrics.
const PATH: &str = "/v1/check";
/// How long a check may take.
const TIME: Duration = Duration::from_secs(30);
/// How many files may be sent.
const MOST_FILES: usize = 1_000;
/// The header that says what the findings come to.
const VERDICT: &str = "x-plumbline-verdict";

/// Answers with the findings.
pub(super) async fn check(State(app): State<Arc<App>>, request: Request) -> Response {
    let arrived = clock::instant();
    let checked = checked(&app, request, arrived).await;
    let response = checked.unwrap_or_else(Error::into_response);
    let spent = clock::instant().saturating_duration_since(arrived);
    let code = response.status().as_u16();
    app.metrics.api_request(PATH, code, spent.as_secs_f64());
    response
}

async fn checked(app: &Arc<App>, request: Request, arrived: Instant) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    access::allow(&app.auth, &parts, Scope::Check)?;
    let asked = Asked::read(&parts.uri)?;
    let deadline = arrived + TIME;
    let most = app.config.limits.body_bytes;
    let body = body::read(&parts.headers, body, most, deadline).await?;
    let files = asked.files(&parts, &body)?;
    let active = app.policies.current();
    let judging = Arc::clone(&active);
    let case = Case {
        files,
        fail_on: asked.fail_on,
        may_be_empty: false,
    };
    let judge = move || {
        let left = deadline.saturating_duration_since(clock::instant());
        let settings = clock::settings(left * 9 / 10);
        judge::judge(&judging, case, &settings, |report| {
            (report::json::render(report), report.verdict)
        })
    };
    let pool = &app.pools.check;
    match pool.run(deadline, judge).await {
        Ok((report, verdict)) => {
            let mut response = json(report);
            let verdict = HeaderValue::from_static(verdict.as_str());
            response.headers_mut().insert(VERDICT, verdict);
            Ok(stamped(response, &active))
        }
        Err(Refusal::Full) => {
            app.metrics.shed(pool.name(), "full");
            Err(Error::new(Fault::Busy, "too many requests are waiting"))
        }
        Err(Refusal::Late) => {
            app.metrics.shed(pool.name(), "late");
            let message = "the documents could not be judged in time";
            Err(Error::new(Fault::Late, message))
        }
        Err(Refusal::Panicked) => {
            app.metrics.panicked(pool.name());
            let message = "the documents could not be judged";
            Err(Error::new(Fault::Broken, message))
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Parameters {
    filename: Option<String>,
    fail_on: Option<String>,
}

/// How documents are to be judged.
struct Asked {
    filename: Option<String>,
    fail_on: Severity,
}

impl Asked {
    fn read(uri: &Uri) -> Result<Self, Error> {
        let Query(Parameters { filename, fail_on }) =
            Query::try_from_uri(uri).map_err(|error| {
                let message = "expected `filename` and `fail-on`, each once at most";
                Error::new(Fault::Unreadable, message).because(error.body_text())
            })?;
        let fail_on = match fail_on {
            None => Severity::Info,
            Some(word) => Severity::parse(&word).ok_or_else(|| {
                let known = Severity::ALL.iter().copied().map(Severity::as_str);
                let known = known.collect::<Vec<_>>().join("`, `");
                let word = word.escape_debug();
                let message = format!("`fail-on`: `{word}` is none of `{known}`");
                Error::new(Fault::Unreadable, message)
            })?,
        };
        Ok(Self { filename, fail_on })
    }

    /// The files that were sent, by their names: several as JSON, or the text of one.
    fn files(&self, parts: &Parts, body: &[u8]) -> Result<Vec<(String, String)>, Error> {
        let text = std::str::from_utf8(body).map_err(|error| {
            let message = format!("the body is not UTF-8 after {} bytes", error.valid_up_to());
            Error::new(Fault::Unreadable, message)
        })?;
        if let Some(name) = &self.filename {
            return Ok(vec![(name.clone(), text.to_owned())]);
        }
        let kind = body::media_type(&parts.headers).unwrap_or_default();
        match kind.as_str() {
            "application/json" => several(text),
            "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml" => {
                Ok(vec![("body.yaml".to_owned(), text.to_owned())])
            }
            _ => {
                let message = "expected `application/json`, `application/yaml`, or a `filename` that says what is sent";
                Err(Error::new(Fault::MediaType, message))
            }
        }
    }
}

/// The files of `{"files": {NAME: TEXT}}`. Any other JSON is a document itself.
fn several(text: &str) -> Result<Vec<(String, String)>, Error> {
    let one = || Ok(vec![("body.json".to_owned(), text.to_owned())]);
    let Ok(Keys(keys)) = serde_json::from_str(text) else {
        return one();
    };
    if keys != ["files"] {
        return one();
    }
    let sent: Sent = serde_json::from_str(text).map_err(|error| {
        let message = "expected `{\"files\": {NAME: TEXT}}`, each name once";
        let (line, column) = (error.line(), error.column());
        Error::new(Fault::Unreadable, message).because(format!("it is not so at {line}:{column}"))
    })?;
    if sent.files.0.len() > MOST_FILES {
        let message = format!("there are more than {MOST_FILES} files");
        return Err(Error::new(Fault::TooLarge, message));
    }
    Ok(sent.files.0)
}

#[derive(Deserialize)]
struct Sent {
    files: Files,
}

/// Texts by their names, of which none stands twice: nobody could say which one was meant.
struct Files(Vec<(String, String)>);

/// The keys of an object.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut files = deserializer.deserialize_map(Entries::<String>::new())?;
        files.sort();
        let mut pairs = files.windows(2);
        let is_twice = |pair: &[(String, String)]| matches!(pair, [one, next] if one.0 == next.0);
        if pairs.any(is_twice) {
            return Err(D::Error::custom("a name is given twice"));
        }
        Ok(Self(files))
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = deserializer.deserialize_map(Entries::<IgnoredAny>::new())?;
        Ok(Self(entries.into_iter().map(|(key, _)| key).collect()))
    }
}

/// The entries of an object, all of them.
struct Entries<T>(std::marker::PhantomData<T>);

impl<T> Entries<T> {
    fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = Vec<(String, T)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_FILES, several};

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let files = several(text).unwrap();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        assert_eq!(files, expected);
    }

    #[test]
    fn files_are_sent_by_their_names() {
        check(
            r#"{"files": {"b.yaml": "b", "a.yaml": "a"}}"#,
            &[("a.yaml", "a"), ("b.yaml", "b")],
        );
        check(r#"{"files": {}}"#, &[]);
    }

    #[test]
    fn any_other_json_is_a_document() {
        for text in ["{}", "[]", "1", "{", r#"{"files": {}, "kind": "x"}"#] {
            check(text, &[("body.json", text)]);
        }
    }

    #[test]
    fn files_that_are_none_are_an_error() {
        for text in [
            r#"{"files": []}"#,
            r#"{"files": {"a": 1}}"#,
            r#"{"files": {"a": "1", "a": "2"}}"#,
        ] {
            assert!(several(text).is_err(), "{text}");
        }
    }

    #[test]
    fn files_beyond_the_most_are_an_error() {
        let files = |count: usize| {
            let files = (0..count).map(|at| format!(r#""{at}": """#));
            format!(
                r#"{{"files": {{{}}}}}"#,
                files.collect::<Vec<_>>().join(",")
            )
        };
        assert!(several(&files(MOST_FILES)).is_ok());
        assert!(several(&files(MOST_FILES + 1)).is_err());
    }
}
