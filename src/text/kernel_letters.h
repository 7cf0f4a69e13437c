/* SPDX-License-Identifier: MIT */
/*
 * Letters beyond ASCII, marked and folded where they stand: written once, compiled for each instruction set by the file
 * that includes this. Nothing but what a character is decides which way it takes, and in one script that can be
 * foreseen.
 */
#ifndef ND_TEXT_KERNEL_LETTERS_H
#define ND_TEXT_KERNEL_LETTERS_H

#include <string.h>

#include "base/target.h"
#include "text/kernel_body.h"
#include "text/unicode.h"

/* What is known of the bytes of a block. */
typedef struct marks {
    uint64_t known, word, split;
} marks;

/* The character of three bytes at `in` whose first two lead to `start`. Which of the usual kinds it is decides no
 * branch: no processor foresees where sentences end. */
ND_BODY void take_three(uint8_t *in, unsigned start, unsigned at, marks *all) {
    uint64_t kind = nd_table_thirds[start - ND_START_PAGES][in[2]];
    if (__builtin_expect(kind <= ND_THREE_FOLDS, 0)) {
        if (kind != ND_THREE_FOLDS) return;
        uint32_t code_point = (uint32_t)((in[0] & 0x0F) << 12 | (in[1] & 0x3F) << 6 | (in[2] & 0x3F));
        memcpy(in, nd_entry_fold(nd_entry_of(code_point)), 3);
        kind = ND_THREE_WORD;
    }
    all->known |= (uint64_t)7 << at;
    all->word |= (kind & 7) << at;
    all->split |= (kind >> 4) << at;
}

/* The character that begins at `in` with a byte of 0xC0 or more; three bytes are readable. Adds what is known of its
 * bytes, from bit `at` on: nothing of what is no letter or separator that can stay where it is. */
ND_BODY void take_letter(uint8_t *in, unsigned at, marks *all) {
    uint16_t bytes;
    memcpy(&bytes, in, 2);
    uint16_t start = nd_table_starts[(uint16_t)(bytes << 8 | bytes >> 8) - 0xC000];
    if (start >= ND_START_FOLDS) {
        memcpy(in, &start, 2);
        all->known |= (uint64_t)3 << at;
        all->word |= (uint64_t)3 << at;
    } else if (start >= ND_START_PAGES) {
        take_three(in, start, at, all);
    } else if (start == ND_START_SEPARATES) {
        all->known |= (uint64_t)3 << at;
    }
}

/* Whether any of the 64 bytes is beyond ASCII: blocks are marked for markup, too, and of those most hold no other. */
ND_BODY bool has_letters(const uint8_t *bytes) {
    uint64_t all = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t eight;
        memcpy(&eight, bytes + 8 * i, 8);
        all |= eight;
    }
    return all & 0x8080808080808080;
}

/* Which of the 64 bytes are 0xC0 and up. */
ND_BODY uint64_t find_leads(const uint8_t *bytes) {
    uint64_t leads = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t eight;
        memcpy(&eight, bytes + 8 * i, 8);
        eight = (eight & eight << 1) >> 7 & 0x0101010101010101;
        leads |= (eight * 0x0102040810204080 >> 56) << 8 * i; /* puts them side by side in the top byte */
    }
    return leads;
}

/* Takes what begins in 64 bytes. Returns what is known of them, and in *over what is of the next ones. */
ND_BODY marks take_block(uint8_t *folded, marks *over) {
    marks all = *over;
    *over = (marks){0, 0, 0};
    uint64_t leads = find_leads(folded);
    if (!leads) return all;
    unsigned last = 63 - (unsigned)__builtin_clzll(leads);
    if (last > 60) { /* it may have bytes, or end, in the next 64 */
        uint8_t copy[4];
        memcpy(copy, folded + last, 3);
        marks ends = {0, 0, 0};
        take_letter(copy, 0, &ends);
        unsigned within = 64 - last;
        *over = (marks){ends.known >> within, ends.word >> within, ends.split >> within};
    }
    for (; leads; leads &= leads - 1) {
        unsigned at = (unsigned)__builtin_ctzll(leads);
        take_letter(folded + at, at, &all);
    }
    return all;
}

ND_BODY bool take_letters(uint8_t *folded, size_t blocks, uint64_t *word, uint64_t *special, uint64_t *split_out) {
    marks over = {0, 0, 0};
    uint64_t splits = 0;
    for (size_t b = 0; b < blocks; b++) {
        split_out[b] = 0;
        if (!(over.known | over.split) && (!special[b] || !has_letters(folded + 64 * b))) continue;
        marks known = take_block(folded + 64 * b, &over);
        special[b] &= ~known.known;
        word[b] |= known.word;
        split_out[b] = known.split;
        splits |= known.split;
    }
    return splits != 0;
}

/* The edges where tokens may follow each other without a gap: beginnings have the even places and ends the odd ones. */
ND_BODY size_t list_split_edges(const uint64_t *word, const uint64_t *split, size_t from, size_t to,
                                uint16_t *edges_out) {
    uint16_t *begin = edges_out, *end = edges_out + 1;
    uint64_t carry = 0;
    for (size_t block = from / 64; 64 * block < to; block++) {
        uint64_t mask = stretch_mask(block, from, to), now = word[block] & mask, before = now << 1 | carry;
        uint64_t begins = now & (~before | split[block]), ends = before & (~now | split[block]);
        carry = now >> 63;
        if (to - 64 * block < 64) ends &= mask; /* a run that reaches `to` has no end there */
        for (; begins; begins &= begins - 1, begin += 2)
            *begin = (uint16_t)(64 * block + (size_t)__builtin_ctzll(begins));
        for (; ends; ends &= ends - 1, end += 2) *end = (uint16_t)(64 * block + (size_t)__builtin_ctzll(ends));
    }
    return (size_t)(begin - edges_out) / 2 + (size_t)(end - 1 - edges_out) / 2;
}

#endif
