/* What is refused on a disk that can't be written: only in the VM. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    const char *path = "/data/disk";
    errno = 0;
    printf("open rw %d", open(path, O_RDWR));
    printf(" EROFS %d\n", errno == EROFS);
    errno = 0;
    printf("access w %d", access(path, W_OK));
    printf(" EROFS %d\n", errno == EROFS);
    struct stat status;
    printf("stat %d", stat(path, &status));
    printf(" mode %o\n", status.st_mode & 0777);
    int fd = open(path, O_RDONLY);
    errno = 0;
    printf("write %zd", write(fd, "x", 1));
    printf(" EBADF %d\n", errno == EBADF);
    printf("fsync %d\n", fsync(fd));
    return 0;
}
