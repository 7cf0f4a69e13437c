/* SPDX-License-Identifier: MIT */
#include "text/kernel.h"

#include "text/kernel_body.h"
#include "text/kernel_letters.h"

/* Gathers 64 flags of 0 or 1 into bits: multiplying eight flag bytes by this constant puts them side by side in the top
 * byte. */
static uint64_t gather(const uint8_t flags[64]) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t eight = 0;
        for (unsigned j = 0; j < 8; j++) eight |= (uint64_t)flags[8 * i + j] << (8 * j);
        bits |= (eight * 0x0102040810204080ULL >> 56) << (8 * i);
    }
    return bits;
}

static void classify(const uint8_t *in, size_t blocks, const uint8_t special[2], uint8_t *lower_out, uint64_t *word_out,
                     uint64_t *special_out) {
    for (size_t b = 0; b < blocks; b++) {
        uint8_t word[64], other[64];
        for (unsigned i = 0; i < 64; i++) { /* without branches, so that compilers can vectorise it */
            uint8_t c = in[64 * b + i];
            uint8_t upper = (uint8_t)(c - 'A') < 26, lower = (uint8_t)(c - 'a') < 26, digit = (uint8_t)(c - '0') < 10;
            lower_out[64 * b + i] = (uint8_t)(c | upper << 5);
            word[i] = upper | lower | digit;
            other[i] = (uint8_t)(c >> 7 | (c == special[0]) | (c == special[1]));
        }
        word_out[b] = gather(word);
        special_out[b] = gather(other);
    }
}

static size_t list_edges_portably(const uint64_t *word, size_t from, size_t to, uint16_t *edges_out) {
    return list_edges(word, from, to, edges_out);
}

bool nd_take_letters_portable(uint8_t *folded, size_t blocks, uint64_t *word, uint64_t *special, uint64_t *split_out) {
    return take_letters(folded, blocks, word, special, split_out);
}

size_t nd_list_split_edges_portable(const uint64_t *word, const uint64_t *split, size_t from, size_t to,
                                    uint16_t *edges_out) {
    return list_split_edges(word, split, from, to, edges_out);
}

void nd_hash_tokens_portable(const uint8_t *lower, const uint16_t *edges, size_t count, uint64_t seed,
                             uint64_t *hashes_out) {
    hash_tokens(lower, edges, count, seed, hashes_out);
}

void nd_hash_shingles_portable(const uint64_t *tokens, size_t count, size_t length, uint64_t *hashes_out) {
    hash_shingles(tokens, count, length, hashes_out);
}

const nd_text_kernels nd_text_portable = {classify,
                                          nd_take_letters_portable,
                                          list_edges_portably,
                                          nd_list_split_edges_portable,
                                          nd_hash_tokens_portable,
                                          nd_hash_shingles_portable};
