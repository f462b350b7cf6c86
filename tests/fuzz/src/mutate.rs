//! Changes inputs: the same seed gives the same changes.

/// No input grows beyond this.
const BYTES_MAX: usize = 80 * 1024;
/// Pieces that decoders and the rule language care about.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"(",
    b")",
    b"\"",
    b"//",
    b"\n",
    b"\r",
    b" and ",
    b" or ",
    b" not ",
    b" in ",
    b"..",
    b"policy ",
    b"require x: ",
    b"$a",
    b" won",
    b"@sha256:",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\0",
    b"\xff",
    b"\x9f",
    b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
];

/// A source of chance (xorshift64*).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Chance that depends on the seed alone.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 24;
        usize::try_from(mixed).unwrap_or(usize::MAX) % end
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }

    /// A place in `length` bytes and how many bytes from there on, mostly few.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = [4, 16, 64, length + 1][self.below(4)];
        start..(start + self.below(most)).min(length)
    }
}

/// An input made of one or two inputs of the corpus by one to eight changes.
pub fn mutated(corpus: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let pick = |chance: &mut Chance| &corpus[chance.below(corpus.len())];
    let mut bytes = pick(chance).clone();
    for _ in 0..=chance.below(8) {
        let range = chance.range(bytes.len());
        match chance.below(7) {
            0 if !bytes.is_empty() => {
                let at = chance.below(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
            }
            1 if !bytes.is_empty() => {
                let at = chance.below(bytes.len());
                bytes[at] = chance.byte();
            }
            2 => drop(bytes.drain(range)),
            3 => {
                let piece = PIECES[chance.below(PIECES.len())];
                let times = [1, 1, 1, 40, 2_000][chance.below(5)];
                drop(bytes.splice(range, piece.repeat(times)));
            }
            4 => {
                let copy = bytes[range].to_vec();
                let at = chance.below(bytes.len() + 1);
                drop(bytes.splice(at..at, copy));
            }
            5 => {
                let other = pick(chance);
                let from = chance.range(other.len());
                drop(bytes.splice(range, other[from].iter().copied()));
            }
            _ => {
                let made: Vec<u8> = range.clone().map(|_| chance.byte()).collect();
                drop(bytes.splice(range, made));
            }
        }
        bytes.truncate(BYTES_MAX);
    }
    bytes
}
