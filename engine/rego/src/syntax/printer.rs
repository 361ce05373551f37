//! Syntax trees to text, laid out as `opa fmt` does.
//!
//! Reading what was printed yields the same tree, and printing it again the same text. So nothing is reordered or
//! rewritten; line breaks are kept where they can be, and every comment is kept: at the end of its line, on a line of
//! its own, or above the line that it stood in the middle of.

mod body;
mod lines;
mod list;
mod rule;
mod term;

use super::ast::{Import, Module, Name, Rule};
use super::keywords::Keywords;

/// Prints a module that was read without errors.
pub fn print(module: &Module) -> String {
    let mut printer = Printer {
        module,
        out: String::new(),
        line: 0,
        indent: 0,
        at: 0,
        comment: 0,
        keywords: Keywords::of(module.version),
    };
    printer.module();
    printer.out
}

struct Printer<'a> {
    module: &'a Module,
    out: String,
    /// Where the line that is being written begins in `out`.
    line: usize,
    /// How many tabs a line begins with.
    indent: usize,
    /// The byte of the source up to which everything is written, but for comments.
    at: u32,
    /// The first comment that is not written.
    comment: usize,
    /// What is reserved at this place.
    keywords: Keywords,
}

/// What a module consists of after its package.
#[derive(Clone, Copy)]
enum Item<'a> {
    Import(&'a Import),
    /// A rule and the bodies chained to it.
    Rules(&'a [Rule]),
}

/// What the item before was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Package,
    Import,
    /// A rule on one line, which the next one may follow directly.
    ShortRule,
    LongRule,
}

impl<'a> Printer<'a> {
    fn module(&mut self) {
        let module = self.module;
        self.comment_lines_at_start(module.package.span.start);
        if !module.package.path.is_empty() {
            self.write("package ");
            self.path(&module.package.path);
            self.reach(module.package.span.end);
        }
        let mut previous = Previous::Package;
        for item in items(module) {
            previous = self.item(item, previous);
        }
        self.finish();
    }

    fn item(&mut self, item: Item<'a>, previous: Previous) -> Previous {
        let (start, end) = item.place();
        let line = self.line_of(self.at);
        let follows_directly = self.line_of(start) <= line + 1;
        self.end_line(start);
        let joins = match (previous, item) {
            (Previous::Import, Item::Import(_)) => true,
            (Previous::ShortRule, Item::Rules(_)) => {
                follows_directly && !self.has_comment_before(end)
            }
            _ => false,
        };
        if !joins {
            self.blank();
        }
        self.comment_lines(start, line, lines::Spacing::Inside);
        let begin = self.out.len();
        match item {
            Item::Import(import) => self.import(import),
            Item::Rules(rules) => self.rules(rules),
        }
        self.reach(end);
        let kind = self.kind_of(item, begin);
        if joins && kind == Previous::LongRule {
            self.insert_blank(begin);
        }
        kind
    }

    fn kind_of(&self, item: Item<'_>, begin: usize) -> Previous {
        match item {
            Item::Import(_) => Previous::Import,
            Item::Rules(rules) => {
                let is_long = rules.iter().any(|rule| rule.is_default)
                    || self
                        .out
                        .get(begin..)
                        .is_some_and(|written| written.contains('\n'));
                if is_long {
                    Previous::LongRule
                } else {
                    Previous::ShortRule
                }
            }
        }
    }

    fn import(&mut self, import: &Import) {
        self.write("import ");
        self.path(&import.path);
        if let Some(alias) = &import.alias {
            self.write(" as ");
            self.write(&alias.text);
        }
        self.keywords.import(&import.path);
    }

    /// `a.b["c d"]`.
    fn path(&mut self, path: &[Name]) {
        for (index, name) in path.iter().enumerate() {
            if index == 0 {
                self.write(&name.text);
            } else if is_name(&name.text) {
                self.write(".");
                self.write(&name.text);
            } else {
                self.write("[");
                self.string(&name.text, false);
                self.write("]");
            }
        }
    }
}

impl Item<'_> {
    /// The first byte, and the byte after the last.
    fn place(self) -> (u32, u32) {
        match self {
            Self::Import(import) => (import.span.start, import.span.end),
            Self::Rules(rules) => {
                let start = rules.first().map_or(0, |rule| rule.span.start);
                (start, rules.last().map_or(start, |rule| rule.span.end))
            }
        }
    }
}

/// Imports and rules in the order of the source.
fn items(module: &Module) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut imports = module.imports.iter().peekable();
    let mut rules = module.rules.as_slice();
    while let Some(rule) = rules.first() {
        while let Some(import) = imports.next_if(|import| import.span.start < rule.span.start) {
            items.push(Item::Import(import));
        }
        let chained = rules.iter().skip(1).take_while(|rule| rule.chained).count();
        let (group, rest) = rules.split_at(chained + 1);
        items.push(Item::Rules(group));
        rules = rest;
    }
    items.extend(imports.map(Item::Import));
    items
}

/// Whether a text can be written as a name.
fn is_name(text: &str) -> bool {
    let is_word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    text.bytes().all(is_word)
        && text
            .bytes()
            .next()
            .is_some_and(|byte| !byte.is_ascii_digit())
}
