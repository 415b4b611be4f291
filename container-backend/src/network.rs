//! The network namespace starts with one interface, `lo`, which is down.
//!
//! Simplified: engines add a pair of virtual Ethernet interfaces and a bridge; this container has no way out.
//!
//! Read next: network_namespaces(7), netdevice(7).

use std::io;
use std::os::fd::AsFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use crate::sys;

/// Brings the loopback interface up; the kernel gives it 127.0.0.1 and ::1 then.
pub fn bring_loopback_up() -> io::Result<()> {
    let socket = socket_with(
        AddressFamily::INET,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    sys::bring_loopback_up(socket.as_fd())
}
