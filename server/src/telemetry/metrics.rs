//! Metrics. Labels are words of ours, never what a request says of itself, so that nobody can make series of them.
//! Names and meanings: docs/reference/metrics.md.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Seconds, from half a millisecond to ten seconds.
const BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// More rules than this are counted together, as `other`.
const MOST_RULES: usize = 2_000;

type Word = Cow<'static, str>;
type Labels<const N: usize> = [(&'static str, Word); N];
type Count<const N: usize> = Family<Labels<N>, Counter>;
type Level<const N: usize> = Family<Labels<N>, Gauge<f64, AtomicU64>>;
type Times<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// How a connection ended before it asked anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// It was served.
    Accepted,
    /// There were too many.
    Refused,
    /// Its handshake failed.
    Handshake,
    /// It took too long.
    TimedOut,
}

impl Connection {
    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Handshake => "handshake-failed",
            Self::TimedOut => "timed-out",
        }
    }
}

/// Every metric of a server. A clone counts into the same.
#[derive(Clone)]
pub struct Metrics {
    all: Arc<All>,
}

struct All {
    registry: Registry,
    requests: Count<3>,
    seconds: Times<2>,
    rules: Count<2>,
    undecided: Count<2>,
    /// How many series there are of rules, or were asked for beyond the bound.
    rule_series: AtomicUsize,
    shed: Count<2>,
    panics: Count<1>,
    queue: Level<2>,
    decisions: Count<2>,
    dropped: Count<2>,
    store_errors: Count<1>,
    loads: Count<1>,
    policies_loaded: Level<1>,
    inventory_objects: Level<1>,
    inventory_age: Level<1>,
    inventory_fresh: Level<0>,
    certificate_days: Level<1>,
    certificate_loads: Count<1>,
    webhooks: Level<1>,
    connections: Count<2>,
    break_glass: Count<1>,
    api_requests: Count<2>,
    api_seconds: Times<1>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn times<const N: usize>() -> Times<N> {
    fn histogram() -> Histogram {
        Histogram::new(BUCKETS)
    }
    Family::new_with_constructor(histogram as fn() -> Histogram)
}

fn word(word: &'static str) -> Word {
    Cow::Borrowed(word)
}

impl Metrics {
    /// Metrics that have counted nothing.
    pub fn new() -> Self {
        let mut all = All {
            registry: Registry::with_prefix("plumbline"),
            requests: Family::default(),
            seconds: times(),
            rules: Family::default(),
            undecided: Family::default(),
            rule_series: AtomicUsize::new(0),
            shed: Family::default(),
            panics: Family::default(),
            queue: Family::default(),
            decisions: Family::default(),
            dropped: Family::default(),
            store_errors: Family::default(),
            loads: Family::default(),
            policies_loaded: Family::default(),
            inventory_objects: Family::default(),
            inventory_age: Family::default(),
            inventory_fresh: Family::default(),
            certificate_days: Family::default(),
            certificate_loads: Family::default(),
            webhooks: Family::default(),
            connections: Family::default(),
            break_glass: Family::default(),
            api_requests: Family::default(),
            api_seconds: times(),
        };
        all.register();
        Self { all: Arc::new(all) }
    }

    /// A request of admission was answered.
    pub fn admitted(
        &self,
        verdict: &'static str,
        operation: &'static str,
        dry_run: bool,
        seconds: f64,
    ) {
        let dry = word(if dry_run { "true" } else { "false" });
        let labels = [
            ("verdict", word(verdict)),
            ("operation", word(operation)),
            ("dry_run", dry),
        ];
        self.all.requests.get_or_create(&labels).inc();
        let labels = [("verdict", word(verdict)), ("operation", word(operation))];
        self.all.seconds.get_or_create(&labels).observe(seconds);
    }

    /// A rule found something.
    pub fn rule_fired(&self, rule: &str, effect: &'static str) {
        self.of_rule(&self.all.rules, rule, effect);
    }

    /// A rule had no answer, and its failure mode, `closed` or `open`, decided.
    pub fn undecided(&self, rule: &str, mode: &'static str) {
        self.of_rule(&self.all.undecided, rule, mode);
    }

    fn of_rule(&self, family: &Count<2>, rule: &str, what: &'static str) {
        let mut labels = [("rule", Cow::Owned(rule.to_owned())), ("mode", word(what))];
        let is_new = family.get(&labels).is_none();
        if is_new && self.all.rule_series.fetch_add(1, Ordering::Relaxed) >= MOST_RULES {
            labels = [("rule", word("other")), ("mode", word(what))];
        }
        family.get_or_create(&labels).inc();
    }

    /// A request was turned away, or not answered in time, by a pool.
    pub fn shed(&self, pool: &'static str, why: &'static str) {
        let labels = [("pool", word(pool)), ("why", word(why))];
        self.all.shed.get_or_create(&labels).inc();
    }

    /// Judging a request panicked.
    pub fn panicked(&self, pool: &'static str) {
        self.all.panics.get_or_create(&[("pool", word(pool))]).inc();
    }

    /// How much waits, runs, and runs though nobody waits for it any more.
    pub fn queue(&self, pool: &'static str, waiting: usize, running: usize, stuck: usize) {
        for (state, number) in [("waiting", waiting), ("running", running), ("stuck", stuck)] {
            let labels = [("pool", word(pool)), ("state", word(state))];
            self.all.queue.get_or_create(&labels).set(real(number));
        }
    }

    /// A decision was handed to a sink and written.
    pub fn decision_written(&self, sink: &'static str, door: &'static str) {
        let labels = [("sink", word(sink)), ("door", word(door))];
        self.all.decisions.get_or_create(&labels).inc();
    }

    /// A decision was not written by a sink.
    pub fn decision_dropped(&self, sink: &'static str, why: &'static str) {
        let labels = [("sink", word(sink)), ("why", word(why))];
        self.all.dropped.get_or_create(&labels).inc();
    }

    /// The store refused something.
    pub fn store_error(&self, what: &'static str) {
        self.all
            .store_errors
            .get_or_create(&[("what", word(what))])
            .inc();
    }

    /// A policy set was loaded, or refused.
    pub fn policies_loaded(&self, ok: bool, at_unix_seconds: f64) {
        self.all.loads.get_or_create(&[("ok", flag(ok))]).inc();
        let labels = [("ok", flag(ok))];
        let level = self.all.policies_loaded.get_or_create(&labels);
        level.set(at_unix_seconds);
    }

    /// What is known of one kind of object.
    pub fn inventory(&self, kind: &str, objects: usize, age_seconds: f64) {
        let labels = [("kind", Cow::Owned(kind.to_owned()))];
        let level = self.all.inventory_objects.get_or_create(&labels);
        level.set(real(objects));
        drop(level);
        let level = self.all.inventory_age.get_or_create(&labels);
        level.set(age_seconds);
    }

    /// Whether all of the inventory is fresh enough to judge by.
    pub fn inventory_fresh(&self, fresh: bool) {
        let level = self.all.inventory_fresh.get_or_create(&[]);
        level.set(if fresh { 1.0 } else { 0.0 });
    }

    /// How long a certificate is still good.
    pub fn certificate(&self, name: &'static str, days: f64) {
        let labels = [("certificate", word(name))];
        self.all.certificate_days.get_or_create(&labels).set(days);
    }

    /// A certificate was read anew, or the old one was kept.
    pub fn certificate_loaded(&self, ok: bool) {
        let labels = [("ok", flag(ok))];
        self.all.certificate_loads.get_or_create(&labels).inc();
    }

    /// Whether a webhook configuration is as it should be.
    pub fn webhook(&self, configuration: &str, ok: bool) {
        let labels = [("configuration", Cow::Owned(configuration.to_owned()))];
        let level = self.all.webhooks.get_or_create(&labels);
        level.set(if ok { 1.0 } else { 0.0 });
    }

    /// A connection came in.
    pub fn connection(&self, listener: &'static str, how: Connection) {
        let labels = [("listener", word(listener)), ("how", word(how.as_str()))];
        self.all.connections.get_or_create(&labels).inc();
    }

    /// Somebody broke the glass.
    pub fn break_glass(&self, id: &str) {
        let labels = [("id", Cow::Owned(id.to_owned()))];
        self.all.break_glass.get_or_create(&labels).inc();
    }

    /// A request to the interface for programs was answered. The path is its pattern.
    pub fn api_request(&self, path: &'static str, code: u16, seconds: f64) {
        let labels = [("path", word(path)), ("code", Cow::Owned(code.to_string()))];
        self.all.api_requests.get_or_create(&labels).inc();
        let labels = [("path", word(path))];
        self.all.api_seconds.get_or_create(&labels).observe(seconds);
    }

    /// All of it, in the text format of `OpenMetrics`.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        match text::encode(&mut text, &self.all.registry) {
            Ok(()) => text,
            // Writing into a text does not fail; half of it would be read as all there is.
            Err(_) => String::new(),
        }
    }
}

impl All {
    fn register(&mut self) {
        let all = &mut self.registry;
        let requests = self.requests.clone();
        all.register(
            "admission_requests",
            "Requests of admission that were answered",
            requests,
        );
        all.register_with_unit(
            "admission_duration",
            "From the head of a request to its answer",
            Unit::Seconds,
            self.seconds.clone(),
        );
        all.register(
            "rule_findings",
            "What rules found, by the effect that it had",
            self.rules.clone(),
        );
        all.register(
            "rule_undecided",
            "Rules without an answer, by the failure mode that decided",
            self.undecided.clone(),
        );
        all.register(
            "requests_shed",
            "Requests that were turned away or not answered in time",
            self.shed.clone(),
        );
        all.register(
            "panics",
            "Requests whose judgement panicked",
            self.panics.clone(),
        );
        all.register(
            "pool_jobs",
            "Jobs of a pool, by what they do",
            self.queue.clone(),
        );
        all.register(
            "decisions_written",
            "Decisions that a sink has written",
            self.decisions.clone(),
        );
        all.register(
            "decisions_dropped",
            "Decisions that a sink has not written",
            self.dropped.clone(),
        );
        all.register(
            "store_errors",
            "What the store refused",
            self.store_errors.clone(),
        );
        all.register(
            "policy_loads",
            "Policy sets that were loaded or refused",
            self.loads.clone(),
        );
        all.register(
            "policy_last_load_timestamp_seconds",
            "When policies were last loaded or refused",
            self.policies_loaded.clone(),
        );
        all.register(
            "inventory_objects",
            "Objects that are known, by kind",
            self.inventory_objects.clone(),
        );
        all.register_with_unit(
            "inventory_age",
            "Since when nothing was heard of a kind",
            Unit::Seconds,
            self.inventory_age.clone(),
        );
        all.register(
            "inventory_fresh",
            "Whether rules that read the inventory can be decided",
            self.inventory_fresh.clone(),
        );
        all.register(
            "certificate_days",
            "How many days a certificate is still good",
            self.certificate_days.clone(),
        );
        all.register(
            "certificate_loads",
            "Certificates that were read anew or refused",
            self.certificate_loads.clone(),
        );
        all.register(
            "webhook_ok",
            "Whether a webhook configuration is there, as it was first, and trusts this server",
            self.webhooks.clone(),
        );
        all.register(
            "connections",
            "Connections, by listener and how they began",
            self.connections.clone(),
        );
        all.register(
            "break_glass",
            "Requests that were admitted by breaking the glass",
            self.break_glass.clone(),
        );
        all.register(
            "api_requests",
            "Requests of programs, by pattern and answer",
            self.api_requests.clone(),
        );
        all.register_with_unit(
            "api_duration",
            "How long requests of programs took",
            Unit::Seconds,
            self.api_seconds.clone(),
        );
    }
}

fn flag(flag: bool) -> Word {
    word(if flag { "true" } else { "false" })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody counts so many things that the last digit matters"
)]
fn real(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::{MOST_RULES, Metrics};

    #[test]
    fn what_was_counted_is_said() {
        let metrics = Metrics::new();
        metrics.admitted("deny", "CREATE", false, 0.0007);
        metrics.rule_fired("iam/wildcard-action", "deny");
        metrics.queue("admission", 3, 2, 0);
        let text = metrics.encode();
        for line in [
            r#"plumbline_admission_requests_total{verdict="deny",operation="CREATE",dry_run="false"} 1"#,
            r#"plumbline_admission_duration_seconds_bucket{le="0.001",verdict="deny",operation="CREATE"} 1"#,
            r#"plumbline_rule_findings_total{rule="iam/wildcard-action",mode="deny"} 1"#,
            r#"plumbline_pool_jobs{pool="admission",state="waiting"} 3.0"#,
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn a_flood_of_rules_makes_no_flood_of_series() {
        let metrics = Metrics::new();
        for number in 0..MOST_RULES + 50 {
            metrics.rule_fired(&format!("team/rule-{number}"), "deny");
        }
        let text = metrics.encode();
        let series = text.matches("plumbline_rule_findings_total{").count();
        assert_eq!(series, MOST_RULES + 1);
        assert!(text.contains(r#"{rule="other",mode="deny"} 50"#), "{text}");
    }
}
