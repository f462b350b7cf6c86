//! Encodings written as tables: a key or a number beside each name, and nothing else to get wrong.

/// `wire_map! { Type { 1 field, 2 other } }`: a struct as a map with these keys, in ascending order.
#[macro_export]
macro_rules! wire_map {
    ($type:ident { $($key:literal $field:ident),+ $(,)? }) => {
        impl $crate::cbor::Wire for $type {
            fn write(&self, to: &mut $crate::cbor::Writer) {
                $crate::wire_fields!(to; $($key &self.$field),+);
            }
            fn read(from: &mut $crate::cbor::Reader<'_>) -> Result<Self, $crate::cbor::CborError> {
                let mut map = from.map()?;
                let value = Self { $($field: map.take($key)?),+ };
                map.end()?;
                Ok(value)
            }
        }
    };
}

/// `wire_list! { Type { field, other } }`: a struct as an array of its fields in this order.
#[macro_export]
macro_rules! wire_list {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::cbor::Wire for $type {
            fn write(&self, to: &mut $crate::cbor::Writer) {
                to.array([$(stringify!($field)),+].len());
                $( self.$field.write(to); )+
            }
            fn read(from: &mut $crate::cbor::Reader<'_>) -> Result<Self, $crate::cbor::CborError> {
                const FIELDS: usize = [$(stringify!($field)),+].len();
                from.array_of(u64::try_from(FIELDS).unwrap_or(u64::MAX), "an array with one value a field")?;
                Ok(Self { $($field: $crate::cbor::Wire::read(from)?),+ })
            }
        }
    };
}

/// `wire_code! { Type "what" { 1 First, 2 Second } }`: a field-less enum as a number.
#[macro_export]
macro_rules! wire_code {
    ($type:ident $what:literal { $($number:literal $variant:ident),+ $(,)? }) => {
        impl $crate::cbor::Wire for $type {
            fn write(&self, to: &mut $crate::cbor::Writer) {
                to.uint(match self { $(Self::$variant => $number),+ });
            }
            fn read(from: &mut $crate::cbor::Reader<'_>) -> Result<Self, $crate::cbor::CborError> {
                match from.uint()? {
                    $($number => Ok(Self::$variant),)+
                    number => Err($crate::cbor::CborError::UnknownNumber { what: $what, number }),
                }
            }
        }
    };
}

/// `wire_choice! { Type "what" { 1 "one" Map { 1 field }, 2 "two" Value(inner), 3 "three" Bare } }`: an enum as an
/// array `[number, body]` (`[number]` for a bare variant), with `number()`, `name()` and the list `NAMES`.
#[macro_export]
macro_rules! wire_choice {
    ($type:ident $what:literal {
        $(
            $number:literal $name:literal
            $variant:ident $({ $($key:literal $field:ident),+ $(,)? })? $(($inner:ident))?
        ),+ $(,)?
    }) => {
        impl $type {
            /// Every number and name there is, in ascending order of the number.
            pub const NAMES: &[(u16, &str)] = &[$(($number, $name)),+];

            /// The stable number on the wire.
            pub const fn number(&self) -> u16 {
                match self { $(Self::$variant { .. } => $number),+ }
            }

            /// The stable name, for people and logs.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name),+ }
            }
        }

        impl $crate::cbor::Wire for $type {
            fn write(&self, to: &mut $crate::cbor::Writer) {
                match self {
                    $(Self::$variant $({ $($field),+ })? $(($inner))? => {
                        to.array([$name $(, stringify!($($field)+))? $(, stringify!($inner))?].len());
                        to.uint($number);
                        $( $crate::wire_fields!(to; $($key $field),+); )?
                        $( $crate::cbor::Wire::write($inner, to); )?
                    })+
                }
            }
            fn read(from: &mut $crate::cbor::Reader<'_>) -> Result<Self, $crate::cbor::CborError> {
                let items = usize::try_from(from.array()?).unwrap_or(usize::MAX);
                match from.uint()? {
                    $($number => {
                        const ITEMS: usize = [$name $(, stringify!($($field)+))? $(, stringify!($inner))?].len();
                        if items != ITEMS {
                            return Err($crate::cbor::CborError::OutOfRange { expected: $what });
                        }
                        $(
                            let mut map = from.map()?;
                            $( let $field = map.take($key)?; )+
                            map.end()?;
                        )?
                        $( let $inner = $crate::cbor::Wire::read(from)?; )?
                        Ok(Self::$variant $({ $($field),+ })? $(($inner))?)
                    })+
                    number => Err($crate::cbor::CborError::UnknownNumber { what: $what, number }),
                }
            }
        }
    };
}

/// The head and the present entries of a map. Part of [`wire_map!`] and [`wire_choice!`].
#[doc(hidden)]
#[macro_export]
macro_rules! wire_fields {
    ($to:ident; $($key:literal $value:expr),+) => {
        $to.map([$($crate::cbor::Wire::is_absent($value)),+].into_iter().filter(|absent| !absent).count());
        $( $to.field($key, $value); )+
    };
}
