/* The disk as a file, named by the first argument; the second is "rw", "ro" or "direct". */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static uint64_t state = 1;
static uint64_t random_number(uint64_t limit) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % limit;
}

static uint64_t checksum(const unsigned char *bytes, size_t length) {
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) sum = (sum ^ bytes[i]) * 1099511628211u;
    return sum;
}

#define SHOW(call) (errno = 0, printf("%s = %lld", #call, (long long)(call)), printf(" %s\n", errno ? strerror(errno) : ""))

/* Any offsets, lengths and alignments; what was read goes into a checksum. */
static void anywhere(int fd, size_t size) {
    static unsigned char buffer[100000];
    uint64_t sum = 0;
    for (int round = 0; round < 400; round++) {
        size_t offset = random_number(size), length = random_number(round % 10 ? 3000 : 80000), shift = random_number(600);
        if (random_number(2)) {
            for (size_t i = 0; i < length; i++) buffer[shift + i] = random_number(256);
            ssize_t room = offset + length > size ? size - offset : length;
            if (pwrite(fd, buffer + shift, room, offset) != room) exit(20);
        } else {
            memset(buffer, 0, sizeof buffer);
            ssize_t got = pread(fd, buffer + shift, length, offset);
            if (got < 0) exit(21);
            sum = sum * 31 + got + checksum(buffer, sizeof buffer);
        }
    }
    printf("anywhere: %016llx\n", (unsigned long long)sum);
}

static void in_sequence(int fd) {
    char text[64] = {0};
    SHOW(lseek(fd, 1000, SEEK_SET));
    SHOW(write(fd, "a line of text", 14));
    SHOW(lseek(fd, -9, SEEK_CUR));
    SHOW(read(fd, text, 9));
    printf("[%s]\n", text);
    struct iovec pieces[3] = {{"first ", 6}, {"second ", 7}, {"third", 5}};
    SHOW(pwritev(fd, pieces, 3, 5000));
    char a[4], b[20];
    struct iovec rooms[2] = {{a, 4}, {b, 14}};
    SHOW(preadv(fd, rooms, 2, 5000));
    printf("[%.4s|%.14s]\n", a, b);
}

static void at_the_end(int fd, size_t size) {
    char buffer[600];
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(read(fd, buffer, 600));
    SHOW(pread(fd, buffer, 600, size - 100));
    SHOW(pread(fd, buffer, 600, size + 100));
    SHOW(pread(fd, buffer, 600, -1));
    SHOW(fallocate(fd, 0, 0, size));
    SHOW(fsync(fd));
    SHOW(fdatasync(fd));
}

static void directly(const char *path) {
    int fd = open(path, O_RDWR | O_DIRECT);
    unsigned char *buffer;
    if (fd < 0) exit(22);
    if (posix_memalign((void **)&buffer, 4096, 1 << 20)) exit(23);
    for (size_t i = 0; i < 1 << 20; i++) buffer[i] = i * 7 + (i >> 12);
    SHOW(pwrite(fd, buffer, 65536, 65536));
    SHOW(pwrite(fd, buffer + 4096, 4096, 8192));
    memset(buffer, 0, 1 << 20);
    SHOW(pread(fd, buffer, 1 << 20, 0));
    printf("checksum %016llx\n", (unsigned long long)checksum(buffer, 1 << 20));
    close(fd);
}

int main(int argc, char **argv) {
    if (argc < 3) return 10;
    int writes = strcmp(argv[2], "ro") != 0;
    int fd = open(argv[1], writes ? O_RDWR : O_RDONLY);
    if (fd < 0) return perror("open"), 11;
    struct stat status;
    if (fstat(fd, &status)) return 12;
    size_t size = status.st_size;
    printf("size %zu regular %d\n", size, S_ISREG(status.st_mode));
    if (writes) {
        if (!strcmp(argv[2], "direct")) directly(argv[1]);
        anywhere(fd, size);
        in_sequence(fd);
        at_the_end(fd, size);
    }
    unsigned char *whole = malloc(size);
    if (!whole || pread(fd, whole, size, 0) != (ssize_t)size) return 13;
    printf("whole %016llx\n", (unsigned long long)checksum(whole, size));
    unsigned char *mapped = mmap(0, size, PROT_READ, MAP_PRIVATE, fd, 0);
    printf("mapped %d\n", mapped != MAP_FAILED && !memcmp(mapped, whole, size));
    printf("close %d\n", close(fd));
    SHOW(close(fd));
    /* Not there, here or on the host. */
    SHOW(open("/no/such/file", O_RDONLY));
    return 0;
}
