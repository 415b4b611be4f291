//! getrandom(2): the host's 32 random bytes, stretched by [`chacha`].
//!
//! After each call the key is replaced by bytes of its own stream, which nobody else gets: who reads the kernel's memory
//! later can't compute what was handed out before ("fast key erasure").
//!
//! `Simplified:` no new randomness is mixed in. A VM that is copied while it runs would repeat itself in both copies; this one
//! can't be copied.
//!
//! Read next: getrandom(2); Linux drivers/char/random.c.

pub mod chacha;

use crate::Kernel;
use crate::dispatch::Frame;
use crate::errno::{Errno, Result};
use chacha::{BLOCK_BYTES, KEY_BYTES};

/// The most that one call gives, in bytes.
const MAX_BYTES: u64 = 32 << 20;

/// The generator.
#[derive(Debug)]
pub struct Random {
    key: [u8; KEY_BYTES],
}

impl Random {
    /// Before boot.
    pub const fn before_boot() -> Self {
        Self {
            key: [0; KEY_BYTES],
        }
    }

    /// Takes over the host's randomness.
    pub fn boot(&mut self, seed: [u8; KEY_BYTES]) {
        self.key = seed;
    }

    /// Fills the room.
    pub fn fill(&mut self, room: &mut [u8]) {
        // Block 0 becomes the next key, the others are handed out. 32 bits of counter are enough for 256 GiB.
        let next = chacha::block(&self.key, 0, [0; 3]);
        for (index, part) in room.chunks_mut(BLOCK_BYTES).enumerate() {
            let block = chacha::block(&self.key, index as u32 + 1, [0; 3]);
            part.copy_from_slice(&block[..part.len()]);
        }
        self.key.copy_from_slice(&next[..KEY_BYTES]);
    }
}

/// getrandom(2)
pub fn getrandom(kernel: &mut Kernel, call: &Frame) -> Result {
    let [address, length, flags, ..] = call.args();
    let known = libc::GRND_NONBLOCK | libc::GRND_RANDOM | libc::GRND_INSECURE;
    if flags as u32 & !known != 0 {
        return Err(Errno(libc::EINVAL));
    }
    let room = kernel.user.bytes_mut(address, length.min(MAX_BYTES))?;
    kernel.random.fill(room);
    Ok(room.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_are_handed_out_twice() {
        let mut random = Random::before_boot();
        random.boot([7; 32]);
        let mut all = Vec::new();
        for length in [0, 1, 16, 63, 64, 65, 1000] {
            let mut room = vec![0; length];
            random.fill(&mut room);
            all.extend_from_slice(&room);
        }
        let mut windows: Vec<&[u8]> = all.windows(8).collect();
        windows.sort();
        let count = windows.len();
        windows.dedup();
        assert_eq!(windows.len(), count);
    }

    #[test]
    fn the_key_is_gone_after_use() {
        let mut random = Random::before_boot();
        random.boot([7; 32]);
        random.fill(&mut [0; 16]);
        assert_ne!(random.key, [7; 32]);
    }
}
