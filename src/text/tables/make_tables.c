/* SPDX-License-Identifier: MIT */
/*
 * Writes the tables of the fast path from the reference path: for every code point its class, and its case fold where
 * that does not depend on its neighbours.
 *
 *     make_tables OUTPUT.h
 *
 * Folding decomposes, orders marks and composes. A code point is context-free when its folded decomposition begins with
 * a starter that no composition ends in: then nothing is reordered or composed across its left border, and a token made
 * of such code points folds to the folds of its parts. All others are marked SLOW and left to utf8proc.
 *
 * The table has two levels: nd_table_pages[code point >> 8], then nd_table_entries[page][code point & 255]. An entry is
 *     bits 0-2 class | bits 3-8 length of the fold in bytes, or SELF, or SLOW | bits 9-31 its offset in nd_table_folds
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "text/reference.h"
#include "text/unicode.h"
#include "text/utf8.h"

enum { CODE_POINTS = 0x110000, PAGES = CODE_POINTS / 256 };

static uint8_t ends_composition[CODE_POINTS];
static uint32_t entries[CODE_POINTS];
static uint16_t page_of[PAGES], first_of_page[PAGES];
static char folds[1 << 20];
static size_t folds_size;

static void fail(const char *what) {
    fprintf(stderr, "make_tables: %s\n", what);
    exit(1);
}

static size_t decompose(uint32_t c, utf8proc_option_t options, utf8proc_int32_t out[64]) {
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t size = utf8proc_encode_char((utf8proc_int32_t)c, bytes);
    utf8proc_ssize_t count = utf8proc_decompose(bytes, size, out, 64, options);
    if (count < 0 || count > 64) fail("a code point does not decompose");
    return (size_t)count;
}

static uint32_t entry_of(uint32_t c) {
    nd_class class = nd_class_of(c);
    if (class == ND_SEPARATOR || class == ND_IGNORED) return class;
    utf8proc_int32_t parts[64];
    utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    size_t count = decompose(c, options, parts);
    if (count) {
        const utf8proc_property_t *first = utf8proc_get_property(parts[0]);
        if (first->combining_class || ends_composition[parts[0]]) return class | ND_FOLD_SLOW << 3;
    }
    nd_fold_scratch scratch = {0};
    nd_buffer fold = {0};
    uint8_t raw[4];
    size_t raw_size = nd_utf8_write(c, raw);
    if (nd_fold(raw, raw_size, &scratch, &fold)) fail("out of memory");
    uint32_t entry;
    if (fold.size == raw_size && memcmp(fold.data, raw, raw_size) == 0) {
        entry = class | ND_FOLD_SELF << 3;
    } else {
        if (fold.size >= ND_FOLD_SLOW || folds_size + fold.size > sizeof folds) fail("a fold is too long");
        entry = class | (uint32_t)fold.size << 3 | (uint32_t)folds_size << 9;
        if (fold.size) memcpy(folds + folds_size, fold.data, fold.size);
        folds_size += fold.size;
    }
    nd_fold_scratch_release(&scratch);
    nd_buffer_release(&fold);
    return entry;
}

static void find_ends_of_compositions(void) {
    ends_composition[0x11A7] = 1; /* utf8proc takes it for a final consonant of Hangul, and swallows it */
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        if (c >= 0xD800 && c < 0xE000) continue;
        utf8proc_int32_t parts[64];
        size_t count = decompose(c, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, parts);
        for (size_t i = 1; i < count; i++) ends_composition[parts[i]] = 1;
    }
}

/* Gives equal pages one number; returns how many there are. */
static unsigned share_pages(void) {
    unsigned pages = 0;
    for (unsigned p = 0; p < PAGES; p++) {
        unsigned q = 0;
        while (q < pages && memcmp(&entries[p * 256], &entries[first_of_page[q] * 256], 256 * sizeof *entries)) q++;
        if (q == pages) first_of_page[pages++] = (uint16_t)p;
        page_of[p] = (uint16_t)q;
    }
    return pages;
}

static void write_tables(FILE *out, unsigned pages) {
    fprintf(out, "/* Made by make_tables from utf8proc %s. */\n", utf8proc_version());
    fprintf(out, "const char nd_table_unicode[] = \"%s\";\n", utf8proc_unicode_version());
    fprintf(out, "const uint16_t nd_table_pages[%d] = {", PAGES);
    for (unsigned p = 0; p < PAGES; p++) fprintf(out, "%s%u,", p % 16 ? " " : "\n    ", page_of[p]);
    fprintf(out, "\n};\nconst uint32_t nd_table_entries[%u][256] = {", pages);
    for (unsigned q = 0; q < pages; q++) {
        fprintf(out, "\n    {");
        for (unsigned i = 0; i < 256; i++)
            fprintf(out, "%s0x%x,", i % 12 ? " " : "\n        ", entries[first_of_page[q] * 256 + i]);
        fprintf(out, "\n    },");
    }
    fprintf(out, "\n};\nconst uint8_t nd_table_folds[%zu] = {", folds_size + 4);
    for (size_t i = 0; i < folds_size; i++) fprintf(out, "%s%u,", i % 20 ? " " : "\n    ", (unsigned char)folds[i]);
    fprintf(out, "\n};\n");
}

/* ---- characters of two and three bytes by their bytes (unicode.h) ---- */

static uint16_t starts[0x4000];
static uint8_t thirds[0x400][256];

static uint16_t start_of_two(uint32_t c) {
    uint32_t entry = entries[c], size = nd_entry_fold_size(entry);
    uint8_t self[4];
    const uint8_t *fold = (const uint8_t *)folds + (entry >> 9);
    if (nd_entry_class(entry) == ND_SEPARATOR) return ND_START_SEPARATES;
    if (size == ND_FOLD_SELF) {
        size = (uint32_t)nd_utf8_write(c, self);
        fold = self;
    }
    if (nd_entry_class(entry) != ND_WORD || size != 2) return 0;
    return (uint16_t)(fold[0] | fold[1] << 8);
}

static uint8_t third_of(uint32_t c) {
    uint32_t entry = entries[c];
    if (c < 0x800 || (c >= 0xD800 && c < 0xE000)) return 0;
    if (entry == ND_SEPARATOR) return ND_THREE_SEPARATES;
    if (entry == (ND_WORD | ND_FOLD_SELF << 3)) return ND_THREE_WORD;
    if (entry == (ND_ALONE | ND_FOLD_SELF << 3)) return ND_THREE_ALONE;
    return nd_entry_class(entry) == ND_WORD && nd_entry_fold_size(entry) == 3 ? ND_THREE_FOLDS : 0;
}

/* Fills `starts` and `thirds`, equal pages once. Returns how many pages there are. */
static unsigned find_starts(void) {
    unsigned pages = 0;
    for (uint32_t c = 0x80; c < 0x800; c++) starts[0x80 + (c >> 6 << 8) + (c & 63)] = start_of_two(c);
    for (uint32_t first = 0; first < 0x10000; first += 64) {
        for (uint32_t i = 0; i < 64; i++) thirds[pages][0x80 + i] = third_of(first + i);
        unsigned page = 0;
        while (memcmp(thirds[page], thirds[pages], sizeof *thirds)) page++;
        pages += page == pages;
        if (pages == sizeof thirds / sizeof *thirds) fail("too many pages");
        starts[0x2080 + (first >> 12 << 8) + (first >> 6 & 63)] = (uint16_t)(ND_START_PAGES + page);
    }
    return pages;
}

static void write_starts(FILE *out) {
    unsigned pages = find_starts();
    fprintf(out, "const uint16_t nd_table_starts[0x4000] = {");
    for (unsigned i = 0; i < 0x4000; i++) fprintf(out, "%s%u,", i % 20 ? " " : "\n    ", starts[i]);
    fprintf(out, "\n};\nconst uint8_t nd_table_thirds[%u][256] = {", pages);
    for (unsigned p = 0; p < pages; p++)
        for (unsigned i = 0; i < 256; i++)
            fprintf(out, "%s%u%s", i ? ", " : "\n    {", thirds[p][i], i == 255 ? "}," : "");
    fprintf(out, "\n};\n");
}

/* For each byte the places of its bits (unicode.h): no Unicode, but a table to be made all the same. */
static void write_bits(FILE *out) {
    fprintf(out, "const uint8_t nd_table_bits[256][8] = {");
    for (unsigned byte = 0; byte < 256; byte++) {
        fprintf(out, "%s{", byte % 4 ? " " : "\n    ");
        for (unsigned left = byte, i = 0; i < 8; i++, left &= left - 1)
            fprintf(out, "%d%s", left ? __builtin_ctz(left) : 0, i < 7 ? ", " : "},");
    }
    fprintf(out, "\n};\n");
}

int main(int argc, char **argv) {
    if (argc != 2) fail("usage: make_tables OUTPUT.h");
    find_ends_of_compositions();
    for (uint32_t c = 0; c < CODE_POINTS; c++) entries[c] = c >= 0xD800 && c < 0xE000 ? ND_SEPARATOR : entry_of(c);
    FILE *out = fopen(argv[1], "w");
    if (!out) fail("cannot write the output");
    write_tables(out, share_pages());
    write_starts(out);
    write_bits(out);
    if (ferror(out) || fclose(out)) fail("cannot write the output");
    return 0;
}
