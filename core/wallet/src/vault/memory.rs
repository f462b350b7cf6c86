//! Memory for secrets: pages of their own that do not go to the swap, wiped when dropped; and a stack that forgets.

use std::fmt;
use std::hint::black_box;

use zeroize::Zeroize;

/// How much of the stack below a call the cryptography may have written on: the deepest was below 20 KiB.
const STACK_BYTES: usize = 64 * 1024;

/// On pages that nothing else shares, on every machine: locking works by pages, and the largest are 16 KiB.
#[repr(align(16384))]
struct Pages<T>(T);

/// A value that stays where it is, is kept out of the swap where the system allows that, and is wiped when dropped.
pub(super) struct Guarded<T: Zeroize> {
    // Dropped first: unlocking needs pages that are still there.
    lock: Option<region::LockGuard>,
    pages: Box<Pages<T>>,
}

impl<T: Zeroize + Default> Guarded<T> {
    /// An empty value in its place: secrets are written into it, never moved.
    pub(super) fn new() -> Self {
        let pages = Box::new(Pages(T::default()));
        let place: *const Pages<T> = &raw const *pages;
        // A system that locks no memory for us (a small limit, a phone) is no reason to lock people out.
        let lock = region::lock(place, size_of::<Pages<T>>()).ok();
        Self { lock, pages }
    }
}

impl<T: Zeroize> Guarded<T> {
    /// True if the system keeps these pages out of the swap.
    pub(super) const fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// The value.
    pub(super) const fn get(&self) -> &T {
        &self.pages.0
    }

    /// The value, to be changed in its place.
    pub(super) const fn get_mut(&mut self) -> &mut T {
        &mut self.pages.0
    }
}

impl<T: Zeroize> Drop for Guarded<T> {
    fn drop(&mut self) {
        self.pages.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded(..)")
    }
}

/// Runs what touches secrets, and then writes over the part of the stack on which it left copies: a value that is moved
/// or a register that is spilled is not wiped by anybody else.
pub(super) fn with_clean_stack<T>(run: impl FnOnce() -> T) -> T {
    let result = run();
    clean_stack();
    result
}

#[inline(never)]
#[expect(clippy::large_stack_arrays, reason = "its size on the stack is its purpose")]
fn clean_stack() {
    let mut space = [0xa5_u8; STACK_BYTES];
    black_box(&mut space);
    space.zeroize();
    black_box(&mut space);
}
