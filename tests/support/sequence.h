/* SPDX-License-Identifier: MIT */
/* Texts of given tokens, for tests of what comes behind tokens. */
#ifndef TESTS_SUPPORT_SEQUENCE_H
#define TESTS_SUPPORT_SEQUENCE_H

#include <check.h>

#include "passage/sequences.h"

/* Adds `count` tokens as a sequence of its own and as the next text; returns the position of its first token. */
static inline uint64_t add_sequence(nd_codes *codes, nd_sequences *sequences, const nd_code *tokens, size_t count) {
    uint64_t position = 0;
    sequences->codes = codes;
    ck_assert_int_eq(nd_codes_add(codes, (nd_sequence){tokens, count}), NEARDUP_OK);
    ck_assert_int_eq(nd_sequences_add(sequences, (uint32_t)nd_codes_count(codes) - 1, &position), NEARDUP_OK);
    return position;
}

#endif
