//! From the text of a glob to its tree.

/// A part of a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Parts in sequence.
    Pattern(Vec<Node>),
    /// Alternatives, of which each is a pattern.
    AnyOf(Vec<Node>),
    /// `[abc]`.
    List { members: Vec<char>, negated: bool },
    /// `[a-z]`.
    Range {
        low: char,
        high: char,
        negated: bool,
    },
    /// Characters that stand for themselves.
    Text(String),
    /// `*`.
    Any,
    /// `**`.
    Super,
    /// `?`.
    Single,
    /// Nothing at all.
    Nothing,
}

/// How many parts a glob may have: compiling takes time that grows faster than their number.
const MAX_PARTS: usize = 300;

/// How deep alternatives may nest.
const MAX_DEPTH: usize = 50;

/// What ends the text of a glob; a zero byte does as well.
const END: char = '\0';

const IN_TEXT: &[char] = &['?', '*', '[', '{'];
const IN_ALTERNATIVES: &[char] = &['?', '*', '[', '{', '}', ','];

/// Reads a glob. The error is what `gobwas/glob` says.
pub(super) fn parse(pattern: &str) -> Result<Node, String> {
    let mut lexer = Lexer {
        characters: pattern.chars().collect(),
        at: 0,
        width: 0,
    };
    let mut tree = Tree::default();
    loop {
        match lexer.read()? {
            END => return Ok(tree.finish()),
            '{' => tree.open()?,
            ',' if tree.inside() => tree.separate(),
            '}' if tree.inside() => tree.close(),
            '[' => {
                let range = lexer.range()?;
                tree.add(range)?;
            }
            '?' => tree.add(Node::Single)?,
            '*' => {
                let star = lexer.star()?;
                tree.add(star)?;
            }
            _ => {
                lexer.unread();
                let text = lexer.text(if tree.inside() {
                    IN_ALTERNATIVES
                } else {
                    IN_TEXT
                })?;
                if !text.is_empty() {
                    tree.add(Node::Text(text))?;
                }
            }
        }
    }
}

/// The pattern being read, and the unfinished alternatives around it.
#[derive(Debug, Default)]
struct Tree {
    pattern: Vec<Node>,
    open: Vec<Alternatives>,
    parts: usize,
}

#[derive(Debug)]
struct Alternatives {
    before: Vec<Node>,
    finished: Vec<Node>,
}

impl Tree {
    fn inside(&self) -> bool {
        !self.open.is_empty()
    }

    fn count(&mut self) -> Result<(), String> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            Err("the pattern has too many parts".to_owned())
        } else {
            Ok(())
        }
    }

    fn add(&mut self, node: Node) -> Result<(), String> {
        self.count()?;
        self.pattern.push(node);
        Ok(())
    }

    fn open(&mut self) -> Result<(), String> {
        self.count()?;
        if self.open.len() >= MAX_DEPTH {
            return Err("the pattern nests too deeply".to_owned());
        }
        self.open.push(Alternatives {
            before: std::mem::take(&mut self.pattern),
            finished: Vec::new(),
        });
        Ok(())
    }

    fn separate(&mut self) {
        let pattern = std::mem::take(&mut self.pattern);
        if let Some(alternatives) = self.open.last_mut() {
            alternatives.finished.push(Node::Pattern(pattern));
        }
    }

    fn close(&mut self) {
        self.separate();
        if let Some(alternatives) = self.open.pop() {
            self.pattern = alternatives.before;
            self.pattern.push(Node::AnyOf(alternatives.finished));
        }
    }

    /// Alternatives that are not closed end with the text.
    fn finish(mut self) -> Node {
        while self.inside() {
            self.close();
        }
        Node::Pattern(self.pattern)
    }
}

struct Lexer {
    characters: Vec<char>,
    at: usize,
    /// How far the last read went.
    width: usize,
}

impl Lexer {
    fn peek(&self) -> Result<char, String> {
        match self.characters.get(self.at).copied() {
            Some(char::REPLACEMENT_CHARACTER) => Err("could not read rune".to_owned()),
            Some(character) => Ok(character),
            None => Ok(END),
        }
    }

    fn read(&mut self) -> Result<char, String> {
        let character = self.peek()?;
        self.width = usize::from(self.at < self.characters.len());
        self.at += self.width;
        Ok(character)
    }

    fn unread(&mut self) {
        self.at -= self.width;
        self.width = 0;
    }

    /// What a star is, with the star that may follow it.
    fn star(&mut self) -> Result<Node, String> {
        if self.read()? == '*' {
            return Ok(Node::Super);
        }
        self.unread();
        Ok(Node::Any)
    }

    /// Characters up to one of those that end the text and is not escaped.
    fn text(&mut self, enders: &[char]) -> Result<String, String> {
        let mut text = String::new();
        let mut escaped = false;
        loop {
            let character = self.read()?;
            if character == END {
                return Ok(text);
            }
            if !escaped && character == '\\' {
                escaped = true;
                continue;
            }
            if !escaped && enders.contains(&character) {
                self.unread();
                return Ok(text);
            }
            escaped = false;
            text.push(character);
        }
    }

    /// What follows an opening bracket.
    fn range(&mut self) -> Result<Node, String> {
        let mut first = self.inside_range()?;
        let negated = first == '!';
        if negated {
            first = self.inside_range()?;
        }
        if self.peek()? == '-' {
            self.at += 1;
            let high = self.inside_range()?;
            self.end_of_range()?;
            if high < first {
                return Err(format!(
                    "hi character '{high}' should be greater than lo '{first}'"
                ));
            }
            return Ok(Node::Range {
                low: first,
                high,
                negated,
            });
        }
        self.unread();
        let members: Vec<char> = self.text(&[']'])?.chars().collect();
        self.end_of_range()?;
        if members.is_empty() {
            return Err("could not parse range".to_owned());
        }
        Ok(Node::List { members, negated })
    }

    fn inside_range(&mut self) -> Result<char, String> {
        match self.read()? {
            END => Err("unexpected end of input".to_owned()),
            character => Ok(character),
        }
    }

    fn end_of_range(&mut self) -> Result<(), String> {
        match self.inside_range()? {
            ']' => Ok(()),
            _ => Err("expected close range character".to_owned()),
        }
    }
}
