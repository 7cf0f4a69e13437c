/* SPDX-License-Identifier: MIT */
/* Every kernel this machine can run gives the same bytes as the portable one, on random input of every length and
 * alignment, and reads nothing beyond it: inputs end where a page begins that cannot be read. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "random.h"
#include "suite.h"
#include "support/kernels.h"
#include "text/utf8.h"

static const nd_kernels *portable, *other;

/* `size` bytes that end right before a page that cannot be read. Never unmapped: the process ends soon. */
static uint8_t *guarded(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page + 1;
    uint8_t *memory = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(memory != MAP_FAILED);
    ck_assert_int_eq(mprotect(memory + (pages - 1) * page, page, PROT_NONE), 0);
    return memory + (pages - 1) * page - size;
}

/* Finds the kernels under test; false where this machine cannot run them. */
static bool find_kernels(int index) {
    portable = kernels_of(0);
    other = kernels_of(index);
    ck_assert_ptr_nonnull(portable);
    return other != NULL;
}

enum { BLOCKS = 64, BYTES = 64 * BLOCKS };

START_TEST(classify_gives_the_same_bytes) {
    if (!find_kernels(_i)) return;
    random_start("classify");
    static const uint8_t special[][2] = {{0x80, 0x80}, {'\\', '\\'}, {'<', '&'}};
    uint8_t *in = guarded(BYTES), lower[2][BYTES];
    uint64_t word[2][BLOCKS], marked[2][BLOCKS];
    for (int round = 0; round < 2000; round++) {
        size_t blocks = random_below(BLOCKS) + 1;
        uint8_t *begin = in + BYTES - 64 * blocks;
        for (size_t i = 0; i < 64 * blocks; i++) /* all bytes in the first rounds, mostly ASCII in the others */
            begin[i] = (uint8_t)(round < 4 ? i : random_below(round % 2 ? 256 : 128));
        portable->text->classify(begin, blocks, special[round % 3], lower[0], word[0], marked[0]);
        other->text->classify(begin, blocks, special[round % 3], lower[1], word[1], marked[1]);
        EXPECT(memcmp(lower[0], lower[1], 64 * blocks) == 0, "lower case in round %d", round);
        EXPECT(memcmp(word[0], word[1], 8 * blocks) == 0, "words in round %d", round);
        EXPECT(memcmp(marked[0], marked[1], 8 * blocks) == 0, "special characters in round %d", round);
    }
}
END_TEST

/* Escapes of one letter, as a walk from byte to byte finds them. */
static void pass_naively(const uint8_t *in, size_t bytes, size_t from, uint64_t *word, uint64_t *special,
                         uint64_t *escapes) {
    for (size_t i = from; i < bytes; i++) {
        bool escape = in[i] == '\\' && i + 1 < bytes && strchr("\"\\/bfnrt", in[i + 1]) && in[i + 1];
        if (!escape) continue;
        special[i / 64] &= ~((uint64_t)1 << i % 64);
        i++;
        escapes[i / 64] |= (uint64_t)1 << i % 64;
        special[i / 64] &= ~((uint64_t)1 << i % 64);
        word[i / 64] &= ~((uint64_t)1 << i % 64);
    }
}

START_TEST(escapes_are_passed_the_same) {
    if (!find_kernels(_i)) return;
    random_start("pass_escapes");
    static const char letters[] = "\"\\/bfnrtuNRx8 \x02\x12\xDC";
    uint8_t *in = guarded(BYTES), lower[BYTES];
    uint64_t word[3][BLOCKS], special[3][BLOCKS], escapes[3][BLOCKS] = {0};
    for (int round = 0; round < 4000; round++) {
        size_t blocks = random_below(BLOCKS) + 1, bytes = 64 * blocks, first = random_below((uint32_t)blocks + 1);
        uint8_t *begin = in + BYTES - bytes;
        uint32_t slashes = 1 + random_below(round % 3 ? 4 : 40);
        for (size_t i = 0; i < bytes; i++)
            begin[i] = random_below(slashes) ? (uint8_t)letters[random_below(sizeof letters - 1)] : '\\';
        size_t read = random_below(64);
        for (int k = 0; k < 3; k++) {
            portable->text->classify(begin, blocks, (const uint8_t[]){'\\', '\\'}, lower, word[k], special[k]);
            memset(escapes[k], 0, sizeof escapes[k]);
        }
        pass_naively(begin, bytes, read, word[2], special[2], escapes[2]);
        nd_pass_escapes *const pass[] = {portable->text->pass_escapes, other->text->pass_escapes};
        for (int k = 0; k < 2; k++) { /* in two goes, as it is for a window that does not end with a block */
            uint64_t open = pass[k](begin, first, ((uint64_t)1 << read) - 1, word[k], special[k], escapes[k]);
            pass[k](begin + 64 * first, blocks - first, open, word[k] + first, special[k] + first, escapes[k] + first);
            if (first && first < blocks && escapes[k][first] & 1) /* a backslash that stays special */
                special[k][first - 1] &= ~(uint64_t)0 >> 1;
            uint64_t mask = ~(uint64_t)0 << read; /* what has been read does not matter */
            for (size_t b = 0; b < blocks; b++, mask = ~(uint64_t)0) {
                EXPECT((escapes[k][b] & mask) == (escapes[2][b] & mask), "escapes of block %zu in round %d", b, round);
                EXPECT((word[k][b] & mask) == (word[2][b] & mask), "words of block %zu in round %d", b, round);
                EXPECT((special[k][b] & mask) == (special[2][b] & mask), "special ones of %zu in round %d", b, round);
            }
        }
    }
}
END_TEST

START_TEST(bytes_are_found_the_same) {
    if (!find_kernels(_i)) return;
    random_start("find_bytes");
    uint8_t *in = guarded(BYTES);
    uint64_t found[2][BLOCKS][4];
    for (int round = 0; round < 2000; round++) {
        size_t blocks = random_below(BLOCKS) + 1;
        uint8_t *begin = in + BYTES - 64 * blocks, bytes[3];
        uint32_t first = random_below(250), kinds = 1 + random_below(256 - first);
        for (size_t i = 0; i < 64 * blocks; i++) begin[i] = (uint8_t)(first + random_below(kinds));
        for (size_t k = 0; k < 3; k++) bytes[k] = (uint8_t)(first + random_below(kinds));
        portable->text->find_bytes(begin, blocks, bytes, found[0]);
        other->text->find_bytes(begin, blocks, bytes, found[1]);
        EXPECT(memcmp(found[0], found[1], blocks * sizeof **found) == 0, "round %d", round);
        for (size_t i = 0; i < 64 * blocks; i++) /* and both as the contract says */
            for (unsigned k = 0; k < 4; k++) {
                bool right = k < 3 ? begin[i] == bytes[k] : begin[i] >= 0xC0, is = found[0][i / 64][k] >> (i & 63) & 1;
                EXPECT(is == right, "byte %zu in round %d", i, round);
            }
    }
}
END_TEST

START_TEST(list_edges_gives_the_same_edges) {
    if (!find_kernels(_i)) return;
    random_start("list_edges");
    uint64_t word[BLOCKS];
    static uint16_t edges[2][BYTES + 64];
    for (int round = 0; round < 5000; round++) {
        for (size_t b = 0; b < BLOCKS; b++) {
            word[b] = random_bits();
            if (round % 3 == 1) word[b] |= word[b] << 1 | word[b] >> 3;
            if (round % 7 == 0) word[b] = random_below(2) ? ~(uint64_t)0 : 0;
        }
        size_t from = random_below(BYTES), to = from + random_below((uint32_t)(BYTES - from) + 1);
        size_t count = portable->text->list_edges(word, from, to, edges[0]);
        EXPECT(other->text->list_edges(word, from, to, edges[1]) == count, "count in round %d", round);
        EXPECT(memcmp(edges[0], edges[1], count * sizeof **edges) == 0, "edges in round %d", round);
        size_t naive = 0; /* and both as the contract says */
        for (size_t i = from, before = 0; i < to; i++) {
            size_t now = word[i / 64] >> i % 64 & 1;
            if (now != before) EXPECT(naive < count && edges[0][naive++] == i, "edge at %zu in round %d", i, round);
            before = now;
        }
        EXPECT(naive == count, "edges too many in round %d", round);
    }
}
END_TEST

/* Text of letters of one to four bytes, cut now and then, that fills `bytes` exactly. */
static void draw_letters(uint8_t *out, size_t bytes) {
    static const uint32_t first[] = {' ', 'a', 0xA0, 0x370, 0x410, 0x2010, 0x3000, 0x4E00, 0xAC00, 0xFB00, 0x1F600};
    uint32_t from = first[random_below(11)];
    for (size_t at = 0; at < bytes;) {
        uint8_t utf8[4];
        size_t size = nd_utf8_write((random_below(8) ? from : first[random_below(11)]) + random_below(0x60), utf8);
        if (!random_below(50)) size = 1 + random_below((uint32_t)size);
        for (size_t i = 0; i < size && at < bytes; i++) out[at++] = utf8[i];
    }
}

START_TEST(letters_and_split_edges_are_the_same) {
    if (!find_kernels(_i)) return;
    random_start("letters");
    uint8_t *text[2] = {guarded(BYTES + 2), guarded(BYTES + 2)};
    uint64_t word[2][BLOCKS], special[2][BLOCKS], split[2][BLOCKS];
    static uint16_t edges[2][BYTES + 64];
    for (int round = 0; round < 2000; round++) {
        size_t blocks = random_below(BLOCKS) + 1, bytes = 64 * blocks, count[2];
        uint8_t *begin[2] = {text[0] + BYTES - bytes, text[1] + BYTES - bytes}, drawn[BYTES];
        bool any[2];
        draw_letters(drawn, bytes);
        for (int k = 0; k < 2; k++) {
            const nd_text_kernels *kernels = k ? other->text : portable->text;
            kernels->classify(drawn, blocks, (const uint8_t[]){'<', '&'}, begin[k], word[k], special[k]);
            memset(begin[k] + bytes, 0, 2);
            any[k] = kernels->take_letters(begin[k], blocks, word[k], special[k], split[k]);
        }
        EXPECT(any[0] == any[1], "splits in round %d", round);
        EXPECT(memcmp(begin[0], begin[1], bytes) == 0, "folds in round %d", round);
        EXPECT(memcmp(word[0], word[1], 8 * blocks) == 0, "words in round %d", round);
        EXPECT(memcmp(special[0], special[1], 8 * blocks) == 0, "special characters in round %d", round);
        EXPECT(memcmp(split[0], split[1], 8 * blocks) == 0, "splits in round %d", round);
        size_t from = random_below((uint32_t)bytes), to = from + random_below((uint32_t)(bytes - from) + 1), naive = 0;
        for (int k = 0; k < 2; k++)
            count[k] = (k ? other : portable)->text->list_split_edges(word[k], split[k], from, to, edges[k]);
        EXPECT(count[0] == count[1], "count in round %d", round);
        EXPECT(memcmp(edges[0], edges[1], count[0] * sizeof **edges) == 0, "edges in round %d", round);
        for (size_t i = from, before = 0; i < to; i++) { /* and both as the contract says */
            size_t now = word[0][i / 64] >> i % 64 & 1, cut = split[0][i / 64] >> i % 64 & 1;
            if (before && (!now || cut)) EXPECT(naive < count[0] && edges[0][naive++] == i, "end at %zu", i);
            if (now && (!before || cut)) EXPECT(naive < count[0] && edges[0][naive++] == i, "beginning at %zu", i);
            before = now;
        }
        EXPECT(naive == count[0], "edges too many in round %d", round);
    }
}
END_TEST

START_TEST(tokens_and_shingles_hash_the_same) {
    if (!find_kernels(_i)) return;
    random_start("tokens_and_shingles");
    uint8_t *lower = guarded(512);
    uint16_t edges[64];
    uint64_t hashes[2][64], shingles[2][64];
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < 512; i++) lower[i] = (uint8_t)random_below(256);
        for (size_t i = 0; i < 32; i++) {
            edges[2 * i] = (uint16_t)random_below(496 - 40);
            edges[2 * i + 1] = (uint16_t)(edges[2 * i] + 1 + random_below(40));
        }
        edges[1] = 500; /* the last 16 bytes that may be read end with the page */
        edges[0] = 496;
        uint64_t seed = random_below(1u << 31);
        portable->text->hash_tokens(lower, edges, 32, seed, hashes[0]);
        other->text->hash_tokens(lower, edges, 32, seed, hashes[1]);
        EXPECT(memcmp(hashes[0], hashes[1], 32 * sizeof **hashes) == 0, "token hashes in round %d", round);
        size_t length = round % 2 ? 5 : 1 + random_below(30), count = 32 - length + 1;
        portable->text->hash_shingles(hashes[0], count, length, shingles[0]);
        other->text->hash_shingles(hashes[0], count, length, shingles[1]);
        EXPECT(memcmp(shingles[0], shingles[1], count * sizeof **shingles) == 0, "shingles in round %d", round);
    }
}
END_TEST

START_TEST(marks_are_counted_the_same) {
    if (!find_kernels(_i)) return;
    random_start("marks");
    nd_mark_word words[2][BLOCKS];
    for (int round = 0; round < 2000; round++) {
        size_t count = random_below(BLOCKS + 1), before = 0;
        for (size_t i = 0; i < count; i++) words[0][i].bits = words[1][i].bits = random_bits() & random_bits();
        size_t all = portable->text->count_marks(words[0], count);
        EXPECT(other->text->count_marks(words[1], count) == all, "round %d", round);
        for (size_t i = 0; i < count; i++) { /* and both as the contract says */
            EXPECT(words[0][i].before == before && words[1][i].before == before, "word %zu in round %d", i, round);
            for (unsigned bit = 0; bit < 64; bit++) before += words[0][i].bits >> bit & 1;
        }
        EXPECT(all == before, "all in round %d", round);
    }
}
END_TEST

START_TEST(sketches_and_digests_are_the_same) {
    if (!find_kernels(_i)) return;
    random_start("sketches_and_digests");
    enum { MOST = 700 };
    uint64_t shingles[MOST];
    uint32_t signature[2][ND_SIGNATURE],
        *values = (uint32_t *)(void *)guarded((MOST + ND_FILL_VALUES) * sizeof *values);
    nd_digest before = {{0}};
    for (size_t count = 1; count <= MOST; count++) {
        for (size_t i = 0; i < count; i++) shingles[i] = random_bits();
        nd_sketch(shingles, count, portable->fill, values + MOST - count, signature[0]);
        nd_sketch(shingles, count, other->fill, values + MOST - count, signature[1]);
        EXPECT(memcmp(signature[0], signature[1], sizeof *signature) == 0, "signature of %zu shingles", count);
        nd_digest digest = nd_digest_of(signature[0]);
        EXPECT(portable->agree(&digest, &before) == other->agree(&digest, &before), "digest of %zu shingles", count);
        EXPECT(other->agree(&digest, &digest) == ND_SIGNATURE, "a digest agrees with itself");
        before = digest;
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("kernels");
    tcase_add_loop_test(tests, classify_gives_the_same_bytes, 1, KERNELS);
    tcase_add_loop_test(tests, escapes_are_passed_the_same, 0, KERNELS);
    tcase_add_loop_test(tests, bytes_are_found_the_same, 1, KERNELS);
    tcase_add_loop_test(tests, list_edges_gives_the_same_edges, 1, KERNELS);
    tcase_add_loop_test(tests, letters_and_split_edges_are_the_same, 1, KERNELS);
    tcase_add_loop_test(tests, tokens_and_shingles_hash_the_same, 1, KERNELS);
    tcase_add_loop_test(tests, marks_are_counted_the_same, 1, KERNELS);
    tcase_add_loop_test(tests, sketches_and_digests_are_the_same, 1, KERNELS);
    return run_tests(tests);
}
