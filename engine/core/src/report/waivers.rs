//! Waivers as a list: for people, and for machines (`plumbline.waivers/v1`).

use std::fmt::Write;

use serde::Serialize;

use super::catalogue::columns;
use super::json::{LocationV1, location_shape};
use super::text::Style;
use super::{Spot, visible};
use crate::source::Sources;
use crate::waiver::{Authority, Date, Scope, Waiver};

/// The version of the JSON shape.
pub const SCHEMA_VERSION: &str = "plumbline.waivers/v1";

/// A table with a line per waiver.
pub fn table(waivers: &[&Waiver], today: Date, sources: &Sources, style: Style) -> String {
    let heads = [
        "RULE",
        "RESOURCE",
        "OWNER",
        "DECIDED BY",
        "EXPIRES",
        "STATE",
        "WRITTEN",
        "REASON",
    ];
    let rows: Vec<[String; 8]> = waivers
        .iter()
        .map(|waiver| row(waiver, today, sources))
        .collect();
    let mut out = String::new();
    if !style.quiet && !rows.is_empty() {
        columns(heads, &rows, &mut out);
    }
    let expired = waivers
        .iter()
        .filter(|waiver| waiver.has_expired(today))
        .count();
    let _ = writeln!(
        out,
        "{} {}, {expired} expired",
        waivers.len(),
        if waivers.len() == 1 {
            "waiver"
        } else {
            "waivers"
        }
    );
    out
}

fn row(waiver: &Waiver, today: Date, sources: &Sources) -> [String; 8] {
    let resource = match &waiver.scope {
        Scope::Bytes(_) => "what it stands beside",
        Scope::Resources { id, .. } => id.as_str(),
    };
    let line = sources
        .positions(waiver.place)
        .map_or(1, |(start, _)| start.line);
    let written = format!("{}:{line}", sources.name(waiver.place.file));
    [
        visible(&waiver.rule).into_owned(),
        visible(resource).into_owned(),
        visible(&waiver.owner).into_owned(),
        decided_by(waiver.authority).to_owned(),
        waiver.expires.to_string(),
        state(waiver, today).to_owned(),
        visible(&written).into_owned(),
        visible(&waiver.reason).into_owned(),
    ]
}

/// Who gave the leave, which says at which doors it holds.
fn decided_by(authority: Authority) -> &'static str {
    match authority {
        Authority::Organisation => "organisation",
        Authority::Local => "repository",
    }
}

fn state(waiver: &Waiver, today: Date) -> &'static str {
    if waiver.has_expired(today) {
        "expired"
    } else {
        "in force"
    }
}

/// The list for machines, indented by two spaces, with a line end.
pub fn json(waivers: &[&Waiver], today: Date, sources: &Sources) -> String {
    let shape = WaiversV1 {
        schema_version: SCHEMA_VERSION,
        waivers: waivers
            .iter()
            .map(|waiver| shape(waiver, today, sources))
            .collect(),
    };
    let mut out = serde_json::to_string_pretty(&shape).unwrap_or_default();
    out.push('\n');
    out
}

fn shape<'a>(waiver: &'a Waiver, today: Date, sources: &'a Sources) -> WaiverV1<'a> {
    let (resource, file, pointer) = match &waiver.scope {
        Scope::Bytes(_) => (None, None, None),
        Scope::Resources { id, file, pointer } => {
            (Some(id.as_str()), file.as_deref(), pointer.as_deref())
        }
    };
    WaiverV1 {
        id: waiver.id.as_deref(),
        authority: waiver.authority.as_str(),
        annotated: waiver.annotated,
        rule: &waiver.rule,
        resource,
        file,
        pointer,
        reason: &waiver.reason,
        owner: &waiver.owner,
        expires: waiver.expires.to_string(),
        expired: waiver.has_expired(today),
        ticket: waiver.ticket.as_deref(),
        location: location_shape(Spot::of(sources, waiver.place)),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WaiversV1<'a> {
    schema_version: &'static str,
    waivers: Vec<WaiverV1<'a>>,
}

#[derive(Serialize)]
struct WaiverV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    authority: &'static str,
    annotated: bool,
    rule: &'a str,
    /// None of a comment, which speaks of what it stands beside.
    resource: Option<&'a str>,
    file: Option<&'a str>,
    pointer: Option<&'a str>,
    reason: &'a str,
    owner: &'a str,
    expires: String,
    expired: bool,
    ticket: Option<&'a str>,
    location: LocationV1<'a>,
}
