/* Floating point: scalar, vector, wide vectors; and that a system call changes none of it. */
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t bits(double number) {
    uint64_t value;
    memcpy(&value, &number, 8);
    return value;
}

static void scalar(void) {
    double sum = 0;
    for (int i = 1; i <= 100000; i++) sum += sin(i) * sqrt(i) / exp(i % 10) + pow(i, 0.3);
    printf("sum %.15g %016llx\n", sum, (unsigned long long)bits(sum));
    long double wide = 1;
    for (int i = 1; i < 25; i++) wide *= i * 1.1L;
    printf("x87 %.18Lg\n", wide);
    volatile double zero = 0;
    printf("%f %f %d\n", 1 / zero, -1 / zero, isnan(zero / zero));
}

__attribute__((target("avx2,fma"))) static void vectors(void) {
    __m256d sum = _mm256_setzero_pd(), factor = _mm256_set_pd(1.1, 2.2, 3.3, 4.4);
    for (int i = 0; i < 1000; i++) {
        sum = _mm256_fmadd_pd(factor, _mm256_set1_pd(i), sum);
    }
    double parts[4];
    _mm256_storeu_pd(parts, sum);
    printf("avx %.10g %.10g %.10g %.10g\n", parts[0], parts[1], parts[2], parts[3]);
}

/* One call between loading and storing a register, with nothing that would save it. */
__attribute__((target("avx2"))) static int survives(long number) {
    unsigned char before[32], after[32];
    for (int i = 0; i < 32; i++) before[i] = i * 7 + 1;
    long result;
    __asm__ volatile("vmovdqu %2, %%ymm7\n\tsyscall\n\tvmovdqu %%ymm7, %1"
                     : "=a"(result), "=m"(after)
                     : "m"(before), "a"(number)
                     : "rcx", "r11", "xmm7", "memory");
    return !memcmp(before, after, 32);
}

int main(void) {
    scalar();
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        vectors();
        /* getppid, and a number that no kernel has. */
        printf("registers survive %d %d\n", survives(110), survives(100000));
    }
    return 0;
}
