/* Input and output: buffered, unbuffered, in pieces, to both streams. Reads all of its input. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    printf("%d arguments:", argc - 1);
    for (int i = 1; i < argc; i++) printf(" [%s]", argv[i]);
    printf("\n%5d|%-5d|%05d|%x|%s|%c|%lld|%.3f|%e\n", 42, -42, 42, 0xbeef, "text", 'c', 1234567890123LL, 3.14159, 6.02e23);
    fflush(stdout);

    struct iovec pieces[5] = {{"one ", 4}, {"", 0}, {"two ", 4}, {"three", 5}, {"\n", 1}};
    printf("writev %zd\n", writev(1, pieces, 5));
    fflush(stdout);

    /* Many small writes, and one large one. */
    for (int i = 0; i < 100; i++)
        if (write(1, "abcdefghij" + i % 10, 1) != 1) return 1;
    static char large[300000];
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = '\n';
    if (fwrite(large, 1, sizeof large, stdout) != sizeof large) return 2;

    char line[100];
    unsigned lines = 0, bytes = 0, sum = 0;
    while (fgets(line, sizeof line, stdin)) {
        size_t length = strlen(line);
        bytes += length;
        lines += line[length - 1] == '\n';
        for (size_t i = 0; i < length; i++) sum = sum * 31 + (unsigned char)line[i];
    }
    printf("input: %u lines %u bytes sum %u, at its end %d\n", lines, bytes, sum, feof(stdin) != 0);
    printf("read at the end: %zd\n", read(0, line, sizeof line));

    fprintf(stderr, "to stderr\n");
    errno = 0;
    printf("write to a closed one: %zd", write(77, "x", 1));
    printf(" %d\n", errno == EBADF);
    errno = 0;
    printf("seek in a stream: %ld", (long)lseek(1, 0, SEEK_CUR));
    printf(" %d\n", errno == ESPIPE);
    printf("terminal %d\n", isatty(1));
    int copy = dup(1);
    if (write(copy, "through a copy\n", 15) != 15) return 3;
    close(copy);
    return 3;
}
