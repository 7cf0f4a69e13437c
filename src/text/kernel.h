/* SPDX-License-Identifier: MIT */
/*
 * The text floor's inner loops, as a table with one entry per instruction set. The portable ones are the
 * specification: every other gives the same bytes.
 */
#ifndef ND_TEXT_KERNEL_H
#define ND_TEXT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * For `blocks` blocks of 64 bytes at `in`, bit i of word b of each result speaks of byte 64 b + i:
 *     lower_out    the byte, A-Z made a-z (64 * blocks bytes)
 *     word_out     whether it is an ASCII letter or digit
 *     special_out  whether it needs a closer look: 0x80 and up, or one of the two bytes in `special` (give one twice,
 *                  or 0x80, where there are fewer)
 */
typedef void nd_classify(const uint8_t *in, size_t blocks, const uint8_t special[2], uint8_t *lower_out,
                         uint64_t *word_out, uint64_t *special_out);

/* Passes over the escapes of one letter in such blocks of JSON text, of which `special` says where bytes beyond ASCII
 * and backslashes are. escapes_out gets the bits of their letters; those are cleared in `word`, and theirs and their
 * backslashes' in `special`. `open` has the bits of bytes of the first block that escape nothing themselves, because
 * they have been read before or are escaped; what is said of them does not matter. Returns the same for the block
 * behind; the backslash that escapes its first byte, where there is one, stays special. */
typedef uint64_t nd_pass_escapes(const uint8_t *in, size_t blocks, uint64_t open, uint64_t *word, uint64_t *special,
                                 uint64_t *escapes_out);

/* For such blocks: which bytes are bytes[0], bytes[1] and bytes[2], and in found_out[b][3] which are 0xC0 and up. */
typedef void nd_find_bytes(const uint8_t *in, size_t blocks, const uint8_t bytes[3], uint64_t (*found_out)[4]);

/*
 * Takes the letters beyond ASCII in `blocks` blocks that classify has marked, behind which 2 more bytes are readable:
 * each of up to three bytes that has a fold of as many, and what is of as many and only separates. Letters are folded
 * where they stand and their bits set in `word`; of both the bits in `special` are cleared. split_out gets a bit where
 * a token begins even if one ends there: at letters that are tokens by themselves, and behind them. Returns whether any
 * bit of that is set.
 */
typedef bool nd_take_letters(uint8_t *folded, size_t blocks, uint64_t *word, uint64_t *special, uint64_t *split_out);

/* Lists where runs of set bits begin and end, in turn, in `word` from bit `from` to bit `to`, the bit before `from`
 * counting as clear. Returns how many edges: odd where a run reaches `to`. edges_out has room for to - from + 64
 * values; `to` is at most 65,535. */
typedef size_t nd_list_edges(const uint64_t *word, size_t from, size_t to, uint16_t *edges_out);

/* The same where runs are also cut at the bits of `split` within them: an end and a beginning in one place. */
typedef size_t nd_list_split_edges(const uint64_t *word, const uint64_t *split, size_t from, size_t to,
                                   uint16_t *edges_out);

/* Hashes `count` tokens, token i being lower[edges[2 i]] to lower[edges[2 i + 1]] (nd_token_hash). 16 bytes must be
 * readable at each. */
typedef void nd_hash_tokens(const uint8_t *lower, const uint16_t *edges, size_t count, uint64_t seed,
                            uint64_t *hashes_out);

/* Hashes `count` shingles, shingle i being of tokens[i] to tokens[i + length - 1]. hashes_out may be `tokens`. */
typedef void nd_hash_shingles(const uint64_t *tokens, size_t count, size_t length, uint64_t *hashes_out);

/* 64 marks of a text (marks.h). */
typedef struct nd_mark_word {
    uint64_t bits;
    size_t before; /* how many are set in the words before it */
} nd_mark_word;

/* Fills in what is set before each of `count` words. Returns how many are set in all. */
typedef size_t nd_count_marks(nd_mark_word *words, size_t count);

typedef struct nd_text_kernels {
    nd_classify *classify;
    nd_pass_escapes *pass_escapes;
    nd_find_bytes *find_bytes;
    nd_take_letters *take_letters;
    nd_list_edges *list_edges;
    nd_list_split_edges *list_split_edges;
    nd_hash_tokens *hash_tokens;
    nd_hash_shingles *hash_shingles;
    nd_count_marks *count_marks;
} nd_text_kernels;

extern const nd_text_kernels nd_text_portable;

/* Of those, the ones that other tables have, too. */
nd_pass_escapes nd_pass_escapes_portable;
nd_find_bytes nd_find_bytes_portable;
nd_take_letters nd_take_letters_portable;
nd_list_split_edges nd_list_split_edges_portable;
nd_hash_tokens nd_hash_tokens_portable;
nd_hash_shingles nd_hash_shingles_portable;
nd_count_marks nd_count_marks_portable;

#ifdef __x86_64__
extern const nd_text_kernels nd_text_avx2; /* AVX2, BMI1, BMI2 */
#endif
#ifdef __aarch64__
extern const nd_text_kernels nd_text_neon;
#endif

#endif
