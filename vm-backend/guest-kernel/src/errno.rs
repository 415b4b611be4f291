//! How a system call fails: a number that the program's libc knows.

/// An error number of Linux, such as `libc::ENOSYS`. The program gets it negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

/// What a system call returns.
pub type Result<T = u64> = core::result::Result<T, Errno>;

/// Turns an answer of the VMM (a count, or a negated error number) into a result.
pub fn from_answer(answer: i64) -> Result {
    u64::try_from(answer)
        .map_err(|_| Errno(i32::try_from(answer.unsigned_abs()).unwrap_or(libc::EIO)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_answers_are_errors() {
        assert_eq!(from_answer(7), Ok(7));
        assert_eq!(from_answer(-32), Err(Errno(libc::EPIPE)));
        assert_eq!(from_answer(i64::MIN), Err(Errno(libc::EIO)));
    }
}
