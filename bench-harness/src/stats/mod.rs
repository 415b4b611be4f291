//! The statistics behind every number that isolab prints: pure functions, nothing here knows what a backend is.
//!
//! Start-up and I/O times are skewed to the right and often have two modes (a page cache hit or not, one C-state or
//! another), so means and standard deviations describe them badly. Therefore:
//!
//! 1. [`quantile`]: the middle is the median, the tail is a percentile that was really measured (nearest rank).
//! 2. [`bootstrap`]: how far the median, or a ratio of two medians, would move if the run were repeated.
//! 3. [`spread`]: how noisy a series is, and which of its values stand apart. These are labelled, never dropped.
//! 4. [`rank`]: whether two series could differ so by chance; [`holm`]: what asking often does to that.
//! 5. [`floor`]: how different a backend seems from itself.
//! 6. [`verdict`]: what all this allows to be said, in words, and how many more rounds would settle it if nothing.
//! 7. [`drift`] and [`modes`]: whether a median stands for the whole run, and for any trial at all.
//! 8. [`slope`]: how much each further one of many adds.
//!
//! Distributions (normal, binomial) are those of the crate `statrs`. The tests' oracles are values from the literature, values
//! counted by hand, and simulations.
//!
//! Read next: `summary`, which applies all this to the samples of a run.

pub mod bootstrap;
pub mod drift;
pub mod floor;
pub mod holm;
pub mod modes;
pub mod quantile;
pub mod random;
pub mod rank;
pub mod slope;
pub mod spread;
pub mod verdict;
