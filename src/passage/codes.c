/* SPDX-License-Identifier: MIT */
#include "passage/codes.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { CHUNK = 1 << 16 /* codes */ };

struct nd_codes_entry {
    union {
        const nd_code *codes;
        uint64_t offset; /* in the spill */
    } at;
    uint64_t checksum; /* of what was spilled */
    uint32_t count;
};

typedef struct nd_codes_chunk {
    struct nd_codes_chunk *next;
    size_t used, capacity; /* codes */
    uint32_t end;          /* the number behind that of its last sequence */
    nd_code codes[];
} chunk;

static struct nd_codes_entry *entry_at(const nd_codes *c, size_t number) { return nd_pages_at(&c->entries, number); }

void nd_encode_tokens(const nd_tokens *tokens, nd_code *codes_out) {
    for (size_t i = 0; i < tokens->count; i++) codes_out[i] = (nd_code)(tokens->hashes[i] >> 32) & ~(nd_code)1;
    for (size_t i = 0; i < tokens->alone_count; i++) codes_out[tokens->alone[i]] |= 1;
}

size_t nd_half_words(const nd_code *codes, size_t count) {
    size_t alone = 0;
    for (size_t i = 0; i < count; i++) alone += codes[i] & 1;
    return 2 * count - alone;
}

static void free_first_chunk(nd_codes *c) {
    chunk *gone = c->first;
    c->first = gone->next;
    if (!c->first) c->last = NULL;
    c->chunk_bytes -= sizeof *gone + gone->capacity * sizeof *gone->codes;
    nd_free(gone);
}

void nd_codes_release(nd_codes *codes) {
    while (codes->first) free_first_chunk(codes);
    nd_pages_release(&codes->entries);
    nd_spill_release(&codes->spill);
    *codes = (nd_codes){.spill = codes->spill};
}

/* Room for the next sequence. */
static nd_code *make_room(nd_codes *c, size_t count) {
    chunk *last = c->last;
    if (!last || last->capacity - last->used < count) {
        size_t capacity = count > CHUNK ? count : CHUNK, bytes;
        if (__builtin_mul_overflow(capacity, sizeof *last->codes, &bytes) || bytes > SIZE_MAX / 2) return NULL;
        last = nd_allocate(1, sizeof *last + bytes);
        if (!last) return NULL;
        *last = (chunk){.capacity = capacity};
        *(c->last ? &c->last->next : &c->first) = last;
        c->last = last;
        c->chunk_bytes += sizeof *last + bytes;
    }
    return last->codes + last->used;
}

neardup_status nd_codes_add(nd_codes *codes, nd_sequence sequence) {
    nd_codes *c = codes;
    if (!c->entries.size) nd_pages_init(&c->entries, sizeof(struct nd_codes_entry));
    if (c->entries.count >= UINT32_MAX - 1) return NEARDUP_ERROR_LIMIT;
    nd_code *copy = make_room(c, sequence.count);
    struct nd_codes_entry *entry = copy ? nd_pages_append(&c->entries) : NULL;
    if (!entry) return NEARDUP_ERROR_MEMORY;
    if (sequence.count) memcpy(copy, sequence.codes, sequence.count * sizeof *copy);
    *entry = (struct nd_codes_entry){.at.codes = copy, .count = (uint32_t)sequence.count};
    c->last->used += sequence.count;
    c->last->end = (uint32_t)c->entries.count;
    return NEARDUP_OK;
}

size_t nd_codes_count(const nd_codes *codes) { return codes->entries.count; }

size_t nd_codes_size(const nd_codes *codes, uint32_t number) { return entry_at(codes, number)->count; }

size_t nd_codes_bytes(const nd_codes *codes) { return codes->chunk_bytes + nd_pages_bytes(&codes->entries); }

neardup_status nd_codes_spill(nd_codes *codes, neardup_error *error) {
    nd_codes *c = codes;
    for (; c->first; free_first_chunk(c))
        for (; c->spilled < c->first->end; c->spilled++) {
            struct nd_codes_entry *entry = entry_at(c, c->spilled);
            nd_piece piece;
            neardup_status status =
                nd_spill_write(&c->spill, entry->at.codes, entry->count * sizeof(nd_code), &piece, error);
            if (status) return status;
            entry->at.offset = piece.offset;
            entry->checksum = piece.checksum;
        }
    return NEARDUP_OK;
}

neardup_status nd_codes_view(const nd_codes *codes, uint32_t number, nd_view *view, nd_sequence *sequence_out,
                             neardup_error *error) {
    const struct nd_codes_entry *entry = entry_at(codes, number);
    bool spilled = number < codes->spilled;
    if (spilled && (!view->filled || view->number != number)) {
        const nd_piece piece = {entry->at.offset, entry->checksum, entry->count * sizeof(nd_code)};
        view->filled = false;
        if (nd_reserve(&view->codes, &view->capacity, entry->count, sizeof *view->codes)) return nd_fail_memory(error);
        neardup_status status = nd_spill_read(&codes->spill, &piece, view->codes, error);
        if (status) return status;
        view->filled = true;
        view->number = number;
    }
    *sequence_out = (nd_sequence){spilled ? view->codes : entry->at.codes, entry->count};
    return NEARDUP_OK;
}

void nd_view_release(nd_view *view) {
    nd_free(view->codes);
    *view = (nd_view){0};
}
