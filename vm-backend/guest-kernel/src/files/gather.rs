//! writev(2) with few exits: many small pieces leave the guest as one.
//!
//! An exit costs as much as copying tens of kilobytes. So small pieces are collected in a buffer of the kernel; a large piece
//! leaves directly from the program's memory.
//!
//! Read next: writev(2), [`super::transfer`].

use crate::errno::Result;

/// From this size on a piece isn't copied, in bytes.
const LARGE: usize = 16 << 10;

/// Hands all pieces to `sink` in their order, in as few calls as possible, and returns how many bytes it took. A sink that
/// takes less than it is offered ends the transfer; so does an error, which only counts when nothing was taken before.
pub fn gather<'a>(
    pieces: impl Iterator<Item = Result<&'a [u8]>>,
    buffer: &mut [u8],
    mut sink: impl FnMut(&[u8]) -> Result,
) -> Result {
    let (mut taken, mut filled) = (0, 0);
    // Offers bytes; Some(answer) is the end of the transfer.
    let mut offer = |bytes: &[u8]| match sink(bytes) {
        Ok(count) => {
            taken += count;
            (count < bytes.len() as u64).then_some(Ok(taken))
        }
        Err(error) if taken == 0 => Some(Err(error)),
        Err(_) => Some(Ok(taken)),
    };
    for piece in pieces {
        let piece = match piece {
            Ok(piece) => piece,
            // What came before the bad piece is written, as Linux does it.
            Err(error) => {
                return match (filled > 0).then(|| offer(&buffer[..filled])).flatten() {
                    Some(answer) => answer,
                    None if taken > 0 => Ok(taken),
                    None => Err(error),
                };
            }
        };
        if filled > 0 && (piece.len() >= LARGE || filled + piece.len() > buffer.len()) {
            if let Some(answer) = offer(&buffer[..filled]) {
                return answer;
            }
            filled = 0;
        }
        if piece.len() >= LARGE {
            if let Some(answer) = offer(piece) {
                return answer;
            }
        } else {
            buffer[filled..filled + piece.len()].copy_from_slice(piece);
            filled += piece.len();
        }
    }
    if filled > 0
        && let Some(answer) = offer(&buffer[..filled])
    {
        return answer;
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errno::Errno;

    const EFAULT: Errno = Errno(libc::EFAULT);
    const EPIPE: Errno = Errno(libc::EPIPE);

    /// Gathers with a sink that takes `room` bytes, then refuses; returns the answer and the sizes it was offered.
    fn run(pieces: &[Result<&[u8]>], mut room: u64) -> (Result, Vec<usize>, Vec<u8>) {
        let (mut sizes, mut content) = (Vec::new(), Vec::new());
        let answer = gather(pieces.iter().copied(), &mut [0; LARGE], |bytes| {
            sizes.push(bytes.len());
            if room == 0 {
                return Err(EPIPE);
            }
            let count = room.min(bytes.len() as u64);
            room -= count;
            content.extend_from_slice(&bytes[..count as usize]);
            Ok(count)
        });
        (answer, sizes, content)
    }

    #[test]
    fn small_pieces_leave_as_one() {
        let (answer, sizes, content) = run(&[Ok(b"ab"), Ok(b""), Ok(b"cde")], 100);
        assert_eq!((answer, sizes), (Ok(5), vec![5]));
        assert_eq!(content, b"abcde");
    }

    #[test]
    fn nothing_is_no_call() {
        assert_eq!(run(&[Ok(b"")], 100).1, Vec::<usize>::new());
    }

    #[test]
    fn large_pieces_leave_directly_and_in_order() {
        let large = [b'x'; LARGE];
        let (answer, sizes, content) = run(&[Ok(b"ab"), Ok(&large), Ok(b"c")], 1 << 20);
        assert_eq!(answer, Ok(LARGE as u64 + 3));
        assert_eq!(sizes, [2, LARGE, 1]);
        assert_eq!(&content[..3], b"abx");
    }

    #[test]
    fn a_full_buffer_leaves_before_the_next_piece() {
        let piece = [b'x'; LARGE / 2 + 1];
        let (answer, sizes, _) = run(&[Ok(&piece), Ok(&piece)], 1 << 20);
        assert_eq!(answer, Ok(2 * piece.len() as u64));
        assert_eq!(sizes, [piece.len(), piece.len()]);
    }

    #[test]
    fn a_short_write_ends_the_transfer() {
        let large = [b'x'; LARGE];
        let (answer, sizes, _) = run(&[Ok(b"ab"), Ok(&large), Ok(b"c")], 10);
        assert_eq!((answer, sizes), (Ok(10), vec![2, LARGE]));
    }

    #[test]
    fn an_error_counts_only_when_nothing_was_written() {
        let large = [b'x'; LARGE];
        assert_eq!(run(&[Ok(b"ab")], 0).0, Err(EPIPE));
        assert_eq!(run(&[Ok(b"ab"), Ok(&large)], 2).0, Ok(2));
        assert_eq!(run(&[Err(EFAULT)], 9).0, Err(EFAULT));
        assert_eq!(run(&[Ok(b"ab"), Err(EFAULT)], 9).0, Ok(2));
    }
}
