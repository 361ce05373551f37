//! Templates from text, with Go's messages for what is wrong.

use super::functions;
use super::lex::{Kind, Lexer, Token};
use super::node::{Branch, Command, List, Node, Operand, Pipe, Trees, Variable};
use super::number::{Number, unquote};
use super::{MAX_DEPTH, NAME};
use crate::builtins::sprintf::quote::quoted;

/// Parses a text into the template of that text and all that it defines.
pub(super) fn parse(text: &str) -> Result<Trees, String> {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        trees: Trees::new(),
        scope: Scope::default(),
        depth: 0,
    };
    parser.top()?;
    Ok(parser.trees)
}

/// What belongs to the template that is being parsed.
#[derive(Debug, Default)]
struct Scope<'t> {
    /// Tokens that were put back, the last one first to be read again.
    pending: Vec<Token<'t>>,
    /// The line of the token that was read last, for messages.
    line: usize,
    /// Variables besides the dollar.
    variables: Vec<String>,
    /// The line on which the action begins that is being read.
    action_line: Option<usize>,
    ranges: usize,
}

#[derive(Debug)]
struct Parser<'t> {
    lexer: Lexer<'t>,
    trees: Trees,
    scope: Scope<'t>,
    depth: usize,
}

/// What a list can end with, or go on with.
enum Parsed {
    Node(Node),
    End,
    Else { position: usize },
}

/// How a list ended.
#[derive(Debug, Clone, Copy)]
enum Ending {
    End,
    Else { position: usize },
}

impl Ending {
    fn shown(self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else { .. } => "{{else}}",
        }
    }
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Token<'t> {
        if let Some(token) = self.scope.pending.pop() {
            return token;
        }
        let token = self.lexer.next_token();
        self.scope.line = token.line;
        token
    }

    fn back(&mut self, token: Token<'t>) {
        self.scope.pending.push(token);
    }

    fn peek(&mut self) -> Token<'t> {
        let token = self.next();
        self.back(token.clone());
        token
    }

    fn next_non_space(&mut self) -> Token<'t> {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token<'t> {
        let token = self.next_non_space();
        self.back(token.clone());
        token
    }

    fn error<T>(&self, text: &str) -> Result<T, String> {
        Err(format!("template: {NAME}:{}: {text}", self.scope.line))
    }

    fn unexpected<T>(&self, token: &Token<'_>, context: &str) -> Result<T, String> {
        if token.kind != Kind::Error {
            return self.error(&format!("unexpected {} in {context}", token.shown()));
        }
        let place = match self.scope.action_line {
            Some(line) if line != token.line => {
                // Not "action in action".
                let joint = if token.text.ends_with(" action") {
                    ""
                } else {
                    " in action"
                };
                format!("{joint} started at {NAME}:{line}")
            }
            _ => String::new(),
        };
        self.error(&format!("{}{place}", token.shown()))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Result<Token<'t>, String> {
        let token = self.next_non_space();
        if token.kind == kind {
            Ok(token)
        } else {
            self.unexpected(&token, context)
        }
    }

    /// Goes one level deeper; deeper than there is room for is an error.
    fn descend(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("max expression depth exceeded");
        }
        Ok(())
    }

    fn ascend(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The whole text.
    fn top(&mut self) -> Result<(), String> {
        let mut list = List {
            position: self.peek().position,
            nodes: Vec::new(),
        };
        while self.peek().kind != Kind::Eof {
            if self.peek().kind == Kind::LeftDelimiter {
                let delimiter = self.next();
                let token = self.next_non_space();
                if token.kind == Kind::Define {
                    self.definition()?;
                    continue;
                }
                self.back(token);
                self.back(delimiter);
            }
            match self.text_or_action()? {
                Parsed::Node(node) => list.nodes.push(node),
                Parsed::End => return self.error("unexpected {{end}}"),
                Parsed::Else { .. } => return self.error("unexpected {{else}}"),
            }
        }
        self.add(NAME.to_owned(), list)
    }

    /// Keeps a template. One that is blank gives way to any other of its name.
    fn add(&mut self, name: String, list: List) -> Result<(), String> {
        match self.trees.get(&name) {
            Some(known) if !known.is_blank() => {
                if list.is_blank() {
                    return Ok(());
                }
                let name = quoted(&name);
                self.error(&format!("template: multiple definition of template {name}"))
            }
            _ => {
                self.trees.insert(name, list);
                Ok(())
            }
        }
    }

    /// The list of a template of its own, which shares nothing with the one around it but the text.
    fn inner(&mut self, name: Option<String>, context: &str) -> Result<(), String> {
        self.descend()?;
        let outer = std::mem::take(&mut self.scope);
        let name = match name {
            Some(name) => name,
            None => self.definition_name(context)?,
        };
        let (list, ending) = self.list()?;
        if !matches!(ending, Ending::End) {
            return self.error(&format!("unexpected {} in {context}", ending.shown()));
        }
        self.add(name, list)?;
        self.scope = outer;
        self.ascend();
        Ok(())
    }

    fn definition(&mut self) -> Result<(), String> {
        self.inner(None, "define clause")
    }

    fn definition_name(&mut self, context: &str) -> Result<String, String> {
        let token = self.next_non_space();
        let name = self.name(&token, context)?;
        self.expect(Kind::RightDelimiter, context)?;
        Ok(name)
    }

    fn name(&self, token: &Token<'_>, context: &str) -> Result<String, String> {
        match token.kind {
            Kind::String | Kind::RawString => self.unquoted(token),
            _ => self.unexpected(token, context),
        }
    }

    fn unquoted(&self, token: &Token<'_>) -> Result<String, String> {
        match unquote(&token.text) {
            Some(text) => Ok(text),
            None => self.error("invalid syntax"),
        }
    }

    /// Nodes up to an `end` or an `else`.
    fn list(&mut self) -> Result<(List, Ending), String> {
        let mut list = List {
            position: self.peek_non_space().position,
            nodes: Vec::new(),
        };
        while self.peek_non_space().kind != Kind::Eof {
            match self.text_or_action()? {
                Parsed::Node(node) => list.nodes.push(node),
                Parsed::End => return Ok((list, Ending::End)),
                Parsed::Else { position } => return Ok((list, Ending::Else { position })),
            }
        }
        self.error("unexpected EOF")
    }

    fn text_or_action(&mut self) -> Result<Parsed, String> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => {
                let text = token.text.into_owned();
                Ok(Parsed::Node(Node::Text {
                    position: token.position,
                    text,
                }))
            }
            Kind::LeftDelimiter => {
                self.scope.action_line = Some(token.line);
                let parsed = self.action();
                self.scope.action_line = None;
                parsed
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Result<Parsed, String> {
        let token = self.next_non_space();
        let position = token.position;
        Ok(Parsed::Node(match token.kind {
            Kind::Block => self.block()?,
            Kind::Break => self.jump("break", Node::Break { position })?,
            Kind::Continue => self.jump("continue", Node::Continue { position })?,
            Kind::Else => return self.otherwise(),
            Kind::End => {
                self.expect(Kind::RightDelimiter, "end")?;
                return Ok(Parsed::End);
            }
            Kind::If => Node::If(self.branch("if")?),
            Kind::Range => Node::Range(self.branch("range")?),
            Kind::Template => self.template()?,
            Kind::With => Node::With(self.branch("with")?),
            _ => {
                self.back(token);
                let pipe = self.pipeline("command", Kind::RightDelimiter)?;
                Node::Action { position, pipe }
            }
        }))
    }

    /// `break` or `continue`.
    fn jump(&mut self, keyword: &str, node: Node) -> Result<Node, String> {
        let token = self.next_non_space();
        if token.kind != Kind::RightDelimiter {
            return self.unexpected(&token, &format!("{{{{{keyword}}}}}"));
        }
        if self.scope.ranges == 0 {
            return self.error(&format!("{{{{{keyword}}}}} outside {{{{range}}}}"));
        }
        Ok(node)
    }

    /// An `else`; of `else if` and `else with` only the first word is read.
    fn otherwise(&mut self) -> Result<Parsed, String> {
        let next = self.peek_non_space();
        if matches!(next.kind, Kind::If | Kind::With) {
            return Ok(Parsed::Else {
                position: next.position,
            });
        }
        let token = self.expect(Kind::RightDelimiter, "else")?;
        Ok(Parsed::Else {
            position: token.position,
        })
    }

    /// What follows `if`, `with` or `range`, up to its `end`.
    fn branch(&mut self, keyword: &str) -> Result<Branch, String> {
        self.descend()?;
        let variables = self.scope.variables.len();
        let pipe = self.pipeline(keyword, Kind::RightDelimiter)?;
        let ranges = self.scope.ranges;
        self.scope.ranges += usize::from(keyword == "range");
        let (list, ending) = self.list()?;
        self.scope.ranges = ranges;
        let otherwise = match ending {
            Ending::End => None,
            Ending::Else { position } => Some(self.else_list(keyword, position)?),
        };
        self.scope.variables.truncate(variables);
        self.ascend();
        Ok(Branch {
            pipe,
            list,
            otherwise,
        })
    }

    /// What follows `else`: another structure of the same kind, which ends with this one, or a list.
    fn else_list(&mut self, keyword: &str, position: usize) -> Result<List, String> {
        let node = match (keyword, self.peek().kind) {
            ("if", Kind::If) => {
                self.next();
                Node::If(self.branch("if")?)
            }
            ("with", Kind::With) => {
                self.next();
                Node::With(self.branch("with")?)
            }
            _ => {
                let (list, ending) = self.list()?;
                return match ending {
                    Ending::End => Ok(list),
                    Ending::Else { .. } => {
                        self.error(&format!("expected end; found {}", ending.shown()))
                    }
                };
            }
        };
        Ok(List {
            position,
            nodes: vec![node],
        })
    }

    fn block(&mut self) -> Result<Node, String> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.name(&token, context)?;
        let pipe = self.pipeline(context, Kind::RightDelimiter)?;
        self.inner(Some(name.clone()), context)?;
        Ok(Node::Template {
            position: token.position,
            name,
            pipe: Some(pipe),
        })
    }

    fn template(&mut self) -> Result<Node, String> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.name(&token, context)?;
        let next = self.next_non_space();
        let pipe = if next.kind == Kind::RightDelimiter {
            None
        } else {
            self.back(next);
            Some(self.pipeline(context, Kind::RightDelimiter)?)
        };
        Ok(Node::Template {
            position: token.position,
            name,
            pipe,
        })
    }

    fn pipeline(&mut self, context: &str, end: Kind) -> Result<Pipe, String> {
        let position = self.peek_non_space().position;
        let mut pipe = Pipe {
            position,
            assigns: false,
            variables: Vec::new(),
            commands: Vec::new(),
        };
        self.declarations(context, &mut pipe)?;
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => break,
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParen => {
                    self.back(token);
                    let command = self.command()?;
                    pipe.commands.push(command);
                }
                _ => return self.unexpected(&token, context),
            }
        }
        self.check_pipeline(&pipe, context)?;
        Ok(pipe)
    }

    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Result<(), String> {
        if pipe.commands.is_empty() {
            return self.error(&format!("missing value for {context}"));
        }
        let stage = (1..)
            .zip(&pipe.commands)
            .skip(1)
            .find(|(_, command)| command.first.is_literal());
        match stage {
            Some((stage, _)) => {
                self.error(&format!("non executable command in pipeline stage {stage}"))
            }
            None => Ok(()),
        }
    }

    /// Variables at the beginning of a pipeline that are declared or assigned.
    fn declarations(&mut self, context: &str, pipe: &mut Pipe) -> Result<(), String> {
        loop {
            let variable = self.peek_non_space();
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            self.next();
            let after = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    pipe.assigns = next.kind == Kind::Assign;
                    self.next_non_space();
                    self.declare(pipe, variable);
                    return Ok(());
                }
                Kind::Char if next.text == "," => {
                    self.next_non_space();
                    self.declare(pipe, variable);
                    self.another_variable(context, pipe)?;
                }
                _ => {
                    // The space that may have stood between the two tells words apart.
                    if after.kind == Kind::Space {
                        self.back(after);
                    }
                    self.back(variable);
                    return Ok(());
                }
            }
        }
    }

    fn declare(&mut self, pipe: &mut Pipe, token: Token<'t>) {
        let name = token.text.into_owned();
        self.scope.variables.push(name.clone());
        pipe.variables.push(Variable {
            position: token.position,
            name,
            fields: Vec::new(),
        });
    }

    /// Whether a comma may be followed by another variable, which is so only once and in `range`.
    fn another_variable(&mut self, context: &str, pipe: &Pipe) -> Result<(), String> {
        if context != "range" || pipe.variables.len() >= 2 {
            return self.error(&format!("too many declarations in {context}"));
        }
        match self.peek_non_space().kind {
            Kind::Variable | Kind::RightDelimiter | Kind::RightParen => Ok(()),
            _ => self.error("range can only initialize variables"),
        }
    }

    /// Operands up to the end of a pipeline or to the next stage of it.
    fn command(&mut self) -> Result<Command, String> {
        let position = self.peek_non_space().position;
        let mut words = Vec::new();
        loop {
            let next = self.next_non_space();
            self.back(next);
            words.extend(self.operand()?);
            let token = self.next();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelimiter | Kind::RightParen => {
                    self.back(token);
                    break;
                }
                Kind::Pipe => break,
                _ => return self.unexpected(&token, "operand"),
            }
        }
        let mut words = words.into_iter();
        match words.next() {
            Some(first) => Ok(Command {
                position,
                first,
                arguments: words.collect(),
            }),
            None => self.error("empty command"),
        }
    }

    /// A term with fields behind it; nothing if something else is next.
    fn operand(&mut self) -> Result<Option<Operand>, String> {
        let Some(term) = self.term()? else {
            return Ok(None);
        };
        let position = self.peek().position;
        let mut chain = Vec::new();
        while self.peek().kind == Kind::Field {
            chain.push(field_name(&self.next()));
        }
        if chain.is_empty() {
            return Ok(Some(term));
        }
        Ok(Some(match term {
            Operand::Field { mut fields, .. } => {
                fields.append(&mut chain);
                Operand::Field { position, fields }
            }
            Operand::Variable(Variable {
                name, mut fields, ..
            }) => {
                fields.append(&mut chain);
                Operand::Variable(Variable {
                    position,
                    name,
                    fields,
                })
            }
            literal if literal.is_literal() => {
                let shown = quoted(&literal.to_string());
                return self.error(&format!("unexpected . after term {shown}"));
            }
            inner => Operand::Chain {
                position,
                inner: Box::new(inner),
                fields: chain,
            },
        }))
    }

    fn term(&mut self) -> Result<Option<Operand>, String> {
        let token = self.next_non_space();
        let position = token.position;
        Ok(Some(match token.kind {
            Kind::Identifier => {
                let name = token.text.into_owned();
                if !functions::is_known(&name) {
                    return self.error(&format!("function {} not defined", quoted(&name)));
                }
                Operand::Function { position, name }
            }
            Kind::Dot => Operand::Dot { position },
            Kind::Nil => Operand::Nil { position },
            Kind::Variable => self.variable(token)?,
            Kind::Field => Operand::Field {
                position,
                fields: vec![field_name(&token)],
            },
            Kind::Bool => Operand::Bool {
                position,
                value: token.text == "true",
            },
            Kind::CharConstant => self.number(position, Number::parse_char(&token.text))?,
            Kind::Complex => self.number(position, Number::parse_complex(&token.text))?,
            Kind::Number => self.number(position, Number::parse(&token.text))?,
            Kind::LeftParen => {
                self.descend()?;
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                self.ascend();
                Operand::Pipe(pipe)
            }
            Kind::String | Kind::RawString => {
                let text = self.unquoted(&token)?;
                Operand::Text {
                    position,
                    quoted: token.text.into_owned(),
                    text,
                }
            }
            _ => {
                self.back(token);
                return Ok(None);
            }
        }))
    }

    fn variable(&self, token: Token<'t>) -> Result<Operand, String> {
        let name = token.text.into_owned();
        if name != "$" && !self.scope.variables.contains(&name) {
            return self.error(&format!("undefined variable {}", quoted(&name)));
        }
        Ok(Operand::Variable(Variable {
            position: token.position,
            name,
            fields: Vec::new(),
        }))
    }

    fn number(&self, position: usize, number: Result<Number, String>) -> Result<Operand, String> {
        match number {
            Ok(number) => Ok(Operand::Number { position, number }),
            Err(error) => self.error(&error),
        }
    }
}

/// The name of a field without its point.
fn field_name(token: &Token<'_>) -> String {
    token.text.trim_start_matches('.').to_owned()
}
