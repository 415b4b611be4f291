/* What a program finds when it starts: arguments, auxiliary vector, random bytes. */
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

int initialised = 42;
int zeroed[100000];
_Thread_local int of_thread = 7;
static int constructed;
__attribute__((constructor)) static void construct(void) { constructed = 1; }
static void at_end(void) { printf("atexit\n"); }

int main(int argc, char **argv) {
    printf("argc %d null at end %d\n", argc, argv[argc] == 0);
    for (int i = 1; i < argc; i++) printf("%zu:%s\n", strlen(argv[i]), argv[i]);
    printf("page size %lu clock ticks %lu secure %lu\n", getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_SECURE));

    const ElfW(Phdr) *segments = (const void *)getauxval(AT_PHDR);
    unsigned long count = getauxval(AT_PHNUM);
    int loads = 0;
    for (unsigned long i = 0; i < count; i++) loads += segments[i].p_type == PT_LOAD;
    printf("segments %lu of %lu bytes, %d loaded\n", count, getauxval(AT_PHENT), loads);
    printf("entry %d execfn %d platform %d\n", getauxval(AT_ENTRY) != 0, getauxval(AT_EXECFN) != 0, getauxval(AT_PLATFORM) != 0);
    printf("hwcap %d vdso %d\n", getauxval(AT_HWCAP) != 0, getauxval(AT_SYSINFO_EHDR) != 0);

    const unsigned char *given = (const void *)getauxval(AT_RANDOM);
    unsigned char a[16], b[16], zeros[16] = {0};
    printf("getrandom %zd %zd\n", getrandom(a, 16, 0), getrandom(b, 16, GRND_NONBLOCK));
    printf("different %d %d %d %d\n", memcmp(a, b, 16) != 0, memcmp(a, given, 16) != 0, memcmp(a, zeros, 16) != 0, memcmp(given, zeros, 16) != 0);

    int sum = 0;
    for (int i = 0; i < 100000; i++) sum += zeroed[i];
    printf("data %d bss %d tls %d constructor %d\n", initialised, sum, of_thread, constructed);
    printf("stack aligned %d\n", ((uintptr_t)__builtin_frame_address(0) & 15) == 0);
    char *path = getenv("NO_SUCH_VARIABLE");
    printf("variable %s\n", path ? path : "none");
    atexit(at_end);
    return 0;
}
