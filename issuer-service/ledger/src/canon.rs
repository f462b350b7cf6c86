//! Canonical bytes of keys, records and frames: deterministic CBOR, arrays by position, shortest heads.
//!
//! Every value has exactly one encoding (RFC 8949 4.2.1), so equal states have equal digests. Decoding is strict:
//! what would not be written back byte for byte is refused.

use std::collections::BTreeSet;

use scoin_core::command::{
    AccountKind, Allowance, AskAnswer, Attributes, Chore, ConsentProof, KeyRole, ListKind,
    MerchantProfile, Over, Proposal, Quorum, Takings, TillRights,
};
use scoin_core::keys::PublicKey;
use scoin_core::receipt::FrameHead;
use scoin_core::{
    AccountId, Amount, CommandId, LotId, NetworkId, PolicyId, RequestId, StackId, Timestamp, cbor,
};
use smallvec::SmallVec;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;

/// Bytes that are not the canonical form of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not in canonical form")]
pub struct BadBytes;

/// A value with exactly one byte form.
pub trait Canon: Sized {
    /// Append the canonical bytes.
    fn put(&self, out: &mut Vec<u8>);
    /// Read one value; the input moves behind it.
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes>;
}

/// The canonical bytes of a value.
pub fn to_bytes<T: Canon>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    value.put(&mut out);
    out
}

/// Strict decoding: everything is read, and would be written back as it was.
pub fn from_bytes<T: Canon>(bytes: &[u8]) -> Result<T, BadBytes> {
    let mut input = Input { rest: bytes };
    let value = T::take(&mut input)?;
    let whole = input.rest.is_empty() && to_bytes(&value) == bytes;
    if whole { Ok(value) } else { Err(BadBytes) }
}

/// What is left to read.
#[derive(Debug)]
pub struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], BadBytes> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(BadBytes)?;
        self.rest = rest;
        Ok(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], BadBytes> {
        self.bytes(N)?.try_into().map_err(|_| BadBytes)
    }

    fn byte(&mut self) -> Result<u8, BadBytes> {
        let [byte] = self.fixed::<1>()?;
        Ok(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn head(&mut self) -> Result<(u8, u64), BadBytes> {
        let first = self.byte()?;
        let argument = match first & 0x1f {
            small @ 0..=23 => u64::from(small),
            24 => u64::from(self.byte()?),
            25 => u64::from(u16::from_be_bytes(self.fixed()?)),
            26 => u64::from(u32::from_be_bytes(self.fixed()?)),
            27 => u64::from_be_bytes(self.fixed()?),
            _ => return Err(BadBytes),
        };
        Ok((first >> 5, argument))
    }

    fn length(&mut self, major: u8) -> Result<usize, BadBytes> {
        let (found, length) = self.head()?;
        if found == major { usize::try_from(length).map_err(|_| BadBytes) } else { Err(BadBytes) }
    }

    /// The head of an array of exactly `count` items.
    pub fn array(&mut self, count: usize) -> Result<(), BadBytes> {
        if self.length(ARRAY)? == count { Ok(()) } else { Err(BadBytes) }
    }

    /// The head of an array: how many items follow.
    pub fn array_length(&mut self) -> Result<usize, BadBytes> {
        self.length(ARRAY)
    }
}

fn put_head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    if let Ok(byte) = u8::try_from(argument) {
        if byte < 24 {
            out.push(major | byte);
        } else {
            out.extend_from_slice(&[major | 0x18, byte]);
        }
    } else if let Ok(short) = u16::try_from(argument) {
        out.push(major | 0x19);
        out.extend_from_slice(&short.to_be_bytes());
    } else if let Ok(word) = u32::try_from(argument) {
        out.push(major | 0x1a);
        out.extend_from_slice(&word.to_be_bytes());
    } else {
        out.push(major | 0x1b);
        out.extend_from_slice(&argument.to_be_bytes());
    }
}

fn put_length(out: &mut Vec<u8>, major: u8, length: usize) {
    put_head(out, major, u64::try_from(length).unwrap_or(u64::MAX));
}

/// The head of an array of `count` items.
pub fn put_array(out: &mut Vec<u8>, count: usize) {
    put_length(out, ARRAY, count);
}

/// A byte string.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, BYTES, bytes.len());
    out.extend_from_slice(bytes);
}

/// Null, for what is absent.
pub fn put_null(out: &mut Vec<u8>) {
    out.push(NULL);
}

/// Raw bytes, written as a CBOR byte string (a `Vec<u8>` would be an array of numbers).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blob(pub Vec<u8>);

impl Canon for Blob {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, &self.0);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        let length = input.length(BYTES)?;
        Ok(Self(input.bytes(length)?.to_vec()))
    }
}

impl Canon for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_head(out, UNSIGNED, *self);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        match input.head()? {
            (UNSIGNED, value) => Ok(value),
            _ => Err(BadBytes),
        }
    }
}

macro_rules! small_unsigned {
    ($($type:ty),*) => { $(
        impl Canon for $type {
            fn put(&self, out: &mut Vec<u8>) {
                u64::from(*self).put(out);
            }
            fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
                Self::try_from(u64::take(input)?).map_err(|_| BadBytes)
            }
        }
    )* };
}
small_unsigned!(u8, u16, u32);

impl Canon for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        match u64::try_from(*self) {
            Ok(value) => put_head(out, UNSIGNED, value),
            Err(_) => put_head(out, NEGATIVE, u64::from_ne_bytes((!*self).to_ne_bytes())),
        }
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        let (major, value) = input.head()?;
        let value = Self::try_from(value).map_err(|_| BadBytes)?;
        match major {
            UNSIGNED => Ok(value),
            NEGATIVE => Ok(!value),
            _ => Err(BadBytes),
        }
    }
}

impl Canon for i32 {
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(*self).put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        Self::try_from(i64::take(input)?).map_err(|_| BadBytes)
    }
}

impl Canon for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(if *self { TRUE } else { FALSE });
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        match input.byte()? {
            TRUE => Ok(true),
            FALSE => Ok(false),
            _ => Err(BadBytes),
        }
    }
}

impl Canon for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(out, TEXT, self.len());
        out.extend_from_slice(self.as_bytes());
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        let length = input.length(TEXT)?;
        Self::from_utf8(input.bytes(length)?.to_vec()).map_err(|_| BadBytes)
    }
}

impl<T: Canon> Canon for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.put(out),
            None => put_null(out),
        }
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        if input.peek() == Some(NULL) {
            input.byte()?;
            return Ok(None);
        }
        T::take(input).map(Some)
    }
}

/// Lists have one form, however they are kept.
macro_rules! canon_list {
    ($($list:ty),+) => { $(
        impl<T: Canon> Canon for $list {
            fn put(&self, out: &mut Vec<u8>) {
                put_array(out, self.len());
                for item in self {
                    item.put(out);
                }
            }
            fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
                let count = input.array_length()?;
                (0..count).map(|_| T::take(input)).collect()
            }
        }
    )+ };
}
canon_list!(Vec<T>, SmallVec<[T; 1]>);

impl<T: Canon + Ord> Canon for BTreeSet<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, self.len());
        for item in self {
            item.put(out);
        }
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        let count = input.array_length()?;
        (0..count).map(|_| T::take(input)).collect()
    }
}

impl<A: Canon, B: Canon> Canon for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, 2);
        self.0.put(out);
        self.1.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        input.array(2)?;
        Ok((A::take(input)?, B::take(input)?))
    }
}

impl<const N: usize> Canon for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        if input.length(BYTES)? == N { input.fixed() } else { Err(BadBytes) }
    }
}

macro_rules! wrapped {
    ($($type:ident),*) => { $(
        impl Canon for $type {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
                Canon::take(input).map(Self)
            }
        }
    )* };
}
wrapped!(AccountId, CommandId, RequestId, NetworkId, PolicyId, StackId, LotId);

impl Canon for Amount {
    fn put(&self, out: &mut Vec<u8>) {
        self.units().put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        u64::take(input).map(Self::new)
    }
}

impl Canon for Timestamp {
    fn put(&self, out: &mut Vec<u8>) {
        self.micros().put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        u64::take(input).map(Self::from_micros)
    }
}

impl Canon for PublicKey {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_bytes().put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        Self::from_bytes(&Canon::take(input)?).ok_or(BadBytes)
    }
}

/// `Canon` for a struct: an array of its fields in the order given.
macro_rules! canon_struct {
    ($name:ty { $($field:ident),* $(,)? }) => {
        impl $crate::canon::Canon for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $crate::canon::put_array(out, [$(stringify!($field)),*].len());
                $( self.$field.put(out); )*
            }
            fn take(input: &mut $crate::canon::Input<'_>) -> Result<Self, $crate::canon::BadBytes> {
                input.array([$(stringify!($field)),*].len())?;
                Ok(Self { $( $field: $crate::canon::Canon::take(input)? ),* })
            }
        }
    };
}
pub(crate) use canon_struct;

/// `Canon` for an enum of unit and tuple variants: an array of the number given and the fields. Numbers are never reused.
macro_rules! canon_enum {
    ($name:ty { $( $number:literal $variant:ident $(( $($field:ident),* ))? ),* $(,)? }) => {
        impl $crate::canon::Canon for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $( Self::$variant $(( $($field),* ))? => {
                        const FIELDS: &[&str] = &[$( $( stringify!($field) ),* )?];
                        $crate::canon::put_array(out, FIELDS.len().saturating_add(1));
                        let number: u64 = $number;
                        $crate::canon::Canon::put(&number, out);
                        $( $( $field.put(out); )* )?
                    } )*
                }
            }
            fn take(input: &mut $crate::canon::Input<'_>) -> Result<Self, $crate::canon::BadBytes> {
                input.array_length()?;
                match <u64 as $crate::canon::Canon>::take(input)? {
                    $( $number => Ok(Self::$variant $(( $( { let $field = $crate::canon::Canon::take(input)?; $field } ),* ))? ), )*
                    _ => Err($crate::canon::BadBytes),
                }
            }
        }
    };
}
pub(crate) use canon_enum;

macro_rules! canon_words {
    ($name:ty { $( $number:literal $variant:ident ),* $(,)? }) => {
        impl Canon for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let number: u64 = match self { $( Self::$variant => $number ),* };
                number.put(out);
            }
            fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
                match u64::take(input)? {
                    $( $number => Ok(Self::$variant), )*
                    _ => Err(BadBytes),
                }
            }
        }
    };
}
canon_words!(AccountKind { 1 Person, 2 Merchant, 3 Service, 4 Officer, 5 Pool });
canon_words!(KeyRole { 1 Owner, 2 Cashier, 3 Manager });
canon_words!(ListKind { 1 Merchants, 2 Products, 3 Persons });

/// `Canon` for what has its own canonical form in `scoin_core`: that form, as a byte string.
macro_rules! canon_wire {
    ($($name:ty),*) => { $(
        impl Canon for $name {
            fn put(&self, out: &mut Vec<u8>) {
                put_bytes(out, &cbor::encode(self));
            }
            fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
                cbor::decode(&Blob::take(input)?.0).map_err(|_| BadBytes)
            }
        }
    )* };
}
canon_wire!(
    Attributes,
    MerchantProfile,
    Proposal,
    FrameHead,
    Over,
    AskAnswer,
    Quorum,
    Allowance,
    Takings,
    TillRights,
    Chore,
    ConsentProof
);

impl<T: Canon> Canon for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        T::put(self, out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        T::take(input).map(Box::new)
    }
}

impl<T: Canon> Canon for std::sync::Arc<T> {
    fn put(&self, out: &mut Vec<u8>) {
        T::put(self, out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        T::take(input).map(Self::new)
    }
}
