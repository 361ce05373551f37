//! Files with mistakes in them: whatever is done to a file, there is an answer, and nothing breaks.
//!
//! A few thousand cases run with the other tests. `make fuzz` runs for as long as it is told, from another seed.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use plumbline_core::estate::Estate;
use plumbline_core::frontend::Reading;
use plumbline_core::parse::{self, Notation};
use plumbline_core::policy::PolicySet;
use plumbline_core::problem::Place;
use plumbline_core::source::{Source, Sources};
use plumbline_rego::Settings;

use super::bypass::library;
use super::root;

/// How many cases run where no time is given.
const CASES: u64 = 3_000;
/// A case that takes longer is told of.
const SLOW: Duration = Duration::from_secs(1);

#[test]
fn whatever_is_done_to_a_file_nothing_breaks() {
    let seconds: Option<u64> = std::env::var("PLUMBLINE_FUZZ_SECONDS")
        .ok()
        .map(|text| text.parse().unwrap());
    let seeds = seeds();
    let library = library();
    let begun = Instant::now();
    let mut random = match seconds {
        Some(_) => Random::of_today(),
        None => Random(0x9e37_79b9_7f4a_7c15),
    };
    let mut cases = 0;
    let goes_on = |cases| match seconds {
        Some(seconds) => begun.elapsed() < Duration::from_secs(seconds),
        None => cases < CASES,
    };
    while goes_on(cases) {
        let (name, text) = random.pick(&seeds);
        let mut mutant = text.clone();
        for _ in 0..=random.below(3) {
            mutant = mutate(&mut random, &mutant, &seeds);
        }
        let started = Instant::now();
        let judged = catch_unwind(AssertUnwindSafe(|| judge(&library, name, &mutant)));
        assert!(judged.is_ok(), "{name} breaks the engine:\n{mutant}");
        if started.elapsed() > SLOW {
            eprintln!("{name} takes {:?}:\n{mutant}", started.elapsed());
        }
        cases += 1;
    }
    eprintln!("{cases} files with mistakes");
}

/// Everything from the text to the findings and back to a report.
fn judge(library: &PolicySet, name: &str, text: &str) {
    let mut sources = Sources::default();
    let file = sources.add(Source::new(name, text).with_secrets());
    let notation = Notation::of_file_name(name).unwrap();
    let (documents, mut problems) = parse::parse(sources.get(file).unwrap(), file, notation);
    let mut reading = Reading::default();
    if notation == Notation::Hcl {
        reading.take_together(&documents.iter().collect::<Vec<_>>(), &[file].into());
    } else {
        let built = reading.build(&[(name.to_owned(), documents.as_slice())]);
        if built.is_empty() {
            for document in &documents {
                reading.take(document);
            }
        }
    }
    let (estate, _) = Estate::new(std::mem::take(&mut reading.resources));
    let mut evaluation = library.evaluate(&estate, &Settings::default());
    problems.append(&mut reading.problems);
    evaluation.problems.append(&mut problems);
    for problem in &evaluation.problems {
        if let Place::Span(place) = &problem.place {
            let source = sources.get(place.file).unwrap();
            let range = place.start as usize..place.end as usize;
            assert!(source.text().get(range).is_some(), "{problem:?}");
        }
    }
    // The edges of the estate, and all that is said of it.
    drop(plumbline_core::report::estate::json(&estate, &sources));
}

/// The files of the repository that formats know.
fn seeds() -> Vec<(String, String)> {
    let mut seeds = Vec::new();
    for folder in ["testdata/estates", "docs/rules"] {
        gather(&root().join(folder), &mut seeds);
    }
    seeds.sort();
    assert!(seeds.len() > 100, "{} files", seeds.len());
    seeds
}

fn gather(folder: &Path, seeds: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            gather(&path, seeds);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            seeds.extend(examples(&fs::read_to_string(&path).unwrap()));
        } else if Notation::of_file_name(&name).is_some() {
            seeds.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The examples of a page.
fn examples(page: &str) -> Vec<(String, String)> {
    const NAMES: &[(&str, &str)] = &[
        ("yaml", "a.yaml"),
        ("json", "a.json"),
        ("hcl", "main.tf"),
        ("ini", "a.service"),
    ];
    let blocks = page.split("```").skip(1).step_by(2);
    let named = blocks.filter_map(|block| {
        let (head, text) = block.split_once('\n')?;
        let language = head.split(' ').next()?;
        let (_, name) = NAMES.iter().find(|(known, _)| *known == language)?;
        Some(((*name).to_owned(), text.to_owned()))
    });
    named.collect()
}

/// What stands where something else should.
const ODD: &[&str] = &[
    "null",
    "{}",
    "[]",
    "~",
    "\"\"",
    "true",
    "-1",
    "0",
    "99999999999999999999",
    "1e999",
    "0x1f",
    ".nan",
    "- ",
    ": ",
    "? ",
    "!Ref X",
    "!GetAtt A.B",
    "!Sub \"${A}${\"",
    "!If [A, b, c]",
    "&a",
    "*a",
    "<<: *a",
    "|",
    ">-",
    "---\n",
    "...\n",
    "\t",
    "\r\n",
    "\u{feff}",
    "\u{202e}",
    "{{ .Values.a }}",
    "{{",
    "${",
    "${var.a}",
    "${self:custom.a}",
    "%{ if true }",
    "<<EOT\n",
    "\"",
    "'",
    "#",
    "[Service]\n",
    "=",
    "\\\n",
    "*/",
    "/*",
    "a: {a: {a: {a: a}}}",
    "\u{0}",
    "count = 1000000",
    "for_each = toset([\"a\", \"b\"])",
    "x = [for a in b : a]",
    "module.a.b",
    "$(A)",
    "%i",
    "é𝄞",
];

/// One mistake.
fn mutate(random: &mut Random, text: &str, seeds: &[(String, String)]) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut out = String::with_capacity(text.len() + 64);
    let at = random.below(lines.len().max(1));
    let before: String = lines.iter().take(at).copied().collect();
    let line = lines.get(at).copied().unwrap_or_default();
    let after: String = lines.iter().skip(at + 1).copied().collect();
    match random.below(9) {
        // A line is gone, or twice there, or where another one is.
        0 => [before.as_str(), &after].concat(),
        1 => [before.as_str(), line, line, &after].concat(),
        2 => {
            let other = random.below(lines.len().max(1));
            let other = lines.get(other).copied().unwrap_or_default();
            [before.as_str(), other, &after].concat()
        }
        // It is further in, or further out.
        3 => [before.as_str(), "  ", line, &after].concat(),
        4 => [
            before.as_str(),
            line.strip_prefix("  ").unwrap_or(line),
            &after,
        ]
        .concat(),
        // Something odd stands in it.
        5 | 6 => {
            let odd = random.pick(ODD);
            let places: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
            let place = places
                .get(random.below(places.len().max(1)))
                .copied()
                .unwrap_or(0);
            let (start, rest) = line.split_at(place);
            let rest = if random.below(2) == 0 {
                rest
            } else {
                rest.get(rest.len()..).unwrap_or_default()
            };
            out.push_str(&before);
            out.push_str(start);
            out.push_str(odd);
            out.push_str(rest);
            if !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&after);
            out
        }
        // The file ends early.
        7 => {
            let end = random.below(text.len().max(1));
            let end = (0..=end)
                .rev()
                .find(|end| text.is_char_boundary(*end))
                .unwrap_or(0);
            text.get(..end).unwrap_or_default().to_owned()
        }
        // Another file begins.
        _ => {
            let (_, other) = random.pick(seeds);
            [before.as_str(), other].concat()
        }
    }
}

/// Numbers that look like chance, the same ones for the same seed.
struct Random(u64);

impl Random {
    fn of_today() -> Self {
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
        Self(since.as_secs() | 1)
    }

    /// Xorshift.
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
