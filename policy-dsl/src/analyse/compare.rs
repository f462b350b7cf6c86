//! The effect of an edit: what becomes allowed, what becomes refused, which limits become tighter.

use super::idd::{Axis, Cells, Class, Diagram, Space, TooLarge};
use super::looser::{Proof, looser_under};
use super::settings::Settings;
use super::show::Shown;
use super::study::{Study, Why};
use super::witness::Witness;
use crate::facts::Fact;
use crate::ir::Policy;
use crate::names::weekday_word;

/// At most so many boxes are told on each side.
pub const BOXES_MAX: usize = 8;

/// The effect of putting the new policy in place of the old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Payments that pass only under the new policy.
    pub allowed: Vec<Region>,
    /// Payments that pass only under the old policy.
    pub denied: Vec<Region>,
    /// Limits of the new policy, by place in [`crate::rule::Rule::caps`], that the old one did not imply: they may be tighter.
    pub tighter: Vec<usize>,
    /// Limits of the old policy that the new one does not imply: they may be looser now.
    pub looser: Vec<usize>,
    /// Are [`Effect::allowed`] and [`Effect::denied`] all there is? Not when there are more boxes than are told.
    pub complete: bool,
}

/// A box of payments: all that fulfil these conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// One condition for each fact that matters, in the words of the language: `payer.age in 19..64`.
    pub conditions: Vec<String>,
    /// A payment of the box, confirmed by the evaluator under both policies; `None` when none was found.
    pub witness: Option<Witness>,
}

/// How the payments that pass under two policies lie to each other, limits that were used up before aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same payments pass.
    Same,
    /// All that pass under the old policy pass under the new, and more.
    Wider,
    /// All that pass under the new policy passed under the old, and more did.
    Narrower,
    /// Some pass under both, some only under one.
    Crossing,
    /// None passes under both.
    Apart,
    /// Not known.
    NotProved,
}

impl Relation {
    /// One word for tools.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Crossing => "crossing",
            Self::Apart => "apart",
            Self::NotProved => "not-proved",
        }
    }
}

/// Everything there is to say about putting the new policy in place of the old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// How the payments that pass lie to each other.
    pub relation: Relation,
    /// What becomes allowed, refused, tighter, looser.
    pub effect: Effect,
    /// May coins move without consent?
    pub proof: Proof,
}

/// Compares two policies.
///
/// # Errors
/// Why nothing can be said: they are too large, or read time in different zones.
pub fn compare(old: &Policy, new: &Policy, settings: &Settings) -> Result<Comparison, Why> {
    let mut study = Study::new(&[old, new], settings)?;
    let relation = match (study.passes_only(0, 1), study.passes_only(1, 0)) {
        (Shown::Impossible, Shown::Impossible) => Relation::Same,
        (Shown::Impossible, Shown::Example(_)) => Relation::Wider,
        (Shown::Example(_), Shown::Impossible) => Relation::Narrower,
        (Shown::Example(_), Shown::Example(_)) => match study.passes(&[0, 1]) {
            Shown::Example(_) => Relation::Crossing,
            Shown::Impossible => Relation::Apart,
            Shown::NotProved(_) => Relation::NotProved,
        },
        (Shown::NotProved(_), _) | (_, Shown::NotProved(_)) => Relation::NotProved,
    };
    let effect = effect(old, new, settings)?;
    Ok(Comparison { relation, effect, proof: looser_under(old, new, settings) })
}

/// The effect of an edit.
///
/// # Errors
/// As [`compare`].
pub fn effect(old: &Policy, new: &Policy, settings: &Settings) -> Result<Effect, Why> {
    let mut study = Study::new(&[old, new], settings)?;
    let (allowed, all_allowed) = study.regions(1, 0)?;
    let (denied, all_denied) = study.regions(0, 1)?;
    Ok(Effect {
        allowed,
        denied,
        tighter: study.caps_not_implied(0, 1)?,
        looser: study.caps_not_implied(1, 0)?,
        complete: all_allowed && all_denied,
    })
}

impl Study {
    /// The payments that pass under one policy and not under the other, as boxes; the flag says that these are all.
    fn regions(&mut self, this: usize, other: usize) -> Result<(Vec<Region>, bool), Why> {
        let set = self.space.store.without(self.allowed(this), self.allowed(other))?;
        let set = self.space.store.and(set, self.valid)?;
        let boxes = self.space.store.boxes(set, BOXES_MAX.saturating_add(1));
        let complete = boxes.len() <= BOXES_MAX;
        let mut regions = Vec::with_capacity(boxes.len());
        for cells in boxes.into_iter().take(BOXES_MAX) {
            let inside = self.space.inside(&cells)?;
            let shown = self.show(inside, false, |rules, witness| {
                let pays = |at: usize| rules.get(at).is_some_and(|rule| witness.pay(rule, at) > 0);
                pays(this) && !pays(other)
            });
            let conditions = cells.iter().map(|(at, cells)| self.space.describe(*at, cells));
            let conditions = conditions.collect();
            regions.push(Region { conditions, witness: shown.example().cloned() });
        }
        Ok((regions, complete))
    }
}

impl Space {
    fn inside(&mut self, cells: &Cells) -> Result<Diagram, TooLarge> {
        let mut set = Diagram::EVERYTHING;
        for (dimension, chosen) in cells {
            let here = self.store.cells(*dimension, |cell| chosen.contains(&cell))?;
            set = self.store.and(set, here)?;
        }
        Ok(set)
    }

    /// Some cells of a dimension, in the words of the language.
    fn describe(&self, dimension: usize, cells: &[usize]) -> String {
        let Some(axis) = self.axes.get(dimension) else { return String::new() };
        let yes = cells == [self.store.width(dimension).saturating_sub(1)];
        let answers = |what: String| {
            let words: Vec<&str> = cells.iter().map(|cell| answer(*cell)).collect();
            if yes { what } else { format!("{what}: {}", words.join(" or ")) }
        };
        match axis {
            Axis::Word(fact) => self.describe_words(*fact, cells),
            Axis::Number(fact) => self.describe_numbers(*fact, cells),
            Axis::Same(left, right) => {
                let not = if yes { "" } else { "not " };
                format!("{} is {not}{}", left.name(), right.name())
            }
            Axis::Present(fact) if yes => format!("known {}", fact.name()),
            Axis::Present(fact) => format!("not known {}", fact.name()),
            Axis::Has(fact, class) => {
                let not = if yes { "" } else { "not " };
                format!("{} {not}in {{ {} }}", fact.name(), class_name(class))
            }
            Axis::Items if yes => "known payment.items".to_owned(),
            Axis::Items => "not known payment.items".to_owned(),
            Axis::Listed(fact, list, _) => answers(format!("{} in list {list}", fact.name())),
            Axis::Calendar(name, _) => answers(format!("day in calendar {name}")),
            Axis::Line(pred) => answers(format!("any item ({})", super::findings::pred_text(pred))),
            Axis::Opaque(pred) => answers(super::findings::pred_text(pred)),
            Axis::Day => self.describe_days(cells),
            Axis::Minute => self.describe_minutes(cells),
        }
    }

    fn describe_words(&self, fact: Fact, cells: &[usize]) -> String {
        let name = |cell: &usize| match cell.checked_sub(Self::absent(fact)) {
            None => "unknown".to_owned(),
            Some(at) => {
                let words = self.words.get(&fact).and_then(|words| words.cells.get(at));
                words.map_or_else(String::new, |cell| class_name(&cell.class))
            }
        };
        let names: Vec<String> = cells.iter().map(name).collect();
        format!("{} in {{ {} }}", fact.name(), names.join(", "))
    }

    fn describe_numbers(&self, fact: Fact, cells: &[usize]) -> String {
        let ranges = self.numbers.get(&fact).map(Vec::as_slice).unwrap_or_default();
        let absent = Self::absent(fact);
        let chosen = cells.iter().filter_map(|cell| cell.checked_sub(absent));
        let mut texts: Vec<String> = joined(ranges, chosen)
            .into_iter()
            .map(|(low, high)| {
                let low = if low == i64::MIN { String::new() } else { low.to_string() };
                let high = if high == i64::MAX { String::new() } else { high.to_string() };
                format!("{low}..{high}")
            })
            .collect();
        if absent == 1 && cells.contains(&0) {
            texts.push("unknown".to_owned());
        }
        format!("{} in {}", fact.name(), texts.join(" or "))
    }

    fn describe_minutes(&self, cells: &[usize]) -> String {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let texts: Vec<String> = joined(&self.minutes, cells.iter().copied())
            .into_iter()
            .map(|(low, high)| format!("{}..{}", clock(low), clock(high.saturating_add(1))))
            .collect();
        format!("time in {}", texts.join(" or "))
    }

    fn describe_days(&self, cells: &[usize]) -> String {
        let mut texts: Vec<String> = Vec::new();
        for cell in cells.iter().filter_map(|cell| self.days.cells.get(*cell)) {
            let (cell, date) = cell;
            let last = self.days.range_end(cell.range);
            let text = if self.days.starts.len() > 2 || cell.marked.contains(&true) {
                format!("{} from {date} to {last}", weekday_word(cell.weekday))
            } else {
                weekday_word(cell.weekday).to_owned()
            };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        format!("day in {{ {} }}", texts.join(", "))
    }
}

/// Neighbouring ranges joined.
fn joined<T: Copy>(ranges: &[(T, T)], chosen: impl Iterator<Item = usize>) -> Vec<(T, T)> {
    let mut found: Vec<(usize, (T, T))> = Vec::new();
    for at in chosen {
        let Some((low, high)) = ranges.get(at).copied() else { continue };
        match found.last_mut() {
            Some((last, (_, end))) if last.saturating_add(1) == at => {
                *last = at;
                *end = high;
            }
            _ => found.push((at, (low, high))),
        }
    }
    found.into_iter().map(|(_, range)| range).collect()
}

fn class_name(class: &Class) -> String {
    match class {
        Class::Exact(word) | Class::Under(word) => word.clone(),
        Class::Other => "other".to_owned(),
    }
}

fn answer(cell: usize) -> &'static str {
    match cell {
        0 => "unknown",
        1 => "no",
        _ => "yes",
    }
}
