/* SPDX-License-Identifier: MIT */
/*
 * Random numbers of a test (SplitMix64). The seed is new in every run and printed; the environment variable
 * NEARDUP_TEST_SEED repeats a run.
 */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Sanitizers slow everything down: tests that repeat a lot repeat less. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static uint64_t random_state, random_seed;

/* Seeds the numbers that follow and says with what. To be called first in each test that uses them. */
static inline void random_start(const char *test) {
    const char *given = getenv("NEARDUP_TEST_SEED");
    struct timespec now = {0};
    if (!given) clock_gettime(CLOCK_REALTIME, &now);
    random_seed = given ? strtoull(given, NULL, 10) : ((uint64_t)now.tv_sec << 20 ^ (uint64_t)now.tv_nsec) % 1000000000;
    random_state = random_seed;
    printf("%s: NEARDUP_TEST_SEED=%llu\n", test, (unsigned long long)random_seed);
    fflush(stdout); /* a failing test takes what is not written with it */
}

/* 64 random bits. */
static inline uint64_t random_bits(void) {
    uint64_t z = random_state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

/* A number below `bound` > 0. */
static inline uint32_t random_below(uint32_t bound) { return (uint32_t)((random_bits() >> 32) * bound >> 32); }

/* A number from 0 up to 1. */
static inline double random_unit(void) { return (double)(random_bits() >> 11) * 0x1p-53; }

#endif
