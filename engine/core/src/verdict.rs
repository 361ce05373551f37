//! The only place that decides between pass, warn, deny and undecided.

use crate::finding::{Effect, Evaluation, Finding, Novelty, Severity};
use crate::problem::Problem;
use crate::waiver::Authority;

/// The door that a verdict is given at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnforcementPoint {
    /// Before a change is merged.
    Check,
    /// Before a request is carried out.
    Admission,
    /// On what runs.
    Audit,
}

/// What a run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Decided, and nothing is wrong.
    Pass,
    /// Decided, and what is wrong does not fail.
    Warn,
    /// Decided, and something fails.
    Deny,
    /// Not everything could be decided: never clean, whatever was found.
    Undecided,
}

impl Verdict {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Deny => "deny",
            Self::Undecided => "undecided",
        }
    }

    /// The verdict on an evaluation. Warnings and audit findings never fail; a deny below the threshold is a warning
    /// at `check` only, since the threshold is the repository's and not the organisation's.
    pub fn of(evaluation: &Evaluation, point: EnforcementPoint, fail_on: Severity) -> Self {
        if evaluation.undecided > 0 || evaluation.problems.iter().any(Problem::is_error) {
            return Self::Undecided;
        }
        if evaluation
            .findings
            .iter()
            .any(|finding| fails(finding, point, fail_on))
        {
            return Self::Deny;
        }
        let shown =
            |finding: &Finding| finding.effect != Effect::Audit && !is_excused(finding, point);
        if evaluation.findings.iter().any(shown) {
            Self::Warn
        } else {
            Self::Pass
        }
    }
}

/// Whether one finding is enough to fail.
pub fn fails(finding: &Finding, point: EnforcementPoint, fail_on: Severity) -> bool {
    would_fail(finding.effect, finding.severity, point, fail_on) && !is_excused(finding, point)
}

/// Whether a finding of this effect and severity is enough to fail.
pub fn would_fail(
    effect: Effect,
    severity: Severity,
    point: EnforcementPoint,
    fail_on: Severity,
) -> bool {
    let threshold = match point {
        EnforcementPoint::Check => fail_on,
        EnforcementPoint::Admission | EnforcementPoint::Audit => Severity::Info,
    };
    effect == Effect::Deny && severity >= threshold
}

/// Whether a finding counts for nothing at a door: it is waived, or known from a baseline. Only a waiver of the
/// organisation counts beyond `check`. All else is the repository's, as the threshold is: who writes a manifest cannot
/// weaken what holds there.
pub fn is_excused(finding: &Finding, point: EnforcementPoint) -> bool {
    let authority = finding.waiver.as_ref().map(|waiver| waiver.authority);
    match point {
        EnforcementPoint::Check => {
            authority.is_some() || finding.novelty == Some(Novelty::Unchanged)
        }
        EnforcementPoint::Admission | EnforcementPoint::Audit => {
            authority == Some(Authority::Organisation)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{EnforcementPoint, Verdict};
    use crate::finding::{Effect, Evaluation, Novelty, Severity};
    use crate::problem::Problem;
    use crate::waiver::{Authority, Date, Scope, Waiver};

    #[track_caller]
    fn check(evaluation: &Evaluation, at_check: Verdict, at_admission: Verdict) {
        let of = |point| Verdict::of(evaluation, point, Severity::High);
        assert_eq!(
            (of(EnforcementPoint::Check), of(EnforcementPoint::Admission)),
            (at_check, at_admission)
        );
    }

    fn with(effect: Effect, severity: Severity) -> Evaluation {
        Evaluation {
            findings: vec![crate::finding::tests::finding(effect, severity)],
            ..Evaluation::default()
        }
    }

    #[test]
    fn nothing_found_passes() {
        check(&Evaluation::default(), Verdict::Pass, Verdict::Pass);
    }

    #[test]
    fn a_deny_fails_from_the_threshold_on() {
        check(
            &with(Effect::Deny, Severity::High),
            Verdict::Deny,
            Verdict::Deny,
        );
        check(
            &with(Effect::Deny, Severity::Medium),
            Verdict::Warn,
            Verdict::Deny,
        );
    }

    #[test]
    fn warnings_and_audit_findings_never_fail() {
        check(
            &with(Effect::Warn, Severity::Critical),
            Verdict::Warn,
            Verdict::Warn,
        );
        check(
            &with(Effect::Audit, Severity::Critical),
            Verdict::Pass,
            Verdict::Pass,
        );
    }

    fn waived(authority: Authority) -> Evaluation {
        let mut evaluation = with(Effect::Deny, Severity::Critical);
        let finding = &mut evaluation.findings[0];
        finding.waiver = Some(Arc::new(Waiver {
            id: None,
            authority,
            annotated: false,
            rule: "a/b".to_owned(),
            scope: Scope::Bytes(finding.location.span),
            reason: "r".to_owned(),
            owner: "o".to_owned(),
            expires: Date::of_unix_seconds(0),
            ticket: None,
            place: finding.location.span,
        }));
        evaluation
    }

    #[test]
    fn a_waived_finding_fails_at_check_no_more() {
        let mut evaluation = waived(Authority::Local);
        check(&evaluation, Verdict::Pass, Verdict::Deny);
        evaluation.undecided = 1;
        check(&evaluation, Verdict::Undecided, Verdict::Undecided);
    }

    #[test]
    fn a_finding_that_the_organisation_waived_fails_nowhere() {
        let mut evaluation = waived(Authority::Organisation);
        check(&evaluation, Verdict::Pass, Verdict::Pass);
        evaluation.undecided = 1;
        check(&evaluation, Verdict::Undecided, Verdict::Undecided);
    }

    #[test]
    fn a_known_finding_fails_at_check_no_more() {
        let mut evaluation = with(Effect::Deny, Severity::Critical);
        evaluation.findings[0].novelty = Some(Novelty::Unchanged);
        check(&evaluation, Verdict::Pass, Verdict::Deny);
        evaluation.findings[0].novelty = Some(Novelty::New);
        check(&evaluation, Verdict::Deny, Verdict::Deny);
    }

    #[test]
    fn what_could_not_be_decided_beats_everything() {
        let mut evaluation = with(Effect::Deny, Severity::High);
        evaluation.undecided = 1;
        check(&evaluation, Verdict::Undecided, Verdict::Undecided);
        let unread = Evaluation {
            problems: vec![Problem::run("unread")],
            ..Evaluation::default()
        };
        check(&unread, Verdict::Undecided, Verdict::Undecided);
    }
}
