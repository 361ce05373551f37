//! Packages, imports, and the statements of a module one after the other.

use super::{Gap, Kind, Parsed, Parser, Stop, Word};
use crate::syntax::Version;
use crate::syntax::ast::{Import, Literal, Module, Name, Package};
use crate::syntax::keywords::Keywords;
use crate::syntax::lexer::{Quotes, Token, unescape};
use crate::value::ArcStr;

impl Parser<'_> {
    /// Reads all statements.
    pub(super) fn statements(&mut self, module: &mut Module) {
        while self.kind() != Kind::End && !self.reports.is_full() {
            let (first, reported) = (self.at, self.reports.len());
            if self.statement(module).is_err() {
                self.recover(first, reported);
            }
        }
        if !self.has_package {
            self.report_missing_package();
        }
    }

    /// Reads conditions up to the end of the text. OPA wants nothing between them.
    pub(super) fn query(&mut self, literals: &mut Vec<Literal>) -> Parsed<()> {
        loop {
            literals.push(self.literal()?);
            if !self.eat(Kind::Semicolon) && self.kind() == Kind::End {
                return Ok(());
            }
        }
    }

    fn statement(&mut self, module: &mut Module) -> Parsed<()> {
        if self.is(Word::Package) {
            return self.package(module);
        }
        if self.is(Word::Import) {
            return self.import(module);
        }
        self.rule(module)
    }

    fn report_missing_package(&mut self) {
        let first = self.token_at(0);
        let message = format!("expected `package`, found {}", self.describe(first));
        self.reports.hinted(
            first.span(),
            message,
            "a module begins with its name, such as `package example`",
        );
    }

    fn package(&mut self, module: &mut Module) -> Parsed<()> {
        let is_first = self.at == 0;
        let keyword = self.bump();
        if self.has_package {
            self.reports.hinted(
                keyword.span(),
                "unexpected second `package`",
                "a module belongs to one package",
            );
        } else if !is_first {
            self.reports
                .error(keyword.span(), "`package` must come before anything else");
        }
        let is_second = std::mem::replace(&mut self.has_package, true);
        let path = self.path("the name of a package")?;
        if !is_second {
            module.package = Package {
                path,
                span: self.since(keyword.start),
            };
        }
        Ok(())
    }

    fn import(&mut self, module: &mut Module) -> Parsed<()> {
        let keyword = self.bump();
        let path = self.path("what to import")?;
        let alias = if self.is_keyword(Word::As) {
            Some(self.alias()?)
        } else {
            None
        };
        let import = Import {
            path,
            alias,
            span: self.since(keyword.start),
        };
        self.check_import(&import);
        self.keywords.import(&import.path);
        module.imports.push(import);
        Ok(())
    }

    fn alias(&mut self) -> Parsed<Name> {
        self.bump();
        let is_name = self.at_name()
            && !self.is_keyword(Word::Contains)
            && !is_root(self.source(self.token()));
        if !is_name {
            return Err(self.unexpected("a name"));
        }
        let name = self.name();
        let next = self.token();
        if next.gap == Gap::None
            && matches!(next.kind, Kind::Dot | Kind::LeftBracket | Kind::LeftParen)
        {
            return Err(self.unexpected("the end of the import"));
        }
        Ok(name)
    }

    fn check_import(&mut self, import: &Import) {
        let names: Vec<&str> = import.path.iter().map(|name| name.text.as_str()).collect();
        match names.as_slice() {
            ["future", rest @ ..] => self.check_future(import, rest),
            ["rego", rest @ ..] => self.check_rego(import, rest),
            [root, ..] if is_root(root) => self.check_last(import),
            _ => {
                let hint = "an import begins with `data`, `input`, `future` or `rego`";
                self.reports
                    .hinted(import.span, "unexpected import path", hint);
            }
        }
    }

    fn check_future(&mut self, import: &Import, rest: &[&str]) {
        if import.alias.is_some() {
            self.reports
                .error(import.span, "`future` imports cannot have another name");
        }
        match rest {
            ["keywords", word] if !Word::of(word).is_some_and(Word::is_future) => {
                let hint =
                    "the keywords are `if`, `contains`, `in`, `every`, `not`, `and` and `or`";
                self.reports
                    .hinted(import.span, format!("unknown keyword `{word}`"), hint);
            }
            ["keywords", ..] => {}
            _ => self.reports.hinted(
                import.span,
                "unexpected import path",
                "write `import future.keywords`",
            ),
        }
    }

    fn check_rego(&mut self, import: &Import, rest: &[&str]) {
        if *rest != ["v1"] {
            self.reports.hinted(
                import.span,
                "unexpected import path",
                "write `import rego.v1`",
            );
        } else if self.version == Version::V0 {
            self.is_v1 = true;
            if import.alias.is_some() {
                self.reports
                    .error(import.span, "`rego` imports cannot have another name");
            }
        }
    }

    /// What is imported is known by its last name.
    fn check_last(&mut self, import: &Import) {
        let Some(last) = import.path.last().filter(|_| import.alias.is_none()) else {
            return;
        };
        if Word::of(&last.text).is_some_and(|word| Keywords::of(self.version).has(word)) {
            let message = format!("import of the keyword `{}`", last.text);
            self.reports
                .hinted(last.span, message, "give it another name with `as`");
        }
    }

    /// `a.b["c d"]`: what packages and imports are called.
    fn path(&mut self, expected: &str) -> Parsed<Vec<Name>> {
        if !matches!(self.kind(), Kind::Name | Kind::Word(_)) {
            return Err(self.unexpected(expected));
        }
        let mut path = vec![self.name()];
        while self.token().gap == Gap::None {
            match self.kind() {
                Kind::Dot => path.push(self.segment()?),
                Kind::LeftBracket => path.push(self.quoted_segment()?),
                _ => break,
            }
        }
        Ok(path)
    }

    fn segment(&mut self) -> Parsed<Name> {
        self.bump();
        self.expect_field()?;
        Ok(self.name())
    }

    /// Whether a name or any keyword follows a `.` directly.
    pub(super) fn expect_field(&mut self) -> Parsed<()> {
        let next = self.token();
        if next.gap == Gap::None && matches!(next.kind, Kind::Name | Kind::Word(_)) {
            return Ok(());
        }
        Err(self.unexpected("a name directly after `.`"))
    }

    fn quoted_segment(&mut self) -> Parsed<Name> {
        let open = self.bump();
        self.enter(open)?;
        let token = self.token();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return Err(self.unexpected("a string"));
        }
        self.bump();
        let text = self.string_text(token);
        self.close(open, Kind::RightBracket, "`]`")?;
        Ok(Name {
            text,
            span: token.span(),
        })
    }

    /// Reads a name, whatever word it is.
    pub(super) fn name(&mut self) -> Name {
        let token = self.bump();
        Name {
            text: ArcStr::from(self.source(token)),
            span: token.span(),
        }
    }

    /// What a string between quotes or backticks says.
    pub(super) fn string_text(&mut self, token: Token) -> ArcStr {
        let source = self.source(token);
        let inner = source
            .get(1..source.len().saturating_sub(1))
            .unwrap_or_default();
        if token.kind == Kind::RawString || !inner.contains('\\') {
            return ArcStr::from(inner);
        }
        ArcStr::from(unescape(
            inner,
            token.start + 1,
            Quotes::Plain,
            &mut self.reports,
        ))
    }

    /// Why a statement cannot begin here.
    pub(super) fn no_statement(&mut self) -> Stop {
        let token = self.token();
        let found = self.describe(token);
        let (message, hint) = match token.kind {
            Kind::Semicolon => (
                format!("unexpected {found}"),
                "rules are separated by line breaks",
            ),
            Kind::Word(Word::Else) => (
                format!("unexpected {found}"),
                "`else` follows the body of a rule that has one body",
            ),
            Kind::Word(_) => (
                format!("{found} is a keyword and no name"),
                "use a different rule name",
            ),
            kind if kind.closes().is_some() => (
                format!("unexpected {found}"),
                "nothing is open that it could close",
            ),
            _ => return self.unexpected("a rule, an import or a package"),
        };
        self.reports.hinted(token.span(), message, hint);
        Stop
    }
}

/// Whether a name means a document and not a variable.
pub(super) fn is_root(name: &str) -> bool {
    matches!(name, "data" | "input")
}
