// The floor: how fast a container of ours could be made at all.
//
//     floor PROGRAM [ARGUMENT...]
//
// The same container as `container-backend run -- PROGRAM` makes, by the system calls that it takes and nothing else: no
// options, no timeline, no init (PROGRAM itself is PID 1), no handling of hostile roots, and the first failure ends it with
// a line. The numbers are those of `container-backend/src/lib.rs`. What the Rust launcher takes longer than this is the price
// of its start-up, its options, its init and its checks; the benchmark `floor` prints it as a ratio.
//
// filter.h holds the same seccomp program; the benchmark writes it.
//
// Read next: clone(2), cgroups(7), pivot_root(2), capabilities(7), seccomp(2).

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter.h"  // static struct sock_filter FILTER[]

#define CONTROLLERS 7
#define INERT (MS_NOSUID | MS_NODEV | MS_NOEXEC)

// The 14 default capabilities, as a set of bits.
static const uint64_t CAPABILITIES = 0xa80425fb;

// The struct of clone3(2), whose header clashes with sched.h.
struct arguments_of_clone3 {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

// Where our cgroup is in each v1 tree.
static char folder[CONTROLLERS][512];
static int folders;

// The first process inside. What the launcher has made is the launcher's to remove.
static int is_inside;

// 12.
static void remove_cgroups(void) {
    while (folders > 0) rmdir(folder[--folders]);
}

static void check(int is_good, const char *step) {
    if (is_good) return;
    fprintf(stderr, "floor: %s: %s\n", step, strerror(errno));
    if (!is_inside) remove_cgroups();
    _exit(125);
}

static void put(const char *base, const char *file, const char *const *values) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", base, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    check(fd >= 0, path);
    for (; *values; values++) check(write(fd, *values, strlen(*values)) > 0, path);
    close(fd);
}

#define PUT(base, file, ...) put(base, file, (const char *const[]){__VA_ARGS__, NULL})

// 2. A folder in the tree of each of seven controllers, below our own cgroup, and the limits.
static void make_cgroups(void) {
    char table[4096];
    int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, table, sizeof table - 1);
    check(length > 0, "/proc/self/cgroup");
    close(fd);
    table[length] = 0;
    for (char *rest = table, *line; (line = strsep(&rest, "\n"));) {
        strsep(&line, ":");
        char *name = strsep(&line, ":"), *path = line;
        if (!path || !*name || !strstr(" memory cpu pids devices cpuacct blkio freezer ", name) || folders == CONTROLLERS) continue;
        char *here = folder[folders];
        snprintf(here, sizeof *folder, "/sys/fs/cgroup/%s%s/floor-%d", name, path[1] ? path : "", getpid());
        check(mkdir(here, 0755) == 0, here);
        folders++;
        if (!strcmp(name, "memory")) {
            PUT(here, "memory.limit_in_bytes", "67108864");
            PUT(here, "memory.memsw.limit_in_bytes", "67108864");
        } else if (!strcmp(name, "cpu")) PUT(here, "cpu.cfs_quota_us", "100000");
        else if (!strcmp(name, "pids")) PUT(here, "pids.max", "64");
        else if (!strcmp(name, "devices")) {
            PUT(here, "devices.deny", "a");
            PUT(here, "devices.allow", "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm",
                "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm");
        }
    }
    check(folders == CONTROLLERS, "seven v1 controllers in trees of their own");
}

// 6. The loopback interface.
static void bring_loopback_up(void) {
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0, "lo");
    close(fd);
}

static void mount_new(const char *kind, const char *path, unsigned long flags, const char *options) {
    check(mount(kind, path, kind, flags, options) == 0, path);
}

static void mount_at(const char *kind, const char *path, unsigned long flags, const char *options) {
    check(mkdir(path, 0755) == 0, path);
    mount_new(kind, path, flags, options);
}

// A mount of something that is there already. What isn't there needn't be covered.
static void bind_mount(const char *from, const char *to, unsigned long flags) {
    if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0) {
        check(errno == ENOENT, to);
        return;
    }
    if (flags) check(mount(NULL, to, NULL, MS_REMOUNT | MS_BIND | flags, NULL) == 0, to);
}

static void make_dev(void) {
    static const struct { const char *name; int major, minor; } NODES[] = {
        {"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0},
    };
    static const char *const LINKS[][2] = {
        {"pts/ptmx", "ptmx"}, {"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"},
        {"/proc/self/fd/2", "stderr"},
    };
    mount_at("tmpfs", "dev", MS_NOSUID | MS_NOEXEC | MS_STRICTATIME, "mode=755,size=64k");
    check(chdir("dev") == 0, "dev");
    mode_t umask_before = umask(0);
    for (size_t at = 0; at < sizeof NODES / sizeof *NODES; at++)
        check(mknod(NODES[at].name, S_IFCHR | 0666, makedev(NODES[at].major, NODES[at].minor)) == 0, NODES[at].name);
    umask(umask_before);
    for (size_t at = 0; at < sizeof LINKS / sizeof *LINKS; at++) check(symlink(LINKS[at][0], LINKS[at][1]) == 0, LINKS[at][1]);
    mount_at("devpts", "pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mount_at("tmpfs", "shm", INERT, "mode=1777,size=64m");
    mount_at("mqueue", "mqueue", INERT, NULL);
    check(chdir("..") == 0, "..");
}

// 7 and 8. A root with nothing of the host but the program, at `/program`.
static void enter_root(const char *program) {
    static const char *const READ_ONLY[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};
    static const char *const FILES[] = {
        "proc/interrupts", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/sched_debug", "proc/timer_list", "proc/timer_stats",
    };
    static const char *const FOLDERS[] = {"proc/acpi", "proc/asound", "proc/scsi", "sys/firmware", "sys/devices/virtual/powercap"};
    check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private mounts");
    // The program may lie below the place where the new root is hung up.
    int held = open(program, O_PATH | O_CLOEXEC);
    check(held >= 0, program);
    char shown[64];
    snprintf(shown, sizeof shown, "/proc/self/fd/%d", held);
    mount_new("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=755,size=64m");
    check(chdir("/tmp") == 0, "new root");
    for (int at = 0; at < 3; at++) check(mkdir((const char *const[]){"tmp", "data", "etc"}[at], 0755) == 0, "folder");
    mount_at("proc", "proc", INERT, NULL);
    mount_at("sysfs", "sys", INERT | MS_RDONLY, NULL);
    make_dev();
    int file = open("program", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    check(file >= 0, "program");
    close(file);
    bind_mount(shown, "program", MS_RDONLY | MS_NOSUID | MS_NODEV);
    for (size_t at = 0; at < sizeof READ_ONLY / sizeof *READ_ONLY; at++) bind_mount(READ_ONLY[at], READ_ONLY[at], INERT | MS_RDONLY);
    for (size_t at = 0; at < sizeof FILES / sizeof *FILES; at++) bind_mount("/dev/null", FILES[at], 0);
    for (size_t at = 0; at < sizeof FOLDERS / sizeof *FOLDERS; at++)
        check(mount("tmpfs", FOLDERS[at], "tmpfs", INERT | MS_RDONLY, "size=0,nr_inodes=1") == 0 || errno == ENOENT, FOLDERS[at]);
    check(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
    check(umount2(".", MNT_DETACH) == 0, "old root");
    check(chdir("/") == 0, "/");
}

// 9. What needs no privilege any more.
static void raise_walls(void) {
    struct rlimit files = {1024, 1024};
    check(setrlimit(RLIMIT_NOFILE, &files) == 0, "open files");
    for (int at = 0; at <= CAP_LAST_CAP; at++)
        if (!(CAPABILITIES >> at & 1)) check(prctl(PR_CAPBSET_DROP, at, 0, 0, 0) == 0 || errno == EINVAL, "bounding set");
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{CAPABILITIES, CAPABILITIES, 0}, {0, 0, 0}};
    check(syscall(SYS_capset, &header, sets) == 0, "capset");
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
    struct sock_fprog filter = {sizeof FILTER / sizeof *FILTER, FILTER};
    check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0, "seccomp");
}

static void live(char **command, const sigset_t *unblocked) {
    is_inside = 1;
    // 4. If the launcher ends, so does this.
    check(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0, "prctl");
    // 5. "0" is whoever writes it; then the view starts here.
    for (int at = 0; at < folders; at++) PUT(folder[at], "tasks", "0");
    check(unshare(CLONE_NEWCGROUP) == 0, "cgroup namespace");
    check(sethostname("container", 9) == 0, "host name");
    bring_loopback_up();
    enter_root(command[0]);
    raise_walls();
    check(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) == 0, "close_range");
    sigprocmask(SIG_SETMASK, unblocked, NULL);
    // 10.
    char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", NULL};
    execve("/program", command, environment);
    check(0, "execve");
}

int main(int count, char **argument) {
    check(count > 1, "floor PROGRAM");
    // 1.
    sigset_t forwarded, before;
    sigemptyset(&forwarded);
    sigaddset(&forwarded, SIGTERM);
    sigaddset(&forwarded, SIGINT);
    sigprocmask(SIG_BLOCK, &forwarded, &before);
    int signals = signalfd(-1, &forwarded, SFD_CLOEXEC), child = -1;
    make_cgroups();
    // 3.
    struct arguments_of_clone3 arguments = {
        .flags = CLONE_PIDFD | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS,
        .pidfd = (uintptr_t)&child,
        .exit_signal = SIGCHLD,
    };
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    check(pid >= 0, "clone3");
    if (pid == 0) live(argument + 1, &before);
    // 11.
    struct pollfd ready[2] = {{child, POLLIN, 0}, {signals, POLLIN, 0}};
    while (!ready[0].revents) {
        struct signalfd_siginfo signal;
        check(poll(ready, 2, -1) > 0, "poll");
        if (ready[1].revents && read(signals, &signal, sizeof signal) > 0) kill(pid, signal.ssi_signo);
    }
    int status;
    check(waitpid(pid, &status, 0) == pid, "waitpid");
    remove_cgroups();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
