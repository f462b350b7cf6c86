//! Any command, outcome and request reads back as itself.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use scoin_core::cbor::{decode, encode};
use scoin_core::command::{Action, Attributes, Command, MerchantProfile, Payment, Proposal};
use scoin_core::envelope::{SignedCommand, sign};
use scoin_core::outcome::{Effect, Outcome, Part, Refusal, RuleRefusal};
use scoin_core::request::{Item, PaymentKind, PaymentRequest};
use scoin_core::{AccountId, Amount, CommandId, LotId, NetworkId, PolicyId, RequestId, Timestamp};

use crate::samples::{actions, key};

fn amount() -> impl Strategy<Value = Amount> {
    any::<u64>().prop_map(Amount::new)
}

fn account() -> impl Strategy<Value = AccountId> {
    any::<[u8; 20]>().prop_map(AccountId)
}

fn id() -> impl Strategy<Value = CommandId> {
    any::<[u8; 16]>().prop_map(CommandId)
}

fn network() -> impl Strategy<Value = NetworkId> {
    any::<[u8; 8]>().prop_map(NetworkId)
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<u64>().prop_map(Timestamp::from_micros)
}

fn lot() -> impl Strategy<Value = LotId> {
    any::<u64>().prop_map(LotId)
}

fn text() -> impl Strategy<Value = String> {
    ".{0,12}"
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..4)
}

fn attributes() -> impl Strategy<Value = Attributes> {
    let fields = (
        of(any::<u8>()),
        of(any::<i32>()),
        of(text()),
        of(any::<[u8; 16]>()),
        of(any::<u8>()),
        texts(),
        of(any::<i32>()),
    );
    fields.prop_map(|(age, age_until, district, household, children, groups, day)| Attributes {
        age,
        age_until,
        district,
        household,
        children,
        groups,
        of_age_from: day,
        private_from: day,
    })
}

fn profile() -> impl Strategy<Value = MerchantProfile> {
    let fields = (text(), texts(), of(text()), texts(), of(any::<u16>()), any::<bool>());
    fields.prop_map(|(name, categories, district, groups, mcc, online)| MerchantProfile {
        name,
        categories,
        district,
        groups,
        mcc,
        online,
    })
}

fn payment() -> impl Strategy<Value = Payment> {
    let fields = (vec(any::<u8>(), 0..40), any::<bool>(), vec(lot(), 0..4));
    fields.prop_map(|(request, part, lots)| Payment { request, part, lots })
}

fn action() -> impl Strategy<Value = Action> {
    let samples: Vec<Action> = actions().into_iter().map(|(_, action)| action).collect();
    prop_oneof![
        proptest::sample::select(samples),
        (account(), attributes())
            .prop_map(|(subject, attributes)| Action::Attest { subject, attributes }),
        (account(), profile())
            .prop_map(|(account, profile)| Action::RegisterMerchant { account, profile }),
        payment().prop_map(Action::Pay),
        payment().prop_map(Action::Authorise),
        (text(), vec((text(), text()), 0..3))
            .prop_map(|(name, arguments)| Action::AdoptPolicy { name, arguments }),
        (text(), vec(any::<i32>(), 0..9))
            .prop_map(|(name, days)| Action::PutCalendar { name, days }),
        (id(), amount(), vec((any::<u32>(), amount()), 0..4), of(text())).prop_map(
            |(payment, amount, lines, reason)| Action::Refund { payment, amount, lines, reason }
        ),
        (account(), text(), any::<[u8; 32]>(), amount(), of(any::<i64>()), of(text())).prop_map(
            |(account, event, evidence, amount, days_early, role)| Action::Earn {
                account,
                event,
                evidence,
                amount,
                days_early,
                role,
            }
        ),
        (amount(), text()).prop_map(|(amount, reason)| Action::Propose {
            proposal: Proposal::Mint { amount, reason }
        }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    let fields = (id(), network(), account(), time(), action(), of(any::<u64>()));
    fields.prop_map(|(id, network, by, valid_until, action, sequence)| Command {
        id,
        network,
        by,
        valid_until,
        action,
        sequence,
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let part =
        (lot(), any::<u32>(), amount()).prop_map(|(lot, line, amount)| Part { lot, line, amount });
    let rules =
        (amount(), of(time()), vec(any::<u8>(), 0..60)).prop_map(|(pass_now, next, causes)| {
            Refusal::Rules(RuleRefusal { pass_now, next, causes })
        });
    prop_oneof![
        (amount(), vec(part, 0..5))
            .prop_map(|(amount, parts)| Outcome::Accepted(Effect::Moved { amount, parts })),
        vec((text(), amount()), 0..4)
            .prop_map(|rewards| Outcome::Accepted(Effect::Earned { rewards })),
        any::<[u8; 32]>().prop_map(|id| Outcome::Accepted(Effect::Policy(PolicyId(id)))),
        rules.prop_map(Outcome::Refused),
        text().prop_map(|what| Outcome::Refused(Refusal::NotFound { what })),
    ]
}

fn request() -> impl Strategy<Value = PaymentRequest> {
    let item = ("[a-z0-9.]{1,9}", 1_u64..1_000_000).prop_map(|(code, amount)| Item {
        code,
        amount: Amount::new(amount),
        tags: Vec::new(),
    });
    let fields =
        (any::<[u8; 16]>(), network(), account(), vec(item, 0..5), time(), of("[a-z]{1,9}"));
    fields.prop_map(|(id, network, merchant, items, expires, reference)| {
        let sum = Amount::checked_sum(items.iter().map(|item| item.amount)).unwrap();
        PaymentRequest {
            id: RequestId(id),
            network,
            merchant,
            amount: if sum.is_zero() { Amount::new(1) } else { sum },
            kind: PaymentKind::Transit,
            items,
            expires,
            reference,
            channel: None,
        }
    })
}

proptest! {
    #[test]
    fn commands(command in command()) {
        let bytes = encode(&command);
        prop_assert_eq!(decode::<Command>(&bytes), Ok(command.clone()));
        let signed = sign(&command, &key(1));
        let read = SignedCommand::decode(&signed).unwrap();
        prop_assert_eq!(read.message(), &command);
        // Never a panic, whatever the fields.
        let _ = command.check_shape();
    }

    #[test]
    fn outcomes(outcome in outcome()) {
        prop_assert_eq!(Outcome::from_bytes(&outcome.to_bytes()), Ok(outcome));
    }

    #[test]
    fn requests(request in request()) {
        let signed = request.sign(&key(2)).unwrap();
        let opened = PaymentRequest::open(&signed).unwrap();
        prop_assert_eq!(opened.into_message(), request);
    }

    #[test]
    fn addresses(id in any::<[u8; 20]>()) {
        let address = AccountId(id).to_string();
        prop_assert_eq!((address.len(), address.parse()), (44, Ok(AccountId(id))));
        prop_assert_eq!(address.to_uppercase().parse(), Ok(AccountId(id)));
    }

    #[test]
    fn ids_ascend_with_time(first in 0_u64..1 << 50, later in 1_000_u64..1 << 40, random: [u8; 10]) {
        let at = |micros| CommandId::time_ordered(Timestamp::from_micros(micros), random);
        prop_assert!(at(first) < at(first + later));
        let bytes = at(first).0;
        prop_assert_eq!((bytes[6] >> 4, bytes[8] >> 6), (7, 2));
    }
}
