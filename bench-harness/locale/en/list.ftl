# What `isolab list` says: a line for each backend and experiment, and what is missing.

list-backends = Backends
list-peers = Peers: runtimes and VMMs of others; `--backends all` runs those that are installed
list-experiments = Experiments
list-here = here: { $installed }
list-not-here = not here: { $reason }

list-backend-native = a plain process: the floor that the others are compared with
list-backend-container = our container: namespaces, cgroups, pivot_root, capabilities, seccomp; one kernel shared
list-backend-microvm = our VMM on KVM with our own tiny guest kernel: virtualization without booting a second system
list-backend-linux-vm-small = our VMM booting a small Linux kernel of our own configuration
list-backend-linux-vm-cloud = our VMM booting the distribution's cloud kernel: virtualization plus a second operating system
list-backend-crun = the OCI runtime in C that Podman starts containers with
list-backend-runc = the OCI runtime in Go that Docker and Kubernetes start containers with
list-backend-youki = the OCI runtime in Rust
list-backend-bubblewrap = the sandbox that Flatpak uses; no cgroups, so no limits
list-backend-docker = a container engine with a daemon: what managing containers adds to making them
list-backend-podman = a container engine without a daemon: what managing containers adds to making them
list-backend-qemu-microvm = QEMU's microvm machine on KVM, booting the kernel and initramfs of linux-vm
list-backend-qemu-tcg = the same with an emulated processor: needs no KVM; its times are not representative
list-backend-firecracker = Firecracker without its API, booting the kernel and initramfs of linux-vm
list-backend-firecracker-jailer = the same started by Firecracker's jailer, as in production
list-backend-cloud-hypervisor = Cloud Hypervisor booting the kernel of linux-vm-cloud, and its initramfs with a driver for PCI

list-experiment-startup = spawn to first instruction, ready, end, nothing left; and every step between
list-experiment-memory = six definitions of what an instance occupies, at 0, 8 and 64 MiB touched
list-experiment-io = 4 KiB random and 128 KiB, 1 MiB sequential file I/O, direct and buffered, on one host file
list-experiment-cpu = integer and floating point, memory bandwidth and latency; the processor's flags inside
list-experiment-syscall = the price of a system call, a read of one byte, an open, a page fault, a VM exit
list-experiment-ablation = the ladder: a container part by part, a VM step by step, and what each adds
list-experiment-container-floor = what container runtimes take longer than a minimal C program that makes the same container
list-experiment-density = 1, 2, 4 ... instances held at once: what each further one takes; the least memory that is enough
list-experiment-scaleout = starts per second with 1, 2, 4 ... in flight, and how long each one then takes
list-experiment-service = requests per second to a small web service spread over 1, 2, 4 ... instances behind a balancer
list-experiment-neighbour = latency of a unit of work beside busy neighbours, with and without limits; neighbours that crash or take too much
list-experiment-noise = A/A: two starts of the same backend side by side; no verdict is finer than what differs here
list-experiment-elasticity = from raising the memory or CPU limit of a running instance until its workload has used what is new
list-experiment-isolation = what host and instance see of each other, and which system calls it takes: facts, no score
list-experiment-portability = files and bytes to ship, first start from a cold copy; another kernel or system inside
list-experiment-vmm-floor = a guest of a dozen instructions in every VMM: spawn to its first byte and to reaped; memory of the VMM
