//! What a field is for, from what the policy does with its parameter.

use crate::ir::Texts;
use crate::module::{Module, Param, ParamKind, rule_of};
use crate::syntax::ast::{ClauseBody, Moment, QuantityUnit, Value, ValueKind};

/// The label of a parameter in Korean and English.
pub(super) fn of(module: &Module, policy: &str, param: &Param) -> Texts {
    let used = used(module, policy, &param.name);
    let (ko, en) = used.unwrap_or_else(|| by_kind(param.kind));
    vec![("en".to_owned(), en.to_owned()), ("ko".to_owned(), ko.to_owned())]
}

/// From the first clause in which the parameter is the limit, the length or the date.
fn used(module: &Module, policy: &str, name: &str) -> Option<(&'static str, &'static str)> {
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
        ClauseBody::Gap(gap) if is(&gap.duration.number) => {
            Some(("결제 사이 간격", "Time between payments"))
        }
        ClauseBody::Starts(Moment::On(value)) if is(value) => Some(("첫날", "First day")),
        ClauseBody::Starts(Moment::After(span)) if is(&span.number) => {
            Some(("받은 뒤 쓸 수 있을 때까지", "Time until it works"))
        }
        ClauseBody::Expires(Moment::On(value), _) if is(value) => Some(("마지막 날", "Last day")),
        ClauseBody::Expires(Moment::After(span), _) if is(&span.number) => {
            Some(("받은 뒤 쓸 수 있는 동안", "Time it works"))
        }
        ClauseBody::Decays(decay) if is(&decay.percent) => {
            Some(("줄어드는 몫", "Share that melts"))
        }
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

fn limit(window: &str, counted: bool, several: bool) -> (&'static str, &'static str) {
    match (window, counted) {
        _ if several => ("기간 한도", "Limit per period"),
        ("payment", _) => ("한 번 한도", "Limit per payment"),
        ("day", false) => ("하루 한도", "Limit per day"),
        ("day", true) => ("하루 결제 횟수", "Payments per day"),
        ("week", false) => ("한 주 한도", "Limit per week"),
        ("week", true) => ("한 주 결제 횟수", "Payments per week"),
        ("month", false) => ("한 달 한도", "Limit per month"),
        ("month", true) => ("한 달 결제 횟수", "Payments per month"),
        ("year", false) => ("한 해 한도", "Limit per year"),
        ("year", true) => ("한 해 결제 횟수", "Payments per year"),
        (_, false) => ("모두 합친 한도", "Limit in all"),
        (_, true) => ("모두 합친 결제 횟수", "Payments in all"),
    }
}

/// When no clause says more.
const fn by_kind(kind: ParamKind) -> (&'static str, &'static str) {
    match kind {
        ParamKind::Money => ("금액", "Amount"),
        ParamKind::Count => ("횟수", "Number"),
        ParamKind::Percent => ("비율", "Percent"),
        ParamKind::Days => ("날수", "Days"),
        ParamKind::Date => ("날짜", "Date"),
        ParamKind::District => ("자치구", "District"),
        ParamKind::Person => ("사람", "Person"),
        ParamKind::Tags => ("종류", "Kinds"),
        ParamKind::Merchants => ("가게 목록", "List of shops"),
        ParamKind::Products => ("물건 목록", "List of products"),
        ParamKind::Schedule => ("요일과 시간", "Days and hours"),
    }
}
