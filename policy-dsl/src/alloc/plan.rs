//! The limits, sorted into the places where the network can take them.

use std::collections::BTreeMap;

use super::limits::Limit;
use super::lines::{LineSet, LotSet, bit, places};
use super::prepare::Prepared;

/// Lots that are alike for every line.
#[derive(Debug)]
pub(super) struct Group {
    /// Places of its lots, in order.
    pub(super) lots: Vec<usize>,
    pub(super) covered: LineSet,
    /// Which item limits bind them, as bits.
    bound: Vec<u64>,
    /// Item limits on these lots alone, widest first, nested or disjoint.
    pub(super) limits: Vec<(LineSet, u64)>,
    /// What is left of crossing limits, line by line.
    pub(super) lines: BTreeMap<usize, u64>,
}

/// The limits, sorted into the places where the network can take them.
#[derive(Debug)]
pub(super) struct Plan {
    /// Most that each lot may pay, in order: (place, amount).
    pub(super) lots: Vec<(usize, u64)>,
    /// Limits over lots, widest first, nested or disjoint.
    pub(super) purses: Vec<(LotSet, u64)>,
    pub(super) groups: Vec<Group>,
    /// Limits over lines for all lots, widest first, nested or disjoint.
    pub(super) shared: Vec<(LineSet, u64)>,
    /// Most that may be paid of a line.
    pub(super) line_most: BTreeMap<usize, u64>,
}

impl Plan {
    /// `limits` are those on the lots in `mask`, which are those that are open.
    pub(super) fn new(prepared: &Prepared<'_>, mask: LotSet, limits: &[Limit]) -> Self {
        let available = |at: usize| prepared.rows.get(at).map_or(0, |row| row.lot.available);
        let mut plan = Self {
            lots: places(mask).map(|at| (at, available(at))).collect(),
            purses: Vec::new(),
            groups: Vec::new(),
            shared: Vec::new(),
            line_most: BTreeMap::new(),
        };
        plan.take_purses(limits);
        let item_limits = limits.iter().copied().filter(|limit| limit.lines.is_some());
        let (shared, own): (Vec<Limit>, Vec<Limit>) =
            item_limits.partition(|limit| limit.lots == mask);
        plan.take_shared(prepared, &shared);
        plan.make_groups(prepared, &own);
        plan.take_own(prepared, &own);
        plan
    }

    fn take_purses(&mut self, limits: &[Limit]) {
        let all = limits.iter().filter(|limit| limit.lines.is_none());
        let mut sets: Vec<(LotSet, u64)> = all.map(|limit| (limit.lots, limit.room)).collect();
        sets.sort_by_key(|(lots, _)| core::cmp::Reverse(lots.count_ones()));
        for (lots, room) in sets {
            let fits = || {
                let mut others = self.purses.iter().map(|(other, _)| lots & other);
                others.all(|both| both == 0 || both == lots)
            };
            // A limit on one lot needs no node of its own.
            if lots.count_ones() > 1 && fits() {
                self.purses.push((lots, room));
                continue;
            }
            let mut left = room;
            for (_, most) in self.lots.iter_mut().filter(|(at, _)| bit(*at) & lots != 0) {
                *most = left.min(*most);
                left = left.saturating_sub(*most);
            }
        }
    }

    fn take_shared(&mut self, prepared: &Prepared<'_>, limits: &[Limit]) {
        for (lines, room) in widest_first(limits) {
            if fits(&self.shared, &lines) {
                self.shared.push((lines, room));
            } else {
                hand_out(prepared, &mut self.line_most, &lines, room);
            }
        }
    }

    fn make_groups(&mut self, prepared: &Prepared<'_>, own: &[Limit]) {
        for (at, _) in &self.lots {
            let covered = prepared.rows.get(*at).map(|row| row.covered).unwrap_or_default();
            let bound = bound(own, *at);
            let same = |group: &&mut Group| group.covered == covered && group.bound == bound;
            match self.groups.iter_mut().find(same) {
                Some(group) => group.lots.push(*at),
                None => self.groups.push(Group {
                    lots: vec![*at],
                    covered,
                    bound,
                    limits: Vec::new(),
                    lines: BTreeMap::new(),
                }),
            }
        }
    }

    /// The most that a lot may pay.
    fn most(&self, at: usize) -> u64 {
        let found = self.lots.binary_search_by_key(&at, |(at, _)| *at).ok();
        found.and_then(|found| self.lots.get(found)).map_or(0, |(_, most)| *most)
    }

    /// Gives each item limit to the group it binds; one that binds several is handed out in order.
    fn take_own(&mut self, prepared: &Prepared<'_>, own: &[Limit]) {
        for (lots, lines, room) in own_widest_first(own) {
            let mut left = room;
            for at in 0..self.groups.len() {
                let Some(group) = self.groups.get(at) else { continue };
                if !group.lots.iter().any(|at| bit(*at) & lots != 0) {
                    continue;
                }
                let lines = lines.and(&group.covered);
                if lines.is_empty() {
                    continue;
                }
                let lots = group.lots.iter().map(|at| self.most(*at));
                let most = lots.fold(0_u64, u64::saturating_add);
                let most = most.min(value(prepared, &lines)).min(left);
                left = left.saturating_sub(most);
                let Some(group) = self.groups.get_mut(at) else { continue };
                if fits(&group.limits, &lines) {
                    group.limits.push((lines, most));
                } else {
                    hand_out(prepared, &mut group.lines, &lines, most);
                }
            }
        }
    }
}

/// Which of these limits bind a lot, as bits.
fn bound(own: &[Limit], at: usize) -> Vec<u64> {
    let mut words = vec![0_u64; own.len().div_ceil(64)];
    for (limit, word) in own.chunks(64).zip(&mut words) {
        let bits = limit.iter().map(|limit| u64::from(limit.lots & bit(at) != 0));
        *word = bits.zip(0_u32..).fold(0, |word, (bit, place)| word | (bit << place));
    }
    words
}

fn widest_first(limits: &[Limit]) -> Vec<(LineSet, u64)> {
    let mut sets: Vec<_> =
        limits.iter().filter_map(|limit| limit.lines.map(|lines| (lines, limit.room))).collect();
    sets.sort_by_key(|(lines, _)| core::cmp::Reverse(lines.len()));
    sets
}

fn own_widest_first(limits: &[Limit]) -> Vec<(LotSet, LineSet, u64)> {
    let own =
        limits.iter().filter_map(|limit| limit.lines.map(|lines| (limit.lots, lines, limit.room)));
    let mut sets: Vec<_> = own.collect();
    sets.sort_by_key(|(_, lines, _)| core::cmp::Reverse(lines.len()));
    sets
}

/// Is the set nested in or disjoint from all (wider) ones taken before?
fn fits(taken: &[(LineSet, u64)], lines: &LineSet) -> bool {
    taken.iter().all(|(other, _)| {
        let both = lines.and(other);
        both.is_empty() || both == *lines
    })
}

/// Hands a crossing limit out, line after line.
fn hand_out(prepared: &Prepared<'_>, most: &mut BTreeMap<usize, u64>, lines: &LineSet, room: u64) {
    let mut left = room;
    for (at, amount) in amounts(prepared, lines) {
        let most = most.entry(at).or_insert(amount);
        *most = left.min(*most);
        left = left.saturating_sub(*most);
    }
}

fn value(prepared: &Prepared<'_>, lines: &LineSet) -> u64 {
    amounts(prepared, lines).fold(0, |sum, (_, amount)| sum.saturating_add(amount))
}

fn amounts(prepared: &Prepared<'_>, lines: &LineSet) -> impl Iterator<Item = (usize, u64)> {
    lines.iter().filter_map(|at| prepared.lines.get(at).map(|line| (at, line.amount)))
}
