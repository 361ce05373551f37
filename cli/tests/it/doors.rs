//! A server answers what the command answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use super::{POD, PRIVILEGED, folder, plumb};

/// A server that runs until this is dropped.
struct Server {
    child: Child,
    admission: String,
    api: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(folder: &Path) -> Self {
        let args = "serve --plain --listen 127.0.0.1:0 --api 127.0.0.1:0".split(' ');
        let mut child = Command::new(env!("CARGO_BIN_EXE_plumb"))
            .args(args)
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let listening = lines
            .find_map(|line| line.ok().filter(|line| line.starts_with("listening: ")))
            .unwrap();
        // What it logs is read, so that it is never kept waiting.
        thread::spawn(move || lines.for_each(drop));
        let mut addresses = listening
            .split("http://")
            .skip(1)
            .map(|rest| rest.split(',').next().unwrap_or(rest).trim().to_owned());
        Self {
            child,
            admission: addresses.next().unwrap(),
            api: addresses.next().unwrap(),
        }
    }
}

/// The head and the body of what is answered to some JSON.
fn post(address: &str, path: &str, body: &Value) -> (String, Value) {
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), serde_json::from_str(body).unwrap())
}

const TEMPLATE: &str =
    "AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n  Jobs: {Type: AWS::SQS::Queue}\n";

#[test]
fn a_check_over_http_is_that_of_the_command() {
    let files = [
        ("pod.yaml", POD),
        ("privileged.yaml", PRIVILEGED),
        ("template.yaml", TEMPLATE),
    ];
    let folder = folder(&files);
    let names = files.map(|(name, _)| name);
    let run = plumb(
        folder.path(),
        &[&["check", "-o", "json"][..], &names].concat(),
    );
    let server = Server::start(folder.path());
    let texts: serde_json::Map<String, Value> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), json!(text)))
        .collect();
    let (head, report) = post(&server.api, "/v1/check", &json!({"files": texts}));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.contains("x-plumbline-verdict: deny"), "{head}");
    assert_eq!(report, run.json());
}

#[test]
fn a_review_over_http_is_refused_for_what_the_command_finds() {
    let folder = folder(&[("privileged.yaml", PRIVILEGED)]);
    let run = plumb(folder.path(), &["check", "-o", "json", "privileged.yaml"]);
    let server = Server::start(folder.path());
    let container = json!({"name": "c", "image": "registry.example.com/c:1", "securityContext": {"privileged": true}});
    let review = json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "u",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "operation": "CREATE",
            "namespace": "shop",
            "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b", "namespace": "shop"}, "spec": {"containers": [container]}},
        },
    });
    let (head, answer) = post(&server.admission, "/v1/admit?timeout=10s", &review);
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let response = &answer["response"];
    assert_eq!(response["allowed"], false);
    let message = response["status"]["message"].as_str().unwrap();
    let report = run.json();
    let finding = &report["findings"][0];
    let rule = finding["rule"].as_str().unwrap();
    assert!(message.contains(&format!("[{rule}] ")), "{message}");
    let digest = &report["policies"]["digest"];
    assert_eq!(response["auditAnnotations"]["policies"], *digest);
}
