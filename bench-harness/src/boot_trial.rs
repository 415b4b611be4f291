//! Whether this host's KVM can boot a stock kernel: tried once per boot of the host, and remembered.
//!
//! There are KVMs that run a guest's programs but not every instruction that a kernel's start needs. What they lack is not
//! to be read from any flag, and such a boot doesn't fail: it stands still. So:
//!
//! 1. Boot the kernel with `hello` in it, and a deadline several times as long as any boot takes.
//! 2. Write the outcome to the cache folder, with all that it depends on: this boot of the host (another one may load another
//!    KVM), the VMM's content, and the kernel's path, size and time.
//! 3. Whoever asks afterwards reads that file. A lock makes those who ask at the same time wait for one trial.
//!
//! Read next: `backend/linux_vm.rs`, `lab.rs`.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};

use crate::backend::{Backend, Job, Missing};
use crate::binaries::cache_folder;
use crate::failure::Failure;
use crate::host::kernel;
use crate::instance::Instance;
use crate::lab::Lab;

/// How long a boot may take on a processor.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long on an emulated one.
const PATIENCE_WITH_EMULATION: Duration = Duration::from_secs(120);

/// The launcher's mark for: the guest's first process has begun.
const BOOTED: &str = "kernel-boot";

/// The second line of the file after a success.
const BOOTS: &str = "boots";

/// Tries, unless the outcome is known already. A backend that boots no stock kernel passes.
///
/// # Errors
/// Why this KVM can't boot it.
pub fn pass(lab: &Lab, backend: &dyn Backend) -> Result<(), Missing> {
    let Some(trial) = Trial::of(lab, backend) else {
        return Ok(());
    };
    // Where nothing can be remembered it is tried each time.
    let lock = trial.lock().ok();
    let outcome = match trial.known() {
        Some(outcome) => outcome,
        None => {
            let Some(outcome) = attempt(lab, backend) else {
                return Ok(());
            };
            if lock.is_some() {
                trial.remember(&outcome);
            }
            outcome
        }
    };
    outcome.map_err(|reason| trial.missing(reason))
}

/// What is known without trying: `None` if it was not tried since the host's boot.
///
/// # Errors
/// Why this KVM can't boot it.
#[must_use]
pub fn known(lab: &Lab, backend: &dyn Backend) -> Option<Result<(), Missing>> {
    let trial = Trial::of(lab, backend)?;
    let outcome = trial.known()?;
    Some(outcome.map_err(|reason| trial.missing(reason)))
}

/// Boots once. `None` if the user interrupted: then nothing is known.
fn attempt(lab: &Lab, backend: &dyn Backend) -> Option<Result<(), String>> {
    let timeout = match kernel::is_lab_machine() {
        true => PATIENCE_WITH_EMULATION,
        false => PATIENCE,
    };
    let job = Job {
        timeout,
        ..lab.job(&["hello"])
    };
    let ended = lab.start(backend, &job).and_then(Instance::end);
    let reason = match ended {
        Ok((_, None)) => return Some(Ok(())),
        // What goes wrong after the guest's first process has begun is not for want of a KVM that boots.
        Ok((life, _)) if life.timeline.ended_ns(BOOTED).is_some() => return Some(Ok(())),
        Err(Failure::Interrupted) => return None,
        Err(Failure::TimedOut(_)) => format!("no word from the guest in {} s", timeout.as_secs()),
        Ok((_, Some(failure))) | Err(failure) => failure.reason(),
    };
    Some(Err(format!("this KVM can't boot a stock kernel: {reason}")))
}

/// One trial's place in the cache folder.
#[derive(Debug)]
struct Trial {
    file: PathBuf,
    /// All that its outcome depends on.
    key: String,
}

impl Trial {
    fn of(lab: &Lab, backend: &dyn Backend) -> Option<Self> {
        // What it boots with is no KVM.
        if backend.is_emulated() {
            return None;
        }
        let kernel = backend.kernel()?;
        let about = fs::metadata(&kernel).ok()?;
        Some(Self {
            file: cache_folder()
                .join("boot-trials")
                .join(format!("{}.txt", backend.id())),
            key: format!(
                "{} {} {} {} {} {}.{:09}",
                kernel::boot_id(),
                lab.binaries.vm_backend.sha256,
                backend
                    .installed()
                    .map_or("ours".to_owned(), |one| one.version.replace('\n', " ")),
                kernel.display(),
                about.size(),
                about.mtime(),
                about.mtime_nsec(),
            ),
        })
    }

    /// Held until it is dropped.
    fn lock(&self) -> io::Result<Flock<File>> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let file = File::create(self.file.with_extension("lock"))?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| error.into())
    }

    fn known(&self) -> Option<Result<(), String>> {
        let text = fs::read_to_string(&self.file).ok()?;
        let (key, outcome) = text.split_once('\n')?;
        let outcome = outcome.trim_end();
        match key == self.key && !outcome.is_empty() {
            true if outcome == BOOTS => Some(Ok(())),
            true => Some(Err(outcome.to_owned())),
            false => None,
        }
    }

    fn remember(&self, outcome: &Result<(), String>) {
        let words = outcome.as_ref().map_or_else(String::as_str, |()| BOOTS);
        let text = format!("{}\n{}\n", self.key, words.replace('\n', " "));
        if let Err(error) = fs::write(&self.file, text) {
            eprintln!("isolab: {} can't be written: {error}", self.file.display());
        }
    }

    fn missing(&self, reason: String) -> Missing {
        Missing {
            what: reason,
            remedy: format!(
                "scripts/lab-machine -- isolab …, or a host with vmx or svm; to try again here: rm {}",
                self.file.display()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(folder: &Path, key: &str) -> Trial {
        Trial {
            file: folder.join("linux-vm.txt"),
            key: key.to_owned(),
        }
    }

    #[test]
    fn an_outcome_is_remembered_until_anything_it_depends_on_changes() {
        let folder = tempfile::tempdir().unwrap();
        let today = trial(folder.path(), "boot-1 vmm kernel");
        assert_eq!(today.known(), None);
        today.remember(&Err("it stands still\nfor ever".to_owned()));
        assert_eq!(
            today.known(),
            Some(Err("it stands still for ever".to_owned()))
        );
        let tomorrow = trial(folder.path(), "boot-2 vmm kernel");
        assert_eq!(tomorrow.known(), None);
        tomorrow.remember(&Ok(()));
        assert_eq!(tomorrow.known(), Some(Ok(())));
        assert_eq!(today.known(), None);
    }

    #[test]
    fn a_file_that_was_cut_short_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let trial = trial(folder.path(), "key");
        for text in ["", "key", "key\n"] {
            fs::write(&trial.file, text).unwrap();
            assert_eq!(trial.known(), None, "{text:?}");
        }
    }

    #[test]
    fn two_who_ask_at_once_wait_for_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let trial = trial(folder.path(), "key");
        let held = trial.lock().unwrap();
        let other = File::open(trial.file.with_extension("lock")).unwrap();
        let refused = Flock::lock(other, FlockArg::LockExclusiveNonblock);
        assert!(refused.is_err());
        drop(held);
        trial.lock().unwrap();
    }
}
