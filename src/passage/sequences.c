/* SPDX-License-Identifier: MIT */
#include "passage/sequences.h"

#include <string.h>

#define POSITION_MASK (((uint64_t)1 << ND_POSITION_BITS) - 1)

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
    nd_arena_release(&sequences->arena);
    *sequences = (nd_sequences){0};
}

neardup_status nd_sequences_add(nd_sequences *sequences, const nd_code *codes, size_t count, uint64_t *position_out) {
    nd_sequences *s = sequences;
    const uint64_t low = ((uint64_t)1 << ND_LOW_BITS) - 1, most = (uint64_t)1 << ND_POSITION_BITS;
    if (!s->entries.size) nd_pages_init(&s->entries, sizeof(struct nd_sequence_entry));
    uint64_t position = s->end;
    if ((position & low) + count > low + 1) position = (position | low) + 1;
    if (position + count > most || s->entries.count >= UINT32_MAX - 1) return NEARDUP_ERROR_LIMIT;
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

/* Whether the position is in a text or behind it. */
static bool is_from(const nd_sequences *s, size_t text, uint64_t position) {
    return entry_at(s, text)->position <= position;
}

uint32_t nd_sequences_text(const nd_sequences *sequences, uint64_t position, uint32_t near) {
    const nd_sequences *s = sequences;
    size_t low = 0, high = s->entries.count; /* the text is in [low, high) */
    if (!is_from(s, near, position))
        high = near;
    else if (near + 1 == high || !is_from(s, near + 1, position))
        return near;
    else
        low = near + 1;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (is_from(s, middle, position))
            low = middle;
        else
            high = middle;
    }
    /* Empty texts share their position with the next one: the last of them has it, and so it is. */
    return (uint32_t)low;
}
