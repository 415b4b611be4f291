//! Locks that no panic can make useless.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits for a lock and takes it, also after a holder of it has panicked. For what is valid whatever its values are: counts, bytes that
/// were kept, registers, and a device between two requests.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
