//! Links the kernel to its address.

use guest_abi::{KERNEL_ADDR, PROGRAM_ADDR};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=link.ld");
    let folder = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    for argument in [
        // No operating system below: no start-up files, no libraries, no dynamic linker.
        "-nostartfiles".to_owned(),
        "-nostdlib".to_owned(),
        "-static".to_owned(),
        "-no-pie".to_owned(),
        format!("-Wl,-T,{folder}/link.ld"),
        format!("-Wl,--defsym=KERNEL_ADDR={KERNEL_ADDR:#x}"),
        format!("-Wl,--defsym=KERNEL_END={PROGRAM_ADDR:#x}"),
        "-Wl,--build-id=none".to_owned(),
        "-Wl,-z,max-page-size=4096".to_owned(),
    ] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}
