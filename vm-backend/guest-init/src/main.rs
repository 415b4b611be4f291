//! PID 1 of a Linux guest: all the userland that there is, beside the program that it runs.
//!
//! 1. Ring the doorbell: the kernel has booted. The VMM takes the time; no clock of the guest is asked.
//! 2. Mount what programs expect: /proc, /sys, /dev, /tmp.
//! 3. Load the drivers, in the order in which the initramfs brings them. Ring.
//! 4. Wait for the devices, and connect the program's standard streams to the ports of the console device.
//! 5. Ring, run the program, wait for its end. In a machine with a balloon first wait until that is as full as it shall be.
//! 6. Make its writes durable, and tell the VMM its exit code. The VMM ends the machine; there is no shutdown.
//!
//! Other VMMs boot the same file; what is different there is in [`vmm`].
//!
//! Simplified: no services, no users, no network; a real init also reaps orphans for ever and shuts down in order.
//!
//! Read next: `vmm.rs`, `guest_abi::doorbell`; vm-backend's `linux/initramfs.rs`, which puts this file at `/init`.

mod balloon;
mod doorbell;
mod ports;
mod sys;
mod vmm;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use guest_abi::doorbell::{INIT_FAILED, PHASE_EXEC, PHASE_INIT, PHASE_MODULES, SIGNAL_SHIFT};
use guest_abi::initramfs::{ARGUMENTS, MODULES, PROGRAM, WAIT_FOR};

use vmm::Vmm;

/// Longer than any device takes that will come at all.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() {
    let vmm = Vmm::of_command_line();
    let mut stdout = None;
    let code = match run(&vmm, &mut stdout) {
        Ok(status) => exit_code(status),
        Err(error) => {
            say(&format!("guest-init: {error}"));
            INIT_FAILED
        }
    };
    // 6.
    sys::sync();
    vmm.end(code, stdout);
}

/// Leaves the program's output in `stdout`, for what is to be said after it.
fn run(vmm: &Vmm, stdout: &mut Option<File>) -> Result<ExitStatus, String> {
    // 1.
    vmm.reach()?;
    vmm.ring(PHASE_INIT);
    // 2.
    for (kind, target) in [
        ("proc", "/proc"),
        ("sysfs", "/sys"),
        ("devtmpfs", "/dev"),
        ("tmpfs", "/tmp"),
    ] {
        mount(kind, target)?;
    }
    // 3.
    load_modules()?;
    vmm.ring(PHASE_MODULES);
    // 4.
    for path in lines(WAIT_FOR)? {
        wait_for(&path, || Path::new(&path).exists().then_some(()))?;
    }
    let streams = vmm.streams()?;
    *stdout = streams.keep_stdout();
    // 5.
    balloon::wait()?;
    let [stdin, output, errors] = streams.into_stdio();
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments()?)
        .env_clear()
        .stdin(stdin)
        .stdout(output)
        .stderr(errors);
    vmm.ring(PHASE_EXEC);
    command
        .status()
        .map_err(|error| format!("running the program: {error}"))
}

fn mount(kind: &str, target: &str) -> Result<(), String> {
    fs::create_dir_all(target)
        .and_then(|()| sys::mount(kind, target))
        .map_err(|error| format!("mounting {kind} at {target}: {error}"))
}

/// Loads the modules in the order of their names, with what the kernel's command line has for them.
fn load_modules() -> Result<(), String> {
    let failed = |what: &Path, error: io::Error| format!("loading {}: {error}", what.display());
    let folder = Path::new(MODULES);
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let command_line = fs::read_to_string("/proc/cmdline")
        .map_err(|error| failed(Path::new("/proc/cmdline"), error))?;
    for file in files {
        let contents = fs::read(&file).map_err(|error| failed(&file, error))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let parameters = parameters(&command_line, &name);
        sys::init_module(&contents, &parameters).map_err(|error| failed(&file, error))?;
    }
    Ok(())
}

/// The parameters of the module in the file `NN-NAME`: the words `NAME.PARAMETER=VALUE`, without the name. Some VMMs tell so
/// where their devices are.
fn parameters(command_line: &str, file: &str) -> String {
    let same = |name: &str| name.replace('-', "_");
    let module = same(file.split_once('-').map_or(file, |(_, name)| name));
    let mine = command_line.split_whitespace().filter_map(|word| {
        let (name, parameter) = word.split_once('.')?;
        (same(name) == module).then_some(parameter)
    });
    mine.collect::<Vec<&str>>().join(" ")
}

/// Tries until it succeeds, for a while.
fn wait_for<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> Result<T, String> {
    let began = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return Ok(found);
        }
        if began.elapsed() > PATIENCE {
            return Err(format!(
                "{what} never appeared: does the kernel have its driver?"
            ));
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn arguments() -> Result<Vec<std::ffi::OsString>, String> {
    let mut bytes = Vec::new();
    File::open(ARGUMENTS)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|error| format!("reading {ARGUMENTS}: {error}"))?;
    let mut arguments: Vec<_> = bytes
        .split(|byte| *byte == 0)
        .map(|word| std::ffi::OsString::from_vec(word.to_vec()))
        .collect();
    // Each is ended by a NUL, so nothing follows the last one.
    arguments.pop();
    Ok(arguments)
}

fn lines(path: &str) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("reading {path}: {error}"))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn exit_code(status: ExitStatus) -> u32 {
    match (status.code(), status.signal()) {
        (Some(code), _) => code as u32 & 0xff,
        (None, Some(signal)) => (signal as u32) << SIGNAL_SHIFT,
        (None, None) => INIT_FAILED,
    }
}

/// Into the kernel's log, as urgent as a panic: it goes to the console, if there is one.
fn say(text: &str) {
    // There is nobody left to tell if that fails.
    if let Ok(mut log) = OpenOptions::new().write(true).open("/dev/kmsg") {
        // In one piece: each write is a message, and the next one would be less urgent.
        let message = format!("<0>{text}\n");
        log.write_all(message.as_bytes()).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_gets_the_words_that_begin_with_its_name() {
        let line =
            "quiet virtio_mmio.device=4K@0xd0000000:5 a.b=c virtio-mmio.device=4K@0xd0001000:6\n";
        assert_eq!(
            parameters(line, "02-virtio_mmio"),
            "device=4K@0xd0000000:5 device=4K@0xd0001000:6"
        );
        assert_eq!(parameters(line, "00-virtio"), "");
    }
}
