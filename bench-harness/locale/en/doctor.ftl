# What `isolab doctor` says. Commands are the same in every language and stand in the code.

doctor-ok = ok
doctor-advice = advice
doctor-missing = missing
doctor-remedy = remedy: { $remedy }
doctor-tier = Tier { $tier }: { $meaning }.

doctor-t3 = everything runs, VMs on hardware KVM
    .no-kernel = { doctor-t3 }; but no stock kernel boots (linux-vm)
doctor-t2 = everything runs; KVM is nested or in software, so exits cost more than on hardware
    .no-kernel = { doctor-t2 }; but no stock kernel boots (linux-vm)
doctor-t1 = processes and containers run, VMs don't
doctor-t0 = only processes run; reports of other machines' runs can be made

doctor-machine = machine
    .lab = the lab machine; { emulated-mark }
    .remedy = for times, run on a real machine; counts (exits, bytes, memory) are exact here
doctor-processor = processor
    .in-vm = { $count } x { $model }, a VM of { $hypervisor }
doctor-privileges = privileges
    .closed = not root, and user namespaces are closed ({ $path } is { $value })
    .not-root = not root: containers use a user namespace, limits may be missing
    .remedy = sudo isolab …, for limits and cgroup numbers
doctor-cgroups = cgroups
    .no-proc = /proc can't be read
    .none = no hierarchy is mounted
    .with = { $mode }, with favordynmods
    .without = { $mode }, without favordynmods: runtimes that move processes pay an RCU wait of milliseconds
doctor-start = start of a { $backend }
    .works = works
    .unknown = no such backend
doctor-peer = peer { $backend }
    .works = { $installed }: works
    .fails = { $installed }: { $why }
doctor-kernels = kernels for VMs
    .none = none
doctor-kvm = KVM
    .hardware = { $flavour }, on hardware
    .pvm = kvm_pvm: virtualization without hardware support, an exit costs 10 to 80 µs instead of 1 to 2
    .pvm-remedy = for the costs of hardware, run on a machine whose /proc/cpuinfo has vmx or svm
    .nested = { $flavour }, nested in another VM: exits cost several times more than on hardware
    .nested-remedy = for the costs of hardware, run on bare metal
    .not-loaded = the module is not loaded
    .not-nested = this is a VM without nested virtualization
    .not-nested-remedy = on its host: virsh edit, <cpu mode='host-passthrough'/>; or scripts/lab-machine here
    .switched-off = the CPU shows neither vmx nor svm
    .switched-off-remedy = switch virtualization (VT-x, SVM) on in the firmware's setup
doctor-counting = system calls
    .works = the host's can be counted
    .fails = the host's can't be counted, and are left out: { $reason }
doctor-frequency = CPU frequency
    .steady = governor { $governor }
    .varying = governor { $governor }: short runs are measured at a varying speed
