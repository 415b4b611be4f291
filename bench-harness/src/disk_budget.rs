//! What the files of a run may take of the disk: a share of what is free in the folder where they are made.
//!
//! These are the file of the experiments with I/O and, beside it, that of noisy neighbours. Both have their size from the
//! beginning and keep it: nothing that is written later makes them longer. They go with the run (`io_file.rs`).
//!
//! What a run writes into its own folder is not counted: a line of some 100 bytes for each value.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use nix::sys::statvfs::statvfs;

use crate::budget::Budget;

/// Unless something else is asked for.
pub const USUAL: Budget = Budget::Percent(50);

/// Refuses files that `folder`'s disk has no room for.
///
/// # Errors
/// With the numbers, and what helps.
pub fn check(budget: Budget, folder: &Path, bytes: u64) -> Result<()> {
    // It may be made later: then it lies on the disk of the first folder above it that is there.
    let folder = std::path::absolute(folder)?;
    let there = folder.ancestors().find(|one| one.is_dir());
    let there = there.unwrap_or(Path::new("/"));
    let disk = statvfs(there)
        .with_context(|| format!("looking how much is free in {}", there.display()))?;
    // What ordinary users may have: the rest is root's, so that the system goes on when the disk is full.
    let free_bytes = disk.blocks_available().saturating_mul(disk.fragment_size());
    let budget_bytes = budget.of(free_bytes);
    ensure!(
        bytes <= budget_bytes,
        "the files for I/O take {} MiB, and the disk budget has {} of the {} MiB that are free in {} (help: --io-size, --io-dir or --disk-budget)",
        bytes >> 20,
        budget_bytes >> 20,
        free_bytes >> 20,
        folder.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_would_fill_the_disk_are_refused_with_what_helps() {
        let folder = tempfile::tempdir().unwrap();
        check(USUAL, folder.path(), 1).unwrap();
        let error = check(Budget::Bytes(1 << 20), folder.path(), 2 << 20).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("take 2 MiB") && text.contains("--io-dir"),
            "{text}"
        );
        assert!(check(Budget::Percent(80), folder.path(), u64::MAX).is_err());
        check(USUAL, &folder.path().join("later/and/deeper"), 1).unwrap();
    }
}
