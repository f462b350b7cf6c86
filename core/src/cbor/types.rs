//! The encodings of plain values.

use super::{CborError, Reader, Wire, Writer};
use crate::amount::Amount;
use crate::id::LotId;
use crate::keys::PublicKey;
use crate::time::Timestamp;

impl Wire for u64 {
    fn write(&self, to: &mut Writer) {
        to.uint(*self);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.uint()
    }
}

impl Wire for u32 {
    fn write(&self, to: &mut Writer) {
        to.uint((*self).into());
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.uint()?.try_into().map_err(|_| CborError::OutOfRange { expected: "32 bits" })
    }
}

impl Wire for u16 {
    fn write(&self, to: &mut Writer) {
        to.uint((*self).into());
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.uint()?.try_into().map_err(|_| CborError::OutOfRange { expected: "16 bits" })
    }
}

/// A number; a list of them is a byte string.
impl Wire for u8 {
    const EMPTY_LIST_IS_ABSENT: bool = false;

    fn write(&self, to: &mut Writer) {
        to.uint((*self).into());
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.uint()?.try_into().map_err(|_| CborError::OutOfRange { expected: "8 bits" })
    }
    fn write_list(items: &[Self], to: &mut Writer) {
        to.bytes(items);
    }
    fn read_list(from: &mut Reader<'_>) -> Result<Vec<Self>, CborError> {
        from.bytes().map(<[u8]>::to_vec)
    }
}

impl Wire for i64 {
    fn write(&self, to: &mut Writer) {
        to.int(*self);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.int()
    }
}

impl Wire for i32 {
    fn write(&self, to: &mut Writer) {
        to.int((*self).into());
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.int()?.try_into().map_err(|_| CborError::OutOfRange { expected: "32 bits" })
    }
}

impl Wire for bool {
    fn write(&self, to: &mut Writer) {
        to.bool(*self);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.bool()
    }
}

impl Wire for String {
    fn write(&self, to: &mut Writer) {
        to.text(self);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.text().map(str::to_owned)
    }
}

impl<const N: usize> Wire for [u8; N] {
    fn write(&self, to: &mut Writer) {
        to.bytes(self);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let bytes = from.bytes()?;
        bytes.try_into().map_err(|_| CborError::OutOfRange { expected: "a fixed number of bytes" })
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write(&self, to: &mut Writer) {
        T::write_list(self, to);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        T::read_list(from)
    }
    fn is_absent(&self) -> bool {
        T::EMPTY_LIST_IS_ABSENT && self.is_empty()
    }
    fn absent() -> Option<Self> {
        T::EMPTY_LIST_IS_ABSENT.then(Self::new)
    }
}

/// Left out of its map when `None`; it cannot stand in an array.
impl<T: Wire> Wire for Option<T> {
    fn write(&self, to: &mut Writer) {
        if let Some(value) = self {
            value.write(to);
        }
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        T::read(from).map(Some)
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        self.0.write(to);
        self.1.write(to);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_of(2, "an array of two")?;
        Ok((A::read(from)?, B::read(from)?))
    }
}

impl<A: Wire, B: Wire, C: Wire> Wire for (A, B, C) {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        self.0.write(to);
        self.1.write(to);
        self.2.write(to);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_of(3, "an array of three")?;
        Ok((A::read(from)?, B::read(from)?, C::read(from)?))
    }
}

impl Wire for Amount {
    fn write(&self, to: &mut Writer) {
        to.uint(self.units());
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.uint().map(Self::new)
    }
}

impl Wire for Timestamp {
    fn write(&self, to: &mut Writer) {
        to.uint(self.micros());
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.uint().map(Self::from_micros)
    }
}

impl Wire for LotId {
    fn write(&self, to: &mut Writer) {
        to.uint(self.0);
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.uint().map(Self)
    }
}

impl Wire for PublicKey {
    fn write(&self, to: &mut Writer) {
        to.bytes(self.as_bytes());
    }
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::from_bytes(&<[u8; 33]>::read(from)?).ok_or(CborError::BadKey)
    }
}
