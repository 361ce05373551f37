//! The page of a rule, which is its test: what it says to avoid is found at the marked lines, and what it says to prefer
//! is clean.
//!
//! A page is Markdown. Its examples are the fenced blocks below `## Avoid` and `## Prefer` that hold a format which is read;
//! the title of a fence is the name of the file, else it is a manifest in YAML. A line of the former
//! that must be found ends in `# <-- rule/id`, or several ids with commas between them. A block below `## Decisions` whose
//! fence names `estate.yaml` is what the organisation decided.

use std::collections::BTreeSet;

use plumbline_rego::{Settings, Value};

use super::{Ingredients, PolicySet, load};
use crate::estate::Estate;
use crate::finding::RuleId;
use crate::frontend::Reading;
use crate::parse::{self, Document, Notation};
use crate::problem::Problem;
use crate::schema::{self, Schema};
use crate::source::{Source, Sources};
use crate::tree::{NodeId, Typing};

const MARK: &str = "# <-- ";

/// A page that was read.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Its heading: the id of the rule.
    pub title: String,
    /// Its examples in order.
    pub examples: Vec<Example>,
    /// The text of `estate.yaml`, if the page has decisions.
    pub decisions: Option<String>,
}

/// What an example is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What it shows must be found.
    Avoid,
    /// Nothing may be found in it.
    Prefer,
}

impl Section {
    /// The heading that it stands under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Avoid => "Avoid",
            Self::Prefer => "Prefer",
        }
    }
}

/// One fenced block of a page.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it is for.
    pub section: Section,
    /// What the file is called.
    pub name: String,
    /// The line of the page on which its text begins, from 1.
    pub line: u32,
    /// The manifest.
    pub text: String,
}

/// Which rules judge the examples of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judges {
    /// The rule whose page it is.
    Own,
    /// Every rule of the set: an example breaks one rule and keeps all others.
    All,
}

/// What running an example came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    /// What the example is for.
    pub section: Section,
    /// The line of the page on which it begins.
    pub line: u32,
    /// Where it does not keep its promise; empty if it does.
    pub differences: Vec<String>,
}

impl Page {
    /// Reads a page.
    pub fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading = "";
        let mut open: Option<(Fence<'_>, Example)> = None;
        for (line, number) in text.lines().zip(1..) {
            match &mut open {
                Some((fence, _)) if fence.is_closed_by(line) => {
                    if let Some((fence, example)) = open.take() {
                        page.add(heading, fence.info, example);
                    }
                }
                Some((_, example)) => {
                    example.text.push_str(line);
                    example.text.push('\n');
                }
                None => {
                    if let Some(title) = line.strip_prefix("# ").filter(|_| page.title.is_empty()) {
                        title.trim().clone_into(&mut page.title);
                    }
                    heading = line.strip_prefix("## ").map_or(heading, str::trim);
                    open = Fence::opened_by(line).map(|fence| (fence, Example::at(number + 1)));
                }
            }
        }
        page
    }

    fn add(&mut self, heading: &str, info: &str, example: Example) {
        let title = info.split("title=\"").nth(1);
        let title = title.map(|title| title.trim_end_matches('"'));
        let name = title.or_else(|| info.starts_with("yaml").then_some("manifest.yaml"));
        let readable = |name: &&str| Notation::of_file_name(name).is_some();
        let Some(name) = name.filter(readable) else {
            return;
        };
        let section = match heading {
            "Avoid" => Section::Avoid,
            "Prefer" => Section::Prefer,
            "Decisions" if name == "estate.yaml" => {
                self.decisions = Some(example.text);
                return;
            }
            _ => return,
        };
        self.examples.push(Example {
            section,
            name: name.to_owned(),
            ..example
        });
    }

    /// Runs every example; what keeps the page from being a test at all is a difference of line 1.
    pub fn run(
        &self,
        id: &RuleId,
        judges: Judges,
        ingredients: &Ingredients,
        sources: &Sources,
        settings: &Settings,
    ) -> Vec<ExampleResult> {
        let estate = match self.decisions.as_deref().map(decisions).transpose() {
            Ok(estate) => estate,
            Err(differences) => return vec![missing(Section::Avoid, differences)],
        };
        let own = Ingredients {
            modules: ingredients.modules.clone(),
            data: ingredients.data.clone(),
            estate,
            ..Ingredients::default()
        };
        let (set, _) = load(&own, sources);
        let mut results: Vec<ExampleResult> = [Section::Avoid, Section::Prefer]
            .into_iter()
            .filter(|section| self.examples.iter().all(|one| one.section != *section))
            .map(|section| missing(section, vec![no_example(section)]))
            .collect();
        results.extend(self.examples.iter().map(|example| ExampleResult {
            section: example.section,
            line: example.line,
            differences: example.run(id, judges, &set, settings),
        }));
        results
    }
}

/// The line that opens a block of code: three or more backticks or tildes, and what the block is.
struct Fence<'a> {
    marks: &'a str,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn opened_by(line: &'a str) -> Option<Self> {
        let mark = line
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let marks = line.get(..line.len() - info.len())?;
        (marks.len() >= 3).then_some(Self {
            marks,
            info: info.trim(),
        })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let rest = line.trim_end().strip_prefix(self.marks);
        rest.is_some_and(|rest| rest.chars().all(|mark| self.marks.starts_with(mark)))
    }
}

fn missing(section: Section, differences: Vec<String>) -> ExampleResult {
    ExampleResult {
        section,
        line: 1,
        differences,
    }
}

fn no_example(section: Section) -> String {
    format!("no example stands below `## {}`", section.as_str())
}

/// The organisation's decisions as a page gives them, or what is wrong with them.
fn decisions(text: &str) -> Result<Value, Vec<String>> {
    let mut sources = Sources::default();
    let file = sources.add(Source::new("estate.yaml", text));
    let source = sources.get(file).map(std::sync::Arc::clone);
    let (documents, problems) = source.map_or_else(Default::default, |source| {
        parse::parse(&source, file, Notation::Yaml)
    });
    let mut said: Vec<String> = problems
        .iter()
        .map(|problem| problem.message.clone())
        .collect();
    let [document] = documents.as_slice() else {
        said.push("the decisions must be one document".to_owned());
        return Err(said);
    };
    match Schema::from_text(schema::ESTATE) {
        Ok(schema) => said.extend(
            schema
                .check(document, file)
                .into_iter()
                .map(|problem| format!("the decisions are wrong: {}", problem.message)),
        ),
        Err(error) => said.push(error.to_string()),
    }
    if said.is_empty() {
        Ok(document.tree.to_value(NodeId::ROOT, Typing::Core))
    } else {
        Err(said)
    }
}

/// A line of an example and a rule.
type Found = BTreeSet<(u32, String)>;

impl Example {
    fn at(line: u32) -> Self {
        Self {
            section: Section::Avoid,
            name: String::new(),
            line,
            text: String::new(),
        }
    }

    /// The marked lines, with the rules that must find them.
    fn marks(&self) -> Found {
        let mut marks = Found::new();
        for (line, number) in self.text.lines().zip(1..) {
            let ids = line.rsplit_once(MARK).map_or("", |(_, ids)| ids);
            let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty());
            marks.extend(ids.map(|id| (number, id.to_owned())));
        }
        marks
    }

    fn run(
        &self,
        id: &RuleId,
        judges: Judges,
        set: &PolicySet,
        settings: &Settings,
    ) -> Vec<String> {
        let judges = |(_, rule): &(u32, String)| judges == Judges::All || rule == id.as_str();
        let marks: Found = self.marks().into_iter().filter(judges).collect();
        let own = marks.iter().any(|(_, rule)| rule == id.as_str());
        let mut differences = Vec::new();
        if self.section == Section::Avoid && !own {
            differences.push(format!("no line is marked with `{MARK}{id}`"));
        }
        let (mut found, problems) = self.judge(set, settings);
        found.retain(judges);
        differences.extend(problems);
        let spelt = |(line, rule): &(u32, String), what: &str| {
            format!("line {}: `{rule}` {what}", line + self.line - 1)
        };
        differences.extend(
            marks
                .difference(&found)
                .map(|mark| spelt(mark, "is marked and was not found")),
        );
        differences.extend(
            found
                .difference(&marks)
                .map(|one| spelt(one, "was found and is not marked")),
        );
        differences
    }

    /// The text without its marks: not every format has comments at the end of a line.
    fn unmarked(&self) -> String {
        let lines = self.text.lines();
        let unmarked = lines.map(|line| {
            let before = line.rsplit_once(MARK).map_or(line, |(before, _)| before);
            before.trim_end().to_owned() + "\n"
        });
        unmarked.collect()
    }

    fn judge(&self, set: &PolicySet, settings: &Settings) -> (Found, Vec<String>) {
        let mut sources = Sources::default();
        let file = sources.add(Source::new(self.name.as_str(), self.unmarked()));
        let Some(source) = sources.get(file) else {
            return (Found::new(), Vec::new());
        };
        let notation = Notation::of_file_name(&self.name).unwrap_or(Notation::Yaml);
        let (documents, mut problems) = parse::parse(source, file, notation);
        let resources = resources(&documents, &mut problems);
        let (estate, more) = Estate::new(resources);
        problems.extend(more);
        let evaluation = set.evaluate(&estate, settings);
        problems.extend(evaluation.problems);
        let line = |finding: &crate::finding::Finding| {
            sources
                .positions(finding.location.span)
                .map_or(0, |(start, _)| start.line)
        };
        let found = evaluation.findings.iter();
        let found = found
            .map(|finding| (line(finding), finding.rule.as_str().to_owned()))
            .collect();
        let errors = problems.iter().filter(|problem| problem.is_error());
        (
            found,
            errors.map(|problem| problem.message.clone()).collect(),
        )
    }
}

fn resources(
    documents: &[Document],
    problems: &mut Vec<Problem>,
) -> Vec<crate::resource::Resource> {
    let mut reading = Reading::default();
    for document in documents {
        reading.take(document);
    }
    problems.append(&mut reading.problems);
    if reading.resources.is_empty() {
        problems.push(Problem::run("the example holds no resource"));
    }
    reading.resources
}
