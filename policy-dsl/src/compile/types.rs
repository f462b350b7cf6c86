//! The types of facts, and where each fact can be known.

use crate::facts::Fact;
use crate::ir::Trigger;
use crate::module::ListKind;

/// What a fact holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FactType {
    /// A whole number.
    Number,
    /// Minor units.
    Money,
    /// A word or tags.
    Word(WordType),
    /// The basket as a whole.
    Items,
    /// Time of day.
    Time,
    /// Weekday or calendar day.
    Day,
    /// Date.
    Date,
}

/// What the words of a fact name. Two facts are comparable when they name the same closed kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordType {
    Person,
    Household,
    District,
    Merchant,
    Product,
    /// Hierarchical tags.
    Tags,
    Country,
    Channel,
    Kind,
    Role,
    Relation,
}

/// The closed words of `payment.kind` and `pays`.
pub(crate) const PAYMENT_KINDS: [&str; 5] = ["purchase", "transit", "bill", "transfer", "cash-out"];

/// The type of a fact.
pub(crate) fn fact_type(fact: Fact) -> FactType {
    match fact {
        Fact::PayerAge | Fact::PayerChildren | Fact::EventDaysEarly => FactType::Number,
        Fact::PaymentAmount | Fact::ItemAmount | Fact::EventAmount => FactType::Money,
        Fact::PaymentItems => FactType::Items,
        Fact::Time => FactType::Time,
        Fact::Day => FactType::Day,
        Fact::Date => FactType::Date,
        Fact::PayerId | Fact::ReceiverId | Fact::EventActor => FactType::Word(WordType::Person),
        Fact::PayerHousehold | Fact::ReceiverHousehold => FactType::Word(WordType::Household),
        Fact::PayerDistrict | Fact::MerchantDistrict => FactType::Word(WordType::District),
        Fact::MerchantId => FactType::Word(WordType::Merchant),
        Fact::ItemCode => FactType::Word(WordType::Product),
        Fact::PayerGroups | Fact::MerchantGroups | Fact::MerchantCategory | Fact::ItemCategory => {
            FactType::Word(WordType::Tags)
        }
        Fact::MerchantCountry => FactType::Word(WordType::Country),
        Fact::PaymentChannel => FactType::Word(WordType::Channel),
        Fact::PaymentKind => FactType::Word(WordType::Kind),
        Fact::EventRole => FactType::Word(WordType::Role),
        Fact::ReceiverRelation => FactType::Word(WordType::Relation),
    }
}

/// May the fact hold several words at once? Then `is` would not say which.
pub(crate) fn is_set(fact: Fact) -> bool {
    matches!(fact, Fact::PayerGroups | Fact::MerchantGroups | Fact::ItemCategory)
}

/// The lists whose members the fact may be.
pub(crate) fn list_kind(fact: Fact) -> Option<ListKind> {
    match fact_type(fact) {
        FactType::Word(WordType::Merchant) => Some(ListKind::Merchants),
        FactType::Word(WordType::Product) => Some(ListKind::Products),
        FactType::Word(WordType::Person) => Some(ListKind::Persons),
        _ => None,
    }
}

/// Do the two facts name the same closed kind of thing?
pub(crate) fn are_comparable(one: Fact, other: Fact) -> bool {
    let closed = |word| matches!(word, WordType::Person | WordType::Household | WordType::District);
    match (fact_type(one), fact_type(other)) {
        (FactType::Word(a), FactType::Word(b)) => a == b && closed(a) && one != other,
        _ => false,
    }
}

/// How the type reads in a message.
pub(crate) fn describe(kind: FactType) -> &'static str {
    match kind {
        FactType::Number => "a number",
        FactType::Money => "an amount of money",
        FactType::Items => "the basket",
        FactType::Time => "a time of day",
        FactType::Day => "a day",
        FactType::Date => "a date",
        FactType::Word(word) => match word {
            WordType::Person => "a person",
            WordType::Household => "a household",
            WordType::District => "a district",
            WordType::Merchant => "a merchant",
            WordType::Product => "a product",
            WordType::Tags => "a set of tags",
            WordType::Country => "a country",
            WordType::Channel => "a channel",
            WordType::Kind => "a kind of payment",
            WordType::Role => "a role",
            WordType::Relation => "a relation",
        },
    }
}

/// Where in a rule a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) rule: RulePlace,
    /// Inside `any item`, `every item`, `covers` or `on items`?
    pub(crate) item: bool,
}

/// The clause a condition belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RulePlace {
    /// A `let` that is not used yet: every fact may turn out to be known.
    Anywhere,
    /// A clause about payments; does the policy also pay transfers?
    Payment { transfers: bool },
    /// `transfer to`
    Transfer,
    /// A reward for a payment, or a cap of a programme.
    Reward,
    /// A reward for something else than a payment.
    Event,
}

impl Place {
    pub(crate) const ANYWHERE: Self = Self { rule: RulePlace::Anywhere, item: false };

    /// Where the `when` of a reward stands.
    pub(crate) fn of_trigger(trigger: &Trigger) -> Self {
        let rule = match trigger {
            Trigger::Payment => RulePlace::Reward,
            Trigger::Topup | Trigger::Earn(_) => RulePlace::Event,
        };
        Self { rule, item: false }
    }

    /// Can the fact be known here? If not, where it can.
    pub(crate) fn knows(self, fact: Fact) -> Result<(), &'static str> {
        if self.rule == RulePlace::Anywhere {
            return Ok(());
        }
        let payment = !matches!(self.rule, RulePlace::Transfer | RulePlace::Event);
        let (known, place) = match fact {
            Fact::ItemCode | Fact::ItemCategory | Fact::ItemAmount => {
                (self.item, "inside `any item (...)`, `every item (...)`, `covers` and `on items`")
            }
            Fact::ReceiverId | Fact::ReceiverHousehold | Fact::ReceiverRelation => (
                matches!(self.rule, RulePlace::Transfer | RulePlace::Payment { transfers: true }),
                "in `transfer to`, and in a policy that `pays transfer`",
            ),
            Fact::EventAmount | Fact::EventActor | Fact::EventRole | Fact::EventDaysEarly => {
                (matches!(self.rule, RulePlace::Reward | RulePlace::Event), "in programmes")
            }
            Fact::MerchantId
            | Fact::MerchantCategory
            | Fact::MerchantDistrict
            | Fact::MerchantCountry
            | Fact::MerchantGroups
            | Fact::PaymentItems => (payment, "where a payment is judged"),
            Fact::PaymentAmount | Fact::PaymentChannel | Fact::PaymentKind => (
                self.rule != RulePlace::Event,
                "where a payment is judged; a reward for an event has `event.amount`",
            ),
            _ => (true, ""),
        };
        if known { Ok(()) } else { Err(place) }
    }
}
