//! `--fix` and `--diff`: what rules say would undo their findings, made in rounds and judged before it counts.
//!
//! Fixes that touch each other are made one after the other. Edited texts are judged with everything else, and a file
//! goes on with them only if that is better for it, and worse nowhere.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::process::ExitCode;

use anyhow::bail;
use plumbline_core::finding::{Effect, Finding};
use plumbline_core::fix::{self, Fix};
use plumbline_core::problem::{Place, Problem};
use plumbline_core::report::{text, visible};
use plumbline_core::source::FileId;
use plumbline_core::verdict::{EnforcementPoint, Verdict, is_excused};
use plumbline_sources::fs;

use super::Examined;
use crate::command::write_file;
use crate::io::Io;
use crate::manifests::Edited;

/// More rounds than this are not made.
const MOST_ROUNDS: usize = 50;

/// What became of the files of a run.
pub(super) struct Improved {
    /// The run, as if the files were written.
    pub(super) examined: Examined,
    drafts: BTreeMap<String, Draft>,
    /// What could not be fixed, and why.
    left: Vec<String>,
}

/// A file that is better.
struct Draft {
    before: String,
    after: String,
    findings: usize,
}

/// A finding as it is known from one round to the next: rule, resource, message.
type Named = (String, String, String);

/// The edits of one file in one round.
struct Attempt {
    file: String,
    before: String,
    after: String,
    findings: Vec<Named>,
}

/// Makes every fix that can be made and is better than what there is.
pub(super) fn improve(first: Examined, examine: impl Fn(&Edited) -> Examined) -> Improved {
    let mut edited = Edited::default();
    // Standard input can be read only once.
    if let Some(piped) = first.piped.and_then(|file| first.sources.get(file)) {
        edited.insert(piped.name().to_owned(), piped.text().to_owned());
    }
    let mut improved = Improved {
        examined: first,
        drafts: BTreeMap::new(),
        left: Vec::new(),
    };
    let mut tried = HashSet::new();
    for _ in 0..MOST_ROUNDS {
        let wanted = wanted(&improved.examined, &tried);
        if wanted.is_empty() {
            break;
        }
        let mut broken = Vec::new();
        let attempts: Vec<Attempt> = wanted
            .into_iter()
            .filter_map(|(file, findings)| {
                attempt(&improved.examined, file, &findings, &mut broken)
            })
            .collect();
        for (file, finding) in broken {
            improved.give_up(
                &file,
                finding,
                "the edited text does not mean what it should",
                &mut tried,
            );
        }
        if !attempts.is_empty() {
            improved.judge(attempts, &mut edited, &mut tried, &examine);
        }
    }
    improved
}

/// Prints a patch of what was changed.
pub(super) fn show(improved: &Improved, io: &mut Io) -> ExitCode {
    for (name, draft) in &improved.drafts {
        io.data(&fix::diff(&visible(name), &draft.before, &draft.after));
    }
    improved.say_left(io);
    let Examined {
        sources,
        evaluation,
        verdict,
        ..
    } = &improved.examined;
    if *verdict == Verdict::Undecided {
        let errors = evaluation.problems.iter().filter(|it| it.is_error());
        let errors: Vec<Problem> = errors.cloned().collect();
        let said = text::problems(sources, &errors, io.style());
        io.error(&said);
        return ExitCode::from(2);
    }
    ExitCode::from(u8::from(!improved.drafts.is_empty()))
}

/// Writes what was changed.
pub(super) fn write(improved: &Improved, io: &mut Io) -> anyhow::Result<()> {
    for (name, draft) in &improved.drafts {
        let Some(path) = improved.examined.files.get(name) else {
            continue;
        };
        let now = fs::read(path, u64::MAX).ok();
        if now.as_ref() != Some(&draft.before) {
            bail!(
                "{} was changed while it was judged; it was not written",
                visible(name)
            );
        }
        write_file(path, &draft.after)?;
        let findings = match draft.findings {
            1 => "1 finding".to_owned(),
            n => format!("{n} findings"),
        };
        io.error(&format!("fixed {}: {findings}\n", visible(name)));
    }
    improved.say_left(io);
    Ok(())
}

impl Improved {
    fn say_left(&self, io: &mut Io) {
        for left in &self.left {
            io.error(&format!("not fixed: {}\n", visible(left)));
        }
    }

    /// Takes edits over where they are better, and says of the others what is wrong with them.
    fn judge(
        &mut self,
        attempts: Vec<Attempt>,
        edited: &mut Edited,
        tried: &mut HashSet<Named>,
        examine: &impl Fn(&Edited) -> Examined,
    ) {
        let mut candidate = edited.clone();
        for attempt in &attempts {
            candidate.insert(attempt.file.clone(), attempt.after.clone());
        }
        let next = examine(&candidate);
        let objections = Objections::of(&self.examined, &next, &attempts);
        let (mut any_good, mut any_bad) = (false, false);
        for attempt in attempts {
            let stuck = objections.stuck(&attempt);
            let worse = objections.worse(&attempt.file);
            if stuck.is_empty() && worse.is_none() {
                any_good = true;
                edited.insert(attempt.file.clone(), attempt.after.clone());
                self.take(attempt);
                continue;
            }
            any_bad = true;
            for finding in stuck {
                self.give_up(&attempt.file, finding, "it would still be found", tried);
            }
            if let Some(why) = worse {
                for finding in attempt.findings {
                    self.give_up(&attempt.file, finding, why, tried);
                }
            }
        }
        if any_good {
            self.examined = if any_bad { examine(edited) } else { next };
        }
    }

    fn take(&mut self, attempt: Attempt) {
        let Attempt {
            file,
            before,
            after,
            findings,
        } = attempt;
        let draft = self.drafts.entry(file).or_insert_with(|| Draft {
            before,
            after: String::new(),
            findings: 0,
        });
        draft.after = after;
        draft.findings += findings.len();
    }

    fn give_up(&mut self, file: &str, finding: Named, why: &str, tried: &mut HashSet<Named>) {
        let said = format!("{} in {file}: {why}", finding.0);
        if tried.insert(finding) {
            self.left.push(said);
        }
    }
}

/// The findings that are shown and can be fixed, by file.
fn wanted<'a>(
    examined: &'a Examined,
    tried: &HashSet<Named>,
) -> BTreeMap<FileId, Vec<(&'a Finding, &'a Fix)>> {
    let mut wanted: BTreeMap<FileId, Vec<(&Finding, &Fix)>> = BTreeMap::new();
    for finding in &examined.evaluation.findings {
        let is_quiet =
            finding.effect == Effect::Audit || is_excused(finding, EnforcementPoint::Check);
        let Some(Ok(fix)) = &finding.fix else {
            continue;
        };
        let is_read = examined.piped == Some(fix.file)
            || examined.files.contains_key(examined.sources.name(fix.file));
        if !is_quiet && is_read && !tried.contains(&named(examined, finding)) {
            wanted.entry(fix.file).or_default().push((finding, fix));
        }
    }
    wanted
}

/// Edits one file. Findings whose fix does not come to what it says are handed out.
fn attempt(
    examined: &Examined,
    file: FileId,
    findings: &[(&Finding, &Fix)],
    broken: &mut Vec<(String, Named)>,
) -> Option<Attempt> {
    let source = examined.sources.get(file)?;
    let fixes: Vec<&Fix> = findings.iter().map(|(_, fix)| *fix).collect();
    let applied = fix::apply(source, file, &fixes);
    let named = |index: &usize| {
        let (finding, _) = findings.get(*index)?;
        Some(named(examined, finding))
    };
    let given_up = applied.broken.iter().filter_map(named);
    broken.extend(given_up.map(|finding| (source.name().to_owned(), finding)));
    let made: Vec<Named> = applied.made.iter().filter_map(named).collect();
    (!made.is_empty()).then(|| Attempt {
        file: source.name().to_owned(),
        before: source.text().to_owned(),
        after: applied.text,
        findings: made,
    })
}

fn named(examined: &Examined, finding: &Finding) -> Named {
    let (rule, resource) = kind(examined, finding);
    (rule, resource, finding.message.clone())
}

fn kind(examined: &Examined, finding: &Finding) -> (String, String) {
    let resource = finding.resource;
    let resource = resource.and_then(|index| examined.estate.resources.get(index));
    let id = resource.map_or("", |resource| resource.id.as_str());
    (finding.rule.to_string(), id.to_owned())
}

/// What is wrong with the edits of a round.
struct Objections {
    /// How often each finding is there before the round and after it.
    counts: HashMap<Named, (usize, usize)>,
    /// What is found anew, or cannot be read or decided any more, with the file where it is.
    worse: Vec<(String, String)>,
    files: HashSet<String>,
}

impl Objections {
    fn of(before: &Examined, after: &Examined, attempts: &[Attempt]) -> Self {
        let mut counts: HashMap<Named, (usize, usize)> = HashMap::new();
        for finding in &before.evaluation.findings {
            counts.entry(named(before, finding)).or_default().0 += 1;
        }
        for finding in &after.evaluation.findings {
            counts.entry(named(after, finding)).or_default().1 += 1;
        }
        let mut worse = new_findings(before, after);
        worse.extend(new_errors(before, after));
        Self {
            counts,
            worse,
            files: attempts
                .iter()
                .map(|attempt| attempt.file.clone())
                .collect(),
        }
    }

    /// The findings that are still there.
    fn stuck(&self, attempt: &Attempt) -> Vec<Named> {
        let mut fixed: HashMap<&Named, usize> = HashMap::new();
        for finding in &attempt.findings {
            *fixed.entry(finding).or_default() += 1;
        }
        let is_there = |(finding, fixed): &(&Named, usize)| {
            let counts = self.counts.get(*finding).copied();
            let (before, after) = counts.unwrap_or_default();
            after + fixed > before
        };
        let mut stuck: Vec<Named> = fixed
            .into_iter()
            .filter(is_there)
            .map(|(finding, _)| finding.clone())
            .collect();
        stuck.sort();
        stuck
    }

    /// Why a file is worse. What is wrong in a file that was not edited is held against all that were.
    fn worse(&self, file: &str) -> Option<&str> {
        let mut worse = self.worse.iter();
        let of_file = |(other, _): &&(String, String)| other == file || !self.files.contains(other);
        worse.find(of_file).map(|(_, why)| why.as_str())
    }
}

/// Findings of a rule and a resource beyond those that there were.
fn new_findings(before: &Examined, after: &Examined) -> Vec<(String, String)> {
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for finding in &before.evaluation.findings {
        *known.entry(kind(before, finding)).or_default() += 1;
    }
    let mut new = Vec::new();
    for finding in &after.evaluation.findings {
        let left = known.entry(kind(after, finding)).or_default();
        match left.checked_sub(1) {
            Some(fewer) => *left = fewer,
            None => new.push((
                after.sources.name(finding.location.span.file).to_owned(),
                format!("`{}` would be found", finding.rule),
            )),
        }
    }
    new
}

/// Errors beyond those that there were.
fn new_errors(before: &Examined, after: &Examined) -> Vec<(String, String)> {
    fn errors(examined: &Examined) -> impl Iterator<Item = &Problem> {
        let problems = examined.evaluation.problems.iter();
        problems.filter(|problem| problem.is_error())
    }
    let mut known: HashMap<&str, usize> = HashMap::new();
    for problem in errors(before) {
        *known.entry(problem.message.as_str()).or_default() += 1;
    }
    let mut new = Vec::new();
    for problem in errors(after) {
        let left = known.entry(problem.message.as_str()).or_default();
        match left.checked_sub(1) {
            Some(fewer) => *left = fewer,
            None => {
                let file = match &problem.place {
                    Place::Span(span) => after.sources.name(span.file).to_owned(),
                    Place::File(name) => name.clone(),
                    Place::Nowhere => String::new(),
                };
                new.push((file, problem.message.clone()));
            }
        }
    }
    new
}
