//! Names: the whole file system is three directories and two files.
//!
//! ```text
//! /
//! ├── data/
//! │   └── disk      the disk, when there is one
//! └── dev/
//!     └── mem       the bus: a page of it without a device can be mapped
//! ```
//!
//! The working directory is `/`, and it stays so.
//!
//! Read next: path_resolution(7).

use crate::errno::{Errno, Result};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// `/`
    Root,
    /// `/data`
    Data,
    /// `/data/disk`
    Disk,
    /// `/dev`
    Dev,
    /// `/dev/mem`
    Bus,
}

/// Finds what a path stands for, component by component.
pub fn resolve(path: &[u8], has_disk: bool) -> Result<Node> {
    if path.is_empty() {
        return Err(Errno(libc::ENOENT));
    }
    let mut node = Node::Root;
    for component in path.split(|byte| *byte == b'/') {
        node = match (node, component) {
            // Even "disk/" asks for a directory.
            (Node::Disk | Node::Bus, _) => return Err(Errno(libc::ENOTDIR)),
            (_, b"" | b".") => node,
            (_, b"..") => Node::Root,
            (Node::Root, b"data") => Node::Data,
            (Node::Data, b"disk") if has_disk => Node::Disk,
            (Node::Root, b"dev") => Node::Dev,
            (Node::Dev, b"mem") => Node::Bus,
            _ => return Err(Errno(libc::ENOENT)),
        };
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_nodes_however_they_are_written() {
        for (path, node) in [
            ("/", Node::Root),
            (".", Node::Root),
            ("/..", Node::Root),
            ("/data", Node::Data),
            ("data/", Node::Data),
            ("/data/disk", Node::Disk),
            ("data/disk", Node::Disk),
            ("/dev/mem", Node::Bus),
            ("//data/./..//data///disk", Node::Disk),
        ] {
            assert_eq!(resolve(path.as_bytes(), true), Ok(node), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_there() {
        for path in [
            "",
            "/dat",
            "/data/disk2",
            "/disk",
            "/etc/passwd",
            "/data/data",
            "/dev/null",
            "/data/mem",
        ] {
            assert_eq!(
                resolve(path.as_bytes(), true),
                Err(Errno(libc::ENOENT)),
                "{path}"
            );
        }
        assert_eq!(resolve(b"/data/disk", false), Err(Errno(libc::ENOENT)));
    }

    #[test]
    fn the_disk_is_not_a_directory() {
        for path in ["/data/disk/", "/data/disk/x", "/data/disk/.."] {
            assert_eq!(
                resolve(path.as_bytes(), true),
                Err(Errno(libc::ENOTDIR)),
                "{path}"
            );
        }
    }
}
