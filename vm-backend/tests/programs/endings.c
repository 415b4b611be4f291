/* Ends in the way that its argument names. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of guest-abi. */
#define HOST_CALL_ADDR 0x15000
#define PORT_HOST_CALL 0x600
#define PORT_FAULT 0x604
#define VIRTIO_MMIO_ADDR 0xd0000000

struct host_call {
    uint32_t operation, fd;
    uint64_t address, length;
    int64_t result;
};

static void out(uint16_t port, uint32_t value) {
    __asm__ volatile("out %0, %1" : : "a"(value), "d"(port) : "memory");
}

__attribute__((noinline)) void write_to(volatile int *address) { *address = 1; }

__attribute__((noinline)) int recurse(int depth) {
    volatile char space[4096];
    space[0] = (char)depth;
    /* Never INT_MIN, but the compiler can't know. */
    return depth == -2147483647 - 1 ? 0 : recurse(depth + 1) + space[0];
}

static uint64_t state = 42;
static uint64_t random64(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Calls the VMM as the guest kernel would, with whatever comes. */
static void call_host_at_random(int calls) {
    volatile struct host_call *block = (void *)HOST_CALL_ADDR;
    for (int call = 0; call < calls; call++) {
        /* Neither an end, nor a sleep, nor reading: those are for real. */
        uint32_t operation = (uint32_t)random64();
        block->operation = operation >= 2 && operation <= 5 ? 1 : operation % 8 == 0 ? 1 : operation;
        block->fd = (uint32_t)random64() % 4 == 0 ? 3 : (uint32_t)random64() | 4;
        block->address = random64() >> (random64() % 64);
        block->length = random64() >> (random64() % 64);
        out(PORT_HOST_CALL, (uint32_t)random64());
        if (block->result >= 0 && block->length != 0)
            _exit(3);
    }
}

/* Registers of a device, whether it is there or not. */
static void use_registers_at_random(int accesses) {
    for (int access = 0; access < accesses; access++) {
        uint32_t offset = (uint32_t)random64() % 0x200;
        if (random64() % 2)
            *(volatile uint32_t *)(uintptr_t)(VIRTIO_MMIO_ADDR + offset / 4 * 4) = (uint32_t)random64();
        else
            (void)*(volatile uint32_t *)(uintptr_t)(VIRTIO_MMIO_ADDR + offset / 4 * 4);
    }
}

int main(int count, char **arguments) {
    const char *ending = count > 1 ? arguments[1] : "";
    printf("%s\n", ending);
    fflush(stdout);
    if (!strcmp(ending, "exit"))
        return atoi(arguments[2]);
    if (!strcmp(ending, "loop"))
        for (;;)
            ;
    if (!strcmp(ending, "sleep"))
        sleep(1000);
    if (!strcmp(ending, "read"))
        return (int)read(0, arguments[0], 1);
    if (!strcmp(ending, "abort"))
        abort();
    if (!strcmp(ending, "null"))
        write_to((int *)8);
    if (!strcmp(ending, "recurse"))
        return recurse(0);
    if (!strcmp(ending, "beyond"))
        write_to((int *)0xc1000000);
    if (!strcmp(ending, "ud2"))
        __asm__ volatile("ud2");
    if (!strcmp(ending, "divide"))
        __asm__ volatile("div %0" : : "r"(0), "a"(1), "d"(0));
    if (!strcmp(ending, "breakpoint"))
        __asm__ volatile("int3");
    if (!strcmp(ending, "halt"))
        __asm__ volatile("hlt");
    if (!strcmp(ending, "port"))
        out(0x3f8, 1);
    if (!strcmp(ending, "fault-port"))
        out(PORT_FAULT, 0);
    if (!strcmp(ending, "host-calls"))
        call_host_at_random(200);
    if (!strcmp(ending, "registers"))
        use_registers_at_random(500);
    if (!strcmp(ending, "kernel-code")) {
        /* The system call's own code becomes ud2. */
        for (uintptr_t at = 0x100000; at < 0x101000; at += 2)
            *(volatile uint16_t *)at = 0x0b0f;
        getppid();
    }
    if (!strcmp(ending, "page-tables")) {
        memset((void *)0x20000, 0xff, 0x7000);
        write_to((int *)0x800000);
    }
    puts("still here");
    return 0;
}
