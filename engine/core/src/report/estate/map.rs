//! The map: a page of its own, with a drawing and a table, and no script.

use std::collections::HashMap;
use std::fmt::Write;

use super::{drawn, form, place, platforms};
use crate::estate::{Entity, EntityKind, Estate};
use crate::report::escape::markup;
use crate::source::Sources;

/// Columns from left to right.
const COLUMNS: &[&[EntityKind]] = &[
    &[EntityKind::Endpoint],
    &[EntityKind::Channel, EntityKind::Subscription],
    &[EntityKind::Workload],
    &[EntityKind::Identity, EntityKind::Grant],
    &[EntityKind::Store, EntityKind::Budget],
];

const WIDTH: usize = 220;
const HEIGHT: usize = 34;
const GAP: usize = 90;
const STEP: usize = 46;
const MARGIN: usize = 50;
/// More rows than this are not drawn; the table has all.
const MOST_ROWS: usize = 200;

/// The whole page.
pub fn html(estate: &Estate, sources: &Sources) -> String {
    let mut out = String::from(HEAD);
    out.push_str("<h1>Estate</h1>\n<pre>");
    for line in platforms(&estate.formats()).lines() {
        let _ = writeln!(out, "{}", markup(line));
    }
    out.push_str("</pre>\n");
    drawing(estate, &mut out);
    out.push_str(
        "<table><tr><th>Kind</th><th>Name</th><th>Platform</th><th>Form</th><th>Place</th></tr>\n",
    );
    for entity in &estate.entities {
        let resource = estate.resources.get(entity.resource);
        let platform = resource.map_or("", |resource| resource.platform.as_str());
        let cells = [
            entity.kind.as_str().to_owned(),
            entity.name.clone(),
            platform.to_owned(),
            form(entity),
            place(estate, entity, sources),
        ];
        out.push_str("<tr>");
        for cell in cells {
            let _ = write!(out, "<td>{}</td>", markup(&cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n</body></html>\n");
    out
}

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Estate</title>\n<style>body{font:14px system-ui,sans-serif;margin:2em;color:#1b1f24}table{border-collapse:collapse}td,th{border-bottom:1px solid #d0d7de;padding:4px 12px;text-align:left}svg text{font:12px system-ui,sans-serif}.box{fill:#fff;stroke:#57606a}.workload{fill:#ddf4ff}.channel,.subscription{fill:#fff8c5}.endpoint{fill:#dafbe1}.identity,.grant{fill:#fbefff}.store,.budget{fill:#f6f8fa}path{stroke:#57606a;fill:none}.what{fill:#57606a}</style></head><body>\n";

fn drawing(estate: &Estate, out: &mut String) {
    let places = layout(estate);
    let rows = places.values().map(|(_, row)| row + 1).max().unwrap_or(0);
    let width = MARGIN * 2 + COLUMNS.len() * (WIDTH + GAP);
    let height = MARGIN * 2 + rows * STEP;
    let _ = write!(
        out,
        "<svg role=\"img\" aria-label=\"who hands what to whom\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" style=\"fill:#57606a\"/></marker></defs>\n"
    );
    for edge in estate.edges() {
        if let (Some(from), Some(to)) = (places.get(&edge.from), places.get(&edge.to)) {
            arrow(*from, *to, edge.what.as_str(), out);
        }
    }
    for (index, entity) in drawn(estate) {
        if let Some(place) = places.get(&index) {
            place_box(*place, entity, out);
        }
    }
    out.push_str("</svg>\n");
    let left_out = drawn(estate).count() - places.len();
    if left_out > 0 {
        let _ = writeln!(
            out,
            "<p>{left_out} more are not drawn; the table has all of them.</p>"
        );
    }
}

/// Column and row of each entity that is drawn, by its index.
fn layout(estate: &Estate) -> HashMap<usize, (usize, usize)> {
    let mut rows = vec![0_usize; COLUMNS.len()];
    let mut places = HashMap::new();
    for (index, entity) in drawn(estate) {
        let column = COLUMNS
            .iter()
            .position(|kinds| kinds.contains(&entity.kind));
        let Some((column, row)) = column.and_then(|column| Some((column, rows.get_mut(column)?)))
        else {
            continue;
        };
        if *row < MOST_ROWS {
            places.insert(index, (column, *row));
            *row += 1;
        }
    }
    places
}

fn corner((column, row): (usize, usize)) -> (usize, usize) {
    (MARGIN + column * (WIDTH + GAP), MARGIN + row * STEP)
}

fn place_box(place: (usize, usize), entity: &Entity, out: &mut String) {
    let (x, y) = corner(place);
    let name: String = entity.name.chars().take(30).collect();
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect class=\"box {}\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"5\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
        markup(&entity.name),
        entity.kind.as_str(),
        x + 10,
        y + 21,
        markup(&name)
    );
}

/// From the right side of one box to the left side of another one; backwards where it lies to the left.
fn arrow(from: (usize, usize), to: (usize, usize), what: &str, out: &mut String) {
    let ((from_x, from_y), (to_x, to_y)) = (corner(from), corner(to));
    let (start, end) = if from_x <= to_x {
        (from_x + WIDTH, to_x)
    } else {
        (from_x, to_x + WIDTH)
    };
    let (from_y, to_y) = (from_y + HEIGHT / 2, to_y + HEIGHT / 2);
    let middle = start.midpoint(end);
    let _ = writeln!(
        out,
        "<path d=\"M{start} {from_y} C{middle} {from_y} {middle} {to_y} {end} {to_y}\" marker-end=\"url(#end)\"><title>{what}</title></path>"
    );
}
