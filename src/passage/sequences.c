/* SPDX-License-Identifier: MIT */
#include "passage/sequences.h"

#include <string.h>

#define POSITION_MASK (((uint64_t)1 << ND_POSITION_BITS) - 1)

enum { HINT_BITS = 10 };

struct nd_sequence_entry {
    const nd_code *codes;
    uint64_t position : ND_POSITION_BITS;
    uint64_t reserved : 24;
    uint32_t count;
};

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

void nd_sequences_release(nd_sequences *sequences) {
    nd_pages_release(&sequences->entries);
    nd_pages_release(&sequences->hints);
    nd_arena_release(&sequences->arena);
    *sequences = (nd_sequences){0};
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

neardup_status nd_sequences_add(nd_sequences *sequences, const nd_code *codes, size_t count, uint64_t *position_out) {
    nd_sequences *s = sequences;
    const uint64_t low = ((uint64_t)1 << ND_LOW_BITS) - 1, most = (uint64_t)1 << ND_POSITION_BITS;
    if (!s->entries.size) {
        nd_pages_init(&s->entries, sizeof(struct nd_sequence_entry));
        nd_pages_init(&s->hints, sizeof(uint32_t));
    }
    uint64_t position = s->end;
    if ((position & low) + count > low + 1) position = (position | low) + 1;
    if (position + count > most || s->entries.count >= UINT32_MAX - 1) return NEARDUP_ERROR_LIMIT;
    uint32_t text = (uint32_t)s->entries.count;
    neardup_status status = add_hints(s, position, text ? text - 1 : 0);
    if (!status) status = add_hints(s, position + count, text);
    if (status) return status;
    nd_code *copy = nd_arena_allocate(&s->arena, count, sizeof *copy);
    struct nd_sequence_entry *entry = copy ? nd_pages_append(&s->entries) : NULL;
    if (!entry) return NEARDUP_ERROR_MEMORY;
    if (count) memcpy(copy, codes, count * sizeof *copy);
    *entry = (struct nd_sequence_entry){.codes = copy, .position = position & POSITION_MASK, .count = (uint32_t)count};
    s->end = position + count;
    *position_out = position;
    return NEARDUP_OK;
}

size_t nd_sequences_count(const nd_sequences *sequences) { return sequences->entries.count; }

nd_sequence nd_sequences_at(const nd_sequences *sequences, uint32_t text) {
    const struct nd_sequence_entry *entry = entry_at(sequences, text);
    return (nd_sequence){entry->codes, entry->count};
}

uint64_t nd_sequences_position(const nd_sequences *sequences, uint32_t text) {
    return entry_at(sequences, text)->position;
}

uint32_t nd_sequences_text(const nd_sequences *sequences, uint64_t position) {
    uint32_t text = *(const uint32_t *)nd_pages_at(&sequences->hints, (size_t)(position >> HINT_BITS));
    while (text + 1 < sequences->entries.count && entry_at(sequences, text + 1)->position <= position) text++;
    return text;
}
