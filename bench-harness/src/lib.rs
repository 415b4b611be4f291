//! isolab's harness: runs the same program as a process, in a container and in virtual machines, and compares.
//!
//! ```text
//! argv -> cli -> plan -> runner -> samples.csv -> stats, summary -> summary.json -> report
//!                          |
//!             experiment (what) x backend (where) -> instance (one launcher process, watched)
//! ```
//!
//! Read in this order:
//! 1. [`backend`]: how an instance of each kind is started; [`instance`]: how any of them is watched.
//! 2. [`experiment`]: what is measured, starting with `startup`.
//! 3. [`plan`], [`schedule`] and [`runner`]: in which order, and what happens when something fails.
//! 4. [`sample`] and [`store`]: what is written down; [`stats`] and [`summary`]: what may be concluded from it.
//! 5. [`claim`]: what that says of the textbooks' statements.
//! 6. [`report`]: how it is shown, in the words of [`language`].
#![forbid(unsafe_code)]

pub mod aftermath;
pub mod artefacts;
pub mod backend;
pub mod bench;
pub mod binaries;
pub mod boot_trial;
pub mod budget;
pub mod cgroup_limit;
pub mod channel;
pub mod claim;
pub mod cli;
pub mod clock;
pub mod cold_copy;
pub mod command;
pub mod control;
pub mod cpu_time;
pub mod disk_budget;
pub mod enclosure;
pub mod experiment;
pub mod failure;
pub mod fleet;
pub mod guard;
pub mod host;
pub mod host_calls;
pub mod instance;
pub mod interrupt;
pub mod io_file;
pub mod lab;
pub mod language;
pub mod leftovers;
pub mod measuring_cgroup;
pub mod memory_budget;
pub mod parameters;
pub mod plan;
pub mod process_tree;
pub mod progress;
pub mod remover;
pub mod report;
pub mod require;
pub mod runner;
pub mod sample;
pub mod schedule;
pub mod stats;
pub mod store;
pub mod summary;
pub mod system_calls;
pub mod timeline;
pub mod vm_stats;
