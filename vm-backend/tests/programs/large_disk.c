/* Beyond the first 4 GiB of a disk: only in the VM. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    const off_t place = 5LL << 30;
    char text[32] = {0};
    struct stat status;
    int fd = open("/data/disk", O_RDWR);
    printf("stat %d", fstat(fd, &status));
    printf(" size %lld\n", (long long)status.st_size);
    /* Across the border of two sectors. */
    printf("pwrite %zd\n", pwrite(fd, "far away", 8, place - 3));
    printf("lseek %lld\n", (long long)lseek(fd, place - 3, SEEK_SET));
    printf("read %zd", read(fd, text, 8));
    printf(" %s\n", text);
    printf("last %zd\n", pread(fd, text, 32, status.st_size - 8));
    return 0;
}
