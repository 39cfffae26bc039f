//! How much of the heap an agent holds: an estimate, for budgets and forecasts.

use crate::few::Few;

/// What the allocator adds to a block: its header, and the rounding to 16 bytes.
const fn block(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { (bytes + 8).next_multiple_of(16) }
}

/// A value that may hold heap memory.
pub(crate) trait Heap {
    /// Bytes beside the value itself.
    fn heap_bytes(&self) -> usize;
}

impl<T: Heap> Heap for Option<Box<T>> {
    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, |value| block(size_of::<T>()) + value.heap_bytes())
    }
}

impl<T: Heap> Heap for Vec<T> {
    fn heap_bytes(&self) -> usize {
        block(self.capacity() * size_of::<T>()) + self.iter().map(T::heap_bytes).sum::<usize>()
    }
}

impl<T: Heap> Heap for Few<T> {
    fn heap_bytes(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(value) => value.heap_bytes(),
            Self::Many(values) => values.heap_bytes(),
        }
    }
}

impl Heap for Box<str> {
    fn heap_bytes(&self) -> usize {
        block(self.len())
    }
}

impl Heap for String {
    fn heap_bytes(&self) -> usize {
        block(self.capacity())
    }
}

/// For values that hold none, or members that do.
macro_rules! heap {
    ($name:ty { $($member:tt),* }) => {
        impl $crate::heap::Heap for $name {
            fn heap_bytes(&self) -> usize {
                0 $(+ $crate::heap::Heap::heap_bytes(&self.$member))*
            }
        }
    };
}

pub(crate) use heap;
