//! The pieces of a condition that could be left out: alternatives, parts of an `and`, values of a set.

use super::words;
use crate::ir::{Pred, Test};

/// A condition with one piece left out.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// The piece, as the language writes it.
    pub(super) text: String,
    /// The condition without it.
    pub(super) without: Pred,
}

/// Every piece, larger ones first. What stands inside item conditions is left alone.
pub(super) fn pieces(pred: &Pred) -> Vec<Piece> {
    match pred {
        Pred::And(parts) => joined(parts, Pred::And),
        Pred::Or(parts) => joined(parts, Pred::Or),
        Pred::Not(inner) => pieces(inner)
            .into_iter()
            .map(|piece| Piece { text: piece.text, without: Pred::Not(Box::new(piece.without)) })
            .collect(),
        Pred::Test(Test::InTags(fact, tags)) if tags.len() > 1 => (0..tags.len())
            .map(|at| {
                let mut fewer = tags.clone();
                let text = fewer.remove(at);
                Piece { text, without: Pred::Test(Test::InTags(*fact, fewer)) }
            })
            .collect(),
        Pred::AnyItem(_) | Pred::EveryItem(_) | Pred::Known(_) | Pred::Test(_) => Vec::new(),
    }
}

fn joined(parts: &[Pred], join: fn(Vec<Pred>) -> Pred) -> Vec<Piece> {
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let mut fewer = parts.to_vec();
        fewer.remove(at);
        let without = match fewer.pop() {
            Some(only) if fewer.is_empty() => only,
            Some(last) => {
                fewer.push(last);
                join(fewer)
            }
            None => continue,
        };
        found.push(Piece { text: words::pred(part), without });
    }
    for (at, part) in parts.iter().enumerate() {
        for piece in pieces(part) {
            let mut changed = parts.to_vec();
            if let Some(place) = changed.get_mut(at) {
                *place = piece.without;
            }
            found.push(Piece { text: piece.text, without: join(changed) });
        }
    }
    found
}
