/* What this kernel isn't: only in the VM. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void) {
    struct utsname names;
    if (uname(&names)) return 1;
    printf("%s %s %s\n", names.sysname, names.nodename, names.machine);
    errno = 0;
    printf("fork %ld", (long)syscall(SYS_fork));
    printf(" ENOSYS %d\n", errno == ENOSYS);
    for (int i = 0; i < 3; i++) {
        errno = 0;
        printf("socket %d", socket(AF_INET, SOCK_STREAM, 0));
        printf(" ENOSYS %d\n", errno == ENOSYS);
    }
    errno = 0;
    printf("number 1000 %ld", syscall(1000));
    printf(" ENOSYS %d\n", errno == ENOSYS);
    return 0;
}
