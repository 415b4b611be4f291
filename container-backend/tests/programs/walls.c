// Looks at the container from inside, and leans against its walls: the payload of the tests.
//
// Each argument is an action with its own arguments after colons (`cat:/proc/mounts`, `open:w:/dev/null`). For each it
// prints a line `== action` and then what came of it: the output, `ok`, or `!` and the name of the error. One start of a
// container thus answers many questions. Statically linked, so that it runs in an empty root.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// 0 or more is success, as for system calls.
static void say(long result) {
    if (result >= 0) puts("ok");
    else printf("!%s\n", strerrorname_np(errno));
}

static void cat(const char *path) {
    char buffer[4096];
    int file = open(path, O_RDONLY | O_NONBLOCK);
    if (file < 0) return say(-1);
    ssize_t got;
    while ((got = read(file, buffer, sizeof buffer)) > 0) fwrite(buffer, 1, got, stdout);
    if (got < 0) say(-1);
    close(file);
}

static void ls(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) return say(-1);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) puts(entry->d_name);
    closedir(folder);
}

static void try_open(const char *mode, const char *path) {
    int file = open(path, (*mode == 'w' ? O_WRONLY : O_RDONLY) | O_NONBLOCK);
    say(file);
    if (file >= 0) close(file);
}

static void write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CREAT, 0644);
    if (file < 0) return say(-1);
    say(write(file, text, strlen(text)));
    close(file);
}

static void link_target(const char *path) {
    char target[4096] = {0};
    if (readlink(path, target, sizeof target - 1) < 0) say(-1);
    else puts(target);
}

// Kind and, for a device, its numbers; for a folder's or a file's mount also the file system's magic number.
static void look(const char *path) {
    struct stat stat;
    struct statfs fs;
    if (lstat(path, &stat) < 0 || statfs(path, &fs) < 0) return say(-1);
    const char *kind = S_ISCHR(stat.st_mode) ? "char" : S_ISBLK(stat.st_mode) ? "block" : S_ISDIR(stat.st_mode) ? "folder"
        : S_ISLNK(stat.st_mode) ? "link" : "file";
    printf("%s %u:%u fs %lx\n", kind, major(stat.st_rdev), minor(stat.st_rdev), (long)fs.f_type);
}

static void make_node(const char *path, const char *kind, int major_number, int minor_number) {
    say(mknod(path, (*kind == 'b' ? S_IFBLK : S_IFCHR) | 0666, makedev(major_number, minor_number)));
}

// Without /proc, and without opening anything.
static void descriptors(void) {
    for (int fd = 0; fd < 4096; fd++)
        if (fcntl(fd, F_GETFD) >= 0) printf("%d\n", fd);
}

// A grandchild whose parent has ended tells who its parent is now; then, whether it stays behind as a zombie.
static void orphan(void) {
    int told[2];
    pid_t parent = 0;
    if (pipe(told) < 0) return say(-1);
    pid_t child = fork();
    if (child == 0) {
        pid_t middle = getpid();
        if (fork() == 0) {
            while (getppid() == middle) usleep(1000);
            pid_t now = getppid();
            _exit(write(told[1], &now, sizeof now) != sizeof now);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    if (read(told[0], &parent, sizeof parent) == sizeof parent) printf("parent %d\n", parent);
    fflush(stdout);
    // It is the init that reaps it: soon, but not at once.
    for (int attempt = 0; attempt < 5000; attempt++) {
        int processes = 0;
        DIR *folder = opendir("/proc");
        for (struct dirent *entry; folder && (entry = readdir(folder));) processes += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
        if (folder) closedir(folder);
        if (processes == 2) return (void)puts("reaped");
        usleep(1000);
    }
    puts("not reaped");
}

static void fill(long mib) {
    char *memory = mmap(NULL, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return say(-1);
    for (long at = 0; at < mib << 20; at += 4096) memory[at] = 1;
    puts("ok");
    munmap(memory, mib << 20);
}

// At most as many as asked for, and never more than 100: each waits for a pipe that is closed at the end.
static void spawn(int wanted) {
    int end[2], made = 0;
    if (pipe(end) < 0) return say(-1);
    for (; made < wanted && made < 100; made++) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) {
            char byte;
            close(end[1]);
            _exit(read(end[0], &byte, 1) != 0);
        }
    }
    const char *why = made < wanted ? strerrorname_np(errno) : "all";
    close(end[1]);
    while (wait(NULL) > 0) {}
    printf("%d %s\n", made, why);
}

static long microseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

// Prints CPU and wall time in microseconds.
static void spin(long wall_us) {
    long start = microseconds(CLOCK_MONOTONIC), cpu = microseconds(CLOCK_PROCESS_CPUTIME_ID);
    while (microseconds(CLOCK_MONOTONIC) - start < wall_us) {}
    printf("%ld %ld\n", microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, microseconds(CLOCK_MONOTONIC) - start);
}

// A TCP connection to ourselves.
static void loopback(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server, (struct sockaddr *)&address, length) < 0 || listen(server, 1) < 0
        || getsockname(server, (struct sockaddr *)&address, &length) < 0) return say(-1);
    say(connect(client, (struct sockaddr *)&address, length));
    close(client);
    close(server);
}

static void interfaces(void) {
    struct if_nameindex *all = if_nameindex();
    for (struct if_nameindex *one = all; one && one->if_index; one++) puts(one->if_name);
    if_freenameindex(all);
}

static void call(const char *name, long result) {
    printf("%s ", name);
    say(result);
}

// If it isn't refused, the child ends at once.
static long clone_with(long flags) {
    long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    if (pid > 0) waitpid(pid, NULL, 0);
    return pid;
}

// Arguments with which nothing would happen if the call were allowed.
static void calls(void) {
    call("mount", syscall(SYS_mount, 0, 0, 0, 0, 0));
    call("umount2", syscall(SYS_umount2, 0, 0));
    call("pivot_root", syscall(SYS_pivot_root, 0, 0));
    call("move_mount", syscall(SYS_move_mount, -1, 0, -1, 0, 0));
    call("open_tree", syscall(SYS_open_tree, -1, 0, 0));
    call("fsopen", syscall(SYS_fsopen, 0, 0));
    call("mount_setattr", syscall(SYS_mount_setattr, -1, 0, 0, 0, 0));
    call("unshare", syscall(SYS_unshare, 0));
    call("setns", syscall(SYS_setns, -1, 0));
    call("bpf", syscall(SYS_bpf, -1, 0, 0));
    call("add_key", syscall(SYS_add_key, 0, 0, 0, 0, 0));
    call("keyctl", syscall(SYS_keyctl, -1, 0, 0, 0, 0));
    call("request_key", syscall(SYS_request_key, 0, 0, 0, 0));
    call("perf_event_open", syscall(SYS_perf_event_open, 0, 0, 0, -1, 0));
    call("userfaultfd", syscall(SYS_userfaultfd, -1));
    call("io_uring_setup", syscall(SYS_io_uring_setup, 0, 0));
    call("kexec_load", syscall(SYS_kexec_load, 0, 100, 0, 0));
    call("init_module", syscall(SYS_init_module, 0, 0, 0));
    call("open_by_handle_at", syscall(SYS_open_by_handle_at, -1, 0, 0));
    call("pidfd_getfd", syscall(SYS_pidfd_getfd, -1, 0, 0));
    call("clone-user", clone_with(CLONE_NEWUSER));
    call("clone-mount", clone_with(CLONE_NEWNS));
    call("clone-net", clone_with(CLONE_NEWNET));
    call("clone-pid", clone_with(CLONE_NEWPID));
    call("clone-plain", clone_with(0));
    call("clone3", syscall(SYS_clone3, 0, 0));
    call("socket-alg", socket(AF_ALG, SOCK_SEQPACKET, 0));
    call("socket-vsock", socket(AF_VSOCK, SOCK_STREAM, 0));
    call("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
    call("personality-no-randomize", personality(ADDR_NO_RANDOMIZE));
    call("personality-linux", personality(PER_LINUX));
}

// System calls of the two other ABIs that the same CPU can enter. Without support in the kernel: a signal.
static void other_abis(void) {
    for (int abi = 0; abi < 2; abi++) {
        printf("%s ", abi ? "x32" : "i386");
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            long result;
            if (abi) result = syscall(0x40000000 | SYS_getpid);
            else {
                __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
                errno = result < 0 ? -(int)result : 0;
            }
            say(result);
            fflush(stdout);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (WIFSIGNALED(status)) puts("unsupported");
    }
}

static int trap_code;
static void leave(int signal) { (void)signal; _exit(trap_code); }

static void act(char *action) {
    char *part[5] = {"", "", "", "", ""};
    char *rest = action;
    for (int at = 0; at < 5 && rest; at++) part[at] = strsep(&rest, ":");
    const char *name = part[0], *first = part[1], *second = part[2];
    if (!strcmp(name, "cat")) cat(first);
    else if (!strcmp(name, "ls")) ls(first);
    else if (!strcmp(name, "open")) try_open(first, second);
    else if (!strcmp(name, "write")) write_file(first, second);
    else if (!strcmp(name, "readlink")) link_target(first);
    else if (!strcmp(name, "look")) look(first);
    else if (!strcmp(name, "chdir")) say(chdir(first));
    else if (!strcmp(name, "mknod")) make_node(first, second, atoi(part[3]), atoi(part[4]));
    else if (!strcmp(name, "mount")) say(mount(first, second, first, 0, part[3]));
    else if (!strcmp(name, "cwd")) { char cwd[4096]; puts(getcwd(cwd, sizeof cwd) ? cwd : "!"); }
    else if (!strcmp(name, "ids")) printf("pid %d parent %d uid %d gid %d\n", getpid(), getppid(), getuid(), getgid());
    else if (!strcmp(name, "host")) { char host[256] = ""; gethostname(host, sizeof host); puts(host); }
    else if (!strcmp(name, "files")) { struct rlimit l; getrlimit(RLIMIT_NOFILE, &l); printf("%ld %ld\n", (long)l.rlim_cur, (long)l.rlim_max); }
    else if (!strcmp(name, "env")) for (char **each = environ; *each; each++) puts(*each);
    else if (!strcmp(name, "fds")) descriptors();
    else if (!strcmp(name, "orphan")) orphan();
    else if (!strcmp(name, "fill")) fill(atol(first));
    else if (!strcmp(name, "spawn")) spawn(atoi(first));
    else if (!strcmp(name, "spin")) spin(atol(first));
    else if (!strcmp(name, "loopback")) loopback();
    else if (!strcmp(name, "interfaces")) interfaces();
    else if (!strcmp(name, "calls")) calls();
    else if (!strcmp(name, "abis")) other_abis();
    else if (!strcmp(name, "fork")) { if (fork() == 0) for (;;) pause(); }
    else if (!strcmp(name, "trap")) { trap_code = atoi(second); signal(atoi(first), leave); puts("ok"); }
    else if (!strcmp(name, "kill")) say(kill(atoi(first), atoi(second)));
    else if (!strcmp(name, "pause")) { fflush(stdout); for (;;) pause(); }
    else if (!strcmp(name, "exit")) exit(atoi(first));
    else if (strcmp(name, "tag")) exit(99);
}

int main(int count, char **argument) {
    for (int at = 1; at < count; at++) {
        printf("== %s\n", argument[at]);
        fflush(stdout);
        act(argument[at]);
        fflush(stdout);
    }
    return 0;
}
