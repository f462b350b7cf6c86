//! Merkle trees of RFC 6962: roots, audit paths and consistency proofs.
//!
//! [`Levels`] holds a whole tree and gives paths (the entries of one frame); [`Tree`] holds only the peaks and gives
//! the root (the journal, which only grows). The two `verify` functions need neither.

use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is not in the tree, or the smaller tree is larger.
    #[error("the proof is for another place: ask for it again")]
    Place,
    /// The path has too few or too many steps.
    #[error("the proof has the wrong length: ask for it again")]
    Length,
    /// The path leads to another root.
    #[error("the proof does not lead to the root: do not trust its sender")]
    Root,
}

/// The hash of a leaf's content: SHA-256(0x00 || content).
pub fn leaf_hash(content: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(content).finalize().into()
}

/// The hash of an inner node: SHA-256(0x01 || left || right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Checks that a leaf stands at `index` (from 0) in the tree of `size` leaves with this root.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Place);
    }
    let (mut node, mut last, mut hash) = (index, size.saturating_sub(1), *leaf);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A node without a right sibling is handed up unchanged until it has a left one.
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    finish(last, hash == *root)
}

/// Checks that the tree of `size` leaves with `root` continues the tree of `old_size` leaves with `old_root`.
///
/// An empty old tree is refused: every tree continues it, so a proof would say nothing.
pub fn verify_consistency(
    old_size: u64,
    size: u64,
    old_root: &Hash,
    root: &Hash,
    path: &[Hash],
) -> Result<(), ProofError> {
    if old_size > size || old_size == 0 {
        return Err(ProofError::Place);
    }
    if old_size == size {
        return if path.is_empty() { finish(0, old_root == root) } else { Err(ProofError::Length) };
    }
    let (mut node, mut last) = (old_size.saturating_sub(1), size.saturating_sub(1));
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    // An old tree that is whole is its own first step.
    let (first, rest) = match path.split_first() {
        _ if old_size.is_power_of_two() => (old_root, path),
        Some(split) => split,
        None => return Err(ProofError::Length),
    };
    let (mut old_hash, mut hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    finish(last, old_hash == *old_root && hash == *root)
}

const fn finish(levels_left: u64, roots_match: bool) -> Result<(), ProofError> {
    match (levels_left, roots_match) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// A tree that only grows, kept as the roots of its whole subtrees: at most 64 hashes however large it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// One peak for each bit of `size` that is set, largest first.
    peaks: Vec<Hash>,
}

impl Tree {
    /// A tree read back from a store; `None` if the number of peaks does not fit the size.
    pub fn from_parts(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let fits = u32::try_from(peaks.len()) == Ok(size.count_ones());
        fits.then_some(Self { size, peaks })
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// What [`Tree::from_parts`] takes back.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        peaks.next().map_or_else(empty_root, |smallest| {
            peaks.fold(smallest, |right, left| node_hash(&left, &right))
        })
    }
}

/// A whole tree, level by level.
#[derive(Clone, Debug)]
pub struct Levels {
    /// The leaves first, the root last; a node without a sibling is handed up unchanged.
    levels: Vec<Vec<Hash>>,
}

impl Levels {
    /// The tree over these leaf hashes.
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks(2).map(|pair| match pair {
                [left, right] => node_hash(left, right),
                [alone] => *alone,
                _ => empty_root(),
            });
            let above = above.collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// The root.
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_else(empty_root)
    }

    /// The audit path of a leaf, lowest step first; `None` if there is no such leaf.
    pub fn path(&self, index: u64) -> Option<Vec<Hash>> {
        let mut index = usize::try_from(index).ok()?;
        self.levels.first()?.get(index)?;
        let mut path = Vec::new();
        for level in &self.levels {
            path.extend(level.get(index ^ 1));
            index >>= 1;
        }
        Some(path)
    }

    /// The proof that this tree continues the one of its first `old_size` leaves (RFC 6962, 2.1.2); `None` if that
    /// is larger than this tree, or zero.
    pub fn consistency(&self, old_size: u64) -> Option<Vec<Hash>> {
        let size = self.levels.first()?.len();
        let old_size = usize::try_from(old_size).ok()?;
        if old_size > size || old_size == 0 {
            return None;
        }
        if old_size == size {
            return Some(Vec::new());
        }
        // The last old node that is whole: its own first step, unless it is the whole old tree.
        let mut node = old_size.checked_sub(1)?;
        let mut height = 0_usize;
        while node & 1 == 1 {
            node >>= 1;
            height = height.checked_add(1)?;
        }
        let mut path = Vec::new();
        if !old_size.is_power_of_two() {
            path.push(*self.levels.get(height)?.get(node)?);
        }
        for level in self.levels.iter().skip(height) {
            path.extend(level.get(node ^ 1));
            node >>= 1;
        }
        Some(path)
    }
}
