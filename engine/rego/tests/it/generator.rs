//! Small random programs over a fixed set of shapes. They compile: every variable is bound, and operands have types that
//! no checker objects to.

/// What all programs are asked about.
pub(crate) const INPUT: &str = r#"{
    "n": [0, 1, 2, -3, 0.5, 2.25, 10, 12345678901234567890],
    "t": ["", "a", "b-c", "Ab", "äö", "a,b,c", "10", "%d"],
    "xs": [1, 2, 3, 2, -1, 0.5],
    "ts": ["a", "b", "ab", ""],
    "o": {"a": 1, "b": 2.5, "c": 3, "d-e": 4},
    "cs": [
        {"name": "x", "port": 80, "on": true, "tags": ["p", "q"]},
        {"name": "y", "port": 8080, "on": false, "tags": []},
        {"name": "z", "on": true},
        {"name": "w", "port": null, "tags": ["q"], "more": {"deep": [1, {"k": "v"}]}}
    ],
    "any": [null, true, false, 0, "", [], {}, [1, [2]], {"k": {"l": false}}]
}"#;

/// One program: its rules in an order that does not matter.
#[derive(Debug, Clone)]
pub(crate) struct Generated {
    /// The rules, without a package.
    pub(crate) rules: Vec<String>,
}

impl Generated {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
        let mut writer = Writer {
            random: &mut random,
            numbers: Vec::new(),
            texts: Vec::new(),
            anything: Vec::new(),
            fresh: 0,
            in_function: false,
        };
        let mut rules = vec![writer.function(), writer.helper()];
        for index in 0..writer.random.below(4) + 2 {
            rules.push(writer.rule(index));
        }
        Self { rules }
    }

    /// The module of a package.
    pub(crate) fn module(&self, package: &str) -> String {
        format!("package {package}\n\n{}\n", self.rules.join("\n\n"))
    }
}

/// A sequence of numbers that depends on its seed alone: splitmix64.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap();
        usize::try_from(self.next() % limit).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.below(from.len());
        from.get(at).copied().unwrap_or_default()
    }

    /// Another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

/// Writes expressions of known types over the variables in scope.
struct Writer<'r> {
    random: &'r mut Random,
    numbers: Vec<String>,
    texts: Vec<String>,
    anything: Vec<String>,
    fresh: usize,
    /// Functions call no functions, so that none calls itself.
    in_function: bool,
}

/// The variables in scope, to go back to.
struct Scope {
    numbers: usize,
    texts: usize,
    anything: usize,
}

impl Writer<'_> {
    fn enter(&self) -> Scope {
        Scope {
            numbers: self.numbers.len(),
            texts: self.texts.len(),
            anything: self.anything.len(),
        }
    }

    fn leave(&mut self, scope: &Scope) {
        self.numbers.truncate(scope.numbers);
        self.texts.truncate(scope.texts);
        self.anything.truncate(scope.anything);
    }

    fn name(&mut self) -> String {
        self.fresh += 1;
        format!("v{}", self.fresh)
    }

    fn function(&mut self) -> String {
        self.in_function = true;
        let scope = self.enter();
        self.numbers.push("x".to_owned());
        let (first, second, third) = (self.number(2), self.number(1), self.number(1));
        let (one, two) = (self.condition(1), self.condition(1));
        self.leave(&scope);
        self.in_function = false;
        match self.random.below(3) {
            0 => format!(
                "f(x) := {first} if {{\n\t{one}\n}} else := {second} if {{\n\t{two}\n}} else := {third}"
            ),
            1 => format!("f(x) := {first} if {{\n\t{one}\n}} else := {second}"),
            _ => format!("default f(_) := -1\n\nf(x) := {first} if {{\n\t{one}\n}}"),
        }
    }

    /// A rule and a set that other rules read.
    fn helper(&mut self) -> String {
        self.in_function = true;
        let body = self.condition(1);
        let element = self.element_rule("found");
        self.in_function = false;
        format!("ready if {{\n\t{body}\n}}\n\n{element}")
    }

    fn rule(&mut self, index: usize) -> String {
        match self.random.below(7) {
            0 => self.element_rule(&format!("s{index}")),
            1 => self.entry_rule(&format!("o{index}")),
            2 => {
                let (value, other) = (self.anything(2), self.anything(1));
                let (one, two) = (self.condition(2), self.condition(1));
                format!("r{index} := {value} if {{\n\t{one}\n}} else := {other} if {{\n\t{two}\n}}")
            }
            3 => {
                let (one, two) = (self.condition(2), self.condition(2));
                format!("default r{index} := false\n\nr{index} if {{\n\t{one}\n\t{two}\n}}")
            }
            4 => {
                let (name, other) = (self.name(), self.name());
                let first = self.number(2);
                let scope = self.enter();
                self.numbers.push(name.clone());
                let second = self.text(2);
                self.texts.push(other.clone());
                let (condition, value) = (self.condition(1), self.anything(1));
                self.leave(&scope);
                format!(
                    "r{index} := [{name}, {other}, {value}] if {{\n\t{name} := {first}\n\t{other} := {second}\n\t{condition}\n}}"
                )
            }
            _ => format!("r{index} := {}", self.anything(3)),
        }
    }

    fn element_rule(&mut self, name: &str) -> String {
        let scope = self.enter();
        let (lines, value) = (self.lines(), self.anything(1));
        self.leave(&scope);
        format!(
            "{name} contains {value} if {{\n\t{}\n}}",
            lines.join("\n\t")
        )
    }

    /// Keys are found once each, so that no values conflict.
    fn entry_rule(&mut self, name: &str) -> String {
        let scope = self.enter();
        let (key, value) = (self.name(), self.name());
        let collection = self.random.pick(&[
            "input.o",
            "input.xs",
            "input.cs",
            "input.any",
            "{\"k\": 1, \"l\": 2}",
        ]);
        self.anything.push(value.clone());
        let (condition, result) = (self.condition(1), self.anything(1));
        self.leave(&scope);
        format!(
            "{name}[{key}] := {result} if {{\n\tsome {key}, {value} in {collection}\n\t{condition}\n}}"
        )
    }

    /// Conditions that bind variables, which stay in scope.
    fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..=self.random.below(2) {
            let line = self.binding();
            lines.push(line);
        }
        for _ in 0..self.random.below(3) {
            let line = self.condition(1);
            lines.push(line);
        }
        lines
    }

    fn binding(&mut self) -> String {
        let name = self.name();
        match self.random.below(8) {
            0 => {
                let list = self.number_list(1);
                self.numbers.push(name.clone());
                format!("some {name} in {list}")
            }
            1 => {
                let list = self.text_list(1);
                self.texts.push(name.clone());
                format!("some {name} in {list}")
            }
            2 => {
                let value = self.name();
                self.anything.push(value.clone());
                self.texts.push(name.clone());
                format!("some {name}, {value} in input.o")
            }
            3 => {
                let value = self.name();
                self.anything.push(value.clone());
                self.numbers.push(name.clone());
                format!("some {name}, {value} in input.any")
            }
            4 => {
                self.anything.push(name.clone());
                format!(
                    "{name} := input.cs[_].{}",
                    self.random
                        .pick(&["name", "port", "tags", "more.deep", "on"])
                )
            }
            5 if !self.in_function => {
                self.anything.push(name.clone());
                format!("some {name} in found")
            }
            6 => {
                self.anything.push(name.clone());
                format!("walk(input.cs[3], [_, {name}])")
            }
            _ => {
                let value = self.number(1);
                self.numbers.push(name.clone());
                format!("{name} := {value}")
            }
        }
    }

    fn anything(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 4 } else { 12 }) {
            0 => self.number(depth),
            1 => self.text(depth),
            2 => self.known(&[
                "input.any[3]",
                "input.any[8].k",
                "input.cs[0].port",
                "input.cs[2].port",
                "input.nope",
                "null",
                "true",
                "[]",
                "{}",
            ]),
            3 => self.known(&[
                "input.any[7][1]",
                "input.o[\"d-e\"]",
                "input.cs[3].more.deep[1].k",
                "input.xs",
                "set()",
            ]),
            4 => self.number_list(depth),
            5 => self.text_list(depth),
            6 => self.set(depth),
            7 => self.object(depth),
            8 => self.comprehension('[', ']', depth),
            9 => self.comprehension('{', '}', depth),
            10 => {
                let (one, two) = (self.anything(depth - 1), self.anything(depth - 1));
                format!("[{one}, {two}]")
            }
            _ => format!("count({})", self.comprehension('[', ']', depth)),
        }
    }

    fn known(&mut self, others: &[&str]) -> String {
        let count = self.anything.len();
        if count > 0 && self.random.below(2) == 0 {
            let at = self.random.below(count);
            return self.anything.get(at).cloned().unwrap_or_default();
        }
        self.random.pick(others).to_owned()
    }

    fn comprehension(&mut self, open: char, close: char, depth: usize) -> String {
        let scope = self.enter();
        let (lines, value) = (self.lines(), self.anything(depth - 1));
        self.leave(&scope);
        format!("{open}{value} | {}{close}", lines.join("; "))
    }

    fn number(&mut self, depth: usize) -> String {
        let count = self.numbers.len();
        if count > 0 && self.random.below(3) == 0 {
            let at = self.random.below(count);
            return self.numbers.get(at).cloned().unwrap_or_default();
        }
        let index = self.random.below(9);
        if depth == 0 {
            let literal = self.random.pick(&[
                "0",
                "1",
                "2",
                "7",
                "0.5",
                "1.25",
                "100",
                "1e3",
                "18446744073709551616",
            ]);
            return if self.random.below(2) == 0 {
                literal.to_owned()
            } else {
                format!("input.n[{index}]")
            };
        }
        let (left, right) = (self.number(depth - 1), self.number(depth - 1));
        match self.random.below(12) {
            0 => format!("({left} + {right})"),
            1 => format!("({left} - {right})"),
            2 => format!("({left} * {right})"),
            3 => format!("({left} / {right})"),
            4 => format!("({left} % {right})"),
            5 => format!(
                "{}({left})",
                self.random.pick(&["abs", "round", "ceil", "floor"])
            ),
            6 => format!(
                "{}({})",
                self.random.pick(&["sum", "max", "min", "count", "product"]),
                self.number_list(depth - 1)
            ),
            7 => format!("count({})", self.text(depth - 1)),
            8 => format!("indexof({}, \"b\")", self.text(depth - 1)),
            9 if !self.in_function => format!("f({left})"),
            10 => format!("input.o[{}]", self.text(depth - 1)),
            _ => format!("input.n[{index}]"),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let count = self.texts.len();
        if count > 0 && self.random.below(3) == 0 {
            let at = self.random.below(count);
            return self.texts.get(at).cloned().unwrap_or_default();
        }
        let index = self.random.below(9);
        if depth == 0 {
            let literal = self
                .random
                .pick(&["\"\"", "\"a\"", "\"b,c\"", "\"é\"", "`x\\y`"]);
            return if self.random.below(2) == 0 {
                literal.to_owned()
            } else {
                format!("input.t[{index}]")
            };
        }
        let (one, two) = (self.text(depth - 1), self.text(depth - 1));
        match self.random.below(13) {
            0 => format!("concat(\",\", {})", self.text_list(depth - 1)),
            1 => format!(
                "{}({one})",
                self.random
                    .pick(&["upper", "lower", "trim_space", "strings.reverse"])
            ),
            2 => format!("replace({one}, \"a\", {two})"),
            3 => format!(
                "{}({one}, {two})",
                self.random.pick(&[
                    "trim",
                    "trim_left",
                    "trim_right",
                    "trim_prefix",
                    "trim_suffix"
                ])
            ),
            4 => format!(
                "substring({one}, {}, {})",
                self.random.below(3),
                self.random.pick(&["-1", "1", "9"])
            ),
            5 => format!(
                "sprintf(\"{}\", [{}])",
                self.random
                    .pick(&["%v", "%d", "%s", "<%5v>", "%q", "%.2f", "%x", "%v %v"]),
                self.anything(depth - 1)
            ),
            6 => format!("sprintf(\"%s-%d\", [{one}, {}])", self.number(depth - 1)),
            7 => format!(
                "format_int({}, {})",
                self.number(depth - 1),
                self.random.pick(&["2", "8", "10", "16"])
            ),
            8 => format!("json.marshal({})", self.anything(depth - 1)),
            9 => format!("type_name({})", self.anything(depth - 1)),
            10 => format!("$\"<{{{}}}>\"", self.number(depth - 1)),
            11 => format!("base64.encode({one})"),
            _ => format!("input.t[{index}]"),
        }
    }

    fn number_list(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.below(3) == 0 {
            return self
                .random
                .pick(&[
                    "input.xs",
                    "[1, 2, 3]",
                    "[]",
                    "numbers.range(1, 4)",
                    "{3, 1, 2}",
                    "input.n",
                    "[0.1, 0.2]",
                ])
                .to_owned();
        }
        if self.random.below(2) == 0 {
            return format!("[{}, {}]", self.number(depth - 1), self.number(depth - 1));
        }
        let name = self.name();
        let list = self.number_list(depth - 1);
        let scope = self.enter();
        self.numbers.push(name.clone());
        let (condition, value) = (self.condition(0), self.number(depth - 1));
        self.leave(&scope);
        format!("[{value} | some {name} in {list}; {condition}]")
    }

    fn text_list(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 if depth > 0 => format!("split({}, \",\")", self.text(depth - 1)),
            1 if depth > 0 => format!("[{}, {}]", self.text(depth - 1), self.text(depth - 1)),
            2 => "[\"b\", \"a\"]".to_owned(),
            _ => self
                .random
                .pick(&[
                    "input.ts",
                    "input.t",
                    "{\"x\", \"a\"}",
                    "object.keys(input.o)",
                ])
                .to_owned(),
        }
    }

    fn set(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self
                .random
                .pick(&["{1, 2}", "set()", "{\"a\", 1}", "{0.5, 2}"])
                .to_owned();
        }
        let (one, two) = (self.set(depth - 1), self.set(depth - 1));
        match self.random.below(5) {
            0 => format!("({one} | {two})"),
            1 => format!("({one} & {two})"),
            2 => format!("({one} - {two})"),
            3 => format!(
                "{{{}, {}}}",
                self.anything(depth - 1),
                self.anything(depth - 1)
            ),
            _ => one,
        }
    }

    fn object(&mut self, depth: usize) -> String {
        match self.random.below(5) {
            0 if depth > 0 => format!(
                "{{\"a\": {}, \"b\": {}}}",
                self.anything(depth - 1),
                self.anything(depth - 1)
            ),
            1 if depth > 0 => format!(
                "object.union({}, {})",
                self.object(depth - 1),
                self.object(depth - 1)
            ),
            2 => "object.remove(input.o, [\"a\"])".to_owned(),
            3 => {
                let (key, value) = (self.name(), self.name());
                format!("{{{key}: {value} | some {key}, {value} in input.any; {value}}}")
            }
            _ => self
                .random
                .pick(&["input.o", "input.cs[0]", "{\"k\": null}"])
                .to_owned(),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let comparison = self.random.pick(&["==", "!=", "<", "<=", ">", ">="]);
        if depth == 0 {
            return format!("{} {comparison} {}", self.number(0), self.number(0));
        }
        match self.random.below(14) {
            0 => format!("{} {comparison} {}", self.number(depth), self.number(depth)),
            1 => format!("{} {comparison} {}", self.text(depth), self.text(depth)),
            2 => format!(
                "not {} {comparison} {}",
                self.number(depth),
                self.number(depth)
            ),
            3 => format!("not {} {comparison} {}", self.text(depth), self.text(depth)),
            4 => format!(
                "{} in {}",
                self.anything(depth - 1),
                self.number_list(depth)
            ),
            5 => format!(
                "not {} in {}",
                self.number(depth - 1),
                self.number_list(depth - 1)
            ),
            6 => format!(
                "{}({}, {})",
                self.random.pick(&["startswith", "endswith", "contains"]),
                self.text(depth),
                self.text(depth - 1)
            ),
            7 => format!(
                "not {}",
                self.known(&[
                    "input.nope",
                    "input.any[2]",
                    "input.any[0]",
                    "input.cs[2].port",
                    "input.cs[9]",
                    "input.any[8].k.l"
                ])
            ),
            8 => self.every(depth),
            9 if !self.in_function => format!(
                "ready with input.n as {}",
                self.random.pick(&["[1, 2, 3]", "input.xs", "[]"])
            ),
            10 if !self.in_function => {
                format!("not f({}) == {}", self.number(depth - 1), self.number(0))
            }
            11 if !self.in_function => self
                .random
                .pick(&["ready", "not ready", "count(found) > 1", "some _ in found"])
                .to_owned(),
            12 => format!(
                "count({}) {comparison} {}",
                self.comprehension('[', ']', depth),
                self.random.below(3)
            ),
            _ => self.known(&[
                "input.any[3]",
                "input.cs[1].on",
                "input.cs[0].on",
                "input.nope",
                "input.any[8].k",
            ]),
        }
    }

    fn every(&mut self, depth: usize) -> String {
        let name = self.name();
        let list = self.number_list(depth - 1);
        let scope = self.enter();
        self.numbers.push(name.clone());
        let condition = self.condition(depth - 1);
        self.leave(&scope);
        format!("every {name} in {list} {{\n\t\t{name} != 77\n\t\t{condition}\n\t}}")
    }
}
