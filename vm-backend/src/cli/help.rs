//! What `--help` prints.

/// The text of `--help`.
pub const HELP: &str = "\
Runs a program in a virtual machine of its own.

Usage: vm-backend run [OPTIONS] -- ELF [ARG]...
       vm-backend run --guest linux --bare --kernel PATH [OPTIONS]
       vm-backend export --kernel PATH --out DIR [OPTIONS] -- ELF [ARG]...

ELF is a static Linux program of the host. `export` writes what `run --guest linux` would boot, for another VMM: DIR/kernel,
DIR/initramfs and DIR/command-line.

Options:
      --guest tiny|linux     what runs below the program: our own kernel, which doesn't boot, or a stock Linux, which does
                             (default: tiny)
      --memory SIZE          RAM of the VM, rounded up to 2 MiB (default: 32M tiny, 128M linux)
      --memory-max SIZE      as much RAM as may be asked for over --control while the guest runs, in all; until then Linux keeps
                             the difference in a balloon
      --control FD           socket to which requests are written, and which answers: `memory BYTES` lets RAM end there
      --disk FILE[:ro][:direct]
                             file of the host that is the disk (inside: /data/disk), writable unless :ro; :direct bypasses the
                             host's page cache
      --prefault             find all pages of RAM before the guest runs, not when they are touched
      --no-huge-pages        back RAM by pages of 4 KiB, even where huge ones are to be had
      --timeout SECONDS      end the VM after so many seconds
      --die-with-parent      end with SIGKILL when the process that started this one ends
      --timeline FD          descriptor to which the finished steps are written
      --stats FD             descriptor to which exits and system calls are written, counted, at the end

Options of the tiny guest:
      --irqchip none|split|full
                             interrupt controllers in KVM, which the guest doesn't need (default: none)
      --until STEP           stop after a step and take everything apart again, without running anything: open-files, create-vm,
                             memory, irqchip, create-vcpu, cpuid, load-kernel, load-program, tables, registers, sandbox-ready;
                             up to the step memory, RAM may be 4G

Options of Linux:
      --kernel PATH          the kernel, a bzImage or a vmlinux; modules come from lib/modules beside it, or from the host
      --cpus N               CPUs of the VM, 1 to 16 (default: 1)
      --initrd-extra DIR     folder of the host whose contents are added to the initramfs
      --cmdline-extra WORDS  words added to the kernel's command line
      --serial               add a serial port, and show the kernel's messages on stderr (slow)
      --bare                 the kernel alone, without initramfs and virtio devices: its serial port is stdout, and a reset ends it

Options of export:
      --out DIR              folder for the three files; made if it isn't there
      --elf                  unpack a bzImage to the vmlinux in it, for a VMM that takes no other
      --pci                  bring the driver of virtio over PCI too, and let the kernel look for that bus
      --console ports|PATH   the program's standard streams: ports named stdin, stdout, stderr of a virtio console (default), or a
                             terminal of the guest such as /dev/ttyS0 or /dev/hvc0
      --power-off            end by switching the machine off, for a VMM that boots again after a reset

  -h, --help                 print this
  -V, --version              print the version
";
