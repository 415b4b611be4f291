//! ChaCha20: from a secret key to a stream of bytes that nobody can guess.
//!
//! Sixteen 32-bit words: four constants, eight of key, a counter, three of nonce. Twenty rounds of add, xor and rotate mix
//! them; the original is added, so that the mixing can't be undone.
//!
//! Read next: RFC 8439, 2.3.

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes that one call of [`block`] makes.
pub const BLOCK_BYTES: usize = 64;

/// The words "expand 32-byte k" in ASCII.
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

fn quarter_round(state: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    state[a] = state[a].wrapping_add(state[b]);
    state[d] = (state[d] ^ state[a]).rotate_left(16);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_left(12);
    state[a] = state[a].wrapping_add(state[b]);
    state[d] = (state[d] ^ state[a]).rotate_left(8);
    state[c] = state[c].wrapping_add(state[d]);
    state[b] = (state[b] ^ state[c]).rotate_left(7);
}

/// One block of the stream.
pub fn block(key: &[u8; KEY_BYTES], counter: u32, nonce: [u32; 3]) -> [u8; BLOCK_BYTES] {
    let mut state = [0; 16];
    state[..4].copy_from_slice(&CONSTANTS);
    for (word, bytes) in state[4..12].iter_mut().zip(key.chunks_exact(4)) {
        *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    state[12] = counter;
    state[13..].copy_from_slice(&nonce);

    let start = state;
    for _ in 0..10 {
        for column in 0..4 {
            quarter_round(&mut state, [column, 4 + column, 8 + column, 12 + column]);
        }
        for diagonal in 0..4 {
            let at = |row: usize| 4 * row + (diagonal + row) % 4;
            quarter_round(&mut state, [at(0), at(1), at(2), at(3)]);
        }
    }
    let mut bytes = [0; BLOCK_BYTES];
    for (index, chunk) in bytes.chunks_exact_mut(4).enumerate() {
        chunk.copy_from_slice(&state[index].wrapping_add(start[index]).to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_of_rfc_8439_section_2_3_2() {
        let key = core::array::from_fn(|index| index as u8);
        let nonce = [0x0900_0000, 0x4a00_0000, 0];
        let words = [
            0xe4e7f110u32,
            0x15593bd1,
            0x1fdd0f50,
            0xc47120a3,
            0xc7f4d1c7,
            0x0368c033,
            0x9aaa2204,
            0x4e6cd4c3,
            0x466482d2,
            0x09aa9f07,
            0x05d7c214,
            0xa2028bd9,
            0xd19c12b5,
            0xb94e16de,
            0xe883d0cb,
            0x4e3c50a2,
        ];
        let expected: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(block(&key, 1, nonce)[..], expected[..]);
    }

    #[test]
    fn the_stream_of_a_zero_key_begins_as_published() {
        // RFC 8439, appendix A.1, test vector 1.
        let block = block(&[0; 32], 0, [0; 3]);
        assert_eq!(block[..8], [0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90]);
        assert_eq!(block[60..], [0xb2, 0xee, 0x65, 0x86][..]);
    }
}
