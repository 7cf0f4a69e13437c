/* SPDX-License-Identifier: MIT */
#include "support/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EMPTY_EVERY = 7 };

static void expect(source *s, bool condition) {
    if (!condition) atomic_store(&s->misused, true);
}

static neardup_status outcome(const source *s, source_call call, size_t block, neardup_error *error) {
    if (s->failing_call != call || s->failing_reading != s->reading || s->failing_block != block) return NEARDUP_OK;
    *error = (neardup_error){.status = NEARDUP_ERROR_SOURCE};
    snprintf(error->text, sizeof error->text, "call %d of block %zu in reading %d failed", (int)call, block,
             s->reading);
    return NEARDUP_ERROR_SOURCE;
}

/* Whether this is the second reading and so changed. */
static bool changes(const source *s, source_change change) { return s->reading == 2 && s->change == change; }

/* The documents of a block begin at first_of(block); empty blocks have none. */
static size_t first_of(const source *s, size_t block) {
    size_t full = block - (block + EMPTY_EVERY - 1) / EMPTY_EVERY;
    size_t first = full * s->block_size;
    return first < s->count ? first : s->count;
}

static size_t count_blocks(const source *s) {
    size_t blocks = 0;
    while (first_of(s, blocks) < s->count) blocks++;
    return blocks;
}

void source_init(source *s, const neardup_text *texts, size_t count, size_t block_size) {
    memset(s, 0, sizeof *s);
    s->texts = texts;
    s->count = count;
    s->block_size = block_size;
}

static void free_slot(struct source_slot *slot) {
    for (size_t i = 0; i < slot->count; i++) free((char *)slot->texts[i].data);
    free(slot->texts);
    slot->texts = NULL;
    slot->count = 0;
}

void source_release(source *s) {
    for (int i = 0; i < SOURCE_MOST_SLOTS; i++) free_slot(&s->slot[i]);
}

static neardup_status begin(void *context, unsigned slots, neardup_error *error) {
    source *s = context;
    s->reading++;
    expect(s, slots > 0 && slots <= SOURCE_MOST_SLOTS && s->reading <= 2);
    for (int i = 0; i < SOURCE_MOST_SLOTS; i++) expect(s, atomic_load(&s->slot[i].state) == 0);
    s->slots = slots;
    s->next_block = s->committed = s->next_document = 0;
    s->blocks = count_blocks(s);
    if (changes(s, ONE_BLOCK_LESS)) s->blocks--;
    if (changes(s, ONE_BLOCK_MORE) || changes(s, ONE_MORE_DOCUMENT)) s->blocks++;
    return outcome(s, BEGIN_CALL, 0, error);
}

static neardup_status read_block(void *context, unsigned slot, neardup_error *error) {
    source *s = context;
    expect(s, atomic_fetch_add(&s->reading_calls, 1) == 0 && slot < s->slots);
    struct source_slot *room = &s->slot[slot];
    neardup_status status = NEARDUP_END;
    if (s->next_block < s->blocks) {
        room->block = s->next_block++;
        status = outcome(s, READ_CALL, room->block, error);
        if (!status) expect(s, atomic_exchange(&room->state, 1) == 0);
    }
    atomic_fetch_sub(&s->reading_calls, 1);
    return status;
}

static neardup_text copy_text(const source *s, size_t document) {
    static const neardup_text more = {.data = "one document more", .size = 17};
    neardup_text text = document < s->count ? s->texts[document] : more;
    bool words = changes(s, OTHER_WORDS) && document == s->changed_document;
    bool bytes = changes(s, OTHER_BYTES) && document == s->changed_document;
    char *copy = malloc(text.size + 8);
    if (text.size) memcpy(copy, text.data, text.size);
    if (words) memcpy(copy + text.size, " changed", 8);
    if (bytes) copy[text.size] = '.';
    text.data = copy;
    text.size += words ? 8 : bytes;
    return text;
}

static neardup_status split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                            neardup_error *error) {
    source *s = context;
    struct source_slot *room = &s->slot[slot];
    expect(s, slot < s->slots && atomic_exchange(&room->state, 2) == 1);
    neardup_status status = outcome(s, SPLIT_CALL, room->block, error);
    if (status) return status;
    bool is_last = room->block + 1 == s->blocks;
    room->first = first_of(s, room->block);
    size_t end = room->block % EMPTY_EVERY == 0 ? room->first : first_of(s, room->block + 1);
    if (is_last && (changes(s, LONGER_BLOCK) || changes(s, ONE_MORE_DOCUMENT))) end++;
    if (is_last && changes(s, SHORTER_BLOCK)) end--;
    room->count = end - room->first;
    room->texts = calloc(room->count + 1, sizeof *room->texts);
    for (size_t i = 0; i < room->count; i++) room->texts[i] = copy_text(s, room->first + i);
    *texts_out = room->texts;
    *count_out = room->count;
    return NEARDUP_OK;
}

static neardup_status commit(void *context, unsigned slot, uint64_t first_document, neardup_error *error) {
    source *s = context;
    struct source_slot *room = &s->slot[slot];
    expect(s, atomic_fetch_add(&s->committing_calls, 1) == 0 && slot < s->slots);
    expect(s, atomic_load(&room->state) == 2 && room->block == s->committed++ && first_document == s->next_document);
    s->next_document += room->count;
    neardup_status status = outcome(s, COMMIT_CALL, room->block, error);
    free_slot(room);
    atomic_store(&room->state, 0);
    atomic_fetch_sub(&s->committing_calls, 1);
    return status;
}

neardup_source source_interface(source *s) {
    return (neardup_source){.context = s, .begin = begin, .read = read_block, .split = split, .commit = commit};
}
