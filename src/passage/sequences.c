/* SPDX-License-Identifier: MIT */
#include "passage/sequences.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

#define POSITION_MASK (((uint64_t)1 << ND_POSITION_BITS) - 1)

enum { HINT_BITS = 10, CHUNK = 1 << 16 /* codes */ };

struct nd_sequence_entry {
    const nd_code *codes; /* NULL: spilled */
    nd_piece piece;       /* where to */
    uint64_t position;
    uint32_t count;
};

typedef struct nd_sequence_chunk {
    struct nd_sequence_chunk *next;
    size_t used, capacity; /* codes */
    uint32_t begin, end;   /* texts */
    nd_code codes[];
} chunk;

static struct nd_sequence_entry *entry_at(const nd_sequences *s, size_t text) { return nd_pages_at(&s->entries, text); }

void nd_encode_tokens(const nd_tokens *tokens, nd_code *codes_out) {
    for (size_t i = 0; i < tokens->count; i++) codes_out[i] = (nd_code)(tokens->hashes[i] >> 32) & ~(nd_code)1;
    for (size_t i = 0; i < tokens->alone_count; i++) codes_out[tokens->alone[i]] |= 1;
}

size_t nd_half_words(const nd_code *codes, size_t count) {
    size_t alone = 0;
    for (size_t i = 0; i < count; i++) alone += codes[i] & 1;
    return 2 * count - alone;
}

static void free_first_chunk(nd_sequences *s) {
    chunk *c = s->first;
    s->first = c->next;
    if (!s->first) s->last = NULL;
    s->chunk_bytes -= sizeof *c + c->capacity * sizeof *c->codes;
    nd_free(c);
}

void nd_sequences_release(nd_sequences *sequences) {
    while (sequences->first) free_first_chunk(sequences);
    nd_pages_release(&sequences->entries);
    nd_pages_release(&sequences->hints);
    nd_spill_release(&sequences->spill);
    *sequences = (nd_sequences){.spill = sequences->spill};
}

size_t nd_sequences_bytes(const nd_sequences *sequences) {
    return sequences->chunk_bytes + nd_pages_bytes(&sequences->entries) + nd_pages_bytes(&sequences->hints);
}

/* Hints at `text` for the positions below `end` that have no hint yet. */
static neardup_status add_hints(nd_sequences *s, uint64_t end, uint32_t text) {
    while ((uint64_t)s->hints.count << HINT_BITS < end) {
        uint32_t *hint = nd_pages_append(&s->hints);
        if (!hint) return NEARDUP_ERROR_MEMORY;
        *hint = text;
    }
    return NEARDUP_OK;
}

/* Where a text of so many tokens may begin. */
static uint64_t find_position(const nd_sequences *s, size_t count) {
    uint64_t position = s->end;
    for (unsigned bits = ND_PART_BITS; bits <= ND_LOW_BITS; bits += ND_LOW_BITS - ND_PART_BITS) {
        uint64_t low = ((uint64_t)1 << bits) - 1;
        bool crosses = (position & low) + count > low + 1;
        if (crosses && position & low) position = (position | low) + 1;
    }
    return position;
}

/* Room for the codes of the next text. */
static nd_code *make_room(nd_sequences *s, size_t count) {
    chunk *c = s->last;
    if (!c || c->capacity - c->used < count) {
        size_t capacity = count > CHUNK ? count : CHUNK, bytes;
        if (__builtin_mul_overflow(capacity, sizeof *c->codes, &bytes) || bytes > SIZE_MAX / 2) return NULL;
        c = nd_allocate(1, sizeof *c + bytes);
        if (!c) return NULL;
        *c = (chunk){.capacity = capacity, .begin = (uint32_t)s->entries.count, .end = (uint32_t)s->entries.count};
        *(s->last ? &s->last->next : &s->first) = c;
        s->last = c;
        s->chunk_bytes += sizeof *c + bytes;
    }
    return c->codes + c->used;
}

neardup_status nd_sequences_add(nd_sequences *sequences, const nd_code *codes, size_t count, uint64_t *position_out) {
    nd_sequences *s = sequences;
    if (!s->entries.size) {
        nd_pages_init(&s->entries, sizeof(struct nd_sequence_entry));
        nd_pages_init(&s->hints, sizeof(uint32_t));
    }
    uint64_t position = find_position(s, count);
    if (position + count > (uint64_t)1 << ND_POSITION_BITS || s->entries.count >= UINT32_MAX - 1)
        return NEARDUP_ERROR_LIMIT;
    uint32_t text = (uint32_t)s->entries.count;
    neardup_status status = add_hints(s, position, text ? text - 1 : 0);
    if (!status) status = add_hints(s, position + count, text);
    if (status) return status;
    nd_code *copy = make_room(s, count);
    struct nd_sequence_entry *entry = copy ? nd_pages_append(&s->entries) : NULL;
    if (!entry) return NEARDUP_ERROR_MEMORY;
    if (count) memcpy(copy, codes, count * sizeof *copy);
    *entry = (struct nd_sequence_entry){.codes = copy, .position = position, .count = (uint32_t)count};
    s->last->used += count;
    s->last->end++;
    s->end = position + count;
    *position_out = position;
    return NEARDUP_OK;
}

neardup_status nd_sequences_spill(nd_sequences *sequences, neardup_error *error) {
    nd_sequences *s = sequences;
    while (s->first) {
        for (uint32_t text = s->first->begin; text < s->first->end; text++) {
            struct nd_sequence_entry *entry = entry_at(s, text);
            neardup_status status =
                nd_spill_write(&s->spill, entry->codes, entry->count * sizeof *entry->codes, &entry->piece, error);
            if (status) return status;
            entry->codes = NULL;
        }
        free_first_chunk(s);
    }
    return NEARDUP_OK;
}

size_t nd_sequences_count(const nd_sequences *sequences) { return sequences->entries.count; }

size_t nd_sequences_size(const nd_sequences *sequences, uint32_t text) { return entry_at(sequences, text)->count; }

uint64_t nd_sequences_position(const nd_sequences *sequences, uint32_t text) {
    return entry_at(sequences, text)->position;
}

uint32_t nd_sequences_text(const nd_sequences *sequences, uint64_t position) {
    uint32_t text = *(const uint32_t *)nd_pages_at(&sequences->hints, (size_t)(position >> HINT_BITS));
    while (text + 1 < sequences->entries.count && entry_at(sequences, text + 1)->position <= position) text++;
    return text;
}

neardup_status nd_sequences_view(const nd_sequences *sequences, uint32_t text, nd_view *view, nd_sequence *sequence_out,
                                 neardup_error *error) {
    const struct nd_sequence_entry *entry = entry_at(sequences, text);
    *sequence_out = (nd_sequence){entry->codes, entry->count};
    if (entry->codes) return NEARDUP_OK;
    if (!view->filled || view->text != text) {
        view->filled = false;
        if (nd_reserve(&view->codes, &view->capacity, entry->count, sizeof *view->codes)) return nd_fail_memory(error);
        neardup_status status = nd_spill_read(&sequences->spill, &entry->piece, view->codes, error);
        if (status) return status;
        view->filled = true;
        view->text = text;
    }
    sequence_out->codes = view->codes;
    return NEARDUP_OK;
}

void nd_view_release(nd_view *view) {
    nd_free(view->codes);
    *view = (nd_view){0};
}
