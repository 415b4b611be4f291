//! What will be executed must be a file of the container's, and not the launcher's own.
//!
//! A root file system that was brought along may hold a command that is a link to `/proc/self/exe`, or a script whose first
//! line is `#!/proc/self/exe`. At the moment of execve that is still the launcher's file on the host: it would run inside, with
//! libraries of the container's choice, and could be opened and overwritten from there (CVE-2019-5736). Links of this kind
//! don't hold a path but lead straight to an open file ("magic links"), and openat2 can be told not to follow them.
//!
//! Simplified: an ELF file's interpreter (its dynamic linker) isn't looked at. It would run, as any code of the container's may,
//! but `/proc/self/exe` is the ELF file then, and leads to nothing of the host's. And whoever may change the root file
//! system from outside while the container starts can swap the file after the check. Engines execute themselves again from
//! a copy that can't be written, which costs another start.
//!
//! Read next: execve(2) ("Interpreter scripts"), openat2(2), proc_pid_exe(5).

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

/// As many interpreters as the kernel follows, one being the script of the next.
const INTERPRETERS: usize = 5;
/// As much of a first line as the kernel reads.
const FIRST_LINE_BYTES: usize = 256;

/// Refuses a program, or a script's interpreter, that is reached through a magic link.
pub fn check(program: &Path) -> io::Result<()> {
    let mut path = program.to_path_buf();
    for _ in 0..=INTERPRETERS {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let resolve = ResolveFlags::NO_MAGICLINKS;
        // A file that can be executed and not read is refused: the kernel would read its first line all the same, and go on to
        // an interpreter that nobody has looked at.
        let file = std::fs::File::from(openat2(CWD, &path, flags, Mode::empty(), resolve)?);
        let mut line = Vec::with_capacity(FIRST_LINE_BYTES);
        file.take(FIRST_LINE_BYTES as u64).read_to_end(&mut line)?;
        match interpreter(&line) {
            Some(next) => path = next,
            None => return Ok(()),
        }
    }
    Err(Errno::LOOP.into())
}

/// The interpreter that a script's first line names.
fn interpreter(start: &[u8]) -> Option<PathBuf> {
    let line = start
        .strip_prefix(b"#!")?
        .split(|&byte| byte == b'\n')
        .next()?;
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let name = line.split(is_blank).find(|word| !word.is_empty())?;
    let name = name.split(|&byte| byte == 0).next()?;
    Some(OsStr::from_bytes(name).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_first_line_names_an_interpreter() {
        for (line, name) in [
            ("#!/bin/sh\nx", Some("/bin/sh")),
            ("#! \t/bin/env  -S a", Some("/bin/env")),
            ("#!/proc/self/exe\0x", Some("/proc/self/exe")),
            ("#!", None),
            ("#! \n/bin/sh", None),
            ("\x7fELF", None),
        ] {
            assert_eq!(
                interpreter(line.as_bytes()),
                name.map(PathBuf::from),
                "{line:?}"
            );
        }
    }

    #[test]
    fn magic_links_are_refused_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let [link, script, outer, plain] =
            ["link", "script", "outer", "plain"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink("/proc/self/exe", &link).unwrap();
        fs::write(&script, "#!/proc/self/exe\n").unwrap();
        fs::write(&outer, format!("#!{}\n", script.display())).unwrap();
        fs::write(&plain, "#!/bin/sh\n").unwrap();
        for refused in [&link, &script, &outer] {
            let error = check(refused).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::ELOOP), "{refused:?}");
        }
        check(&plain).unwrap();
    }

    #[test]
    fn a_script_that_is_its_own_interpreter_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        fs::write(&script, format!("#!{}\n", script.display())).unwrap();
        assert_eq!(
            check(&script).unwrap_err().raw_os_error(),
            Some(libc::ELOOP)
        );
    }
}
