//! A second opinion from another language: the stateless part of a policy, asked of Cedar.
//!
//! Categories are parents of entities, groups are sets, the time is a minute of the week, and a fact that is not known
//! is an attribute that is not there, guarded by `has`. Every condition becomes two expressions, where it is true and
//! where it is false; unknown is neither. What Cedar cannot say (counters, gaps, spans since issue, shares) is left out
//! by [`stateless`] first. Words with dots are understood for categories only, as facts that hold several words are.

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, RestrictedExpression,
};
use scoin_policy::civil::Weekday;
use scoin_policy::facts::{Fact, Facts, Item, World};
use scoin_policy::ir::{
    Cap, Clause, ClauseKind, Ends, Policy, Pred, Quantity, Starts, Test, Weekly, Window,
};

/// At most this many lines of a basket are told to Cedar, which cannot loop.
const LINES_MAX: usize = 4;

const DAY: i64 = 1440;
const WEEK: i64 = 7 * DAY;

/// The lists and calendars that conditions may name, and what they say.
#[derive(Clone, Copy)]
pub(crate) struct Contents<'a> {
    pub(crate) world: &'a dyn World,
    pub(crate) lists: &'a [&'a str],
    pub(crate) calendars: &'a [&'a str],
}

/// The policy without what has a memory, and without shares of the payment.
pub(crate) fn stateless(policy: &Policy) -> Policy {
    let single = |cap: &&Cap| {
        cap.window == Window::Payment
            && cap.on_items.is_none()
            && matches!(cap.quantity, Quantity::Money(_))
    };
    let mut policy = policy.clone();
    policy.caps = policy.caps.iter().filter(single).cloned().collect();
    policy.gaps = Vec::new();
    if matches!(policy.starts, Starts::After(_)) {
        policy.starts = Starts::AtIssue;
    }
    if matches!(policy.expires.end, Ends::After(_)) {
        policy.expires.end = Ends::Never;
    }
    policy.also = policy.also.iter().map(stateless).collect();
    policy
}

/// A stateless policy as Cedar reads it.
pub(crate) struct Opinion {
    policies: PolicySet,
    authorizer: Authorizer,
}

impl Opinion {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self { policies: source(policy).parse().unwrap(), authorizer: Authorizer::new() }
    }

    /// Would the whole payment pass?
    pub(crate) fn passes(&self, question: &Question) -> bool {
        let answer =
            self.authorizer.is_authorized(&question.request, &self.policies, &question.entities);
        let errors: Vec<String> = answer.diagnostics().errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{errors:?}\n{}", self.policies);
        answer.decision() == Decision::Allow
    }
}

/// The policy in Cedar's language: permits exactly when the whole payment passes.
pub(crate) fn source(policy: &Policy) -> String {
    let mut needed = Vec::new();
    let mut parts = vec![policy];
    while let Some(part) = parts.pop() {
        needed.extend(of_part(part));
        parts.extend(part.also.iter());
    }
    format!("permit(principal, action, resource) when {{ {} }};", all(needed))
}

fn of_part(part: &Policy) -> Vec<String> {
    let mut needed = vec![format!("{}.contains(context.kind)", words(&part.pays))];
    if let Starts::On(date) = part.starts {
        needed.push(format!("context.date >= {}", date.0));
    }
    if let Ends::On(date) = part.expires.end {
        needed.push(format!("context.date <= {}", date.0));
    }
    needed.extend(part.clauses.iter().map(clause));
    for cap in &part.caps {
        if let Quantity::Money(limit) = cap.quantity {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let within = format!("context.amount <= {limit}");
            let idle = cap.when.as_ref().map(|when| says(when, false, None));
            needed.push(any(idle.into_iter().chain([within])));
        }
    }
    needed
}

fn clause(clause: &Clause) -> String {
    match clause.kind {
        ClauseKind::Require => says(&clause.pred, true, None),
        ClauseKind::Forbid => says(&clause.pred, false, None),
        ClauseKind::Covers => {
            let line = |at| {
                let free = format!("context.i{at}.amount == 0");
                any([absent(at), free, says(&clause.pred, true, Some(at))])
            };
            let lines = all((0..LINES_MAX).map(line));
            let whole = says(&clause.pred, true, None);
            format!("(if context has i0 then {lines} else {whole})")
        }
    }
}

fn absent(line: usize) -> String {
    format!("!(context has i{line})")
}

/// Where a condition is `want`ed true or false. `line` is the item line it is asked about.
fn says(pred: &Pred, want: bool, line: Option<usize>) -> String {
    let each = |parts: &[Pred]| -> Vec<String> {
        parts.iter().map(|part| says(part, want, line)).collect()
    };
    match pred {
        Pred::And(parts) if want => all(each(parts)),
        Pred::Or(parts) if !want => all(each(parts)),
        Pred::And(parts) | Pred::Or(parts) => any(each(parts)),
        Pred::Not(inner) => says(inner, !want, line),
        Pred::AnyItem(inner) => items(inner, want, want),
        Pred::EveryItem(inner) => items(inner, want, !want),
        Pred::Known(fact) => {
            let known = match fact {
                Fact::PaymentItems => "context has i0".to_owned(),
                fact => value(*fact, line).0,
            };
            if want { known } else { format!("!({known})") }
        }
        Pred::Test(test) => {
            let (known, holds) = compare(test, line);
            let holds = if want { holds } else { format!("!({holds})") };
            format!("({known} && ({holds}))")
        }
    }
}

/// Is an item condition `want`ed of one line, or of every line?
fn items(inner: &Pred, want: bool, one: bool) -> String {
    let lines = 0..LINES_MAX;
    if one {
        let here = |at| format!("(context has i{at} && {})", says(inner, want, Some(at)));
        return any(lines.map(here));
    }
    let here = |at| any([absent(at), says(inner, want, Some(at))]);
    all(["context has i0".to_owned()].into_iter().chain(lines.map(here)))
}

/// When the test can be asked, and what it says then.
fn compare(test: &Test, line: Option<usize>) -> (String, String) {
    match test {
        Test::InTags(fact, tags) => {
            let (known, value) = value(*fact, line);
            (
                known,
                match fact {
                    Fact::MerchantCategory | Fact::ItemCategory => {
                        format!("{value} in {}", entities("Tag", tags))
                    }
                    Fact::MerchantGroups | Fact::PayerGroups => {
                        format!("{value}.containsAny({})", words(tags))
                    }
                    _ => format!("{}.contains({value})", words(tags)),
                },
            )
        }
        Test::InRange(fact, low, high) => {
            let (known, value) = value(*fact, line);
            let low = low.map(|low| format!("{value} >= {low}"));
            let high = high.map(|high| format!("{value} <= {high}"));
            (known, all(low.into_iter().chain(high)))
        }
        Test::InList(fact, list, _) => {
            let (known, value) = value(*fact, line);
            let at_hand = format!("context.lists.contains({list:?})");
            (format!("{known} && {at_hand}"), format!("{value} in List::{list:?}"))
        }
        Test::OnCalendar(calendar, _) => (
            format!("context.calendars.contains({calendar:?})"),
            format!("context.day in Calendar::{calendar:?}"),
        ),
        Test::InSchedule(weekly) => ("true".to_owned(), schedule(weekly)),
        Test::OnWeekday(days) => {
            let whole = |day: &Weekday| between(i64::from(day.index()) * DAY, DAY);
            ("true".to_owned(), any(days.iter().map(whole)))
        }
        Test::InDates(first, last) => {
            let first = first.map(|date| format!("context.date >= {}", date.0));
            let last = last.map(|date| format!("context.date <= {}", date.0));
            ("true".to_owned(), all(first.into_iter().chain(last)))
        }
        Test::Is(fact, word) => {
            let (known, value) = value(*fact, line);
            (known, format!("{value} == {word:?}"))
        }
        Test::Equals(fact, number) => {
            let (known, value) = value(*fact, line);
            (known, format!("{value} == {number}"))
        }
        Test::Same(left, right) => {
            let ((one, left), (other, right)) = (value(*left, line), value(*right, line));
            (format!("{one} && {other}"), format!("{left} == {right}"))
        }
    }
}

/// When a fact is there, and how it is read.
fn value(fact: Fact, line: Option<usize>) -> (String, String) {
    let of = |whole: &str, name: &str| (format!("{whole} has {name}"), format!("{whole}.{name}"));
    let item = |name: &str| match line {
        None => ("false".to_owned(), "0".to_owned()),
        Some(at) => {
            let known = format!("(context has i{at} && context.i{at} has {name})");
            (known, format!("context.i{at}.{name}"))
        }
    };
    match fact {
        Fact::PayerId => of("principal", "id"),
        Fact::PayerAge => of("principal", "age"),
        Fact::PayerDistrict => of("principal", "district"),
        Fact::PayerGroups => of("principal", "groups"),
        Fact::PayerChildren => of("principal", "children"),
        Fact::MerchantId => of("resource", "id"),
        Fact::MerchantCategory => of("resource", "category"),
        Fact::MerchantDistrict => of("resource", "district"),
        Fact::MerchantGroups => of("resource", "groups"),
        Fact::PaymentAmount => of("context", "amount"),
        Fact::PaymentChannel => of("context", "channel"),
        Fact::PaymentKind => of("context", "kind"),
        Fact::Time => of("context", "minute"),
        Fact::ItemCode => item("code"),
        Fact::ItemCategory => item("category"),
        Fact::ItemAmount => item("amount"),
        other => panic!("Cedar is not told {other:?}"),
    }
}

/// A slot opens once a week and stays open for its length.
fn schedule(weekly: &Weekly) -> String {
    let slot = |slot: &scoin_policy::ir::Slot| {
        let opens = i64::from(slot.day.index()) * DAY + i64::from(slot.start);
        let length = i64::from(slot.end) - i64::from(slot.start);
        between(opens, if length <= 0 { length + DAY } else { length })
    };
    any(weekly.0.iter().map(slot))
}

fn between(start: i64, length: i64) -> String {
    let end = start + length;
    let here = format!("(context.week >= {start} && context.week < {})", end.min(WEEK));
    if end <= WEEK { here } else { format!("({here} || context.week < {})", end - WEEK) }
}

fn all(parts: impl IntoIterator<Item = String>) -> String {
    joined(parts, " && ", "true")
}

fn any(parts: impl IntoIterator<Item = String>) -> String {
    joined(parts, " || ", "false")
}

fn joined(parts: impl IntoIterator<Item = String>, with: &str, empty: &str) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    if parts.is_empty() { empty.to_owned() } else { format!("({})", parts.join(with)) }
}

fn words(words: &[String]) -> String {
    format!("{words:?}")
}

fn entities(kind: &str, ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("{kind}::{id:?}")).collect();
    format!("[{}]", ids.join(", "))
}

/// One payment as Cedar reads it.
pub(crate) struct Question {
    request: Request,
    entities: Entities,
}

type Attributes = Vec<(String, RestrictedExpression)>;

impl Question {
    pub(crate) fn new(facts: &Facts<'_>, contents: Contents<'_>) -> Self {
        let mut town = Town { contents, entities: Vec::new(), tags: Vec::new() };
        let (payer, shop) = (uid("Person", "payer"), uid("Shop", "shop"));
        let person = town.person(facts);
        town.entities.push(entity(payer.clone(), person, Vec::new()));
        let place = town.shop(facts);
        town.entities.push(entity(shop.clone(), place, Vec::new()));
        let context = Context::from_pairs(town.context(facts)).unwrap();
        let action = uid("Action", "pay");
        Self {
            request: Request::new(payer, action, shop, context, None).unwrap(),
            entities: Entities::from_entities(town.entities, None).unwrap(),
        }
    }
}

/// The entities gathered so far.
struct Town<'a> {
    contents: Contents<'a>,
    entities: Vec<Entity>,
    tags: Vec<String>,
}

impl Town<'_> {
    fn person(&mut self, facts: &Facts<'_>) -> Attributes {
        let mut own = Vec::new();
        let payer = facts.payer;
        own.extend(payer.age.map(|age| number("age", age)));
        own.extend(payer.children.map(|children| number("children", children)));
        own.extend(payer.district.map(|district| word("district", district)));
        own.extend(payer.groups.map(|groups| set("groups", groups)));
        own.extend(payer.id.map(|id| self.member("id", id.text())));
        own
    }

    fn shop(&mut self, facts: &Facts<'_>) -> Attributes {
        let mut own = Vec::new();
        let shop = facts.merchant;
        own.extend(shop.district.map(|district| word("district", district)));
        own.extend(shop.groups.map(|groups| set("groups", groups)));
        own.extend(shop.category.map(|tags| self.tagged("shop", tags)));
        own.extend(shop.id.map(|id| self.member("id", id.text())));
        own
    }

    fn context(&mut self, facts: &Facts<'_>) -> Attributes {
        let Contents { world, lists, calendars } = self.contents;
        let now = facts.now;
        let week = i64::from(now.date.weekday().index()) * DAY + i64::from(now.minute);
        let at_hand: Vec<String> = lists
            .iter()
            .filter(|list| world.listed(list, "").is_some())
            .map(|list| (*list).to_owned())
            .collect();
        let marked = |wanted: &dyn Fn(Option<bool>) -> bool| -> Vec<String> {
            let said = calendars.iter().filter(|name| wanted(world.on_calendar(name, now.date)));
            said.map(|name| (*name).to_owned()).collect()
        };
        let today = marked(&|said| said == Some(true));
        let day = uid("Day", "today");
        let on = today.iter().map(|calendar| uid("Calendar", calendar)).collect();
        self.entities.push(entity(day.clone(), Vec::new(), on));
        let mut own = vec![
            number("amount", whole(facts.amount)),
            word("kind", facts.kind.unwrap_or("purchase")),
            number("date", i64::from(now.date.0)),
            number("minute", i64::from(now.minute)),
            number("week", week),
            set("lists", &at_hand),
            set("calendars", &marked(&|said| said.is_some())),
            ("day".to_owned(), RestrictedExpression::new_entity_uid(day)),
        ];
        own.extend(facts.channel.map(|channel| word("channel", channel)));
        let items = facts.items.unwrap_or_default();
        assert!(items.len() <= LINES_MAX, "Cedar is told {LINES_MAX} lines at most");
        for (at, item) in items.iter().enumerate() {
            let line = self.line(at, item);
            own.push((format!("i{at}"), RestrictedExpression::new_record(line).unwrap()));
        }
        own
    }

    fn line(&mut self, at: usize, item: &Item) -> Attributes {
        let mut own = vec![number("amount", whole(item.amount))];
        if !item.tags.is_empty() {
            own.push(self.tagged(&format!("line-{at}"), &item.tags));
        }
        if !item.code.is_empty() {
            own.push(self.member("code", &item.code));
        }
        own
    }

    /// A thing below its tags, and every tag below the tag it is part of.
    fn tagged(&mut self, id: &str, tags: &[String]) -> (String, RestrictedExpression) {
        let thing = uid("Thing", id);
        let parents = tags.iter().map(|tag| uid("Tag", tag)).collect();
        self.entities.push(entity(thing.clone(), Vec::new(), parents));
        for tag in tags {
            let mut tag = tag.as_str();
            while !self.tags.iter().any(|known| known == tag) {
                self.tags.push(tag.to_owned());
                let above = tag.rsplit_once('.').map(|(above, _)| above);
                let parents = above.into_iter().map(|above| uid("Tag", above)).collect();
                self.entities.push(entity(uid("Tag", tag), Vec::new(), parents));
                tag = above.unwrap_or(tag);
            }
        }
        ("category".to_owned(), RestrictedExpression::new_entity_uid(thing))
    }

    /// A name below the lists it is on.
    fn member(&mut self, name: &str, id: &str) -> (String, RestrictedExpression) {
        let Contents { world, lists, .. } = self.contents;
        let member = uid("Member", id);
        if !self.entities.iter().any(|known| known.uid() == member) {
            let on = lists.iter().filter(|list| world.listed(list, id) == Some(true));
            let parents = on.map(|list| uid("List", list)).collect();
            self.entities.push(entity(member.clone(), Vec::new(), parents));
        }
        (name.to_owned(), RestrictedExpression::new_entity_uid(member))
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    let kind: EntityTypeName = kind.parse().unwrap();
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

fn entity(uid: EntityUid, own: Attributes, parents: Vec<EntityUid>) -> Entity {
    Entity::new(uid, own.into_iter().collect(), parents.into_iter().collect()).unwrap()
}

fn number(name: &str, number: i64) -> (String, RestrictedExpression) {
    (name.to_owned(), RestrictedExpression::new_long(number))
}

fn word(name: &str, word: &str) -> (String, RestrictedExpression) {
    (name.to_owned(), RestrictedExpression::new_string(word.to_owned()))
}

fn set(name: &str, words: &[String]) -> (String, RestrictedExpression) {
    let words = words.iter().cloned().map(RestrictedExpression::new_string);
    (name.to_owned(), RestrictedExpression::new_set(words))
}

fn whole(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
