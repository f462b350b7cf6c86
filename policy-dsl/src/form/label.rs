//! What a field is for, from what the policy does with its parameter.

use crate::module::{Module, Param, ParamKind, rule_of};
use crate::syntax::ast::{ClauseBody, Moment, QuantityUnit, Value, ValueKind};

/// The label of a parameter: the end of its key in the catalogue.
pub(super) fn of(module: &Module, policy: &str, param: &Param) -> &'static str {
    used(module, policy, &param.name).unwrap_or_else(|| by_kind(param.kind))
}

/// From the first clause in which the parameter is the limit, the length or the date.
fn used(module: &Module, policy: &str, name: &str) -> Option<&'static str> {
    let definition =
        module.tree().definitions().find(|definition| definition.name.text == policy)?;
    let is = |value: &Value<'_>| matches!(value.kind, ValueKind::Var(var) if var == name);
    let rule = rule_of(&definition)?;
    rule.clauses().find_map(|clause| match &clause.body {
        ClauseBody::Cap(cap) if is(&cap.quantity.value) => {
            let window = cap.window.map_or("payment", |window| window.word.text);
            let counted = matches!(cap.quantity.unit, QuantityUnit::Counted(_));
            Some(limit(window, counted, cap.window.is_some_and(|window| window.units.is_some())))
        }
        ClauseBody::Gap(gap) if is(&gap.duration.number) => Some("gap"),
        ClauseBody::Starts(Moment::On(value)) if is(value) => Some("first_day"),
        ClauseBody::Starts(Moment::After(span)) if is(&span.number) => Some("until_works"),
        ClauseBody::Expires(Moment::On(value), _) if is(value) => Some("last_day"),
        ClauseBody::Expires(Moment::After(span), _) if is(&span.number) => Some("works_for"),
        ClauseBody::Decays(decay) if is(&decay.percent) => Some("melts"),
        ClauseBody::Title(_)
        | ClauseBody::Zone(_)
        | ClauseBody::Week(_)
        | ClauseBody::Pays(_)
        | ClauseBody::Condition { .. }
        | ClauseBody::Cap(_)
        | ClauseBody::Gap(_)
        | ClauseBody::Starts(_)
        | ClauseBody::Expires(..)
        | ClauseBody::Decays(_)
        | ClauseBody::Split(_)
        | ClauseBody::Priority(_)
        | ClauseBody::Transfer(_)
        | ClauseBody::Grace(_)
        | ClauseBody::Restores(..)
        | ClauseBody::Also(_)
        | ClauseBody::Pool(_)
        | ClauseBody::Open(_)
        | ClauseBody::Reward(_)
        | ClauseBody::Example(_) => None,
    })
}

fn limit(window: &str, counted: bool, several: bool) -> &'static str {
    match (window, counted) {
        _ if several => "limit_period",
        ("payment", _) => "limit_payment",
        ("day", false) => "limit_day",
        ("day", true) => "count_day",
        ("week", false) => "limit_week",
        ("week", true) => "count_week",
        ("month", false) => "limit_month",
        ("month", true) => "count_month",
        ("year", false) => "limit_year",
        ("year", true) => "count_year",
        (_, false) => "limit_all",
        (_, true) => "count_all",
    }
}

/// When no clause says more.
pub(super) const fn by_kind(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Money => "money",
        ParamKind::Count => "number",
        ParamKind::Percent => "percent",
        ParamKind::Days => "days",
        ParamKind::Date => "date",
        ParamKind::District => "district",
        ParamKind::Person => "person",
        ParamKind::Tags => "kinds",
        ParamKind::Merchants => "shops",
        ParamKind::Products => "products",
        ParamKind::Schedule => "hours",
    }
}
