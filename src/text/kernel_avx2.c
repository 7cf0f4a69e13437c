/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#include "text/kernel.h"

#include <immintrin.h>

#include "base/target.h"
#include "text/json_string.h"
#include "text/kernel_body.h"
#include "text/kernel_letters.h"
#include "text/unicode.h"

/* ---- marks ---- */

/* Signed bytes from `low` to `high`, both below 0x80. */
ND_AVX2 static inline __m256i between(__m256i v, char low, char high) {
    return _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), v));
}

ND_AVX2 static inline uint32_t classify_half(const uint8_t *in, const uint8_t special[2], uint8_t *lower_out,
                                             uint32_t *special_out) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)in);
    __m256i upper = between(v, 'A', 'Z'), bit = _mm256_and_si256(upper, _mm256_set1_epi8(0x20));
    __m256i lower = _mm256_or_si256(v, bit);
    _mm256_storeu_si256((__m256i *)(void *)lower_out, lower);
    __m256i word = _mm256_or_si256(between(lower, 'a', 'z'), between(v, '0', '9'));
    __m256i marked = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)special[0])),
                                     _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)special[1])));
    *special_out = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(v, marked)); /* the sign bit is that of 0x80 and up */
    return (uint32_t)_mm256_movemask_epi8(word);
}

ND_AVX2 static void classify(const uint8_t *in, size_t blocks, const uint8_t special[2], uint8_t *lower_out,
                             uint64_t *word_out, uint64_t *special_out) {
    for (size_t b = 0; b < blocks; b++) {
        uint32_t special_low, special_high;
        uint32_t low = classify_half(in + 64 * b, special, lower_out + 64 * b, &special_low);
        uint32_t high = classify_half(in + 64 * b + 32, special, lower_out + 64 * b + 32, &special_high);
        word_out[b] = (uint64_t)high << 32 | low;
        special_out[b] = (uint64_t)special_high << 32 | special_low;
    }
}

/* The top bits of 64 bytes. */
ND_AVX2 static inline uint64_t top_bits(__m256i low, __m256i high) {
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

/* Which bytes stand for something behind a backslash. Of those, all but two are told from any other byte by what their
 * low four bits choose. */
ND_AVX2 static inline __m256i find_escapes(__m256i v) {
    const __m256i letters = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(1, 0, 'b', 0, 't', 0, 'f', 0, 0, 0, 0, 0, '\\', 0, 'n', '/')); /* 1 is not what 0 chooses */
    __m256i others =
        _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')), _mm256_cmpeq_epi8(v, _mm256_set1_epi8('r')));
    return _mm256_or_si256(others, _mm256_cmpeq_epi8(v, _mm256_shuffle_epi8(letters, v)));
}

ND_AVX2 static uint64_t pass_escapes(const uint8_t *in, size_t blocks, uint64_t open, uint64_t *word, uint64_t *special,
                                     uint64_t *escapes_out) {
    const __m256i slash = _mm256_set1_epi8('\\');
    for (size_t b = 0; b < blocks; b++) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(in + 64 * b));
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(in + 64 * b + 32));
        uint64_t slashes = top_bits(_mm256_cmpeq_epi8(low, slash), _mm256_cmpeq_epi8(high, slash));
        uint64_t escaped = open;
        escaped |= nd_json_escaped(slashes, &open);
        note_escapes(b, escaped & top_bits(find_escapes(low), find_escapes(high)), word, special, escapes_out);
    }
    return open;
}

ND_AVX2 static void find_bytes(const uint8_t *in, size_t blocks, const uint8_t bytes[3], uint64_t (*found_out)[4]) {
    for (size_t b = 0; b < blocks; b++) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(in + 64 * b));
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(in + 64 * b + 32));
        for (unsigned k = 0; k < 3; k++) {
            __m256i byte = _mm256_set1_epi8((char)bytes[k]);
            found_out[b][k] = top_bits(_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte));
        }
        __m256i next_low = _mm256_add_epi8(low, low), next_high = _mm256_add_epi8(high, high); /* second bits on top */
        found_out[b][3] = top_bits(_mm256_and_si256(low, next_low), _mm256_and_si256(high, next_high));
    }
}

/* ---- edges ---- */

/* Eight bits at a time: the table has their places as bytes, all eight are written, and what is too much is
 * overwritten. Nothing branches on the text. */
ND_AVX2 static size_t list_edges_by_table(const uint64_t *word, size_t from, size_t to, uint16_t *edges_out) {
    uint16_t *out = edges_out;
    uint64_t carry = 0;
    const __m128i eight = _mm_set1_epi16(8);
    for (size_t block = from / 64; 64 * block < to; block++) {
        uint64_t mask = stretch_mask(block, from, to), edges = edges_of(word[block] & mask, &carry);
        if (to - 64 * block < 64) edges &= mask; /* a run that reaches `to` has no end there */
        __m128i base = _mm_set1_epi16((short)(64 * block));
        for (unsigned i = 0; i < 8; i++, edges >>= 8, base = _mm_add_epi16(base, eight)) {
            uint8_t bits = (uint8_t)edges;
            __m128i places = _mm_cvtepu8_epi16(_mm_loadl_epi64((const __m128i *)(const void *)nd_table_bits[bits]));
            _mm_storeu_si128((__m128i *)(void *)out, _mm_add_epi16(places, base));
            out += __builtin_popcount(bits);
        }
    }
    return (size_t)(out - edges_out);
}

/* ---- letters ---- */

ND_AVX2 static bool take_letters_with_bmi(uint8_t *folded, size_t blocks, uint64_t *word, uint64_t *special,
                                          uint64_t *split_out) {
    return take_letters(folded, blocks, word, special, split_out);
}

ND_AVX2 static size_t list_split_edges_with_bmi(const uint64_t *word, const uint64_t *split, size_t from, size_t to,
                                                uint16_t *edges_out) {
    return list_split_edges(word, split, from, to, edges_out);
}

/* ---- hashes ---- */

/* nd_avalanche of four at a time; of its multiplication only the halves that matter. */
ND_AVX2 static inline __m256i avalanche(__m256i x) {
    const __m256i low = _mm256_set1_epi64x(0x9E3779F9), high = _mm256_set1_epi64x(0x165667919E3779F9 >> 32);
    x = _mm256_xor_si256(x, _mm256_srli_epi64(x, 37));
    __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), low), _mm256_mul_epu32(x, high));
    x = _mm256_add_epi64(_mm256_mul_epu32(x, low), _mm256_slli_epi64(cross, 32));
    return _mm256_xor_si256(x, _mm256_srli_epi64(x, 32));
}

/* The 16 bytes at `a`, and behind them those at `b`. */
ND_AVX2 static inline __m256i load_two(const uint8_t *a, const uint8_t *b) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)a)),
                                   _mm_loadu_si128((const __m128i *)(const void *)b), 1);
}

/* Two tokens, padded with zeros to 16 bytes each; `which` picks their sizes, a byte for each of theirs. */
ND_AVX2 static inline __m256i load_padded(const uint8_t *a, const uint8_t *b, __m256i sizes, __m256i which) {
    const __m256i places = _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6,
                                            7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m256i keep = _mm256_cmpgt_epi8(_mm256_shuffle_epi8(sizes, which), places);
    return _mm256_and_si256(load_two(a, b), keep);
}

/* Four tokens at a time: their first words make one vector, their second words another. */
ND_AVX2 static void hash_tokens_by_four(const uint8_t *lower, const uint16_t *edges, size_t count, uint64_t seed,
                                        uint64_t *hashes_out) {
    const __m256i key = _mm256_set1_epi64x((long long)token_key(seed));
    const __m256i even = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
                                          8, 8, 8, 8, 8, 8);
    const __m256i odd = _mm256_add_epi8(even, _mm256_set1_epi8(4));
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const uint16_t *e = edges + 2 * i;
        __m128i pairs = _mm_loadu_si128((const __m128i *)(const void *)e);
        __m128i sizes = _mm_sub_epi16(_mm_srli_epi32(pairs, 16), _mm_and_si128(pairs, _mm_set1_epi32(0xFFFF)));
        int longer = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(sizes, _mm_set1_epi32(16))));
        __m256i twice = _mm256_broadcastsi128_si256(sizes);
        __m256i a = load_padded(lower + e[0], lower + e[4], twice, even);
        __m256i b = load_padded(lower + e[2], lower + e[6], twice, odd);
        __m256i hash = avalanche(_mm256_xor_si256(_mm256_unpacklo_epi64(a, b), key));
        hash = avalanche(avalanche(_mm256_xor_si256(hash, _mm256_unpackhi_epi64(a, b))));
        _mm256_storeu_si256((__m256i *)(void *)(hashes_out + i), hash);
        for (; longer; longer &= longer - 1) {
            int k = __builtin_ctz((unsigned)longer);
            hashes_out[i + (size_t)k] = hash_long_token(lower + e[2 * k], (size_t)(e[2 * k + 1] - e[2 * k]), seed);
        }
    }
    hash_tokens(lower, edges + 2 * i, count - i, seed, hashes_out + i);
}

/* The four words at `tokens`, each rotated left as `from` says: the place that each byte of 8 comes from. */
ND_AVX2 static inline __m256i load_rotated(const uint64_t *tokens, long long from) {
    const __m256i half = _mm256_setr_epi64x(0, 0x0808080808080808, 0, 0x0808080808080808);
    __m256i words = _mm256_loadu_si256((const __m256i *)(const void *)tokens);
    return _mm256_shuffle_epi8(words, _mm256_or_si256(_mm256_set1_epi64x(from), half));
}

ND_AVX2 static void hash_shingles_by_four(const uint64_t *tokens, size_t count, size_t length, uint64_t *hashes_out) {
    size_t i = 0;
    for (; length == 5 && i + 4 <= count; i += 4) {
        __m256i sum = _mm256_loadu_si256((const __m256i *)(const void *)(tokens + i));
        sum = _mm256_add_epi64(sum, load_rotated(tokens + i + 1, 0x0605040302010007));
        sum = _mm256_add_epi64(sum, load_rotated(tokens + i + 2, 0x0504030201000706));
        sum = _mm256_add_epi64(sum, load_rotated(tokens + i + 3, 0x0403020100070605));
        sum = _mm256_add_epi64(sum, load_rotated(tokens + i + 4, 0x0302010007060504));
        _mm256_storeu_si256((__m256i *)(void *)(hashes_out + i), avalanche(sum));
    }
    hash_shingles(tokens + i, count - i, length, hashes_out + i);
}

/* ---- marks of a text ---- */

ND_AVX2 static size_t count_marks_with_popcnt(nd_mark_word *words, size_t count) { return count_marks(words, count); }

const nd_text_kernels nd_text_avx2 = {classify,
                                      pass_escapes,
                                      find_bytes,
                                      take_letters_with_bmi,
                                      list_edges_by_table,
                                      list_split_edges_with_bmi,
                                      hash_tokens_by_four,
                                      hash_shingles_by_four,
                                      count_marks_with_popcnt};
#else
typedef int nd_not_for_this_machine;
#endif
