//! The part of OPA's REST API that clients of decisions use: `/v1/data`, `/v0/data` and `/health`.
//!
//! Segments of a path are keys, each by itself: none is ever part of a query's text.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse as _, Response};
use plumbline_rego::value::json;
use plumbline_rego::{EvalError, ObjectBuilder, Value};

use super::error::{Error, Fault, json as json_response};
use super::{access, body, stamped};
use crate::auth::Scope;
use crate::clock;
use crate::decision::{Asked as About, Decision, Door, Outcome};
use crate::policies::Active;
use crate::pool::Refusal;
use crate::state::App;

/// What the paths are called in metrics.
const PATH: &str = "/v1/data";
/// How long an evaluation may take.
const TIME: Duration = Duration::from_secs(10);
/// More segments than this lead nowhere.
const MOST_SEGMENTS: usize = 64;

/// `GET` and `POST /v1/data/...`: the answer stands below `result`.
pub(super) async fn v1(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(&app, request, Dialect::V1).await
}

/// `POST /v0/data/...`: the body is the input, and the answer is the value.
pub(super) async fn v0(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(&app, request, Dialect::V0).await
}

/// `GET /health`: an empty object while decisions are made.
pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    if app.readiness.is_ready() {
        return json_response("{}".to_owned());
    }
    let reasons: Vec<String> = app.readiness.reasons().into_values().collect();
    Error::new(Fault::Broken, "not ready")
        .because(reasons.join("; "))
        .into_response()
}

/// How input and answer are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    V1,
    V0,
}

impl Dialect {
    fn prefix(self) -> &'static str {
        match self {
            Self::V1 => "/v1/data",
            Self::V0 => "/v0/data",
        }
    }
}

async fn answer(app: &Arc<App>, request: Request, dialect: Dialect) -> Response {
    let arrived = clock::instant();
    let answered = answered(app, request, dialect, arrived).await;
    let response = answered.unwrap_or_else(Error::into_response);
    let spent = clock::instant().saturating_duration_since(arrived);
    let code = response.status().as_u16();
    app.metrics.api_request(PATH, code, spent.as_secs_f64());
    response
}

async fn answered(
    app: &Arc<App>,
    request: Request,
    dialect: Dialect,
    arrived: Instant,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let by = access::allow(&app.auth, &parts, Scope::Data)?.to_owned();
    let path = path(&parts.uri, dialect)?;
    let options = Options::read(&parts.uri)?;
    let deadline = arrived + TIME;
    let most = app.config.limits.body_bytes;
    let body = body::read(&parts.headers, body, most, deadline).await?;
    let asked = Asked::read(dialect, &parts, &options, &body)?;
    let parsed = clock::instant();
    let active = app.policies.current();
    let evaluated = evaluate(
        app,
        &active,
        &path,
        asked.input.as_ref(),
        &options,
        deadline,
    )
    .await?;
    let done = clock::instant();
    let id = super::id::fresh().ok_or_else(|| {
        Error::new(
            Fault::Broken,
            "the system has no randomness to name a decision by",
        )
    })?;
    let decision = Decision {
        id: id.clone(),
        time: clock::wall(),
        door: Door::Data,
        path: format!("data/{}", path.join("/")),
        verdict: Outcome::Allow,
        result: evaluated
            .as_ref()
            .and_then(|value| serde_json::from_str(&json::to_string(value)).ok())
            .unwrap_or_default(),
        input: asked
            .input
            .as_ref()
            .map(|value| json::to_string(value).into()),
        sensitive: Vec::new(),
        asked: About::default(),
        refusals: Vec::new(),
        warnings: Vec::new(),
        findings: Vec::new(),
        digest: active.digest.clone(),
        revision: active.revision.clone(),
        nanoseconds: nanoseconds(done.saturating_duration_since(arrived)).unsigned_abs(),
        break_glass: None,
        requested_by: Some(by),
    };
    app.decisions.record(decision).await.map_err(|error| {
        Error::new(Fault::Broken, "the decision could not be recorded").because(error.to_string())
    })?;
    let value = match dialect {
        Dialect::V0 => evaluated.ok_or_else(|| {
            let message = "nothing is defined at this path";
            Error::new(Fault::Undefined, message)
        })?,
        Dialect::V1 => {
            let mut shape = ObjectBuilder::with_capacity(5);
            shape.insert_str("decision_id", id.as_str());
            if let Some(result) = evaluated {
                shape.insert_str("result", result);
            }
            if options.metrics {
                shape.insert_str("metrics", metrics(arrived, parsed, done));
            }
            if options.provenance {
                shape.insert_str("provenance", provenance(&active));
            }
            if asked.is_forgotten {
                shape.insert_str("warning", forgotten());
            }
            Value::Object(shape.finish())
        }
    };
    let text = if options.pretty {
        json::to_string_pretty(&value)
    } else {
        json::to_string(&value)
    };
    Ok(stamped(json_response(text), &active))
}

async fn evaluate(
    app: &Arc<App>,
    active: &Arc<Active>,
    path: &[String],
    input: Option<&Value>,
    options: &Options,
    deadline: Instant,
) -> Result<Option<Value>, Error> {
    let (active, path, input) = (Arc::clone(active), path.to_vec(), input.cloned());
    let strict = options.strict;
    let work = move || {
        let left = deadline.saturating_duration_since(clock::instant());
        let mut settings = clock::settings(left * 9 / 10);
        settings.strict = strict;
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        active.policies.query(&path, input.as_ref(), &settings)
    };
    let pool = &app.pools.check;
    match pool.run(deadline, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(&error)),
        Err(Refusal::Full) => {
            app.metrics.shed(pool.name(), "full");
            Err(Error::new(Fault::Busy, "too many requests are waiting"))
        }
        Err(Refusal::Late) => {
            app.metrics.shed(pool.name(), "late");
            Err(Error::new(Fault::Late, "it could not be evaluated in time"))
        }
        Err(Refusal::Panicked) => {
            app.metrics.panicked(pool.name());
            Err(Error::new(Fault::Broken, "it could not be evaluated"))
        }
    }
}

/// What an evaluation that failed says: the code and the message, never values of the input.
fn failed(error: &EvalError) -> Error {
    let cause = format!("{}: {}", error.code, error.message);
    Error::new(Fault::Broken, "the evaluation failed").because(cause)
}

/// The keys that a path leads along.
fn path(uri: &Uri, dialect: Dialect) -> Result<Vec<String>, Error> {
    let rest = uri
        .path()
        .strip_prefix(dialect.prefix())
        .unwrap_or_default();
    let segments: Vec<&str> = rest
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if segments.len() > MOST_SEGMENTS {
        return Err(Error::new(Fault::Unreadable, "the path is too long"));
    }
    let mut keys = Vec::with_capacity(segments.len());
    for segment in segments {
        keys.push(decoded(segment).ok_or_else(|| {
            let message = "a segment of the path is not well encoded";
            Error::new(Fault::Unreadable, message)
        })?);
    }
    Ok(keys)
}

/// A segment of a path without its percent signs. A slash that it holds stays part of the key.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after.get(2..)?;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// What a client wants to know beside the answer.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a parameter of its own"
)]
struct Options {
    input: Option<String>,
    pretty: bool,
    metrics: bool,
    provenance: bool,
    strict: bool,
}

impl Options {
    fn read(uri: &Uri) -> Result<Self, Error> {
        let mut options = Self::default();
        let pairs = uri.query().unwrap_or_default().split('&');
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, "true"));
            let wanted = value != "false";
            match key {
                "input" => options.input = decoded(&value.replace('+', " ")),
                "pretty" => options.pretty = wanted,
                "metrics" => options.metrics = wanted,
                "provenance" => options.provenance = wanted,
                "strict-builtin-errors" => options.strict = wanted,
                "explain" => {
                    let message = "`explain` is not answered here";
                    let cause = "`plumb eval --explain` explains an evaluation";
                    return Err(Error::new(Fault::Unreadable, message).because(cause));
                }
                // What OPA knows besides, and what it does not, changes no answer.
                _ => {}
            }
        }
        Ok(options)
    }
}

/// What was asked about.
#[derive(Debug)]
struct Asked {
    input: Option<Value>,
    /// Whether there should be one.
    is_forgotten: bool,
}

impl Asked {
    fn read(
        dialect: Dialect,
        parts: &Parts,
        options: &Options,
        body: &[u8],
    ) -> Result<Self, Error> {
        let text = std::str::from_utf8(body).map_err(|error| {
            let message = format!("the body is not UTF-8 after {} bytes", error.valid_up_to());
            Error::new(Fault::Unreadable, message)
        })?;
        let text = match (&options.input, dialect) {
            (Some(input), Dialect::V1) if parts.method == Method::GET => input.as_str(),
            _ => text,
        };
        if text.trim().is_empty() {
            return Ok(Self::without(parts));
        }
        let value = json::parse(text).map_err(|error| {
            Error::new(Fault::Unreadable, "the input is no JSON").because(error.to_string())
        })?;
        if dialect == Dialect::V0 || parts.method == Method::GET {
            return Ok(Self {
                input: Some(value),
                is_forgotten: false,
            });
        }
        let Value::Object(_) = value else {
            let message = "expected an object with the key `input`";
            return Err(Error::new(Fault::Unreadable, message));
        };
        Ok(match value.get_str("input") {
            Some(input) => Self {
                input: Some(input.clone()),
                is_forgotten: false,
            },
            None => Self::without(parts),
        })
    }

    /// Without an input, rules that read it are undefined: whoever forgot it is told.
    fn without(parts: &Parts) -> Self {
        Self {
            input: None,
            is_forgotten: parts.method == Method::POST,
        }
    }
}

/// That the input is missing, as OPA says it.
fn forgotten() -> Value {
    let mut warning = ObjectBuilder::with_capacity(2);
    warning.insert_str("code", "api_usage_warning");
    warning.insert_str("message", "'input' key missing from the request");
    Value::Object(warning.finish())
}

/// Where the time went, by OPA's names for it.
fn metrics(arrived: Instant, parsed: Instant, done: Instant) -> Value {
    let between = |from: Instant, to: Instant| nanoseconds(to.saturating_duration_since(from));
    let mut metrics = ObjectBuilder::with_capacity(4);
    metrics.insert_str("counter_server_query_cache_hit", 0);
    metrics.insert_str("timer_rego_input_parse_ns", between(arrived, parsed));
    metrics.insert_str("timer_rego_query_eval_ns", between(parsed, done));
    metrics.insert_str(
        "timer_server_handler_ns",
        between(arrived, clock::instant()),
    );
    Value::Object(metrics.finish())
}

/// By what it was answered.
fn provenance(active: &Active) -> Value {
    let object = |key: &str, value: Value| {
        let mut object = ObjectBuilder::with_capacity(1);
        object.insert_str(key, value);
        Value::Object(object.finish())
    };
    let revision = active.revision.as_deref().unwrap_or(&active.digest);
    let mut provenance = ObjectBuilder::with_capacity(2);
    let bundle = object("revision", Value::from(revision));
    provenance.insert_str("bundles", object("plumbline", bundle));
    provenance.insert_str("version", env!("CARGO_PKG_VERSION"));
    Value::Object(provenance.finish())
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::{Dialect, decoded, path};

    #[test]
    fn each_segment_of_a_path_is_a_key() {
        for (uri, expected) in [
            ("/v1/data", vec![]),
            ("/v1/data/", vec![]),
            ("/v1/data/a/b", vec!["a", "b"]),
            ("/v1/data/a%2Fb/c", vec!["a/b", "c"]),
            ("/v1/data/x%22%5D%3B%20y", vec!["x\"]; y"]),
            ("/v1/data/a/b/?pretty", vec!["a", "b"]),
        ] {
            let uri: Uri = uri.parse().unwrap();
            assert_eq!(path(&uri, Dialect::V1).unwrap(), expected, "{uri}");
        }
    }

    #[test]
    fn what_is_not_well_encoded_is_no_key() {
        assert_eq!(decoded("%zz"), None);
        assert_eq!(decoded("%f"), None);
        assert_eq!(decoded("%ff"), None);
        assert_eq!(decoded("a%20b").as_deref(), Some("a b"));
    }
}
