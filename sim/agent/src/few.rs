//! A list that is almost always one long, without a place on the heap for that one.

use std::ops::{Deref, DerefMut};

use crate::saved::{Bytes, Saved, SavedFault};

/// No, one or many values.
#[derive(Clone, Debug, Default)]
pub(crate) enum Few<T> {
    #[default]
    None,
    One(T),
    Many(Vec<T>),
}

impl<T> Few<T> {
    pub(crate) fn push(&mut self, value: T) {
        *self = match std::mem::replace(self, Self::None) {
            Self::None => Self::One(value),
            Self::One(first) => Self::Many(vec![first, value]),
            Self::Many(mut values) => {
                values.reserve_exact(1);
                values.push(value);
                Self::Many(values)
            }
        };
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(values: Vec<T>) -> Self {
        if values.is_empty() { Self::None } else { Self::Many(values) }
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::None => &mut [],
            Self::One(value) => std::slice::from_mut(value),
            Self::Many(values) => values,
        }
    }
}

impl<T: Saved> Saved for Few<T> {
    fn save(&self, out: &mut Vec<u8>) {
        (self.len() as u64).save(out);
        for value in &**self {
            value.save(out);
        }
    }

    fn restore(from: &mut Bytes<'_>) -> Result<Self, SavedFault> {
        let mut few = Self::None;
        for value in Vec::restore(from)? {
            few.push(value);
        }
        Ok(few)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_in_order() {
        let mut few = Few::default();
        assert!(few.is_empty());
        for value in 0..5_u32 {
            few.push(value);
            assert_eq!(few.len() as u32, value + 1);
            few[0] = 0;
        }
        assert_eq!(few[..], [0, 1, 2, 3, 4]);
    }
}
