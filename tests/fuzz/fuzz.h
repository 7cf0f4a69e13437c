/* SPDX-License-Identifier: MIT */
/*
 * What every fuzz target has: one function that is called with bytes and ends the process where a promise does not
 * hold. libFuzzer calls it with what it thinks up (make fuzz), replay.c with what is in fixtures/fuzz (the usual
 * tests).
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process where the condition does not hold. */
#define REQUIRE(condition, ...)                                                                                        \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "\"" #condition "\" does not hold: " __VA_ARGS__);                                         \
            fputc('\n', stderr);                                                                                       \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Takes the first byte of the input, by which targets choose options; 0 where there is none. */
static inline uint8_t take_byte(const uint8_t **data, size_t *size) {
    if (!*size) return 0;
    --*size;
    return *(*data)++;
}

#endif
