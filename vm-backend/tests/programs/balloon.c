/* Uses memory as it is told to, a byte each: + takes 32 MiB and fills them, - gives everything back. Says first and after each byte how
   many KiB the kernel has for everybody. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PIECE (32 << 20)
#define WORDS (PIECE / 8)

static uint64_t *pieces[64];
static int count;

/* Every word depends on its piece and its place. */
static uint64_t word(int piece, long at) { return (uint64_t)(piece + 1) << 32 | (uint64_t)at; }

static int take(void) {
    uint64_t *piece = mmap(0, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece == MAP_FAILED || count == 64) return 2;
    for (long at = 0; at < WORDS; at++) piece[at] += word(count, at);
    pieces[count++] = piece;
    return 0;
}

/* New memory was zero, and nobody has changed it since. */
static int is_intact(void) {
    for (int piece = 0; piece < count; piece++)
        for (long at = 0; at < WORDS; at++)
            if (pieces[piece][at] != word(piece, at)) return 0;
    return 1;
}

static void give_back(void) {
    while (count) munmap(pieces[--count], PIECE);
}

static void report(void) {
    char line[200];
    long kib = -1;
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemTotal: %ld kB", &kib) == 1) break;
    if (file) fclose(file);
    printf("%ld\n", kib);
    fflush(stdout);
}

int main(void) {
    char order;
    report();
    while (read(0, &order, 1) == 1) {
        if (order == '+' && take()) return 2;
        if (order == '-') {
            if (!is_intact()) return 1;
            give_back();
        }
        report();
    }
    return !is_intact();
}
