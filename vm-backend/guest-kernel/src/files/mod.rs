//! Files: stdio of the host, and the disk as one regular file.
//!
//! 1. [`table`]: descriptors and open files; pure.
//! 2. [`path`]: the names; pure.
//! 3. [`calls`]: opening, closing, and everything about an open file but its content.
//! 4. [`transfer`]: reading and writing; `gather` makes one exit of many pieces.
//! 5. [`status`]: stat(2) and its relatives.
//!
//! `Simplified:` no directories can be listed, nothing can be created, and there is no /proc, /dev or /sys.

pub mod calls;
mod gather;
pub mod path;
pub mod status;
pub mod table;
pub mod transfer;
