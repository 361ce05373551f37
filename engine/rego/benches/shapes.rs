//! How fast policies of typical shapes are answered: `cargo bench -p plumbline-rego`.
//!
//! With `PLUMBLINE_OPA` naming an `opa` binary, each shape is timed there too, by `opa bench` on the same policy and input.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a bench prints, reads the clock and starts its peer"
)]

use std::process::Command;
use std::time::{Duration, Instant};

use plumbline_rego::value::json;
use plumbline_rego::{Module, Program, Settings, Value, compile};

/// A policy with an entry `data.b.p`, its data and its input.
struct Shape {
    name: &'static str,
    policy: String,
    data: String,
    input: String,
}

fn main() {
    println!(
        "{:<44} {:>12} {:>12} {:>8}",
        "shape", "ns", "opa ns", "ratio"
    );
    for shape in shapes() {
        let own = measure(&shape);
        let peer = std::env::var_os("PLUMBLINE_OPA").and_then(|opa| peer(&shape, opa.as_ref()));
        let (peer, ratio) = peer.map_or(("-".to_owned(), "-".to_owned()), |peer| {
            (format!("{peer:.0}"), format!("{:.1}", peer / own))
        });
        println!("{:<44} {own:>12.0} {peer:>12} {ratio:>8}", shape.name);
    }
}

/// Nanoseconds of one warm evaluation: the best of some rounds.
#[expect(clippy::cast_precision_loss, reason = "a duration in a few digits")]
fn measure(shape: &Shape) -> f64 {
    let (program, diagnostics) = compile(&[Module::new("b.rego", shape.policy.as_str())]);
    assert_eq!(diagnostics, []);
    let data = json::parse(&shape.data).unwrap();
    let input = json::parse(&shape.input).unwrap();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let mut rounds = 0_u32;
        while start.elapsed() < Duration::from_millis(120) {
            evaluate(&program, &data, &input);
            rounds += 1;
        }
        best = best.min(start.elapsed().as_nanos() as f64 / f64::from(rounds));
    }
    best
}

fn evaluate(program: &Program, data: &Value, input: &Value) {
    let settings = Settings::default();
    let answer = program
        .evaluate(&program.entry("data.b.p"), data, Some(input), &settings)
        .unwrap();
    assert!(answer.value.is_some());
}

/// What `opa bench` says of one evaluation, in nanoseconds.
fn peer(shape: &Shape, opa: &std::path::Path) -> Option<f64> {
    let folder = std::env::temp_dir().join(format!("plumbline-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    let file = |name: &str, text: &str| std::fs::write(folder.join(name), text);
    file("b.rego", &shape.policy)
        .and_then(|()| file("data.json", &shape.data))
        .and_then(|()| file("input.json", &shape.input))
        .ok()?;
    let output = Command::new(opa)
        .args([
            "bench",
            "--benchmem=false",
            "--format",
            "json",
            "-d",
            "b.rego",
            "-d",
            "data.json",
            "-i",
            "input.json",
            "data.b.p",
        ])
        .current_dir(&folder)
        .output()
        .ok()?;
    let report = json::parse(std::str::from_utf8(&output.stdout).ok()?).ok()?;
    let number = |key: &str| {
        report
            .get_str(key)
            .and_then(Value::as_number)
            .map(plumbline_rego::Number::to_f64)
    };
    let _ = std::fs::remove_dir_all(&folder);
    Some(number("T")? / number("N")?)
}

fn shapes() -> Vec<Shape> {
    let objects = |count: usize| {
        let entries: Vec<String> = (0..count).map(|n| format!(r#""ns{n}": {{"kind": "Ingress", "host": "host{n}.example.com", "name": "i{n}"}}"#)).collect();
        format!(r#"{{"inventory": {{{}}}}}"#, entries.join(","))
    };
    let users: Vec<String> = (0..10_000)
        .map(|n| format!(r#""user{n}": {{"role": "r{}"}}"#, n % 7))
        .collect();
    let deny = |n: usize| {
        format!("p contains \"m{n}\" if {{\n\tinput.kind == \"Kind{n}\"\n\tinput.n > {n}\n}}\n\n")
    };
    let pod = r#"{"kind": "Pod", "n": 5, "metadata": {"labels": {"app": "web", "team": "shop"}}, "spec": {"containers": [{"name": "a", "image": "registry.example.com/a:1", "resources": {"limits": {"memory": "128Mi"}}}, {"name": "b", "image": "docker.io/b:2", "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}]}, "user": "user77", "action": "read"}"#;
    let shape = |name, policy: &str, data: &str| Shape {
        name,
        policy: format!("package b\n\n{policy}\n"),
        data: data.to_owned(),
        input: pod.to_owned(),
    };
    vec![
        shape(
            "trivial role check",
            "default p := false\n\np if {\n\tdata.roles[input.user].action == input.action\n}",
            r#"{"roles": {"user77": {"action": "read"}}}"#,
        ),
        shape(
            "required labels",
            "p contains msg if {\n\tprovided := {label | input.metadata.labels[label]}\n\trequired := {\"app\", \"team\", \"owner\"}\n\tmissing := required - provided\n\tcount(missing) > 0\n\tmsg := sprintf(\"missing %v\", [missing])\n}",
            "{}",
        ),
        shape(
            "allowed repositories",
            "p contains msg if {\n\tsome container in input.spec.containers\n\tsatisfied := [good | some repo in data.repos; good := startswith(container.image, repo)]\n\tnot any_true(satisfied)\n\tmsg := sprintf(\"container %s\", [container.name])\n}\n\nany_true(xs) if {\n\tsome x in xs\n\tx == true\n}",
            r#"{"repos": ["registry.example.com/", "ghcr.io/acme/"]}"#,
        ),
        shape(
            "capabilities",
            "p contains msg if {\n\tsome container in input.spec.containers\n\tsome capability in container.securityContext.capabilities.add\n\tnot capability in {\"NET_BIND_SERVICE\"}\n\tmsg := sprintf(\"%s adds %s\", [container.name, capability])\n}",
            "{}",
        ),
        shape(
            "look-up in 10,000 users",
            "p := data.users[input.user].role",
            &format!(r#"{{"users": {{{}}}}}"#, users.join(",")),
        ),
        shape(
            "uniqueness over 1,000 objects, by scan",
            "p contains ns if {\n\tsome ns, other in data.inventory\n\tother.kind == \"Ingress\"\n\tother.host == \"host77.example.com\"\n}",
            &objects(1000),
        ),
        shape(
            "1,000 rules in one partial set",
            &(0..1000).map(deny).collect::<String>(),
            "{}",
        ),
        shape(
            "strings and patterns",
            "p := count([x | some w in split(\"a-b-c-d-e-f-g-h\", \"-\"); x := sprintf(\"%s-%d\", [upper(w), count(w)]); regex.match(`^[A-Z]-\\d+$`, x)])",
            "{}",
        ),
        shape(
            "nested comprehensions",
            "p := sum([x | some i in numbers.range(1, 60); x := count([j | some j in numbers.range(1, 40); j % 7 == i % 7])])",
            "{}",
        ),
        shape(
            "walk",
            "p := count([1 | walk(data.inventory, [_, v]); v == \"Ingress\"])",
            &objects(300),
        ),
    ]
}
