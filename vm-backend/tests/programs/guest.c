/* Asks a Linux guest about itself, or uses its disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Sector n of a written disk is full of the byte n + 1. */
static int write_sectors(int fd, const int *sectors, int count) {
    char sector[512];
    for (int i = 0; i < count; i++) {
        memset(sector, sectors[i] + 1, sizeof sector);
        if (pwrite(fd, sector, sizeof sector, sectors[i] * 512L) != sizeof sector) return 1;
    }
    return fsync(fd) != 0;
}

int main(int argc, char **argv) {
    const char *action = argc > 1 ? argv[1] : "";
    /* A first process that is not guest-init: nothing rings the doorbell. */
    if (getpid() == 1) for (;;) pause();
    if (!strcmp(action, "cpus")) return printf("%ld\n", sysconf(_SC_NPROCESSORS_ONLN)) < 0;
    if (!strcmp(action, "show")) {
        char text[200];
        FILE *file = fopen(argv[2], "r");
        if (!file) return 2;
        while (fgets(text, sizeof text, file)) fputs(text, stdout);
        return 0;
    }
    if (!strcmp(action, "write")) {
        const int sectors[] = {0, 1, 7, 8, 100, 2047};
        int fd = open("/data/disk", O_RDWR);
        return fd < 0 ? 2 : write_sectors(fd, sectors, 6);
    }
    if (!strcmp(action, "write-read-only")) {
        char byte = 0;
        /* A disk may be opened for writing; it is the writing that fails. */
        int fd = open("/data/disk", O_RDWR);
        if (fd >= 0) {
            ssize_t written = pwrite(fd, &byte, 1, 0);
            printf("written: %d\n", written == 1 && fsync(fd) == 0);
        } else {
            printf("written: 0\n");
        }
        ssize_t got = pread(open("/data/disk", O_RDONLY), &byte, 1, 0);
        printf("read: %zd, %d\n", got, byte);
        return 0;
    }
    return 3;
}
