//! The registers by which a driver says where its queues are.
//!
//! There is one set of them for all queues: QueueSel says which queue the others are about. What the driver writes may be anything;
//! a queue is checked as a whole when it is declared ready.
//!
//! Read next: virtio 1.2, 4.2.3.2 (the driver's steps), 2.7 (what lies at the three addresses).

use virtio_bindings::virtio_mmio::*;
use virtio_bindings::virtio_ring::VIRTIO_RING_F_EVENT_IDX;
use virtio_queue::{Queue, QueueState, QueueT};
use vm_memory::GuestMemoryMmap;

/// What the driver has said about the queues.
#[derive(Debug)]
pub struct QueueSetup {
    /// Which queue is meant. The driver writes any number.
    selected: u32,
    /// One for each queue of the device.
    queues: Vec<QueueState>,
}

impl QueueSetup {
    /// Queues about which the driver has said nothing.
    pub fn new(sizes: &[u16]) -> Self {
        let empty = |size: &u16| QueueState {
            max_size: *size,
            ..QueueState::default()
        };
        Self {
            selected: 0,
            queues: sizes.iter().map(empty).collect(),
        }
    }

    /// The driver writes QueueSel.
    pub fn select(&mut self, number: u32) {
        self.selected = number;
    }

    /// How many entries the selected queue may have: 0 if there is no such queue.
    pub fn max_size(&self) -> u16 {
        self.selected().map_or(0, |queue| queue.max_size)
    }

    /// Whether the selected queue has been declared ready.
    pub fn is_ready(&self) -> bool {
        self.selected().is_some_and(|queue| queue.ready)
    }

    /// The driver describes the selected queue, as long as that isn't ready.
    pub fn describe(&mut self, register: u32, value: u32) {
        let Some(queue) = self.selected_mut().filter(|queue| !queue.ready) else {
            return;
        };
        match register {
            // A size that doesn't fit is as wrong as 0.
            VIRTIO_MMIO_QUEUE_NUM => queue.size = u16::try_from(value).unwrap_or(0),
            VIRTIO_MMIO_QUEUE_DESC_LOW => set_low(&mut queue.desc_table, value),
            VIRTIO_MMIO_QUEUE_DESC_HIGH => set_high(&mut queue.desc_table, value),
            VIRTIO_MMIO_QUEUE_AVAIL_LOW => set_low(&mut queue.avail_ring, value),
            VIRTIO_MMIO_QUEUE_AVAIL_HIGH => set_high(&mut queue.avail_ring, value),
            VIRTIO_MMIO_QUEUE_USED_LOW => set_low(&mut queue.used_ring, value),
            VIRTIO_MMIO_QUEUE_USED_HIGH => set_high(&mut queue.used_ring, value),
            _ => {}
        }
    }

    /// The driver says that the selected queue is complete; it is ready if that is so.
    pub fn declare_ready(&mut self, memory: &GuestMemoryMmap) {
        if let Some(queue) = self.selected_mut() {
            queue.ready = checked(*queue, memory).is_some();
        }
    }

    /// The driver takes the selected queue back. Returns whether there is one.
    pub fn withdraw(&mut self) -> bool {
        let queue = self.selected_mut();
        queue.map(|queue| queue.ready = false).is_some()
    }

    /// All queues, as the device needs them; None where one isn't ready.
    pub fn queues(&self, memory: &GuestMemoryMmap, features: u64) -> Vec<Option<Queue>> {
        let event_idx_enabled = features >> VIRTIO_RING_F_EVENT_IDX & 1 == 1;
        let queue = |state: &QueueState| {
            let state = QueueState {
                event_idx_enabled,
                ..*state
            };
            state.ready.then(|| checked(state, memory)).flatten()
        };
        self.queues.iter().map(queue).collect()
    }

    fn selected(&self) -> Option<&QueueState> {
        self.queues.get(usize::try_from(self.selected).ok()?)
    }

    fn selected_mut(&mut self) -> Option<&mut QueueState> {
        self.queues.get_mut(usize::try_from(self.selected).ok()?)
    }
}

/// The queue that the driver has described, if the sizes are allowed, the addresses aligned and all of it in memory.
fn checked(state: QueueState, memory: &GuestMemoryMmap) -> Option<Queue> {
    let state = QueueState {
        ready: true,
        ..state
    };
    Queue::try_from(state)
        .ok()
        .filter(|queue| queue.is_valid(memory))
}

/// Sets the lower half of a register pair.
pub fn set_low(number: &mut u64, half: u32) {
    *number = *number >> 32 << 32 | u64::from(half);
}

/// Sets the upper half of a register pair.
pub fn set_high(number: &mut u64, half: u32) {
    *number = u64::from(half) << 32 | u64::from(*number as u32);
}
