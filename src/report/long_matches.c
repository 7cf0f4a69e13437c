/* SPDX-License-Identifier: MIT */
/*
 * Bentley, McIlroy, "Data compression using long common strings" (DCC 1999): every STEP-th position is remembered by
 * the hash of the bytes that follow; the text is searched for them at every position, and what is found is extended
 * both ways. The latest of several positions with one hash is remembered, for copies mostly follow each other.
 */
#include "report/long_matches.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"

enum {
    STEP = 4,
    KEY = 16,  /* bytes that are hashed: some eight words of a text said by its vocabulary */
    LEAST = 20 /* bytes of a match: it takes up to 12 itself, which deflate makes half of */
};

typedef struct matcher {
    nd_span text;
    uint32_t *slots; /* a remembered position / STEP + 1; 0: none */
    size_t slot_mask;
    size_t remembered; /* positions before it are */
    size_t source_end; /* of the last match */
    neardup_status (*write)(void *context, const void *data, size_t size);
    void *context;
} matcher;

typedef struct match {
    size_t at, from, size;
} match;

static size_t slot_of(const matcher *m, size_t at) {
    return (size_t)nd_hash64(m->text.data + at, KEY, 0) & m->slot_mask;
}

static void remember(matcher *m, size_t until) {
    for (; m->remembered + KEY <= until; m->remembered += STEP)
        m->slots[slot_of(m, m->remembered)] = (uint32_t)(m->remembered / STEP + 1);
}

/* The match at `at`, extended backwards no further than `least`; size 0 where there is none. */
static match find(const matcher *m, size_t at, size_t least) {
    const char *data = m->text.data;
    uint32_t slot = m->slots[slot_of(m, at)];
    if (!slot) return (match){0};
    match found = {at, (size_t)(slot - 1) * STEP, KEY};
    if (memcmp(data + found.from, data + at, KEY) != 0) return (match){0};
    while (found.at > least && found.from && data[found.from - 1] == data[found.at - 1])
        found.at--, found.from--, found.size++;
    while (found.at + found.size < m->text.size && found.from + found.size < found.at &&
           data[found.from + found.size] == data[found.at + found.size])
        found.size++;
    if (found.size > found.at - found.from) found.size = found.at - found.from;
    return found.size < LEAST ? (match){0} : found;
}

static neardup_status write_number(const matcher *m, uint64_t number) {
    uint8_t bytes[ND_NUMBER_MOST];
    return m->write(m->context, bytes, nd_number_put(bytes, number));
}

/* What lies between the last match and this one, and the match. */
static neardup_status write_match(matcher *m, size_t begin, const match *found) {
    size_t size = found->at - begin;
    neardup_status status = write_number(m, size);
    if (!status && size) status = m->write(m->context, m->text.data + begin, size);
    if (!status) status = write_number(m, found->size);
    if (status || !found->size) return status;
    uint64_t distance = found->from >= m->source_end ? (uint64_t)(found->from - m->source_end) * 2
                                                     : (uint64_t)(m->source_end - found->from) * 2 - 1;
    m->source_end = found->from + found->size;
    return write_number(m, distance);
}

neardup_status nd_long_matches_write(nd_span text,
                                     neardup_status (*write)(void *context, const void *data, size_t size),
                                     void *context) {
    matcher m = {.text = text, .write = write, .context = context};
    size_t slots = 1024;
    while (slots < text.size / STEP) slots *= 2;
    m.slot_mask = slots - 1;
    m.slots = nd_allocate_zero(slots, sizeof *m.slots);
    neardup_status status = m.slots ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    size_t begin = 0;
    for (size_t at = 0; at + KEY <= text.size && !status;) {
        remember(&m, at);
        match found = find(&m, at, begin);
        if (found.size) {
            status = write_match(&m, begin, &found);
            begin = at = found.at + found.size;
        } else {
            at++;
        }
    }
    if (!status) status = write_match(&m, begin, &(match){.at = text.size});
    nd_free(m.slots);
    return status;
}
