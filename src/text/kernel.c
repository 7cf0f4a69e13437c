/* SPDX-License-Identifier: MIT */
#include "text/kernel.h"

#include "base/bits.h"
#include "text/json_string.h"
#include "text/kernel_body.h"
#include "text/kernel_letters.h"

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
        word_out[b] = nd_bits_of(word);
        special_out[b] = nd_bits_of(other);
    }
}

/* Where backslashes are in a block. Of few special characters each is looked at; of many, as texts of other scripts
 * have, every byte, without a branch. */
static uint64_t find_slashes(const uint8_t *in, uint64_t special) {
    enum { FEW = 8 };
    uint64_t slashes = 0;
    int looked_at = 0;
    for (uint64_t rest = special; rest && looked_at < FEW; rest &= rest - 1, looked_at++)
        slashes |= (uint64_t)(in[__builtin_ctzll(rest)] == '\\') << __builtin_ctzll(rest);
    if (looked_at < FEW) return slashes;
    uint8_t flags[64];
    for (unsigned i = 0; i < 64; i++) flags[i] = in[i] == '\\';
    return nd_bits_of(flags);
}

uint64_t nd_pass_escapes_portable(const uint8_t *in, size_t blocks, uint64_t open, uint64_t *word, uint64_t *special,
                                  uint64_t *escapes_out) {
    for (size_t b = 0; b < blocks; b++, in += 64) {
        uint64_t slashes = find_slashes(in, special[b]), letters = 0, escaped = open;
        for (escaped |= nd_json_escaped(slashes, &open); escaped; escaped &= escaped - 1)
            letters |= (uint64_t)(nd_json_short_escapes[in[__builtin_ctzll(escaped)]] != 0) << __builtin_ctzll(escaped);
        note_escapes(b, letters, word, special, escapes_out);
    }
    return open;
}

void nd_find_bytes_portable(const uint8_t *in, size_t blocks, const uint8_t bytes[3], uint64_t (*found_out)[4]) {
    for (size_t b = 0; b < blocks; b++) {
        uint8_t flags[4][64];
        for (unsigned k = 0; k < 3; k++)
            for (unsigned i = 0; i < 64; i++) flags[k][i] = in[64 * b + i] == bytes[k];
        for (unsigned i = 0; i < 64; i++) flags[3][i] = in[64 * b + i] >= 0xC0;
        for (unsigned k = 0; k < 4; k++) found_out[b][k] = nd_bits_of(flags[k]);
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

size_t nd_count_marks_portable(nd_mark_word *words, size_t count) { return count_marks(words, count); }

const nd_text_kernels nd_text_portable = {classify,
                                          nd_pass_escapes_portable,
                                          nd_find_bytes_portable,
                                          nd_take_letters_portable,
                                          list_edges_portably,
                                          nd_list_split_edges_portable,
                                          nd_hash_tokens_portable,
                                          nd_hash_shingles_portable,
                                          nd_count_marks_portable};
