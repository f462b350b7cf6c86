//! Item lines: which answers to the line questions go together, and a basket that shows them.
//!
//! A basket is any number of lines, each of any kind. So answers go together exactly when, with the lines left that no
//! answer forbids, there is one for each answer that needs one. That is decided on diagrams over one line.

use super::axis::Axis;
use super::demand::Demand;
use super::form::form;
use super::space::Space;
use crate::analyse::settings::Settings;
use crate::diagram::{Diagram, Pair, TooLarge};
use crate::facts::Fact;
use crate::ir::Pred;

/// With more line questions than this their answers are taken to be independent, which can only add payments that
/// do not exist: proofs stand, and a witness is replayed.
const TOGETHER_MAX: usize = 5;

/// Answers to a line question, as cells of its dimension.
pub(crate) const UNKNOWN: usize = 0;
pub(crate) const NO: usize = 1;
pub(crate) const YES: usize = 2;

/// The space of one line.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub(crate) space: Space,
    /// Each question, where a line answers it.
    pub(crate) questions: Vec<(Pred, Pair)>,
}

impl Lines {
    pub(crate) fn new(
        questions: impl Iterator<Item = Pred>,
        settings: &Settings,
    ) -> Result<Self, TooLarge> {
        let questions: Vec<Pred> = questions.collect();
        let mut demand = Demand::new(&[Fact::ItemCategory], true);
        for pred in &questions {
            demand.form(&form(pred));
        }
        demand.known(Fact::ItemCode);
        demand.known(Fact::ItemAmount);
        demand.known(Fact::ItemCategory);
        let mut space = Space::new(demand, settings)?;
        let mut answered = Vec::with_capacity(questions.len());
        for pred in questions {
            let pair = space.form(&form(&pred))?;
            answered.push((pred, pair));
        }
        Ok(Self { space, questions: answered })
    }

    /// The lines that a basket with these answers must have, each as a set of which one is needed; `None` when there
    /// is no such basket.
    pub(crate) fn needed(&mut self, answers: &[usize]) -> Result<Option<Vec<Diagram>>, TooLarge> {
        let mut left = Diagram::EVERYTHING;
        for ((_, pair), answer) in self.questions.iter().zip(answers) {
            left = match *answer {
                NO => self.space.store.and(left, pair.no)?,
                UNKNOWN => self.space.store.without(left, pair.yes)?,
                _ => left,
            };
        }
        let mut needed = vec![left];
        for ((_, pair), answer) in self.questions.iter().zip(answers) {
            match *answer {
                YES => needed.push(self.space.store.and(left, pair.yes)?),
                UNKNOWN => {
                    let open = self.space.store.without(left, pair.no)?;
                    needed.push(open);
                }
                _ => {}
            }
        }
        let empty = needed.iter().any(|set| set.is_nothing());
        if needed.len() > 1 {
            needed.remove(0);
        }
        Ok(if empty { None } else { Some(needed) })
    }

    /// The payments of `space` whose answers to line questions go together.
    pub(crate) fn valid(&mut self, space: &mut Space) -> Result<Diagram, TooLarge> {
        if self.questions.len() > TOGETHER_MAX {
            return Ok(Diagram::EVERYTHING);
        }
        let valid = self.valid_from(space, &mut Vec::new())?;
        let items = space.cells(&Axis::Items, |cell| cell == 1)?;
        let none = space.store.not(items)?;
        space.store.or(none, valid)
    }

    fn valid_from(
        &mut self,
        space: &mut Space,
        answers: &mut Vec<usize>,
    ) -> Result<Diagram, TooLarge> {
        let Some((pred, _)) = self.questions.get(answers.len()) else {
            let possible = self.needed(answers)?.is_some();
            return Ok(if possible { Diagram::EVERYTHING } else { Diagram::NOTHING });
        };
        let place = space.place(&Axis::Line(pred.clone())).ok_or(TooLarge)?;
        let mut edges = Vec::with_capacity(3);
        for answer in [UNKNOWN, NO, YES] {
            answers.push(answer);
            edges.push(self.valid_from(space, answers)?);
            answers.pop();
        }
        space.store.node(place, edges)
    }
}
