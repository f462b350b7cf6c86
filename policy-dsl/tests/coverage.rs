//! Which clauses examples try both ways.

use scoin_policy::civil::Date;
use scoin_policy::coverage::coverage;
use scoin_policy::facts::World;
use scoin_policy::module::Module;

struct Nothing;

impl World for Nothing {
    fn listed(&self, _: &str, _: &str) -> Option<bool> {
        None
    }
    fn on_calendar(&self, _: &str, _: Date) -> Option<bool> {
        Some(false)
    }
}

const SOURCE: &str = r#"
policy test.one {
  zone Asia/Seoul
  pays purchase
  require child: payer.age in ..18
  require shop: merchant.category in { books } or merchant.groups in { school }
  cap day: 5_000 won per day
  gap rest: 5 minutes
  expires 30 days after issue
  also test.inner
  example "a book" { at 2026-03-03 15:30 payer.age 11 merchant.category books payment.channel store amount 2_500 won } expect allow
  example "too dear" { at 2026-03-03 15:30 payer.age 11 merchant.category books payment.channel store amount 6_000 won } expect allow 5_000 won
  example "grown up, elsewhere, online" {
    at 2026-03-03 15:30 payer.age 30 merchant.category toys merchant.groups chain payment.channel online amount 2_500 won
  } expect deny child, shop, shops
}
policy test.inner {
  zone Asia/Seoul
  require shops: payment.channel is store
}
program test.gift {
  zone Asia/Seoul
  pool test.pool
  open 2026-01-01..2026-12-31
  reward small: on payment when payment.amount in 1_000 won.. give 100 won under test.one
  cap once: 1 reward per life by payer
  example "given" { at 2026-03-03 12:00 payment.amount 2_000 won } expect give 100 won
  example "again" { at 2026-03-03 12:00 payment.amount 2_000 won spent once 1 reward } expect nothing
}
"#;

#[test]
fn every_clause_counts_examples_passed_and_failed() {
    let (module, found) = Module::parse(SOURCE);
    assert!(found.is_empty(), "{found:?}");
    let module = module.unwrap();
    let results = module.examples(&Nothing);
    assert!(results.iter().all(|result| result.failure.is_none()), "{results:#?}");
    let lines: Vec<String> = coverage(&module, &results)
        .iter()
        .map(|one| {
            let branch = one.branch.map(|at| format!("[{at}]")).unwrap_or_default();
            let both = if one.is_covered() { " both" } else { "" };
            format!("{}/{}{branch} {} {}{both}", one.rule, one.clause, one.passed, one.failed)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "test.one/pays 3 0",
            "test.one/child 2 1 both",
            "test.one/shop 2 1 both",
            "test.one/shop[0] 2 1 both",
            "test.one/shop[1] 0 3",
            "test.one/day 2 1 both",
            "test.one/rest 3 0",
            "test.one/expires 3 0",
            "test.inner/shops 2 1 both",
            "test.gift/open 2 0",
            "test.gift/small 1 1 both",
            "test.gift/once 1 1 both",
        ]
    );
}
