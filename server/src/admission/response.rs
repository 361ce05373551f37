//! The answer to a review, within what an API server takes and shows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plumbline_core::report;
use serde::Serialize;

use super::decision::{Cause, Decision};
use super::review::{API_VERSION, KIND};

/// What an answer says of where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// The digest of the policies that decided.
    pub digest: &'a str,
    /// What the decision is called.
    pub id: &'a str,
}

/// The answer to the review with this `uid`, as JSON.
pub fn answer(uid: &str, decision: &Decision, stamp: Stamp<'_>) -> serde_json::Value {
    let is_allowed = decision.is_allowed();
    let status = (!is_allowed).then(|| status(decision));
    let review = AdmissionReview {
        api_version: API_VERSION,
        kind: KIND,
        response: Response {
            uid,
            allowed: is_allowed,
            status,
            warnings: warnings(decision),
            audit_annotations: annotations(decision, stamp),
        },
    };
    // Without an answer, the failure policy of the webhook decides.
    serde_json::to_value(review).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdmissionReview<'a> {
    api_version: &'static str,
    kind: &'static str,
    response: Response<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    audit_annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Status {
    code: u16,
    reason: &'static str,
    message: String,
}

/// The most bytes of a message: it goes into the answer to a client, and into the events of controllers.
const LONGEST_MESSAGE: usize = 8 << 10;
/// The most characters of one line of it.
const LONGEST_LINE: usize = 1_000;
/// The most characters of a warning that an API server passes on as it is.
const LONGEST_WARNING: usize = 256;
/// More warnings than these are only counted.
const MOST_WARNINGS: usize = 20;
/// More rules than these are only counted.
const MOST_RULES: usize = 50;

fn status(decision: &Decision) -> Status {
    let (code, reason) = match decision.cause {
        Cause::Rules => (403, "Forbidden"),
        Cause::Time => (504, "Timeout"),
        Cause::Record => (503, "ServiceUnavailable"),
    };
    Status {
        code,
        reason,
        message: message(
            decision
                .refusals
                .iter()
                .map(|refusal| refusal.text.as_str()),
        ),
    }
}

/// As many lines as there is room for.
fn message<'a>(lines: impl ExactSizeIterator<Item = &'a str>) -> String {
    let room = LONGEST_MESSAGE - more(usize::MAX).len() - 1;
    let count = lines.len();
    let mut out = String::new();
    for (at, line) in lines.enumerate() {
        let line = cut(line, LONGEST_LINE);
        if out.len() + line.len() + 1 > room {
            out.push('\n');
            out.push_str(&more(count - at));
            break;
        }
        if at > 0 {
            out.push('\n');
        }
        out.push_str(&line);
    }
    out
}

/// What an override let pass is said, so that nobody takes it for clean.
fn warnings(decision: &Decision) -> Vec<String> {
    let glass = decision.break_glass();
    let passed = glass.map(|id| format!("admitted by the override `{}`", report::visible(id)));
    let refusals = decision.refusals.iter().filter(|_| glass.is_some());
    let all: Vec<&String> = passed
        .iter()
        .chain(refusals.map(|refusal| &refusal.text))
        .chain(&decision.warnings)
        .collect();
    let shown = if all.len() > MOST_WARNINGS {
        MOST_WARNINGS - 1
    } else {
        all.len()
    };
    let rest = all.len() - shown;
    let mut warnings: Vec<String> = all
        .into_iter()
        .take(shown)
        .map(|warning| cut(warning, LONGEST_WARNING).into_owned())
        .collect();
    if rest > 0 {
        warnings.push(more(rest));
    }
    warnings
}

fn annotations(decision: &Decision, stamp: Stamp<'_>) -> BTreeMap<&'static str, String> {
    let fired = decision.findings.iter().map(|fired| fired.rule.as_str());
    let waived = decision.waived.iter().map(String::as_str);
    let undecided = decision.undecided.iter();
    let undecided = undecided.map(|undecided| undecided.rule.as_str());
    let lists = [
        ("rules", rules(fired)),
        ("waived", rules(waived)),
        ("undecided", rules(undecided)),
    ];
    let mut annotations = BTreeMap::from([
        ("decision-id", stamp.id.to_owned()),
        ("policies", stamp.digest.to_owned()),
    ]);
    annotations.extend(lists.into_iter().filter(|(_, rules)| !rules.is_empty()));
    if let Some(id) = decision.break_glass() {
        annotations.insert("override", report::visible(id).into_owned());
    }
    annotations
}

/// Each rule once, in order.
fn rules<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let rest = ids.len().saturating_sub(MOST_RULES);
    ids.truncate(MOST_RULES);
    let mut text = ids.join(",");
    if rest > 0 {
        text.push_str(&format!(" {}", more(rest)));
    }
    text
}

fn more(count: usize) -> String {
    format!("... and {count} more")
}

/// A text of so many characters at most.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    const MARK: &str = "...";
    if text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let kept: String = text.chars().take(most - MARK.len()).collect();
    Cow::Owned(kept + MARK)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_MESSAGE, LONGEST_WARNING, MOST_WARNINGS, Stamp, answer, rules};
    use crate::admission::{Decision, Refusal};

    fn answered(decision: &Decision) -> serde_json::Value {
        let stamp = Stamp {
            digest: "sha256:00",
            id: "d",
        };
        answer("u", decision, stamp)["response"].clone()
    }

    fn refusal(text: String, overridden_by: Option<&str>) -> Refusal {
        Refusal {
            text,
            overridden_by: overridden_by.map(str::to_owned),
        }
    }

    fn refused(lines: usize, length: usize) -> String {
        let decision = Decision {
            refusals: vec![refusal("é".repeat(length), None); lines],
            ..Decision::default()
        };
        let message = answered(&decision)["status"]["message"].clone();
        message.as_str().unwrap().to_owned()
    }

    fn warned(lines: usize, length: usize) -> Vec<String> {
        let decision = Decision {
            warnings: vec!["é".repeat(length); lines],
            ..Decision::default()
        };
        let warnings = answered(&decision)["warnings"].clone();
        serde_json::from_value(warnings).unwrap()
    }

    #[test]
    fn every_reason_is_a_line() {
        assert_eq!(refused(3, 1), "é\né\né");
    }

    #[test]
    fn reasons_without_room_are_counted() {
        let message = refused(1_000, 100);
        assert!(message.len() <= LONGEST_MESSAGE, "{}", message.len());
        let (said, last) = message.rsplit_once('\n').unwrap();
        let left = 1_000 - said.lines().count();
        assert_eq!(last, format!("... and {left} more"));
    }

    #[test]
    fn one_reason_of_any_length_has_room() {
        let message = refused(1, 100_000);
        assert!(message.ends_with("é..."), "{message}");
        assert!(message.len() <= LONGEST_MESSAGE, "{}", message.len());
    }

    #[test]
    fn a_warning_is_cut_at_a_character() {
        assert_eq!(warned(1, LONGEST_WARNING), ["é".repeat(LONGEST_WARNING)]);
        let cut = warned(1, LONGEST_WARNING + 1).remove(0);
        assert_eq!(cut.chars().count(), LONGEST_WARNING);
        assert!(cut.ends_with("é..."), "{cut}");
    }

    #[test]
    fn warnings_beyond_the_most_are_counted() {
        assert_eq!(warned(MOST_WARNINGS, 1).len(), MOST_WARNINGS);
        let warnings = warned(MOST_WARNINGS + 5, 1);
        assert_eq!(warnings.len(), MOST_WARNINGS);
        assert_eq!(warnings.last().unwrap(), "... and 6 more");
    }

    #[test]
    fn what_an_override_let_pass_is_said() {
        let decision = Decision {
            refusals: vec![refusal("[a/b] c".to_owned(), Some("night"))],
            ..Decision::default()
        };
        let response = answered(&decision);
        assert_eq!(response["allowed"], true);
        assert_eq!(
            response["warnings"],
            serde_json::json!(["admitted by the override `night`", "[a/b] c"])
        );
        assert_eq!(response["auditAnnotations"]["override"], "night");
    }

    #[test]
    fn an_override_of_one_reason_lets_no_other_pass() {
        let decision = Decision {
            refusals: vec![
                refusal("[a/b] c".to_owned(), Some("night")),
                refusal("[a/d] e".to_owned(), None),
            ],
            ..Decision::default()
        };
        let response = answered(&decision);
        assert_eq!(response["allowed"], false);
        assert_eq!(response["status"]["message"], "[a/b] c\n[a/d] e");
        assert!(response["auditAnnotations"].get("override").is_none());
    }

    #[test]
    fn a_rule_is_listed_once() {
        assert_eq!(rules(["b", "a", "b"].into_iter()), "a,b");
        let many: Vec<String> = (0..60).map(|at| format!("r/{at:02}")).collect();
        let listed = rules(many.iter().map(String::as_str));
        assert!(listed.ends_with("r/49 ... and 10 more"), "{listed}");
    }
}
