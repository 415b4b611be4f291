/* Memory: break, mappings that grow, shrink, move and vanish, advice, and an allocator under stress. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *name(int error) { return error == ENOMEM ? "ENOMEM" : error == EINVAL ? "EINVAL" : error ? "other" : "ok"; }

static int all(const unsigned char *bytes, size_t length, int value) {
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != value) return 0;
    return 1;
}

static unsigned char *map(size_t length) {
    return mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void mappings(void) {
    const size_t page = 4096;
    unsigned char *start = map(8 * page);
    printf("mmap %d zeros %d\n", start != MAP_FAILED, all(start, 8 * page, 0));
    memset(start, 1, 8 * page);
    printf("mprotect %d", mprotect(start, page, PROT_READ));
    printf(" %d\n", mprotect(start, page, PROT_READ | PROT_WRITE));
    printf("madvise %d", madvise(start + page, 2 * page, MADV_DONTNEED));
    printf(" dropped %d kept %d\n", all(start + page, 2 * page, 0), all(start + 3 * page, 5 * page, 1));
    printf("munmap %d\n", munmap(start + 4 * page, page));
    unsigned char *moved = mremap(start, 4 * page, 64 * page, MREMAP_MAYMOVE);
    printf("mremap %d kept %d zeros %d\n", moved != MAP_FAILED, all(moved + 3 * page, page, 1), all(moved + 4 * page, 60 * page, 0));
    unsigned char *same = mremap(moved, 64 * page, page, 0);
    printf("shrunk in place %d\n", same == moved);
    unsigned char *fixed = mmap(same, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("fixed %d zeros %d\n", fixed == same, all(fixed, page, 0));

    errno = 0;
    void *nothing = map(0);
    printf("empty %d %s\n", nothing == MAP_FAILED, name(errno));
    errno = 0;
    nothing = map(SIZE_MAX - 8191);
    printf("too much %d %s\n", nothing == MAP_FAILED, name(errno));
    errno = 0;
    printf("crooked %d", munmap(fixed + 1, page));
    printf(" %s\n", name(errno));
}

/* A thousand blocks of changing sizes, each filled with its own value and checked before it changes. */
static void allocator(void) {
    enum { BLOCKS = 1000, ROUNDS = 60000 };
    static unsigned char *block[BLOCKS];
    static size_t size[BLOCKS];
    uint64_t state = 1, sum = 0;
    int damaged = 0;
    for (int round = 0; round < ROUNDS; round++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int index = (state >> 33) % BLOCKS;
        size_t wanted = (state >> 45) % (index % 50 == 0 ? 200000 : 3000);
        if (size[index] && !all(block[index], size[index], index & 0xff)) damaged++;
        if (wanted % 3 == 0) {
            free(block[index]);
            block[index] = 0, size[index] = 0;
        } else {
            unsigned char *new = realloc(block[index], wanted);
            if (!new) abort();
            if (size[index] && !all(new, size[index] < wanted ? size[index] : wanted, index & 0xff)) damaged++;
            memset(new, index & 0xff, wanted);
            block[index] = new, size[index] = wanted;
            sum += wanted;
        }
    }
    for (int index = 0; index < BLOCKS; index++) free(block[index]);
    printf("allocated %llu damaged %d\n", (unsigned long long)sum, damaged);
}

int main(void) {
    mappings();
    allocator();
    /* A block that is larger than everything before, all of it touched. */
    unsigned char *large = calloc(1, 12 << 20);
    printf("large %d zeros %d\n", large != 0, all(large, 12 << 20, 0));
    memset(large, 7, 12 << 20);
    large = realloc(large, 13 << 20);
    printf("grown %d kept %d\n", large != 0, all(large, 12 << 20, 7));
    free(large);
    return 0;
}
