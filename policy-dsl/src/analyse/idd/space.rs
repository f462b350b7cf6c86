//! A space of payments cut into cells, and the conditions over it as diagrams.

use std::collections::BTreeMap;

use super::axis::{Axis, Class, Days, Words, minute_ranges, ranges};
use super::demand::{Demand, Shape};
use super::form::Form;
use crate::analyse::settings::Settings;
use crate::civil::{Civil, Date};
use crate::diagram::{Diagram, Pair, Store, TooLarge};
use crate::facts::Fact;
use crate::ir::{Pred, Test};
use crate::truth::in_schedule;

/// A space and its diagrams.
#[derive(Clone, Debug)]
pub struct Space {
    pub(crate) store: Store,
    pub(crate) axes: Vec<Axis>,
    index: BTreeMap<Axis, usize>,
    pub(crate) words: BTreeMap<Fact, Words>,
    pub(crate) numbers: BTreeMap<Fact, Vec<(i64, i64)>>,
    pub(crate) days: Days,
    pub(crate) minutes: Vec<(u16, u16)>,
    /// Are all payments of the space about one item line?
    line: bool,
    demand: Demand,
}

impl Space {
    /// Cuts a space so that everything demanded can be told apart.
    pub(crate) fn new(mut demand: Demand, settings: &Settings) -> Result<Self, TooLarge> {
        demand.level();
        let words = words(&demand, settings);
        let numbers = demand.numbers.iter();
        let numbers: BTreeMap<Fact, Vec<(i64, i64)>> = numbers
            .map(|(fact, cuts)| {
                let (low, high) = bounds(*fact);
                (*fact, ranges(low, high, cuts))
            })
            .collect();
        let known = |name: &(String, super::axis::Pin)| {
            settings.contents.calendars.get(name).map(|dates| (name.clone(), dates.clone()))
        };
        let mut cuts = demand.dates.clone();
        let calendars = demand.calendars.iter().filter_map(known).collect();
        let first = settings.today.unwrap_or(Date::MIN);
        cuts.insert(settings.anchor());
        let days = Days::cut(first, &cuts, calendars);
        let minutes = minute_ranges(&demand.minutes);
        let line = demand.line;
        let mut space = Self {
            store: Store::default(),
            axes: Vec::new(),
            index: BTreeMap::new(),
            words,
            numbers,
            days,
            minutes,
            line,
            demand,
        };
        space.axes = space.list_axes();
        space.index = space.axes.iter().cloned().zip(0..).collect();
        space.store = Store::new(space.axes.iter().map(|axis| space.width(axis)).collect())?;
        Ok(space)
    }

    fn list_axes(&self) -> Vec<Axis> {
        let demand = &self.demand;
        let mut axes = Vec::new();
        for (fact, words) in &self.words {
            if demand.shape(*fact) == Shape::Set {
                axes.push(Axis::Present(*fact));
                axes.extend(words.classes().into_iter().map(|class| Axis::Has(*fact, class)));
                continue;
            }
            axes.push(Axis::Word(*fact));
            let lists = demand.words.get(fact).map(|demand| &demand.lists);
            let open = lists.into_iter().flatten().filter(|name| !words.lists.contains_key(*name));
            axes.extend(open.map(|(list, pin)| Axis::Listed(*fact, list.clone(), *pin)));
        }
        axes.extend(self.numbers.keys().map(|fact| Axis::Number(*fact)));
        axes.extend(demand.same.iter().map(|(left, right)| Axis::Same(*left, *right)));
        axes.extend(demand.opaque.iter().cloned().map(Axis::Opaque));
        axes.extend(demand.lines.iter().cloned().map(Axis::Line));
        if demand.items {
            axes.push(Axis::Items);
        }
        let open = demand.calendars.iter().filter(|name| !self.days.calendars.contains_key(*name));
        axes.extend(open.map(|(name, pin)| Axis::Calendar(name.clone(), *pin)));
        if !self.line {
            axes.extend([Axis::Day, Axis::Minute]);
        }
        axes.sort();
        axes
    }

    fn width(&self, axis: &Axis) -> usize {
        match axis {
            Axis::Word(fact) => {
                let cells = self.words.get(fact).map_or(0, |words| words.cells.len());
                cells.saturating_add(Self::absent(*fact))
            }
            Axis::Present(_) | Axis::Has(..) | Axis::Same(..) | Axis::Items => 2,
            Axis::Listed(..) | Axis::Opaque(_) | Axis::Line(_) | Axis::Calendar(..) => 3,
            Axis::Number(fact) => {
                let cells = self.numbers.get(fact).map_or(0, Vec::len);
                cells.saturating_add(Self::absent(*fact))
            }
            Axis::Day => self.days.cells.len(),
            Axis::Minute => self.minutes.len(),
        }
    }

    /// 1 when the first cell of the fact's dimension is `absent`, 0 when the fact is always there.
    pub(crate) fn absent(fact: Fact) -> usize {
        let always = matches!(fact, Fact::PaymentKind | Fact::PaymentAmount | Fact::ItemAmount);
        usize::from(!always)
    }

    /// The place of a dimension.
    pub(crate) fn place(&self, axis: &Axis) -> Option<usize> {
        self.index.get(axis).copied()
    }

    /// The cells of one dimension. Without such a dimension the question was not announced, and is not answered.
    pub(crate) fn cells(
        &mut self,
        axis: &Axis,
        chosen: impl Fn(usize) -> bool,
    ) -> Result<Diagram, TooLarge> {
        let place = self.place(axis).ok_or(TooLarge)?;
        self.store.cells(place, chosen)
    }

    /// Where a condition is true and where it is false.
    pub(crate) fn form(&mut self, form: &Form) -> Result<Pair, TooLarge> {
        match form {
            Form::And(parts) => {
                let mut all = Pair::constant(true);
                for part in parts {
                    let part = self.form(part)?;
                    all = self.store.both(all, part)?;
                }
                Ok(all)
            }
            Form::Or(parts) => {
                let mut any = Pair::constant(false);
                for part in parts {
                    let part = self.form(part)?;
                    any = self.store.either(any, part)?;
                }
                Ok(any)
            }
            Form::Not(inner) => Ok(self.form(inner)?.negate()),
            Form::Known(fact) => self.known(*fact),
            Form::Test(test) => self.test(test),
            Form::WithItems(inner) => {
                let inner = self.form(inner)?;
                let items = self.cells(&Axis::Items, |cell| cell == 1)?;
                Ok(Pair {
                    yes: self.store.and(items, inner.yes)?,
                    no: self.store.and(items, inner.no)?,
                })
            }
            Form::Line(pred) => self.three(&Axis::Line(pred.clone())),
            Form::Opaque(pred) => self.three(&Axis::Opaque(pred.clone())),
        }
    }

    /// A dimension of the cells unknown, no, yes.
    fn three(&mut self, axis: &Axis) -> Result<Pair, TooLarge> {
        Ok(Pair {
            yes: self.cells(axis, |cell| cell == 2)?,
            no: self.cells(axis, |cell| cell == 1)?,
        })
    }

    /// Is the fact there?
    fn known(&mut self, fact: Fact) -> Result<Pair, TooLarge> {
        let axis = match self.demand.shape(fact) {
            Shape::Word => Axis::Word(fact),
            Shape::Number => Axis::Number(fact),
            Shape::Set => Axis::Present(fact),
            Shape::Minute | Shape::Date => return Ok(Pair::constant(true)),
            Shape::Nothing if fact == Fact::PaymentItems && !self.line => Axis::Items,
            Shape::Nothing => return Ok(Pair::constant(fact == Fact::Day)),
        };
        let plain = matches!(axis, Axis::Word(_) | Axis::Number(_));
        let absent = if plain { Self::absent(fact) } else { 1 };
        let yes = self.cells(&axis, |cell| cell >= absent)?;
        Ok(Pair { yes, no: self.store.not(yes)? })
    }

    /// True on the cells for which `check` holds, false on the other cells but `absent`.
    fn split(&mut self, axis: &Axis, absent: usize, cells: &[bool]) -> Result<Pair, TooLarge> {
        let at = |cell: usize| cell.checked_sub(absent).and_then(|cell| cells.get(cell).copied());
        Ok(Pair {
            yes: self.cells(axis, |cell| at(cell) == Some(true))?,
            no: self.cells(axis, |cell| at(cell) == Some(false))?,
        })
    }

    fn test(&mut self, test: &Test) -> Result<Pair, TooLarge> {
        match test {
            Test::InTags(fact, tags) => {
                self.classes(*fact, |class| tags.iter().any(|tag| class.is_under(tag)))
            }
            Test::Is(fact, word) => {
                self.classes(*fact, |class| matches!(class, Class::Exact(exact) if exact == word))
            }
            Test::InRange(fact, low, high) => self.numbers(*fact, |value| {
                low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high)
            }),
            Test::Equals(fact, number) => self.numbers(*fact, |value| value == *number),
            Test::InList(fact, list, pin) => self.list(*fact, list, *pin, test),
            Test::Same(left, right) => self.same(*left, *right, test),
            Test::OnCalendar(name, pin) => {
                let key = (name.clone(), *pin);
                match self.days.calendars.keys().position(|known| *known == key) {
                    None => self.three(&Axis::Calendar(key.0, key.1)),
                    Some(at) => {
                        let marked = |cell: &(super::axis::DayCell, Date)| {
                            cell.0.marked.get(at).copied().unwrap_or(false)
                        };
                        let cells: Vec<bool> = self.days.cells.iter().map(marked).collect();
                        self.split(&Axis::Day, 0, &cells)
                    }
                }
            }
            Test::InDates(first, last) => {
                let after = last.map(|last| last.add_days(1)).filter(|after| Some(*after) != *last);
                let known = |date: Date| {
                    let starts = &self.days.starts;
                    starts.first().is_none_or(|first| date < *first)
                        || starts.binary_search(&date).is_ok()
                };
                // Dates that were not announced would be told apart wrongly.
                if !first.is_none_or(known) || !after.is_none_or(known) {
                    return Err(TooLarge);
                }
                self.dates(|date| {
                    first.is_none_or(|first| date >= first) && last.is_none_or(|last| date <= last)
                })
            }
            Test::OnWeekday(days) => self.dates(|date| days.contains(&date.weekday())),
            Test::InSchedule(weekly) => self.schedule(|now| in_schedule(weekly, now)),
        }
    }

    fn classes(&mut self, fact: Fact, chosen: impl Fn(&Class) -> bool) -> Result<Pair, TooLarge> {
        let Some(words) = self.words.get(&fact) else { return Ok(Pair::UNKNOWN) };
        match self.demand.shape(fact) {
            Shape::Word => {
                let cells: Vec<bool> = words.cells.iter().map(|cell| chosen(&cell.class)).collect();
                self.split(&Axis::Word(fact), Self::absent(fact), &cells)
            }
            Shape::Set => {
                let classes: Vec<Class> =
                    words.classes().into_iter().filter(|class| chosen(class)).collect();
                let mut any = Diagram::NOTHING;
                for class in classes {
                    let has = self.cells(&Axis::Has(fact, class), |cell| cell == 1)?;
                    any = self.store.or(any, has)?;
                }
                let present = self.cells(&Axis::Present(fact), |cell| cell == 1)?;
                Ok(Pair {
                    yes: self.store.and(present, any)?,
                    no: self.store.without(present, any)?,
                })
            }
            Shape::Nothing | Shape::Number | Shape::Minute | Shape::Date => Ok(Pair::UNKNOWN),
        }
    }

    fn numbers(&mut self, fact: Fact, chosen: impl Fn(i64) -> bool) -> Result<Pair, TooLarge> {
        match self.demand.shape(fact) {
            Shape::Number => {
                let Some(cells) = self.numbers.get(&fact) else { return Ok(Pair::UNKNOWN) };
                let cells: Vec<bool> = cells.iter().map(|(low, _)| chosen(*low)).collect();
                self.split(&Axis::Number(fact), Self::absent(fact), &cells)
            }
            Shape::Minute => {
                let cells = self.minutes.iter().map(|(low, _)| chosen(i64::from(*low)));
                let cells: Vec<bool> = cells.collect();
                self.split(&Axis::Minute, 0, &cells)
            }
            Shape::Date => self.dates(|date| chosen(i64::from(date.0))),
            Shape::Nothing | Shape::Word | Shape::Set => Ok(Pair::UNKNOWN),
        }
    }

    fn dates(&mut self, chosen: impl Fn(Date) -> bool) -> Result<Pair, TooLarge> {
        if self.line {
            return Ok(Pair::UNKNOWN);
        }
        let cells: Vec<bool> = self.days.cells.iter().map(|(_, date)| chosen(*date)).collect();
        self.split(&Axis::Day, 0, &cells)
    }

    fn schedule(&mut self, chosen: impl Fn(Civil) -> bool) -> Result<Pair, TooLarge> {
        let (Some(day), Some(minute)) = (self.place(&Axis::Day), self.place(&Axis::Minute)) else {
            return Ok(Pair::UNKNOWN);
        };
        let mut by_weekday = BTreeMap::new();
        let mut edges = Vec::with_capacity(self.days.cells.len());
        for (cell, date) in &self.days.cells {
            let known = by_weekday.get(&cell.weekday).copied();
            let next = match known {
                Some(known) => known,
                None => self.store.cells(minute, |at| {
                    let start = self.minutes.get(at).map_or(0, |(start, _)| *start);
                    chosen(Civil { date: *date, minute: start })
                })?,
            };
            by_weekday.insert(cell.weekday, next);
            edges.push(next);
        }
        let yes = self.store.node(day, edges)?;
        Ok(Pair { yes, no: self.store.not(yes)? })
    }

    fn list(
        &mut self,
        fact: Fact,
        list: &str,
        pin: super::axis::Pin,
        test: &Test,
    ) -> Result<Pair, TooLarge> {
        match self.demand.shape(fact) {
            Shape::Word => {}
            Shape::Set => return self.three(&Axis::Opaque(Pred::Test(test.clone()))),
            Shape::Nothing | Shape::Number | Shape::Minute | Shape::Date => {
                return Ok(Pair::UNKNOWN);
            }
        }
        let Some(words) = self.words.get(&fact) else { return Ok(Pair::UNKNOWN) };
        let key = (list.to_owned(), pin);
        if let Some(at) = words.lists.keys().position(|known| *known == key) {
            let on = words.cells.iter().map(|cell| cell.listed.get(at).copied().unwrap_or(false));
            let cells: Vec<bool> = on.collect();
            return self.split(&Axis::Word(fact), Self::absent(fact), &cells);
        }
        let listed = self.three(&Axis::Listed(fact, key.0, key.1))?;
        let there = self.known(fact)?.yes;
        Ok(Pair { yes: self.store.and(there, listed.yes)?, no: self.store.and(there, listed.no)? })
    }

    /// Two facts: in the same class of one word they are equal, in the same larger class they may be.
    fn same(&mut self, left: Fact, right: Fact, test: &Test) -> Result<Pair, TooLarge> {
        match (self.demand.shape(left), self.demand.shape(right)) {
            (Shape::Word, Shape::Word) => {}
            (Shape::Word | Shape::Set, Shape::Word | Shape::Set) => {
                return self.three(&Axis::Opaque(Pred::Test(test.clone())));
            }
            _ => return Ok(Pair::UNKNOWN),
        }
        let classes = |fact: Fact| {
            let words = self.words.get(&fact);
            words.map(|words| words.cells.clone()).unwrap_or_default()
        };
        let (one, two) = (classes(left), classes(right));
        let (absent, other_absent) = (Self::absent(left), Self::absent(right));
        let equal = self.cells(&Axis::Same(left, right), |cell| cell == 1)?;
        let mut yes = Diagram::NOTHING;
        for (at, cell) in one.iter().enumerate() {
            let here = at.saturating_add(absent);
            let alike = |other: usize| {
                let other = other.checked_sub(other_absent).and_then(|other| two.get(other));
                other.is_some_and(|other| other.class == cell.class)
            };
            let first = self.cells(&Axis::Word(left), |cell| cell == here)?;
            let second = self.cells(&Axis::Word(right), alike)?;
            let mut both = self.store.and(first, second)?;
            if !matches!(cell.class, Class::Exact(_)) {
                both = self.store.and(both, equal)?;
            }
            yes = self.store.or(yes, both)?;
        }
        let (left, right) = (self.known(left)?.yes, self.known(right)?.yes);
        let there = self.store.and(left, right)?;
        Ok(Pair { yes, no: self.store.without(there, yes)? })
    }
}

fn words(demand: &Demand, settings: &Settings) -> BTreeMap<Fact, Words> {
    let words = |(fact, asked): (&Fact, &super::demand::WordDemand)| {
        let known = |name: &(String, super::axis::Pin)| {
            settings.contents.lists.get(name).map(|members| (name.clone(), members.clone()))
        };
        let lists = asked.lists.iter().filter_map(known).collect();
        let (exact, tags) = (asked.exact.clone(), asked.tags.clone());
        let mut words = Words { exact, tags, lists, base: base(*fact), cells: Vec::new() };
        words.cut();
        (*fact, words)
    };
    demand.words.iter().map(words).collect()
}

/// What an invented word of a fact is called: different for facts that may be on the same list.
fn base(fact: Fact) -> &'static str {
    let names = [
        (Fact::PayerId, "payer"),
        (Fact::ReceiverId, "receiver"),
        (Fact::EventActor, "actor"),
        (Fact::MerchantId, "shop"),
        (Fact::ItemCode, "thing"),
    ];
    names.iter().find(|(known, _)| *known == fact).map_or("other", |(_, name)| name)
}

/// The least and greatest value of a number. A payment of nothing is no payment.
fn bounds(fact: Fact) -> (i64, i64) {
    let low = if fact == Fact::PaymentAmount {
        1
    } else if matches!(fact, Fact::ItemAmount | Fact::EventAmount) {
        0
    } else {
        i64::MIN
    };
    (low, i64::MAX)
}
