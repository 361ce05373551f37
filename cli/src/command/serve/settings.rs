//! Options and a file of settings to the configuration of a server. An option comes before what the file says.

mod listener;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use plumbline_core::parse::{Document, Notation};
use plumbline_core::problem::Problem;
use plumbline_core::schema;
use plumbline_core::source::{Sources, Span};
use plumbline_core::tree::{NodeId, Typing, View};
use plumbline_server::auth::{Caller, Credential, Scope, TokenHash};
use plumbline_server::config::{
    ClusterAccess, Config, DecisionMode, InventoryConfig, Listener, PoolConfig, RunTaskConfig,
    SinkConfig, StoreConfig, StorePlace, TooOpen, WebhooksConfig,
};
use plumbline_server::inventory::STALE_AFTER;
use plumbline_server::listen::Limits;
use plumbline_server::telemetry::Level;
use plumbline_sources::place::Place;

use crate::args::{ServeArgs, duration, size};
use crate::config;
use listener::Written;

/// Where API servers ask, unless it is said otherwise.
const ADMISSION: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8443);
/// Where everyone else asks.
const API: u16 = 8181;
/// The size from which on another file of decisions is begun.
const FILE_BYTES: u64 = 100 * 1024 * 1024;
/// How many full files of decisions are kept.
const FILES: usize = 5;

/// What a server is started with, and what its policies are held to.
#[derive(Debug)]
pub(super) struct Settings {
    /// What the server is started with.
    pub(super) config: Config,
    /// A folder for what has to outlive a restart.
    pub(super) state: Option<PathBuf>,
    /// How long after its signature a bundle is taken.
    pub(super) max_age: Option<Duration>,
}

/// The settings, or all that is wrong with them.
pub(super) fn read(args: &ServeArgs, sources: &mut Sources) -> Result<Settings, Vec<Problem>> {
    let (document, problems) = match &args.settings {
        Some(file) => {
            let place = Place::Disk(file.clone());
            config::document(&place, Notation::Yaml, schema::SERVE, sources)
        }
        None => (None, Vec::new()),
    };
    if !problems.is_empty() {
        return Err(problems.into_iter().map(advise).collect());
    }
    let mut settings = Settings {
        config: Config::new(None, Listener::local(API)),
        state: None,
        max_age: None,
    };
    let (mut admission, mut api) = (Written::default(), Written::default());
    let mut problems = Vec::new();
    if let (Some(document), Some(file)) = (&document, &args.settings) {
        let mut reader = Reader {
            document,
            folder: file.parent().unwrap_or(Path::new("")),
            problems: Vec::new(),
        };
        let root = document.tree.view(NodeId::ROOT, Typing::Core);
        admission = reader.listener(root.get("admission"));
        api = reader.listener(root.get("api"));
        reader.all(root, &mut settings);
        problems = reader.problems;
    }
    settings.config.admission = admission.for_admission(args, &mut problems);
    settings.config.api = api.for_api(args);
    if problems.is_empty()
        && let Err(open) = settings.config.check()
    {
        problems.push(too_open(&open));
    }
    if problems.is_empty() {
        Ok(settings)
    } else {
        Err(problems)
    }
}

fn advise(problem: Problem) -> Problem {
    match problem.help {
        Some(_) => problem,
        None => problem
            .help("`--settings` names the settings of a server, which are not `plumbline.yaml`"),
    }
}

fn too_open(open: &TooOpen) -> Problem {
    let help = match open {
        TooOpen::PlainAdmission(_) => {
            "`--plain` is for a loopback address: `--listen 127.0.0.1:8443`"
        }
        TooOpen::OpenApi(_) => {
            "say who may ask, with `auth` of the settings, or listen on 127.0.0.1"
        }
        TooOpen::PlainApi(_) => {
            "give it a certificate, with `api` of the settings, or listen on 127.0.0.1"
        }
    };
    Problem::run(format!("refused: {open}")).help(help)
}

/// Reads what the schema allows, and says what it cannot know.
struct Reader<'a> {
    document: &'a Document,
    /// What paths are relative to.
    folder: &'a Path,
    problems: Vec<Problem>,
}

/// Where something of the limits stands.
type Field<T> = fn(&mut Limits) -> &mut T;

const COUNTS: &[(&str, Field<usize>)] = &[
    ("connections", |limits| &mut limits.connections),
    ("connections-per-address", |limits| {
        &mut limits.connections_of_one
    }),
    ("handshakes", |limits| &mut limits.handshakes),
    ("handshakes-per-address", |limits| {
        &mut limits.handshakes_of_one
    }),
];

const TIMES: &[(&str, Field<Duration>)] = &[
    ("handshake-timeout", |limits| &mut limits.handshake),
    ("head-timeout", |limits| &mut limits.head),
    ("body-timeout", |limits| &mut limits.body),
    ("idle-timeout", |limits| &mut limits.idle),
    ("grace", |limits| &mut limits.grace),
    ("drain", |limits| &mut limits.drain),
];

impl Reader<'_> {
    fn all(&mut self, root: View<'_>, settings: &mut Settings) {
        settings.state = self.path(root, "state");
        if let Some(policies) = root.get("policies") {
            let times = &mut settings.config.policies;
            self.duration(policies, "reload-every", &mut times.reload_every);
            self.duration(policies, "load-timeout", &mut times.patience);
            settings.max_age = self.time(policies, "max-age");
        }
        if let Some(limits) = root.get("limits") {
            self.limits(limits, settings);
        }
        if let Some(pools) = root.get("pools") {
            pool(pools.get("admission"), &mut settings.config.admission_pool);
            pool(pools.get("check"), &mut settings.config.check_pool);
        }
        settings.config.store = root.get("store").and_then(|store| self.store(store));
        if let Some(decisions) = root.get("decisions") {
            self.decisions(decisions, &mut settings.config);
        }
        settings.config.inventory = root
            .get("inventory")
            .and_then(|inventory| self.inventory(inventory));
        settings.config.webhooks = root
            .get("webhooks")
            .and_then(|webhooks| self.webhooks(webhooks));
        if let Some(auth) = root.get("auth") {
            settings.config.callers = callers(auth);
        }
        settings.config.run_task = root
            .get("run-task")
            .and_then(|run_task| self.run_task(run_task));
        if let Some(level) = root.get("log").and_then(|log| word(log, &Level::ALL)) {
            settings.config.log = level;
        }
    }

    fn limits(&mut self, limits: View<'_>, settings: &mut Settings) {
        let of_listener = &mut settings.config.limits.listener;
        for (key, place) in COUNTS {
            count(limits, key, place(of_listener));
        }
        for (key, place) in TIMES {
            self.duration(limits, key, place(of_listener));
        }
        let bytes = self.size(limits, "body-size");
        if let Some(bytes) = bytes.and_then(|bytes| usize::try_from(bytes).ok()) {
            settings.config.limits.body_bytes = bytes;
        }
    }

    fn store(&mut self, store: View<'_>) -> Option<StoreConfig> {
        let sqlite = self.path(store, "sqlite").map(StorePlace::Sqlite);
        let postgres = self
            .path(store, "postgres-url-file")
            .map(StorePlace::Postgres);
        let days = store.get("keep-days").and_then(View::int);
        match (sqlite, postgres) {
            (Some(place), None) | (None, Some(place)) => Some(StoreConfig {
                place,
                days: days.and_then(|days| u32::try_from(days).ok()),
            }),
            _ => {
                let help = "it has `sqlite`, or `postgres-url-file`";
                self.refuse(store, "`store` does not say which database", help);
                None
            }
        }
    }

    fn decisions(&mut self, decisions: View<'_>, config: &mut Config) {
        if let Some(mode) = decisions.get("mode") {
            config.decisions.mode = word(mode, &DecisionMode::ALL).unwrap_or_default();
        }
        config.decisions.mask = texts(decisions.get("mask"));
        let sinks = decisions.get("sinks").into_iter().flat_map(View::items);
        for sink in sinks {
            let read = self.sink(sink, config.store.is_some());
            config.decisions.sinks.extend(read);
        }
    }

    fn sink(&mut self, sink: View<'_>, has_store: bool) -> Option<SinkConfig> {
        let kind = sink.get("to").and_then(View::str).unwrap_or_default();
        let path = self.path(sink, "path");
        let url = sink.get("url").and_then(View::str);
        match (kind, path, url) {
            ("stdout", ..) => Some(SinkConfig::Stdout),
            ("store", ..) if has_store => Some(SinkConfig::Store),
            ("store", ..) => {
                let help = "`store` of the settings names the database";
                self.refuse(sink, "decisions go to a database, and there is none", help);
                None
            }
            ("file", Some(path), _) => {
                let mut keep = FILES;
                count(sink, "keep", &mut keep);
                Some(SinkConfig::File {
                    path,
                    bytes: self.size(sink, "max-size").unwrap_or(FILE_BYTES),
                    keep,
                })
            }
            ("http", _, Some(url)) => Some(SinkConfig::Http {
                url: url.to_owned(),
                token: self.path(sink, "token-file"),
                authority: self.path(sink, "ca-file"),
            }),
            _ => {
                let help = "a `file` has its `path`, and `http` its `url`";
                self.refuse(sink, "it does not say where decisions go", help);
                None
            }
        }
    }

    fn inventory(&mut self, inventory: View<'_>) -> Option<InventoryConfig> {
        let mut stale_after = STALE_AFTER;
        self.duration(inventory, "stale-after", &mut stale_after);
        Some(InventoryConfig {
            access: self.access(inventory)?,
            stale_after,
        })
    }

    fn webhooks(&mut self, webhooks: View<'_>) -> Option<WebhooksConfig> {
        Some(WebhooksConfig {
            access: self.access(webhooks)?,
            validating: texts(webhooks.get("validating")),
        })
    }

    /// How a cluster is reached.
    fn access(&mut self, of: View<'_>) -> Option<ClusterAccess> {
        let from = of.get("from").and_then(View::str);
        match (from, self.path(of, "kubeconfig")) {
            (Some("in-cluster"), None) => Some(ClusterAccess::InCluster),
            (Some("kubeconfig"), Some(file)) => Some(ClusterAccess::Kubeconfig {
                file,
                context: text(of, "context"),
            }),
            _ => {
                let message = "`from` and `kubeconfig` do not say how the cluster is reached";
                let help = "`from: in-cluster` needs no file, and `from: kubeconfig` one";
                self.refuse(of, message, help);
                None
            }
        }
    }

    fn run_task(&mut self, run_task: View<'_>) -> Option<RunTaskConfig> {
        let usual = RunTaskConfig::new(self.path(run_task, "hmac-key-file")?);
        let hosts = run_task.get("hosts");
        Some(RunTaskConfig {
            hosts: hosts.map_or(usual.hosts, |hosts| texts(Some(hosts))),
            authority: self.path(run_task, "ca-file"),
            ..usual
        })
    }

    /// A path, relative to the file.
    fn path(&self, of: View<'_>, key: &str) -> Option<PathBuf> {
        Some(self.folder.join(of.get(key)?.str()?))
    }

    /// A duration, which is none if it is nothing.
    fn time(&mut self, of: View<'_>, key: &str) -> Option<Duration> {
        let written = of.get(key)?;
        match duration(written.str()?) {
            Ok(time) if !time.is_zero() => Some(time),
            Ok(_) => {
                let message = format!("`{key}` must be more than nothing");
                self.refuse(written, &message, "for example `30s`");
                None
            }
            Err(reason) => {
                self.refuse(written, &format!("`{key}`: {reason}"), "for example `30s`");
                None
            }
        }
    }

    fn duration(&mut self, of: View<'_>, key: &str, into: &mut Duration) {
        if let Some(time) = self.time(of, key) {
            *into = time;
        }
    }

    fn size(&mut self, of: View<'_>, key: &str) -> Option<u64> {
        let written = of.get(key)?;
        match size(written.raw()?) {
            Ok(bytes) if bytes > 0 => Some(bytes),
            Ok(_) => {
                let message = format!("`{key}` must be more than nothing");
                self.refuse(written, &message, "for example `10MB`");
                None
            }
            Err(reason) => {
                self.refuse(written, &format!("`{key}`: {reason}"), "for example `10MB`");
                None
            }
        }
    }

    fn refuse(&mut self, at: View<'_>, message: &str, help: &str) {
        let span = self.document.tree.place(at.id()).unwrap_or(Span {
            file: self.document.file,
            start: 0,
            end: 0,
        });
        self.problems.push(Problem::error(span, message).help(help));
    }
}

fn count(of: View<'_>, key: &str, into: &mut usize) {
    let written = of.get(key).and_then(View::int);
    if let Some(number) = written.and_then(|number| usize::try_from(number).ok()) {
        *into = number;
    }
}

fn pool(of: Option<View<'_>>, pool: &mut PoolConfig) {
    let Some(of) = of else {
        return;
    };
    count(of, "queue", &mut pool.queue);
    let threads = of.get("threads").and_then(View::int);
    if let Some(threads) = threads.and_then(|threads| usize::try_from(threads).ok()) {
        pool.threads = Some(threads);
    }
}

/// Whoever may ask.
fn callers(auth: View<'_>) -> Vec<Caller> {
    let listed = |key: &str| auth.get(key).into_iter().flat_map(View::items);
    let caller = |of: View<'_>, by: Credential| Caller {
        name: text(of, "name").unwrap_or_default(),
        by,
        scopes: of
            .get("scopes")
            .into_iter()
            .flat_map(View::items)
            .filter_map(|scope| word(scope, &Scope::ALL))
            .collect(),
    };
    let by_token = listed("tokens").filter_map(|token| {
        let hash = TokenHash::parse(token.get("hash")?.str()?)?;
        Some(caller(token, Credential::Token(hash)))
    });
    let by_certificate = listed("certificates").filter_map(|certificate| {
        let name = text(certificate, "name")?;
        Some(caller(certificate, Credential::Certificate(name)))
    });
    by_token.chain(by_certificate).collect()
}

fn text(of: View<'_>, key: &str) -> Option<String> {
    of.get(key)?.str().map(str::to_owned)
}

fn texts(list: Option<View<'_>>) -> Vec<String> {
    let items = list.into_iter().flat_map(View::items);
    items
        .filter_map(|item| item.str().map(str::to_owned))
        .collect()
}

/// What a word stands for, of those of a closed set.
fn word<T: Copy>(written: View<'_>, words: &[(&str, T)]) -> Option<T> {
    let text = written.str()?;
    let known = words.iter().find(|(known, _)| *known == text);
    known.map(|(_, value)| *value)
}
