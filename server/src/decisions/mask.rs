//! What of a decision is recorded, and what is hidden.
//!
//! Masks that were configured come first, then what sensitive rules found, then what is a secret by its nature. What
//! was hidden in one place is hidden in every other text of the record, too.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::names::{assignment, is_secret, names_secret};
use super::pointer::{Mask, spelt};

/// What stands in place of a secret.
const HIDDEN: &str = "***";
/// Shorter texts are in everything, and are no secrets.
const SHORTEST: usize = 4;
/// In a request, where much is said that nobody wrote for a secret, a text must be this long to be hidden by its value.
const SHORTEST_IN_INPUT: usize = 8;
/// How many bytes are compared, all in all. A text that would take more is hidden as a whole.
const COMPARED: usize = 256 * 1024 * 1024;
/// How deep the object of a request lies: `/input/request/object`.
const OBJECT: usize = 3;
/// How deep JSON is read within texts of JSON.
const MAX_NESTED: usize = 4;

/// What was hidden, and where.
#[derive(Default)]
pub(super) struct Hidden {
    /// Pointers to what was taken out.
    pub(super) erased: Vec<String>,
    /// Pointers to what was replaced.
    pub(super) masked: Vec<String>,
    secrets: BTreeSet<String>,
}

/// Hides what must not be recorded of an event with `input` and `result`.
pub(super) fn hide(event: &mut Value, masks: &[Mask], sensitive: &[String]) -> Hidden {
    let mut hidden = Hidden::default();
    for mask in masks {
        mask.apply(event, &mut hidden);
    }
    for pointer in sensitive {
        around(event, &format!("/input{pointer}"), &mut hidden);
    }
    let mut walk = Walk {
        path: Vec::new(),
        nested: 0,
        hidden: &mut hidden,
    };
    walk.visit(event, false);
    hidden.erased.sort();
    hidden.erased.dedup();
    hidden.masked.sort();
    hidden.masked.dedup();
    if let Some(input) = event.get_mut("input") {
        hidden.scrub(input, SHORTEST_IN_INPUT);
    }
    if let Some(result) = event.get_mut("result") {
        hidden.scrub(result, SHORTEST);
    }
    hidden
}

impl Hidden {
    /// Takes down a value that is about to be hidden, so that it is hidden everywhere.
    pub(super) fn learn(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.learn_text(text),
            Value::Number(number) => self.learn_text(&number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.learn(field)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A text, and what it says if it is written in base64.
    fn learn_text(&mut self, text: &str) {
        let decoded = STANDARD.decode(text.trim()).ok();
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        for secret in [Some(text), decoded.as_deref()].into_iter().flatten() {
            let secret = secret.trim();
            if secret.chars().count() >= SHORTEST && secret != HIDDEN {
                self.secrets.insert(secret.to_owned());
            }
        }
    }

    /// A text without anything that was hidden.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let mut left = COMPARED;
        self.scrub_text(&mut text, SHORTEST, &mut left);
        text
    }

    fn scrub(&self, value: &mut Value, shortest: usize) {
        if !self.secrets.is_empty() {
            let mut left = COMPARED;
            self.scrub_within(value, shortest, &mut left);
        }
    }

    fn scrub_within(&self, value: &mut Value, shortest: usize, left: &mut usize) {
        match value {
            Value::String(text) => self.scrub_text(text, shortest, left),
            Value::Array(items) => {
                for item in items {
                    self.scrub_within(item, shortest, left);
                }
            }
            Value::Object(fields) => {
                for field in fields.values_mut() {
                    self.scrub_within(field, shortest, left);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A text of which a secret is a part is hidden in that part. Longer secrets come first: one may begin another.
    fn scrub_text(&self, text: &mut String, shortest: usize, left: &mut usize) {
        let cost = text.len().saturating_mul(self.secrets.len());
        let Some(rest) = left.checked_sub(cost) else {
            HIDDEN.clone_into(text);
            return;
        };
        *left = rest;
        let mut found: Vec<&String> = self
            .secrets
            .iter()
            .filter(|secret| secret.chars().count() >= shortest && text.contains(secret.as_str()))
            .collect();
        found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in found {
            *text = text.replace(secret.as_str(), HIDDEN);
        }
    }
}

/// Hides every value at a pointer and beside it: what a sensitive rule points at may be the neighbour of a secret. An
/// old object that has nothing there loses what it has at the nearest place.
fn around(event: &mut Value, pointer: &str, hidden: &mut Hidden) {
    let mut place = pointer;
    while event.pointer(place).is_none() {
        match place.rsplit_once('/') {
            Some((shorter, _)) => place = shorter,
            None => return,
        }
    }
    let is_there = place == pointer;
    match (place.matches('/').count(), place.rsplit_once('/')) {
        (..OBJECT, _) => return,
        (OBJECT, _) if !is_there => return,
        (OBJECT, _) => {}
        (_, Some((parent, _))) if is_there => place = parent,
        _ => {}
    }
    if let Some(value) = event.pointer_mut(place) {
        blot(value, &mut place.to_owned(), hidden);
    }
}

/// Hides every scalar of a value, of which this is the pointer.
fn blot(value: &mut Value, pointer: &mut String, hidden: &mut Hidden) {
    let length = pointer.len();
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                pointer.push('/');
                pointer.push_str(&spelt(key));
                blot(field, pointer, hidden);
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push_str(&format!("/{index}"));
                blot(item, pointer, hidden);
                pointer.truncate(length);
            }
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if value.as_str() == Some(HIDDEN) {
                return;
            }
            hidden.learn(value);
            *value = Value::String(HIDDEN.to_owned());
            hidden.masked.push(pointer.clone());
        }
    }
}

/// The way through an event, hiding what is a secret by its nature.
struct Walk<'a> {
    /// Keys and indexes as a pointer has them.
    path: Vec<String>,
    /// In how many texts of JSON this is.
    nested: usize,
    hidden: &'a mut Hidden,
}

impl Walk<'_> {
    /// Goes through a value. What lists and requests hold need not say itself that it is a Secret.
    fn visit(&mut self, value: &mut Value, is_secret: bool) {
        match value {
            Value::Object(fields) => self.object(fields, is_secret),
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.path.push(index.to_string());
                    self.visit(item, is_secret);
                    self.path.pop();
                }
            }
            Value::String(_) => self.text(value),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn object(&mut self, fields: &mut serde_json::Map<String, Value>, is_secret: bool) {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let is_list = text("kind") == Some("SecretList");
        let is_secret = is_secret || text("kind") == Some("Secret");
        let has_secret_name = text("name").is_some_and(names_secret);
        let is_asked_for = fields
            .get("kind")
            .and_then(|kind| kind.get("kind"))
            .and_then(Value::as_str)
            == Some("Secret");
        for (key, value) in fields {
            self.path.push(spelt(key));
            let is_hidden = match key.as_str() {
                "data" | "stringData" => is_secret,
                "value" => has_secret_name,
                _ => false,
            };
            if is_hidden || names_secret(key) && is_of_texts(value) {
                self.hide(value);
            } else {
                let holds_secrets = match key.as_str() {
                    "items" => is_list,
                    "object" | "oldObject" => is_asked_for,
                    _ => false,
                };
                self.visit(value, holds_secrets);
            }
            self.path.pop();
        }
    }

    /// A text may be a secret, give one to a name, or be JSON with secrets in it, as `kubectl` leaves one behind.
    fn text(&mut self, value: &mut Value) {
        let Some(text) = value.as_str() else {
            return;
        };
        if text.starts_with(['{', '[']) {
            if self.nested == MAX_NESTED {
                return self.hide(value);
            }
            if let Ok(within) = serde_json::from_str::<Value>(text) {
                return self.json(value, within);
            }
        }
        if is_secret(text) || self.is_last_applied() {
            return self.hide(value);
        }
        if !text.contains(['=', ':']) {
            return;
        }
        let mut shown = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let (before, secret, behind) = assignment(line).unwrap_or((line, "", ""));
            shown.push_str(before);
            if !secret.is_empty() && secret != HIDDEN {
                self.hidden.learn_text(secret);
                shown.push_str(HIDDEN);
            } else {
                shown.push_str(secret);
            }
            shown.push_str(behind);
        }
        if shown != text {
            *value = Value::String(shown);
            self.took();
        }
    }

    fn json(&mut self, value: &mut Value, mut within: Value) {
        let before = self.hidden.masked.len();
        self.nested += 1;
        self.visit(&mut within, false);
        self.nested -= 1;
        if self.hidden.masked.len() > before {
            // What lies within a text has no pointer of its own.
            self.hidden.masked.truncate(before);
            *value = Value::String(within.to_string());
            self.took();
        }
    }

    fn is_last_applied(&self) -> bool {
        self.path
            .last()
            .is_some_and(|key| key.ends_with("last-applied-configuration"))
    }

    fn hide(&mut self, value: &mut Value) {
        let mut pointer = self.pointer();
        blot(value, &mut pointer, self.hidden);
    }

    fn took(&mut self) {
        let pointer = self.pointer();
        self.hidden.masked.push(pointer);
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for key in &self.path {
            pointer.push('/');
            pointer.push_str(key);
        }
        pointer
    }
}

/// A text, or a list of texts: what is below a name in any other way has names of its own.
fn is_of_texts(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::pointer::Mask;
    use super::hide;

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "literals are handed in")]
    fn check(input: Value, shown: Value, masked: &[&str]) {
        let mut event = json!({"input": input});
        let hidden = hide(&mut event, &[], &[]);
        assert_eq!(event["input"], shown);
        assert_eq!(hidden.masked, masked);
    }

    #[test]
    fn the_data_of_a_secret_are_hidden_and_its_keys_are_not() {
        check(
            json!({"kind": "Secret", "data": {"a": "aHVudGVyMg=="}, "stringData": {"b": "x"}, "type": "Opaque"}),
            json!({"kind": "Secret", "data": {"a": "***"}, "stringData": {"b": "***"}, "type": "Opaque"}),
            &["/input/data/a", "/input/stringData/b"],
        );
    }

    #[test]
    fn the_data_of_a_config_map_are_shown() {
        let input = json!({"kind": "ConfigMap", "data": {"mode": "fast"}});
        check(input.clone(), input, &[]);
    }

    #[test]
    fn objects_of_a_request_for_a_secret_and_items_of_a_list_are_secrets() {
        check(
            json!({"kind": {"kind": "Secret"}, "object": {"data": {"a": "bb"}}, "oldObject": {"data": {"a": "cc"}}}),
            json!({"kind": {"kind": "Secret"}, "object": {"data": {"a": "***"}}, "oldObject": {"data": {"a": "***"}}}),
            &["/input/object/data/a", "/input/oldObject/data/a"],
        );
        check(
            json!({"kind": "SecretList", "items": [{"data": {"a": "bb"}}]}),
            json!({"kind": "SecretList", "items": [{"data": {"a": "***"}}]}),
            &["/input/items/0/data/a"],
        );
    }

    #[test]
    fn a_variable_is_hidden_by_its_name() {
        check(
            json!({"env": [{"name": "DB_PASSWORD", "value": "x"}, {"name": "MODE", "value": "fast"}]}),
            json!({"env": [{"name": "DB_PASSWORD", "value": "***"}, {"name": "MODE", "value": "fast"}]}),
            &["/input/env/0/value"],
        );
    }

    #[test]
    fn tokens_and_headers_are_hidden() {
        check(
            json!({"spec": {"token": "abc"}, "headers": {"Authorization": ["Bearer x"]}, "args": ["--token=abc"]}),
            json!({"spec": {"token": "***"}, "headers": {"Authorization": ["***"]}, "args": ["--token=***"]}),
            &[
                "/input/args/0",
                "/input/headers/Authorization/0",
                "/input/spec/token",
            ],
        );
    }

    #[test]
    fn lines_of_a_text_are_hidden_by_the_names_on_them() {
        check(
            json!({"data": {"app.yaml": "mode: fast\ndb:\n  password: hunter2\n"}}),
            json!({"data": {"app.yaml": "mode: fast\ndb:\n  password: ***\n"}}),
            &["/input/data/app.yaml"],
        );
    }

    #[test]
    fn json_within_a_text_is_hidden_like_json() {
        let key = "kubectl.kubernetes.io/last-applied-configuration";
        check(
            json!({"annotations": {key: "{\"kind\":\"Secret\",\"data\":{\"a\":\"bb\"}}"}}),
            json!({"annotations": {key: "{\"data\":{\"a\":\"***\"},\"kind\":\"Secret\"}"}}),
            &["/input/annotations/kubectl.kubernetes.io~1last-applied-configuration"],
        );
        check(
            json!({"annotations": {key: "{\"kind\":\"Secret\",\"data"}}),
            json!({"annotations": {key: "***"}}),
            &["/input/annotations/kubectl.kubernetes.io~1last-applied-configuration"],
        );
    }

    #[test]
    fn what_a_sensitive_rule_points_at_is_hidden_with_what_is_beside_it() {
        let pointers = ["object", "oldObject"].map(|key| format!("/request/{key}/spec/a/b"));
        let object = json!({"spec": {"a": {"b": "one", "c": 2}, "d": "three"}});
        let hidden = json!({"spec": {"a": {"b": "***", "c": "***"}, "d": "three"}});
        for (old, old_hidden) in [
            (object.clone(), hidden.clone()),
            (Value::Null, Value::Null),
            (
                json!({"spec": {"a": {"x": 1}, "d": 4}}),
                json!({"spec": {"a": {"x": "***"}, "d": 4}}),
            ),
        ] {
            let request = |object: &Value, old: &Value| json!({"input": {"request": {"uid": "u", "object": object, "oldObject": old}}});
            let mut event = request(&object, &old);
            hide(&mut event, &[], &pointers);
            assert_eq!(event, request(&hidden, &old_hidden));
        }
    }

    #[test]
    fn what_was_hidden_is_hidden_in_every_text() {
        let mut event = json!({
            "input": {"kind": "Secret", "data": {"a": "aHVudGVyMiBsaXZlcw=="}, "note": "see hunter2 lives"},
            "result": {"message": "it is hunter2 lives, or aHVudGVyMiBsaXZlcw=="},
        });
        let hidden = hide(&mut event, &[], &[]);
        assert_eq!(event["input"]["note"], "see ***");
        assert_eq!(event["result"]["message"], "it is ***, or ***");
        assert_eq!(hidden.without_secrets("hunter2 lives"), "***");
        assert_eq!(hidden.without_secrets("hunter3"), "hunter3");
    }

    #[test]
    fn short_secrets_are_hidden_in_messages_and_not_in_the_request() {
        let mut event = json!({
            "input": {"kind": "Secret", "stringData": {"a": "prod"}, "namespace": "prod"},
            "result": "it is prod",
        });
        hide(&mut event, &[], &[]);
        assert_eq!(event["input"]["namespace"], "prod");
        assert_eq!(event["result"], "it is ***");
    }

    #[test]
    fn configured_masks_erase_and_replace() {
        let mut event = json!({"input": {"a": [{"b": "one", "c": 1}, {"b": "two"}], "d": "fourth"}, "result": "fourth"});
        let masks = [
            Mask::read("/input/a/*/b").unwrap(),
            Mask::read("/input/d => gone").unwrap(),
        ];
        let hidden = hide(&mut event, &masks, &[]);
        assert_eq!(
            event,
            json!({"input": {"a": [{"c": 1}, {}], "d": "gone"}, "result": "***"})
        );
        assert_eq!(hidden.erased, ["/input/a/0/b", "/input/a/1/b"]);
        assert_eq!(hidden.masked, ["/input/d"]);
    }
}
