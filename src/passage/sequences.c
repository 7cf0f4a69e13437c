/* SPDX-License-Identifier: MIT */
#include "passage/sequences.h"

enum { HINT_BITS = 7 };

struct nd_sequences_entry {
    uint64_t position;
    uint32_t count, number;
};

static struct nd_sequences_entry *entry_at(const nd_sequences *s, size_t text) {
    return nd_pages_at(&s->entries, text);
}

void nd_sequences_release(nd_sequences *sequences) {
    nd_pages_release(&sequences->entries);
    nd_pages_release(&sequences->hints);
    *sequences = (nd_sequences){.codes = sequences->codes};
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

neardup_status nd_sequences_add(nd_sequences *sequences, uint32_t number, uint64_t *position_out) {
    nd_sequences *s = sequences;
    if (!s->entries.size) {
        nd_pages_init(&s->entries, sizeof(struct nd_sequences_entry));
        nd_pages_init(&s->hints, sizeof(uint32_t));
    }
    size_t count = nd_codes_size(s->codes, number);
    uint64_t position = find_position(s, count);
    if (position + count > (uint64_t)1 << ND_POSITION_BITS || s->entries.count >= UINT32_MAX - 1)
        return NEARDUP_ERROR_LIMIT;
    uint32_t text = (uint32_t)s->entries.count;
    neardup_status status = add_hints(s, position, text ? text - 1 : 0);
    if (!status) status = add_hints(s, position + count, text);
    if (status) return status;
    struct nd_sequences_entry *entry = nd_pages_append(&s->entries);
    if (!entry) return NEARDUP_ERROR_MEMORY;
    *entry = (struct nd_sequences_entry){position, (uint32_t)count, number};
    s->end = position + count;
    *position_out = position;
    return NEARDUP_OK;
}

size_t nd_sequences_count(const nd_sequences *sequences) { return sequences->entries.count; }

size_t nd_sequences_bytes(const nd_sequences *sequences) {
    return nd_pages_bytes(&sequences->entries) + nd_pages_bytes(&sequences->hints);
}

size_t nd_sequences_size(const nd_sequences *sequences, uint32_t text) { return entry_at(sequences, text)->count; }

uint64_t nd_sequences_position(const nd_sequences *sequences, uint32_t text) {
    return entry_at(sequences, text)->position;
}

neardup_status nd_sequences_view(const nd_sequences *sequences, uint32_t text, nd_view *view, nd_sequence *sequence_out,
                                 neardup_error *error) {
    return nd_codes_view(sequences->codes, entry_at(sequences, text)->number, view, sequence_out, error);
}

uint32_t nd_sequences_text(const nd_sequences *sequences, uint64_t position) {
    uint32_t text = *(const uint32_t *)nd_pages_at(&sequences->hints, (size_t)(position >> HINT_BITS));
    while (text + 1 < sequences->entries.count && entry_at(sequences, text + 1)->position <= position) text++;
    return text;
}
