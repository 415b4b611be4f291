//! Somebody who clears up after the harness even if the harness was killed.
//!
//! SIGKILL can't be caught, so what has to be removed then must be removed by another process: a shell that waits for the
//! end of its standard input. That comes when the harness lets go of it, and also when the harness is no more, because the
//! kernel closes a dead process' end of the pipe. So there is one way of clearing up for both, and every test tests it.
//!
//! Read next: `enclosure.rs`, `cold_copy.rs`, `io_file.rs`.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// $0 is how, the others are what; what is inside goes first, such as the cgroups of a launcher that was killed. EBUSY while the kernel is still taking the last process of a cgroup apart, ENOTEMPTY while
/// one still writes: hence the attempts, five seconds of them.
const SCRIPT: &str = r#"
read -r nothing
left=0
for folder; do
    for attempt in $(seq 1000); do
        $0 "$folder"/*/ "$folder" 2>/dev/null
        [ -e "$folder" ] || break
        sleep 0.005
    done
    [ ! -e "$folder" ] || left=1
done
exit "$left"
"#;

/// Removes folders when it is dropped, or when the harness ends in whatever way. They need not exist yet: whoever makes them
/// after their remover leaves no moment in which nobody would remove them.
#[derive(Debug)]
pub struct Remover {
    folders: Vec<PathBuf>,
    shell: Child,
}

impl Remover {
    /// For cgroups: their files can't be removed, and go with them.
    ///
    /// # Errors
    /// When no shell can be started.
    pub fn of_cgroups(folders: &[PathBuf]) -> io::Result<Self> {
        Self::waiting("rmdir", folders)
    }

    /// For a folder with whatever is in it.
    ///
    /// # Errors
    /// When no shell can be started.
    pub fn of_folder(folder: &Path) -> io::Result<Self> {
        Self::waiting("rm -rf", &[folder.to_path_buf()])
    }

    /// In a process group of its own: what ends the harness's group must not end it.
    fn waiting(how: &str, folders: &[PathBuf]) -> io::Result<Self> {
        let shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, how])
            .args(folders)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            folders: folders.to_vec(),
            shell,
        })
    }
}

impl Drop for Remover {
    fn drop(&mut self) {
        self.shell.stdin = None;
        if !self.shell.wait().is_ok_and(|status| status.success()) {
            eprintln!("isolab: could not remove {:?}", self.folders);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_remover() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("with spaces and a '");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("file"), "x").unwrap();
        let remover = Remover::of_folder(&folder).unwrap();
        assert!(folder.exists());
        drop(remover);
        assert!(!folder.exists());
    }

    #[test]
    fn a_folder_that_never_was_is_no_complaint() {
        let parent = tempfile::tempdir().unwrap();
        let folders = ["a", "b"].map(|name| parent.path().join(name));
        let mut remover = Remover::of_cgroups(&folders).unwrap();
        std::fs::create_dir(&folders[1]).unwrap();
        // What the kernel does with the pipes of a process that was killed.
        drop(remover.shell.stdin.take());
        assert!(remover.shell.wait().unwrap().success());
        assert!(!folders[1].exists());
    }
}
