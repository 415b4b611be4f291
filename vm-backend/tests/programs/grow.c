/* Takes memory until there is none left, waits for a byte, and takes what there is then; says how many MiB each time. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB (1 << 20)

/* The pieces that were got so far. */
static uint64_t *pieces[4096];
static int count;

static void take_all(void) {
    int before = count;
    while (count < 4096) {
        uint64_t *piece = mmap(0, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED)
            break;
        for (int at = 0; at < MIB / 8; at++)
            piece[at] += (uint64_t)count << 32 | (uint64_t)at;
        pieces[count++] = piece;
    }
    printf("%d\n", count - before);
    fflush(stdout);
}

int main(void) {
    char word;
    take_all();
    while (read(0, &word, 1) == 1 && word == '+')
        take_all();
    /* Every word is what was written, so new memory was zero, and none was given out twice. */
    for (int piece = 0; piece < count; piece++)
        for (int at = 0; at < MIB / 8; at++)
            if (pieces[piece][at] != ((uint64_t)piece << 32 | (uint64_t)at))
                return 1;
    return 0;
}
