//! LZ4 in its *legacy* frame, as kernels are packed: the format is simple enough to unpack by hand.
//!
//! ```text
//! 0x184c2102                    4 bytes, little-endian
//! length, block                 again and again; unpacked, each block has 8 MiB, the last one what is left
//!
//! a block:  token               high half: number of literals, low half: length of the match - 4;
//!                               15 in a half: bytes follow that are added, up to one below 255
//!           literals            copied as they are
//!           distance            2 bytes: so far back in the output begins the match, which is copied from there
//!           token …             the last one has literals only
//! ```
//!
//! A match may reach into what it is about to write: distance 1 repeats a byte. What comes out is limited, for the input is a file
//! that anybody may have made.
//!
//! Read next: lz4's doc/lz4_Block_format.md.

/// What a legacy frame begins with.
pub const MAGIC: [u8; 4] = 0x184c_2102_u32.to_le_bytes();

/// Below this a half of the token is the whole length.
const EXTENDED: u8 = 15;
/// The shortest match.
const SHORTEST_MATCH: usize = 4;

/// Unpacks a frame to at most so many bytes. A length that is none ends it: kernels carry their unpacked size behind the last block.
///
/// # Errors
/// What is wrong with it.
pub fn unpack(frame: &[u8], limit: usize) -> Result<Vec<u8>, &'static str> {
    let mut rest = frame.strip_prefix(&MAGIC).ok_or("it has no LZ4 frame")?;
    let mut unpacked = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        let Some((block, after)) = after.split_at_checked(length) else {
            break;
        };
        // Matches don't reach into the block before.
        let begin = unpacked.len();
        unpack_block(block, &mut unpacked, begin, limit)?;
        rest = after;
    }
    Ok(unpacked)
}

fn unpack_block(
    mut block: &[u8],
    unpacked: &mut Vec<u8>,
    begin: usize,
    limit: usize,
) -> Result<(), &'static str> {
    while let Some((token, rest)) = block.split_first() {
        block = rest;
        let literals = length(token >> 4, &mut block)?;
        let (copied, rest) = block
            .split_at_checked(literals)
            .ok_or("an LZ4 block ends in the middle of its literals")?;
        unpacked.extend_from_slice(copied);
        block = rest;
        let Some((distance, rest)) = block.split_first_chunk() else {
            break;
        };
        block = rest;
        let distance = usize::from(u16::from_le_bytes(*distance));
        let match_bytes = length(token & 0xf, &mut block)?.saturating_add(SHORTEST_MATCH);
        let from = unpacked
            .len()
            .checked_sub(distance)
            .filter(|from| distance > 0 && *from >= begin)
            .ok_or("an LZ4 match reaches behind its block")?;
        if unpacked.len().saturating_add(match_bytes) > limit {
            return Err("it unpacks to more than any kernel has");
        }
        // Byte by byte: the match may overlap what it writes.
        for at in from..from + match_bytes {
            unpacked.push(unpacked[at]);
        }
    }
    Ok(())
}

/// A length: half a token, and the bytes that it says follow.
fn length(half: u8, block: &mut &[u8]) -> Result<usize, &'static str> {
    let mut length = usize::from(half);
    if half < EXTENDED {
        return Ok(length);
    }
    loop {
        let (byte, rest) = block
            .split_first()
            .ok_or("an LZ4 block ends in the middle of a length")?;
        *block = rest;
        length = length.saturating_add(usize::from(*byte));
        if *byte < u8::MAX {
            return Ok(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(block: &[u8]) -> Vec<u8> {
        let length = (block.len() as u32).to_le_bytes();
        [&MAGIC[..], &length, block].concat()
    }

    #[test]
    fn literals_and_matches_that_overlap_themselves_are_unpacked() {
        // "ab", then 6 bytes from 2 back; then "!" as the last literals.
        let block = [0x22, b'a', b'b', 2, 0, 0x10, b'!'];
        assert_eq!(unpack(&frame(&block), 100).unwrap(), b"abababab!");
        // 15 + 255 + 3 literals.
        let mut long = vec![0xf0, 255, 3];
        long.extend([7; 273]);
        assert_eq!(unpack(&frame(&long), 1000).unwrap(), [7; 273]);
    }

    #[test]
    fn what_follows_the_last_block_is_ignored() {
        let mut packed = frame(&[0x10, b'x']);
        packed.extend(9_999_u32.to_le_bytes());
        assert_eq!(unpack(&packed, 100).unwrap(), b"x");
    }

    #[test]
    fn broken_blocks_are_refused() {
        for block in [
            &[0x20, b'a'][..],                // Literals are missing.
            &[0x10, b'a', 2, 0, 0],           // From before the beginning.
            &[0x10, b'a', 0, 0, 0],           // From nowhere.
            &[0xf0, 255],                     // Half a length.
            &[0x1f, b'a', 1, 0, 255, 255, 0], // 530 bytes.
        ] {
            assert!(unpack(&frame(block), 500).is_err(), "{block:?}");
        }
        assert!(unpack(b"rubbish", 500).is_err());
    }

    proptest! {
        #[test]
        fn no_input_makes_it_panic_or_grow(block in proptest::collection::vec(any::<u8>(), 0..200)) {
            let unpacked = unpack(&frame(&block), 4096).unwrap_or_default();
            prop_assert!(unpacked.len() <= 4096 + block.len());
        }
    }
}
