/* Asks a Linux guest about itself, or uses its disk. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/reboot.h>
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
    /* A first process that is not guest-init: nothing rings the doorbell. Told to end it leaves the console's driver a moment. */
    if (getpid() == 1 && !strcmp(action, "end")) return sleep(1);
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
    if (!strcmp(action, "write-direct")) {
        /* Past the guest's page cache too, in pieces of one sector and of many. */
        int fd = open("/data/disk", O_RDWR | O_DIRECT);
        char *buffer = aligned_alloc(4096, 65536);
        if (fd < 0 || !buffer) return 2;
        for (long at = 0, bytes = 512; at + bytes <= 1 << 20; at += bytes, bytes = bytes < 65536 ? bytes * 2 : 512) {
            memset(buffer, at / 512 % 251, bytes);
            if (pwrite(fd, buffer, bytes, at) != bytes) return 4;
            memset(buffer, 0, bytes);
            if (pread(fd, buffer, bytes, at) != bytes || buffer[bytes - 1] != (char)(at / 512 % 251)) return 5;
        }
        return fsync(fd) != 0;
    }
    if (!strcmp(action, "random")) {
        /* Without waiting: the kernel has to have randomness by now. */
        unsigned char bytes[32];
        char name[64] = "none";
        FILE *file = fopen("/sys/class/misc/hw_random/rng_current", "r");
        if (file && !fgets(name, sizeof name, file)) strcpy(name, "none");
        name[strcspn(name, "\n")] = 0;
        printf("%zd bytes, from %s\n", getrandom(bytes, sizeof bytes, GRND_NONBLOCK), name);
        return 0;
    }
    if (!strcmp(action, "reboot")) return reboot(RB_AUTOBOOT);
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
