//! The names of the closed vocabulary, as rules write them: facts and weekdays.

use crate::civil::Weekday;
use crate::facts::Fact;

/// Weekdays from Monday, as in ISO 8601.
pub const WEEKDAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// The word of a weekday: `mon` to `sun`.
pub const fn weekday_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

/// The weekday of a word, if it is one.
pub fn weekday_of(word: &str) -> Option<Weekday> {
    WEEKDAYS.into_iter().find(|day| weekday_word(*day) == word)
}

impl Fact {
    /// Every fact of schema v1, in canonical order.
    pub const ALL: [Self; 28] = [
        Self::PayerId,
        Self::PayerAge,
        Self::PayerDistrict,
        Self::PayerHousehold,
        Self::PayerGroups,
        Self::PayerChildren,
        Self::MerchantId,
        Self::MerchantCategory,
        Self::MerchantDistrict,
        Self::MerchantCountry,
        Self::MerchantGroups,
        Self::PaymentAmount,
        Self::PaymentChannel,
        Self::PaymentKind,
        Self::PaymentItems,
        Self::ItemCode,
        Self::ItemCategory,
        Self::ItemAmount,
        Self::ReceiverId,
        Self::ReceiverHousehold,
        Self::ReceiverRelation,
        Self::EventAmount,
        Self::EventActor,
        Self::EventRole,
        Self::EventDaysEarly,
        Self::Time,
        Self::Day,
        Self::Date,
    ];

    /// The name a rule uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PayerId => "payer.id",
            Self::PayerAge => "payer.age",
            Self::PayerDistrict => "payer.district",
            Self::PayerHousehold => "payer.household",
            Self::PayerGroups => "payer.groups",
            Self::PayerChildren => "payer.children",
            Self::MerchantId => "merchant.id",
            Self::MerchantCategory => "merchant.category",
            Self::MerchantDistrict => "merchant.district",
            Self::MerchantCountry => "merchant.country",
            Self::MerchantGroups => "merchant.groups",
            Self::PaymentAmount => "payment.amount",
            Self::PaymentChannel => "payment.channel",
            Self::PaymentKind => "payment.kind",
            Self::PaymentItems => "payment.items",
            Self::ItemCode => "item.code",
            Self::ItemCategory => "item.category",
            Self::ItemAmount => "item.amount",
            Self::ReceiverId => "receiver.id",
            Self::ReceiverHousehold => "receiver.household",
            Self::ReceiverRelation => "receiver.relation",
            Self::EventAmount => "event.amount",
            Self::EventActor => "event.actor",
            Self::EventRole => "event.role",
            Self::EventDaysEarly => "event.days-early",
            Self::Time => "time",
            Self::Day => "day",
            Self::Date => "date",
        }
    }

    /// The fact of a name, if it is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_listed_in_canonical_order() {
        assert!(Fact::ALL.is_sorted());
        for fact in Fact::ALL {
            assert_eq!(Fact::from_name(fact.name()), Some(fact));
        }
    }
}
