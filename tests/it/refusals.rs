//! Refusals that nothing else here meets, each brought about over HTTP. (The ledger's own tests have a case for each one.)

use scoin_core::Amount;
use scoin_core::command::Action;
use scoin_core::outcome::Refusal;
use scoin_tests::actor::pay;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_is_suspended_or_late_is_not_paid() {
    let mut world = World::with("test.free", 1_000).await;
    let (account, early) = (world.shop.account, world.city.now);
    let stale = world.shop.request(early, 10, Vec::new());
    let officer = world.city.officers[0].clone();
    world.city.accept(&officer, Action::SuspendMerchant { account, suspended: true }).await;
    let fresh = world.shop.request(early, 10, Vec::new());
    world.city.refuse(&world.payer, pay(fresh), Refusal::MerchantClosed.code()).await;
    world.city.accept(&officer, Action::SuspendMerchant { account, suspended: false }).await;
    world.city.set_time("2026-03-03T17:30:00+09:00").await;
    world.city.refuse(&world.payer, pay(stale), Refusal::RequestExpired.code()).await;
    assert_eq!(world.balance(&world.payer).await, 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_mint_only_what_was_proposed_and_stands_and_fits() {
    let world = World::with("test.free", 1_000).await;
    let [first, second, _] = &world.city.officers[..] else { panic!("three officers") };

    let (proposal, digest) = world.city.propose_mint(500).await;
    let other = Action::Approve { proposal, digest: [7; 32] };
    world.city.refuse(second, other, Refusal::DigestMismatch.code()).await;
    world.city.accept(first, Action::Decline { proposal }).await;
    let late = Action::Approve { proposal, digest };
    world.city.refuse(second, late, Refusal::ProposalClosed.code()).await;

    let (proposal, digest) = world.city.propose_mint(Amount::MAX.units()).await;
    let too_much = Action::Approve { proposal, digest };
    world.city.refuse(second, too_much, Refusal::Overflow.code()).await;

    let fund = Action::FundPool { pool: "test.pool".to_owned(), amount: Amount::new(1) };
    let empty = Refusal::PoolEmpty { have: Amount::ZERO };
    world.city.refuse(first, fund, empty.code()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_holds_at_most_64_lots() {
    let world = World::with("test.free", 1_000).await;
    world.city.mint(1_000).await;
    let officer = &world.city.officers[0];
    // The payer has one lot already; each other end makes another.
    for number in 0..64 {
        let until = format!("2027-{:02}-{:02}", 1 + number / 28, 1 + number % 28);
        let policy = world.city.adopt(officer, "test.until", &[("until", &until)]).await;
        let (to, amount) = (world.payer.account, Amount::new(1));
        let grant = Action::Grant { to, amount, policy };
        if number < 63 {
            world.city.accept(officer, grant).await;
        } else {
            world.city.refuse(officer, grant, Refusal::TooManyLots.code()).await;
        }
    }
    assert_eq!(world.balance(&world.payer).await, 1_063);
}
