//! Why these coins: every step of the published order, said in words.

use scoin_policy::alloc::{self, LayerView, LotView, Why};
use scoin_policy::causes::Whose;
use scoin_policy::decide::State;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::{Coin, Lang, NoNames, Reader, View, lots};
use scoin_policy::facts::{Facts, Shop};
use scoin_policy::rank;
use scoin_policy::rule::Rule;

use crate::promises::{policy, unit};
use crate::told::{Snacks, at};

struct Money<'a> {
    rule: Option<&'a Rule>,
    expires: Option<i64>,
    issued: i64,
}

/// Why each lot that pays 1,500 (of 1,000 each) is used, in order of use.
fn why(money: &[Money<'_>], order: Option<&[usize]>) -> Vec<(usize, u64, Option<Why>)> {
    let now = at("2026-03-03 15:30");
    let category = ["food.bakery".to_owned()];
    let merchant = Shop { category: Some(&category), ..Shop::default() };
    let facts = Facts { now, amount: 1_500, merchant, ..Facts::default() };
    let state = State { used: &[0], ..State::default() };
    let layer = |rule| LayerView { rule, whose: Whose::Granter, scope: 0, now, state };
    let layers: Vec<Vec<LayerView<'_>>> =
        money.iter().map(|money| money.rule.into_iter().map(layer).collect()).collect();
    let views: Vec<LotView<'_>> = money
        .iter()
        .zip(&layers)
        .map(|(money, layers)| LotView {
            available: 1_000,
            expires: money.expires,
            issued: money.issued,
            id: [0; 32],
            rank: rank::of(layers.iter().map(|layer| layer.rule)),
            layers,
        })
        .collect();
    let wallet = alloc::Wallet { facts: &facts, world: &Snacks, lots: &views, guards: &[], order };
    let allocation = alloc::allocate(&wallet);
    let used = alloc::reasons(&wallet, &allocation);
    used.into_iter().map(|used| (used.lot, used.amount, used.why)).collect()
}

fn rule(clauses: &str) -> Rule {
    Rule::new(policy(&format!("policy t {{ zone Asia/Seoul {clauses} }}")))
}

#[test]
fn the_first_difference_is_the_reason() {
    let (wide, narrow) = (rule(""), rule("require x: merchant.category in { food.bakery }"));
    let (first, alone) = (rule("priority 10"), rule("split never"));
    let plain = |rule, expires, issued| Money { rule, expires, issued };
    let cases = [
        (plain(Some(&wide), None, 1), plain(Some(&first), None, 9), Why::Priority),
        (plain(Some(&wide), None, 1), plain(Some(&narrow), None, 9), Why::Narrower),
        (plain(None, None, 1), plain(Some(&narrow), None, 9), Why::Rules),
        (plain(None, None, 1), plain(Some(&wide), None, 9), Why::Rules),
        (plain(Some(&wide), None, 1), plain(Some(&wide), Some(5), 9), Why::EndsFirst),
        (plain(Some(&wide), Some(6), 1), plain(Some(&wide), Some(5), 9), Why::EndsFirst),
        (plain(Some(&wide), None, 9), plain(Some(&wide), None, 1), Why::Older),
    ];
    for (later, sooner, reason) in cases {
        let used = why(&[later, sooner], None);
        assert_eq!(used, [(1, 1_000, Some(reason)), (0, 500, None)]);
    }
    let both = [plain(Some(&wide), None, 1), plain(Some(&wide), None, 1)];
    assert_eq!(why(&both, None), [(0, 1_000, Some(Why::Alike)), (1, 500, None)]);
    assert_eq!(why(&both, Some(&[1, 0])), [(1, 1_000, Some(Why::Chosen)), (0, 500, None)]);
    // A coin that pays alone and cannot cover it leaves the payment to the others.
    assert_eq!(why(&[plain(Some(&alone), None, 1)], None), []);
}

#[test]
fn a_coin_that_pays_alone_says_so() {
    let alone = rule("split never priority 10");
    let now = at("2026-03-03 15:30");
    let facts = Facts { now, amount: 1_500, ..Facts::default() };
    let layers =
        [LayerView { rule: &alone, whose: Whose::City, scope: 0, now, state: State::default() }];
    let lot = |available, layers| LotView {
        available,
        expires: None,
        issued: 1,
        id: [0; 32],
        rank: 0,
        layers,
    };
    let views = [lot(1_000, &[]), lot(2_000, layers.as_slice())];
    let wallet =
        alloc::Wallet { facts: &facts, world: &Snacks, lots: &views, guards: &[], order: None };
    let used = alloc::reasons(&wallet, &alloc::allocate(&wallet));
    assert_eq!(used, [alloc::Used { lot: 1, amount: 1_500, why: Some(Why::Alone) }]);
}

/// Coins that are used up are passed over: the reason is told against the next that have money.
#[test]
fn an_empty_lot_is_no_reason() {
    let first = rule("priority 10");
    let now = at("2026-03-03 15:30");
    let facts = Facts { now, amount: 1_500, ..Facts::default() };
    let layers =
        [LayerView { rule: &first, whose: Whose::City, scope: 0, now, state: State::default() }];
    let lot = |available, issued, layers| LotView {
        available,
        expires: None,
        issued,
        id: [0; 32],
        rank: 0,
        layers,
    };
    let views = [lot(1_000, 1, &layers[..]), lot(0, 2, &layers[..]), lot(1_000, 3, &[])];
    let wallet =
        alloc::Wallet { facts: &facts, world: &Snacks, lots: &views, guards: &[], order: None };
    let used = alloc::reasons(&wallet, &alloc::allocate(&wallet));
    let told = used.into_iter().map(|used| (used.lot, used.why)).collect::<Vec<_>>();
    assert_eq!(told, [(0, Some(Why::Priority)), (2, None)]);
}

/// Programs read these words: they never change.
#[test]
fn each_reason_has_its_word() {
    let words = [
        (Why::Chosen, "chosen"),
        (Why::Alone, "alone"),
        (Why::Priority, "priority"),
        (Why::Narrower, "narrower"),
        (Why::Rules, "rules"),
        (Why::EndsFirst, "ends-first"),
        (Why::Older, "older"),
        (Why::Alike, "alike"),
    ];
    for (why, word) in words {
        assert_eq!(why.word(), word);
    }
}

#[test]
fn in_words() {
    let coins = [
        Coin {
            title: Some("Snack money".to_owned()),
            amount: 1_000,
            last_day: Some(at("2026-03-30 00:00").date),
            why: Some(Why::EndsFirst),
        },
        Coin { title: None, amount: 1_500, last_day: None, why: None },
    ];
    let told = |lang, coins: &[Coin]| {
        let words = Catalogue::of(lang);
        let (reader, now) = (Reader::Adult, at("2026-03-03 12:00"));
        let (unit, amount) = (unit(&words), None);
        let view = View { words: &words, reader, now, unit: &unit, amount, names: &NoNames };
        lots(coins, &view).join(" / ").replace('\u{a0}', " ")
    };
    assert_eq!(
        told(Lang::En, &coins),
        "Used first: Snack money, 1,000 won. It ends first (on Mon 30 Mar). / \
         Then: money without rules, 1,500 won."
    );
    assert_eq!(
        told(Lang::Ko, &coins),
        "먼저 쓰는 코인: Snack money, 1,000원. 가장 먼저 끝나는 코인이에요(3월 30일(월)까지). / \
         다음: 규칙 없는 돈, 1,500원."
    );
    assert_eq!(
        told(Lang::Zh, &coins),
        "先用：Snack money，1,000韩元。它最先到期（3月30日（周一））。 / 然后：没有规则的钱，1,500韩元。"
    );
    assert_eq!(told(Lang::En, &coins[1..]), "Used: money without rules, 1,500 won.");
}
