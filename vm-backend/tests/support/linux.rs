//! Kernels to boot, and whether this KVM can boot them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::support::{compile, has_kvm, skip};
use crate::vm::{Finished, command, finish};

/// Seconds in which a kernel boots that will boot at all, in an emulated machine too.
const TRIAL_SECONDS: &str = "30";
/// Seconds after which a machine is ended that a test gives no others: before `finish` loses its patience, so that the VMM says where
/// it stood.
const SECONDS: &str = "55";

/// A kernel in one of its formats.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// As `scripts/guest-kernel` names it, and the file in it.
    pub name: &'static str,
    /// The image.
    pub image: PathBuf,
}

impl Kernel {
    /// Runs a program on it to its end.
    pub fn run(&self, options: &[&str], program: &Path, arguments: &[&str]) -> Finished {
        self.run_with(options, program, arguments, b"")
    }

    /// The same with input.
    pub fn run_with(
        &self,
        options: &[&str],
        program: &Path,
        arguments: &[&str],
        input: &[u8],
    ) -> Finished {
        let image = self.image.to_str().expect("paths of tests are text");
        let usual = ["--guest", "linux", "--kernel", image, "--timeout", SECONDS];
        // Of an option that stands twice the last one counts.
        let all = [&usual[..], options].concat();
        let mut command = command(&all, program);
        command.args(arguments);
        finish(command, input)
    }
}

/// Used by some of the files that have this module.
#[allow(dead_code, reason = "each test file uses a part of it")]
impl Kernel {
    /// Whether the drivers of our devices are built in: then there are no modules beside it.
    pub fn has_drivers(&self) -> bool {
        !self.image.with_file_name("lib").join("modules").is_dir()
    }
}

/// The small kernel comes first: what is tried once is tried with that.
const IMAGES: [&str; 3] = ["small/vmlinuz", "small/vmlinux", "cloud/vmlinuz"];

/// The kernels that `scripts/guest-kernel` has put into the cache.
fn found() -> Vec<Kernel> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let Some(cache) = cache.or_else(home) else {
        return Vec::new();
    };
    let images = IMAGES.into_iter().map(|name| Kernel {
        name,
        image: cache.join("isolab/kernels").join(name),
    });
    images.filter(|kernel| kernel.image.is_file()).collect()
}

/// The kernels, if this KVM can boot one; found out by trying once. If not, says so, or fails where ISOLAB_REQUIRE names
/// `linux-vm`.
pub fn kernels() -> &'static [Kernel] {
    static TRIED: OnceLock<Result<Vec<Kernel>, String>> = OnceLock::new();
    if !has_kvm() {
        return &[];
    }
    match TRIED.get_or_init(try_once) {
        Ok(kernels) => kernels,
        Err(reason) => {
            skip("linux-vm", reason);
            &[]
        }
    }
}

fn try_once() -> Result<Vec<Kernel>, String> {
    let kernels = found();
    let first = kernels
        .first()
        .ok_or("there is no kernel: scripts/guest-kernel fetch, scripts/guest-kernel build")?;
    let program = compile("cc", &["-O1", "-static"], "exit_code.c");
    let ended = first.run(&["--timeout", TRIAL_SECONDS], &program, &["7"]);
    match ended.code {
        7 => Ok(kernels),
        _ => Err(format!("this KVM can't boot Linux: {}", ended.stderr)),
    }
}

/// A kernel of each kind, where one format is enough.
pub fn one_of_each() -> Vec<Kernel> {
    let kernels = kernels().iter();
    kernels
        .filter(|kernel| kernel.name.ends_with("vmlinuz"))
        .cloned()
        .collect()
}
