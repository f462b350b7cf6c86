//! From a set of payments to one payment that the evaluator confirms.

use std::collections::BTreeMap;

use super::idd::{Axis, Class, Diagram, Lines, Space, TooLarge, typical};
use super::study::{Study, Why};
use super::witness::{Witness, issue_for};
use crate::civil::Civil;
use crate::facts::{Fact, Facts, Item, World};
use crate::ir::Pred;
use crate::rule::Rule;
use crate::truth::{Scene, Truth};

/// The answer to "is there a payment such that ...?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Yes: this one, and the evaluator agrees.
    Example(Box<Witness>),
    /// No, proved.
    Impossible,
    /// Not known.
    NotProved(Why),
}

impl Shown {
    /// The witness, if there is one.
    pub fn example(&self) -> Option<&Witness> {
        match self {
            Self::Example(witness) => Some(witness),
            Self::Impossible | Self::NotProved(_) => None,
        }
    }

    /// Is it proved that there is none?
    pub fn is_impossible(&self) -> bool {
        *self == Self::Impossible
    }
}

impl From<Why> for Shown {
    fn from(why: Why) -> Self {
        Self::NotProved(why)
    }
}

impl Study {
    /// One payment of the set, as nice as can be, about which `claim` holds. `exact` says that an empty set proves
    /// that there is none.
    pub(crate) fn show(
        &mut self,
        set: Diagram,
        exact: bool,
        claim: impl Fn(&[Rule], &Witness) -> bool,
    ) -> Shown {
        let set = match self.space.store.and(set, self.valid) {
            Ok(set) => set,
            Err(TooLarge) => return Shown::NotProved(Why::TooLarge),
        };
        if set.is_nothing() {
            return if exact { Shown::Impossible } else { Shown::NotProved(Why::Outside) };
        }
        match self.witness(set) {
            Some(witness) if claim(&self.rules, &witness) => Shown::Example(Box::new(witness)),
            _ => Shown::NotProved(Why::Outside),
        }
    }

    /// Does a policy pay something of this payment, looked up in its diagram instead of evaluated? `None` when the space
    /// has no place for the payment (a payment of nothing, several categories where shops have one), or when the
    /// diagram is only an upper bound. Spans counted from issue are not looked at.
    pub fn lookup(&self, at: usize, facts: &Facts<'_>, world: &dyn World) -> Option<bool> {
        if self.is_loose(at) || facts.amount == 0 {
            return None;
        }
        let scene = Scene::new(facts, world);
        let cells = self.space.locate(&scene, |axis| {
            let asked = match axis {
                Axis::Line(pred) => Pred::AnyItem(Box::new(pred.clone())),
                Axis::Opaque(pred) => pred.clone(),
                Axis::Word(_)
                | Axis::Same(..)
                | Axis::Present(_)
                | Axis::Has(..)
                | Axis::Listed(..)
                | Axis::Number(_)
                | Axis::Items
                | Axis::Calendar(..)
                | Axis::Day
                | Axis::Minute => return 0,
            };
            cell_of(known(scene.holds(&asked, None)))
        })?;
        Some(self.space.store.contains(self.allowed(at), &cells))
    }

    /// The payment of a set that is soonest, most common and smallest.
    pub(crate) fn witness(&mut self, set: Diagram) -> Option<Witness> {
        let costs = self.space.costs(self.settings.anchor());
        let cells = self.space.store.cheapest(set, &costs)?;
        let contents = self.settings.contents.clone();
        let mut witness = Witness { amount: 1_000, contents, ..Witness::default() };
        self.space.fill(&cells, &mut witness);
        if let Some(lines) = &mut self.lines {
            basket(lines, &self.space, &cells, &mut witness)?;
        } else if witness.items.is_some() {
            let item = Item { code: "thing".to_owned(), amount: witness.amount, tags: Vec::new() };
            witness.items = Some(vec![item]);
        }
        witness.issued = self
            .rules
            .iter()
            .map(|rule| issue_for(rule, witness.now).or(Some(witness.now)))
            .collect();
        Some(witness)
    }
}

impl Space {
    /// One line of each of some sets of lines; what lists say of them is noted in the witness.
    pub(crate) fn basket(&self, sets: &[Diagram], witness: &mut Witness) -> Option<Vec<Item>> {
        let costs = self.costs(crate::civil::Date::default());
        let mut items = Vec::with_capacity(sets.len());
        for (at, set) in sets.iter().enumerate() {
            let cells = self.store.cheapest(*set, &costs)?;
            let mut line = Witness::default();
            self.fill(&cells, &mut line);
            items.push(item(self, &cells, at, &line, witness));
        }
        Some(items)
    }

    /// The nicest case of a set, with nothing in it that its conditions do not ask for.
    pub(crate) fn case(&self, set: Diagram, witness: &mut Witness) -> Option<()> {
        let cells = self.store.cheapest(set, &self.costs(witness.now.date))?;
        self.fill(&cells, witness);
        Some(())
    }

    /// Writes the chosen cells into a witness.
    fn fill(&self, cells: &[usize], witness: &mut Witness) {
        for (axis, cell) in self.axes.iter().zip(cells) {
            match axis {
                Axis::Word(fact) => {
                    let place = cell.checked_sub(Self::absent(*fact));
                    let words = place.and_then(|at| self.words.get(fact)?.cells.get(at));
                    if let Some(word) = words.and_then(|cell| cell.samples.first()) {
                        witness.words.insert(*fact, vec![word.clone()]);
                    }
                }
                Axis::Present(fact) if *cell == 1 => {
                    witness.words.entry(*fact).or_default();
                }
                Axis::Has(fact, class) if *cell == 1 => self.fill_class(*fact, class, witness),
                Axis::Same(left, right) => self.fill_same(*left, *right, *cell == 1, witness),
                Axis::Number(fact) => self.fill_number(*fact, *cell, witness),
                Axis::Items if *cell == 1 => witness.items = Some(Vec::new()),
                Axis::Day => {
                    witness.now.date =
                        self.days.cells.get(*cell).map_or_else(Default::default, |(_, date)| *date);
                }
                Axis::Minute => {
                    let range = self.minutes.get(*cell).copied().unwrap_or((0, 1_439));
                    witness.now = Civil::new(witness.now.date, 720.clamp(range.0, range.1));
                }
                Axis::Calendar(name, pin) => {
                    witness.calendars.insert((name.clone(), *pin), three(*cell));
                }
                Axis::Present(_)
                | Axis::Has(..)
                | Axis::Items
                | Axis::Listed(..)
                | Axis::Opaque(_)
                | Axis::Line(_) => {}
            }
        }
        if let Some(words) = witness.words.get_mut(&Fact::MerchantCategory)
            && words.is_empty()
        {
            words.push("other".to_owned());
        }
        self.fill_lists(cells, witness);
    }

    fn fill_class(&self, fact: Fact, class: &Class, witness: &mut Witness) {
        let word = self.words.get(&fact).and_then(|words| words.invent(class).into_iter().next());
        if let (Some(word), Some(words)) = (word, witness.words.get_mut(&fact)) {
            words.push(word);
        }
    }

    /// The second of two compared facts takes the word of the first, or another of its class.
    fn fill_same(&self, left: Fact, right: Fact, equal: bool, witness: &mut Witness) {
        let word = |fact: Fact| witness.words.get(&fact).and_then(|words| words.first()).cloned();
        let (Some(one), Some(two), Some(words)) = (word(left), word(right), self.words.get(&right))
        else {
            return;
        };
        if words.class(&one) != words.class(&two) {
            return;
        }
        let other = if equal {
            Some(one)
        } else if one == two {
            words.invent(&words.class(&one)).into_iter().find(|word| *word != one)
        } else {
            None
        };
        if let Some(other) = other {
            witness.words.insert(right, vec![other]);
        }
    }

    fn fill_number(&self, fact: Fact, cell: usize, witness: &mut Witness) {
        let ranges = self.numbers.get(&fact);
        let place = cell.checked_sub(Self::absent(fact));
        let Some((low, high)) = place.and_then(|at| ranges?.get(at)).copied() else { return };
        let value = typical(fact).clamp(low, high);
        if fact == Fact::PaymentAmount {
            witness.amount = u64::try_from(value).unwrap_or(1);
        } else {
            witness.numbers.insert(fact, value);
        }
    }

    fn fill_lists(&self, cells: &[usize], witness: &mut Witness) {
        for (axis, cell) in self.axes.iter().zip(cells) {
            let Axis::Listed(fact, list, pin) = axis else { continue };
            let words = witness.words.get(fact).cloned().unwrap_or_default();
            for word in words {
                witness.listed.insert((list.clone(), *pin, word), three(*cell));
            }
        }
    }

    /// Where a payment lies: its cell in every dimension. `None` when the space has no cell for it, such as a payment
    /// of nothing, or two categories where shops are taken to have one. `opaque` says what opaque conditions and line
    /// questions answer.
    pub(crate) fn locate(
        &self,
        scene: &Scene<'_>,
        answer: impl Fn(&Axis) -> usize,
    ) -> Option<Vec<usize>> {
        let locate = |axis: &Axis| match axis {
            Axis::Word(fact) => match words_of(scene, *fact).as_slice() {
                [] if Self::absent(*fact) == 1 && !scene.known(*fact, None) => Some(0),
                [word] => {
                    let words = self.words.get(fact)?;
                    let key = (words.class(word), words.listed(word));
                    let same =
                        |cell: &super::idd::WordCell| cell.class == key.0 && cell.listed == key.1;
                    words.cells.iter().position(same)?.checked_add(Self::absent(*fact))
                }
                _ => None,
            },
            Axis::Same(left, right) => {
                Some(usize::from(words_of(scene, *left) == words_of(scene, *right)))
            }
            Axis::Present(fact) => Some(usize::from(scene.known(*fact, None))),
            Axis::Has(fact, class) => {
                let words = self.words.get(fact)?;
                let found = words_of(scene, *fact);
                Some(usize::from(found.iter().any(|word| words.class(word) == *class)))
            }
            Axis::Listed(fact, list, pin) => {
                let member = words_of(scene, *fact).into_iter().next().unwrap_or_default();
                Some(cell_of(match pin {
                    None => scene.world.listed(list, &member),
                    Some(pin) => scene.world.listed_pinned(list, pin, &member),
                }))
            }
            Axis::Number(fact) => match scene.number(*fact, None) {
                None => Some(0),
                Some(value) => {
                    let ranges = self.numbers.get(fact)?;
                    let at =
                        ranges.iter().position(|(low, high)| *low <= value && value <= *high)?;
                    at.checked_add(Self::absent(*fact))
                }
            },
            Axis::Items => Some(usize::from(scene.items().is_some())),
            Axis::Opaque(_) | Axis::Line(_) => Some(answer(axis)),
            Axis::Calendar(name, pin) => Some(cell_of(match pin {
                None => scene.world.on_calendar(name, scene.now.date),
                Some(pin) => scene.world.on_calendar_pinned(name, pin, scene.now.date),
            })),
            Axis::Day => self.days.find(scene.now.date),
            Axis::Minute => {
                let minute = scene.now.minute;
                self.minutes.iter().position(|(low, high)| *low <= minute && minute <= *high)
            }
        };
        self.axes.iter().map(locate).collect()
    }
}

fn words_of(scene: &Scene<'_>, fact: Fact) -> Vec<String> {
    match scene.words(fact, None) {
        crate::truth::Words::Absent => Vec::new(),
        crate::truth::Words::One(word) => vec![word.to_owned()],
        crate::truth::Words::Many(words) => words.to_vec(),
    }
}

fn known(truth: Truth) -> Option<bool> {
    match truth {
        Truth::Unknown => None,
        Truth::False => Some(false),
        Truth::True => Some(true),
    }
}

fn three(cell: usize) -> Option<bool> {
    match cell {
        1 => Some(false),
        2 => Some(true),
        _ => None,
    }
}

fn cell_of(said: Option<bool>) -> usize {
    match said {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    }
}

/// Fills in a basket that answers the line questions as chosen.
fn basket(lines: &mut Lines, space: &Space, cells: &[usize], witness: &mut Witness) -> Option<()> {
    if witness.items.is_none() {
        return Some(());
    }
    let answer = |pred: &Pred| {
        let place = space.place(&Axis::Line(pred.clone()));
        place.and_then(|place| cells.get(place).copied()).unwrap_or(0)
    };
    let answers: Vec<usize> = lines.questions.iter().map(|(pred, _)| answer(pred)).collect();
    let mut needed = lines.needed(&answers).ok()??;
    needed.dedup();
    let mut items = lines.space.basket(&needed, witness)?;
    settle(&mut items, space.numbers.contains_key(&Fact::PaymentAmount), witness);
    witness.items = Some(items);
    Some(())
}

fn item(space: &Space, cells: &[usize], at: usize, line: &Witness, witness: &mut Witness) -> Item {
    let mut code = line.words.get(&Fact::ItemCode).and_then(|words| words.first()).cloned();
    if let (Some(known), Some(words)) = (&code, space.words.get(&Fact::ItemCode)) {
        let fresh = format!("{known}-{at}");
        if words.class(known) == Class::Other
            && words.class(&fresh) == Class::Other
            && words.lists.is_empty()
        {
            code = Some(fresh);
        }
    }
    for (axis, cell) in space.axes.iter().zip(cells) {
        if let (Axis::Listed(Fact::ItemCode, list, pin), Some(code)) = (axis, &code) {
            witness.listed.insert((list.clone(), *pin, code.clone()), three(*cell));
        }
    }
    let tags = line.words.get(&Fact::ItemCategory).cloned().unwrap_or_default();
    let known = line.words.contains_key(&Fact::ItemCategory);
    let tags = if known && tags.is_empty() { vec!["other".to_owned()] } else { tags };
    let amount = line.numbers.get(&Fact::ItemAmount).copied().unwrap_or(500);
    Item { code: code.unwrap_or_default(), amount: u64::try_from(amount).unwrap_or(1), tags }
}

/// Makes the lines add up to the payment: the payment follows, or the last line when conditions fix the payment.
fn settle(items: &mut [Item], fixed: bool, witness: &mut Witness) {
    let sum =
        |items: &[Item]| items.iter().fold(0_u64, |sum, item| sum.saturating_add(item.amount));
    if !fixed {
        witness.amount = sum(items).max(1);
    } else if let Some((last, rest)) = items.split_last_mut() {
        last.amount = witness.amount.saturating_sub(sum(rest)).max(last.amount.min(1));
    }
}

/// Known facts of a witness by name, for tools.
impl Witness {
    /// Every known fact as it is written in an `example` block.
    pub fn given(&self) -> BTreeMap<&'static str, String> {
        let words = self.words.iter().map(|(fact, words)| (fact.name(), words.join(" ")));
        let numbers = self.numbers.iter().map(|(fact, number)| (fact.name(), number.to_string()));
        words.chain(numbers).collect()
    }
}
