/* SPDX-License-Identifier: MIT */
/*
 * A word shingle is the sum of its tokens' hashes, each rotated by its place, through XXH3's avalanche (kernel_body.h):
 * a fifteenth of the cost of hashing the window's bytes, and no different in sketch error. Rotation makes order count.
 */
#include "text/shingle.h"

#include "base/hash.h"
#include "base/memory.h"

void nd_shingles_release(nd_shingles *shingles) {
    nd_free(shingles->hashes);
    *shingles = (nd_shingles){0};
}

/* Bytes of the code point at data[0], which is well-formed UTF-8. */
static size_t code_point_size(const char *data) {
    uint8_t lead = (uint8_t)*data;
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

static neardup_status shingle_chars(const nd_shingle_rules *rules, const nd_buffer *text, nd_shingles *shingles) {
    size_t begin = 0, end = 0, units = 0;
    for (; end < text->size; end += code_point_size(text->data + end)) {
        if (units++ < rules->length) continue;
        shingles->hashes[shingles->count++] = nd_hash64(text->data + begin, end - begin, rules->seed);
        begin += code_point_size(text->data + begin);
    }
    if (units) shingles->hashes[shingles->count++] = nd_hash64(text->data + begin, end - begin, rules->seed);
    return NEARDUP_OK;
}

neardup_status nd_shingle(const nd_shingle_rules *rules, const nd_tokens *tokens, nd_shingles *shingles) {
    shingles->count = 0;
    if (!tokens->count) return NEARDUP_OK;
    size_t room = rules->unit == NEARDUP_CHAR ? tokens->text.size : tokens->count;
    neardup_status status = nd_reserve(&shingles->hashes, &shingles->capacity, room, sizeof *shingles->hashes);
    if (status) return status;
    if (rules->unit == NEARDUP_CHAR) return shingle_chars(rules, &tokens->text, shingles);
    size_t length = tokens->count < rules->length ? tokens->count : rules->length;
    shingles->count = tokens->count - length + 1;
    const nd_text_kernels *kernels = rules->kernels ? rules->kernels : &nd_text_portable;
    kernels->hash_shingles(tokens->hashes, shingles->count, length, shingles->hashes);
    return NEARDUP_OK;
}
