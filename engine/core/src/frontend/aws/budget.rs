//! Budgets, and the alerts that they raise.

use super::declared::{Declared, Path, each, truth};
use crate::estate::{Entity, EntityKind, Model};
use crate::frontend::shared;
use crate::tree::View;

/// Where a type of budget says what.
#[derive(Debug)]
pub(in crate::frontend) struct Spelling {
    pub(in crate::frontend) amount: Path,
    pub(in crate::frontend) tags: Path,
    /// What it tells people of: the list.
    pub(in crate::frontend) alerts: Path,
    /// Within an alert: whether it is raised at all.
    pub(in crate::frontend) enabled: Path,
    /// Within an alert: how much of the budget is spent.
    pub(in crate::frontend) threshold: Path,
    /// Within an alert: what the threshold is measured in.
    pub(in crate::frontend) unit: Path,
    /// Whether the threshold is a share of 1, and not one of 100.
    pub(in crate::frontend) of_one: bool,
}

/// The budget that a resource is.
pub(in crate::frontend) fn budget(declared: &Declared<'_>, spelling: &Spelling) -> Entity {
    declared.entity(EntityKind::Budget, |model| {
        let amount = declared.at(spelling.amount);
        declared.known(model, "amount", amount, Model::integer);
        shared::tags(model, declared.at(spelling.tags));
        let alerts = declared.at(spelling.alerts);
        model.list("alerts", alerts.map_or(declared.under, View::id), |model| {
            let alerts = alerts.into_iter().flat_map(each);
            for alert in alerts.filter(|alert| !is_off(*alert, spelling)) {
                model.object(None, alert.id(), |model| {
                    percent(model, declared, spelling, alert);
                });
            }
        });
    })
}

fn is_off(alert: View<'_>, spelling: &Spelling) -> bool {
    super::dig(alert, spelling.enabled).and_then(truth) == Some(false)
}

/// `percent` of an alert: of an amount of money, its share of the budget where that is whole.
fn percent(model: &mut Model, declared: &Declared<'_>, spelling: &Spelling, alert: View<'_>) {
    let Some(threshold) = super::dig(alert, spelling.threshold) else {
        return;
    };
    let unit = super::dig(alert, spelling.unit).and_then(View::raw);
    let text = declared.text(threshold);
    let computed = if unit == Some("ABSOLUTE_VALUE") {
        let amount = declared.at(spelling.amount);
        share(text, amount.and_then(|amount| declared.text(amount)))
    } else if spelling.of_one {
        text.and_then(hundredths)
    } else {
        return declared.known(model, "percent", Some(threshold), Model::integer);
    };
    if let Some(percent) = computed {
        model.number("percent", percent, threshold.id());
    }
}

fn share(part: Option<&str>, whole: Option<&str>) -> Option<i64> {
    let (part, whole) = (hundredths(part?)?, hundredths(whole?)?);
    part.checked_mul(100)?.checked_div(whole)
}

/// A decimal number in hundredths, rounded down: `0.9` is 90.
fn hundredths(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let digits: String = fraction.chars().chain("00".chars()).take(2).collect();
    whole.checked_mul(100)?.checked_add(digits.parse().ok()?)
}
