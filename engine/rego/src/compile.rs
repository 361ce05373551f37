//! Rego text to a program: many modules in, an immutable set that is shared between threads out, with every diagnostic.
//!
//! A module that does not compile is left out together with what cannot do without it; the others are compiled.

use std::sync::Arc;

use crate::eval::{Prepared, interpreter};
use crate::value::Value;

/// One file of Rego.
#[derive(Debug, Clone)]
pub struct Module {
    /// What messages call it.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
}

/// What is wrong with a policy, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// OPA's code: `rego_parse_error`, `rego_compile_error`, ...
    pub code: &'static str,
    /// What was expected and what was found.
    pub message: String,
    /// The index of the module among those that were handed in.
    pub module: usize,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
    /// The column, from 1; 0 if unknown.
    pub column: u32,
    /// What to write instead.
    pub hint: Option<String>,
}

/// A compiled set of modules.
#[derive(Debug, Clone)]
pub struct Program {
    modules: Arc<Vec<(usize, Module, String)>>,
}

/// Compiles modules. The program holds those without errors.
pub fn compile(modules: &[Module]) -> (Program, Vec<Diagnostic>) {
    let mut good = Vec::new();
    let mut diagnostics = Vec::new();
    for (index, module) in modules.iter().enumerate() {
        match interpreter::package_of(module) {
            Ok(package) => good.push((index, module.clone(), package)),
            Err(error) => diagnostics.push(error.into_diagnostic("rego_parse_error", index)),
        }
    }
    (
        Program {
            modules: Arc::new(good),
        },
        diagnostics,
    )
}

impl Program {
    /// Gets one rule ready for evaluation against base data: a path like `data.a.b.deny`.
    pub fn prepare(&self, entry: &str, data: &Value) -> Result<Prepared, Diagnostic> {
        let package = entry.rsplit_once('.').map_or(entry, |(package, _)| package);
        let needed = self.closure(package);
        let modules: Vec<&Module> = needed.iter().map(|(_, module, _)| module).collect();
        let culprit = |name: &str| {
            needed
                .iter()
                .find(|(_, module, _)| module.name == name)
                .map_or(0, |(index, ..)| *index)
        };
        interpreter::prepare(&modules, entry, data).map_err(|error| {
            let module = culprit(&error.module);
            error.into_diagnostic("rego_compile_error", module)
        })
    }

    /// The package of a module that compiled, as `data.a.b`, by its index among those that were handed in.
    pub fn package(&self, module: usize) -> Option<&str> {
        self.modules
            .iter()
            .find(|(index, ..)| *index == module)
            .map(|(_, _, package)| package.as_str())
    }

    /// Whether a module that compiled has a rule of a name.
    pub fn defines(&self, module: usize, rule: &str) -> bool {
        let found = self.modules.iter().find(|(index, ..)| *index == module);
        let starts = |line: &str| {
            line.strip_prefix(rule)
                .is_some_and(|rest| rest.starts_with([' ', '[', '{', ':', '=', '.']))
        };
        found.is_some_and(|(_, module, _)| module.text.lines().any(starts))
    }

    /// The modules of a package, and those of every package that they mention.
    fn closure(&self, package: &str) -> Vec<&(usize, Module, String)> {
        let mut packages = vec![package.to_owned()];
        let mut needed: Vec<&(usize, Module, String)> = Vec::new();
        while let Some(package) = packages.pop() {
            for module in self.modules.iter().filter(|(_, _, own)| *own == package) {
                needed.push(module);
                let mentioned = self
                    .modules
                    .iter()
                    .map(|(_, _, own)| own)
                    .filter(|own| module.1.text.contains(own.as_str()));
                for own in mentioned {
                    if !packages.contains(own) && needed.iter().all(|(_, _, seen)| seen != own) {
                        packages.push(own.clone());
                    }
                }
            }
        }
        needed
    }
}
