//! The functions of templates, in both spellings: `!Ref X` and `{"Ref": "X"}`.

use crate::tree::View;

/// Functions, and the short tags that stand for them.
pub(in crate::frontend) const FUNCTIONS: &[(&str, &str)] = &[
    ("Ref", "!Ref"),
    ("Condition", "!Condition"),
    ("Fn::And", "!And"),
    ("Fn::Base64", "!Base64"),
    ("Fn::Cidr", "!Cidr"),
    ("Fn::Equals", "!Equals"),
    ("Fn::FindInMap", "!FindInMap"),
    ("Fn::ForEach", "!ForEach"),
    ("Fn::GetAZs", "!GetAZs"),
    ("Fn::GetAtt", "!GetAtt"),
    ("Fn::If", "!If"),
    ("Fn::ImportValue", "!ImportValue"),
    ("Fn::Join", "!Join"),
    ("Fn::Length", "!Length"),
    ("Fn::Not", "!Not"),
    ("Fn::Or", "!Or"),
    ("Fn::Select", "!Select"),
    ("Fn::Split", "!Split"),
    ("Fn::Sub", "!Sub"),
    ("Fn::ToJsonString", "!ToJsonString"),
    ("Fn::Transform", "!Transform"),
];

/// A function and what it is applied to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) name: &'static str,
    pub(super) argument: Argument<'a>,
}

/// What a function is applied to: what stands below its long name, or what its tag was written before.
#[derive(Debug, Clone, Copy)]
pub(super) enum Argument<'a> {
    Below(View<'a>),
    Tagged(View<'a>),
}

impl<'a> Argument<'a> {
    pub(super) fn view(self) -> View<'a> {
        match self {
            Self::Below(view) | Self::Tagged(view) => view,
        }
    }
}

impl<'a> Call<'a> {
    /// The function that a node is, if it is one.
    pub(super) fn of(view: View<'a>) -> Option<Self> {
        if let Some(tag) = view.tag() {
            let (name, _) = FUNCTIONS.iter().find(|(_, short)| *short == tag)?;
            return Some(Self {
                name,
                argument: Argument::Tagged(view),
            });
        }
        let mut entries = view.entries();
        let (key, below) = entries.next()?;
        if entries.next().is_some() {
            return None;
        }
        let (name, _) = FUNCTIONS.iter().find(|(name, _)| *name == key)?;
        Some(Self {
            name,
            argument: Argument::Below(below),
        })
    }

    /// The call of a function in a tree that was resolved: it stands for what nobody can know yet.
    pub(super) fn is_at(view: View<'a>) -> bool {
        Self::of(view).is_some()
    }
}

/// The name of a tag that is written before a node and that no function has.
pub(super) fn unknown_tag(view: View<'_>) -> Option<&str> {
    let tag = view.tag()?;
    let known = FUNCTIONS.iter().any(|(_, short)| *short == tag);
    (!known).then_some(tag)
}

/// The name of the resource that a `Ref` or a `Fn::GetAtt` of a resolved tree speaks of.
pub(super) fn referred(view: View<'_>) -> Option<&str> {
    let call = Call::of(view)?;
    let argument = call.argument.view();
    match call.name {
        "Ref" => argument.raw(),
        "Fn::GetAtt" => argument
            .items()
            .next()
            .and_then(View::raw)
            .or_else(|| argument.raw()?.split('.').next()),
        // `!Sub "${Queue.Arn}"`.
        "Fn::Sub" => {
            let text = argument.raw()?.strip_prefix("${")?.strip_suffix('}')?;
            text.split('.').next()
        }
        _ => None,
    }
}
