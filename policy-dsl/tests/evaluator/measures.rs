//! What is counted together: limits that count different things never share a counter, whatever small thing they differ in.

use std::collections::BTreeMap;

use scoin_policy::civil::{Date, Weekday};
use scoin_policy::facts::Fact;
use scoin_policy::ir::{By, Cap, Policy, Pred, Quantity, Slot, Test, Weekly, Window};
use scoin_policy::rule::Rule;

use crate::make::empty;

fn cap(by: Vec<By>, when: Option<Pred>, on_items: Option<Pred>) -> Cap {
    Cap {
        label: "k".to_owned(),
        quantity: Quantity::Money(10),
        window: Window::Day,
        by,
        when,
        on_items,
        because: Vec::new(),
    }
}

/// Conditions of which each differs from some other in one thing only.
fn conditions() -> Vec<Pred> {
    let tags = |fact, tags: &[&str]| {
        Test::InTags(fact, tags.iter().map(|tag| (*tag).to_owned()).collect())
    };
    let list = |fact, pin| Test::InList(fact, "l".to_owned(), pin);
    let slot = |day, start, end| Slot { day, start, end };
    let date = |text| Date::parse(text);
    let tests = [
        tags(Fact::MerchantCategory, &["a", "b"]),
        tags(Fact::MerchantCategory, &["ab"]),
        tags(Fact::MerchantCategory, &["a"]),
        tags(Fact::MerchantGroups, &["a"]),
        Test::InRange(Fact::PayerAge, Some(1), None),
        Test::InRange(Fact::PayerAge, Some(0), None),
        Test::InRange(Fact::PayerAge, None, Some(0)),
        Test::InRange(Fact::PayerAge, None, None),
        Test::InRange(Fact::PayerChildren, Some(1), None),
        list(Fact::MerchantId, None),
        list(Fact::MerchantId, Some([0; 32])),
        list(Fact::MerchantId, Some([1; 32])),
        Test::OnCalendar("c".to_owned(), None),
        Test::OnCalendar("c".to_owned(), Some([0; 32])),
        Test::OnCalendar("d".to_owned(), None),
        Test::InSchedule(Weekly(vec![slot(Weekday::Mon, 0, 60)])),
        Test::InSchedule(Weekly(vec![slot(Weekday::Mon, 0, 61)])),
        Test::InSchedule(Weekly(vec![slot(Weekday::Mon, 1, 60)])),
        Test::InSchedule(Weekly(vec![slot(Weekday::Tue, 0, 60)])),
        Test::InSchedule(Weekly(vec![slot(Weekday::Mon, 0, 60), slot(Weekday::Tue, 0, 60)])),
        Test::OnWeekday(vec![Weekday::Mon]),
        Test::OnWeekday(vec![Weekday::Tue]),
        Test::OnWeekday(vec![Weekday::Mon, Weekday::Tue]),
        Test::InDates(date("2026-01-01"), None),
        Test::InDates(date("2026-01-02"), None),
        Test::InDates(None, date("2026-01-01")),
        Test::Is(Fact::PaymentKind, "transit".to_owned()),
        Test::Is(Fact::PaymentChannel, "transit".to_owned()),
        Test::Is(Fact::PaymentKind, "bill".to_owned()),
        Test::Equals(Fact::PayerAge, 7),
        Test::Equals(Fact::PayerAge, 8),
        Test::Equals(Fact::PayerChildren, 7),
        Test::Same(Fact::PayerDistrict, Fact::MerchantDistrict),
        Test::Same(Fact::MerchantDistrict, Fact::PayerDistrict),
    ];
    let mut all: Vec<Pred> = tests.into_iter().map(Pred::Test).collect();
    let (one, two) = (all[4].clone(), all[5].clone());
    all.extend([
        Pred::And(vec![one.clone(), two.clone()]),
        Pred::Or(vec![one.clone(), two.clone()]),
        Pred::Or(vec![Pred::And(vec![one.clone(), two.clone()])]),
        Pred::Or(vec![Pred::And(vec![one.clone()]), two.clone()]),
        Pred::Not(Box::new(one.clone())),
        Pred::Not(Box::new(two)),
        Pred::AnyItem(Box::new(one.clone())),
        Pred::EveryItem(Box::new(one)),
        Pred::Known(Fact::PayerAge),
        Pred::Known(Fact::PayerChildren),
    ]);
    all
}

#[test]
fn limits_that_count_different_things_share_no_counter() {
    let mut caps = vec![cap(vec![By::Purse], None, None)];
    for by in [By::Lot, By::Payer, By::Household, By::Merchant] {
        caps.extend([cap(vec![by], None, None), cap(vec![By::Purse, by], None, None)]);
    }
    for condition in conditions() {
        caps.push(cap(vec![By::Purse], Some(condition.clone()), None));
        caps.push(cap(vec![By::Purse], None, Some(condition)));
    }
    let mut known = BTreeMap::new();
    for cap in caps {
        let rule = Rule::new(Policy { caps: vec![cap.clone()], ..empty("test.measure") });
        if let Some(other) = known.insert(rule.caps()[0].measure, cap.clone()) {
            panic!("{other:#?} and {cap:#?} are counted together");
        }
    }
}

/// A limit that is raised, renamed or explained otherwise goes on counting where it was.
#[test]
fn a_raised_limit_forgets_nothing() {
    let old = cap(vec![By::Purse], None, None);
    let raised = Cap {
        label: "other".to_owned(),
        quantity: Quantity::Money(11),
        because: vec![("en".to_owned(), "more".to_owned())],
        ..old.clone()
    };
    let measure =
        |cap: Cap| Rule::new(Policy { caps: vec![cap], ..empty("test.measure") }).caps()[0].measure;
    assert_eq!(measure(old), measure(raised));
}
