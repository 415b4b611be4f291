/* Drives the disk itself instead of asking the kernel, and wrongly: only in the VM, where no page is protected. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static volatile uint32_t *const registers = (void *)0xd0000000;
static uint64_t state = 1;

static uint64_t below(uint64_t limit) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % limit;
}

/* Everything that the device may write to lies in here; wrong addresses lie where there is no memory at all. */
static struct {
    struct { uint64_t address; uint32_t length; uint16_t flags, next; } descriptors[8];
    struct { uint16_t flags, index, ring[8], event; } available;
    struct { uint16_t flags, index; struct { uint32_t id, length; } ring[8]; uint32_t event; } used;
    struct { uint32_t kind, reserved; uint64_t sector; } header;
    unsigned char data[16384];
} shared __attribute__((aligned(4096)));

static uint64_t somewhere(void) {
    static const uint64_t nowhere[] = {0xd0000000, 0xc0000000, 0x100000000, UINT64_MAX, UINT64_MAX - 511};
    switch (below(4)) {
    case 0: return nowhere[below(5)];
    case 1: return (uint64_t)&shared.header;
    default: return (uint64_t)shared.data + below(sizeof shared.data - 8192);
    }
}

/* The device reads memory within the store: the compiler must have written everything before. */
static void set(unsigned offset, uint32_t value) {
    __asm__ volatile("" : : : "memory");
    registers[offset / 4] = value;
}

static int boot(void) {
    uint64_t places[3] = {(uint64_t)shared.descriptors, (uint64_t)&shared.available, (uint64_t)&shared.used};
    memset(&shared, 0, sizeof shared);
    for (int status = 0; status < 4; status = status * 2 + 1) set(0x70, status);
    set(0x24, 0), set(0x20, 1 << 9), set(0x24, 1), set(0x20, 1);
    set(0x70, 11);
    set(0x30, 0), set(0x38, 8);
    for (int i = 0; i < 3; i++) set(0x80 + 16 * i, places[i]), set(0x84 + 16 * i, places[i] >> 32);
    set(0x44, 1);
    set(0x70, 15);
    return registers[0x70 / 4] == 15;
}

/* A request that is right: header, data, status. */
static void describe(void) {
    int writes = below(2);
    shared.header.kind = below(4) ? (uint64_t)writes : below(10), shared.header.sector = below(12);
    for (int i = 0; i < 3; i++) shared.descriptors[i].next = i + 1;
    shared.descriptors[0].address = (uint64_t)&shared.header, shared.descriptors[0].length = 16;
    shared.descriptors[1].address = (uint64_t)shared.data + below(8192), shared.descriptors[1].length = below(3) * 512;
    shared.descriptors[2].address = (uint64_t)shared.data + below(8192), shared.descriptors[2].length = 1;
    shared.descriptors[0].flags = 1, shared.descriptors[1].flags = writes ? 1 : 3, shared.descriptors[2].flags = 2;
}

/* One descriptor as it should not be. */
static void spoil(int index) {
    shared.descriptors[index].address = somewhere();
    shared.descriptors[index].length = below(4) ? below(3) * 512 : below(1 << 16);
    shared.descriptors[index].flags = below(8);
    shared.descriptors[index].next = below(9);
}

int main(void) {
    int booted = 0;
    for (int round = 0; round < 300; round++) {
        booted += boot();
        for (int chain = 0; chain < 10; chain++) {
            describe();
            if (below(4) == 0) spoil(below(8));
            shared.available.ring[shared.available.index % 8] = below(20) ? 0 : below(10);
            shared.available.index += below(30) ? 1 : below(30);
            set(0x50, 0);
        }
        set(4 * below(80), below(2) ? below(256) : state);
    }
    printf("booted %d\n", booted);
    return 0;
}
