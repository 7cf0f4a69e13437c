/* SPDX-License-Identifier: MIT */
/* Reading some documents again: where it can be, one by one; else the files that hold them are read from their
 * beginning. */
#include "base/error.h"
#include "base/memory.h"
#include "io/corpus_internal.h"

typedef struct fetch {
    nd_corpus *corpus;
    const uint64_t *documents;
    size_t count, next;
    neardup_status (*take)(void *context, uint64_t document, const neardup_text *text);
    void *context;
    neardup_error *error;
    nd_slot *slot; /* of its own, as several threads may fetch */
    nd_lines lines;
    nd_line line;
} fetch;

static neardup_status give(fetch *f, const neardup_text *text) {
    return f->take(f->context, f->documents[f->next++], text);
}

/* Opens a file that gave documents, so that it must give them again. */
static neardup_status open_file(fetch *f, size_t file) {
    neardup_status status = nd_loader_begin(&f->slot->loader, f->corpus, file, f->error);
    return status == NEARDUP_OK && f->slot->loader.trouble.present
               ? nd_corpus_lost(f->corpus, file, f->slot->loader.trouble.message, f->error)
               : status;
}

static neardup_status fetch_file(fetch *f, size_t file) {
    neardup_text text;
    neardup_status status = nd_slot_fetch_file(f->corpus, f->slot, file, &text, f->error);
    return status ? status : give(f, &text);
}

/* Where the next wanted document is, if it is in the given file; else a place behind all lines. */
static uint64_t next_line(const fetch *f, size_t file) {
    if (f->next == f->count) return NEARDUP_NONE;
    nd_origin place = nd_catalog_place(&f->corpus->catalog, f->documents[f->next]);
    return place.file == file ? place.line : NEARDUP_NONE;
}

/* Gives what is wanted of the block in f->slot->data, whose first line has the number *line. */
static neardup_status fetch_block(fetch *f, size_t file, uint64_t *line) {
    nd_span rest = {f->slot->data.data, f->slot->data.size}, span;
    size_t mark = *line == 0 ? nd_sniff_mark(rest) : 0;
    rest = (nd_span){rest.data + mark, rest.size - mark};
    uint64_t wanted = next_line(f, file);
    for (; nd_line_next(&rest, &span); ++*line) {
        if (*line != wanted) continue;
        f->slot->joined.size = 0;
        if (nd_buffer_reserve(&f->slot->joined, span.size)) return nd_fail_memory(f->error);
        if (!nd_line_parse(f->corpus, span, false, &f->slot->joined, &f->line))
            return nd_corpus_changed(f->corpus, file, f->error);
        neardup_status status = give(f, &f->line.text);
        if (status) return status;
        wanted = next_line(f, file);
    }
    return NEARDUP_OK;
}

static neardup_status open_lines(fetch *f, size_t file) {
    nd_decoder *decoder = NULL;
    unsigned charset = f->corpus->facts[file].charset;
    neardup_status status = open_file(f, file);
    if (status == NEARDUP_OK && charset != ND_CHARSET_NONE)
        status = nd_loader_decoder(&f->slot->loader, charset, &decoder, f->error);
    if (status) return status;
    return nd_lines_begin(&f->lines, f->slot->loader.stream, decoder, f->corpus->limit, (nd_span){0})
               ? nd_fail_memory(f->error)
               : NEARDUP_OK;
}

static neardup_status fetch_lines(fetch *f, size_t file) {
    neardup_status status = open_lines(f, file);
    uint64_t line = 0;
    while (status == NEARDUP_OK && next_line(f, file) != NEARDUP_NONE) {
        bool oversized;
        status = nd_lines_next(&f->lines, &f->slot->data, &oversized, f->error);
        if (status == NEARDUP_END || status == NEARDUP_ERROR_SOURCE)
            return nd_corpus_changed(f->corpus, file, f->error);
        if (status == NEARDUP_OK) status = fetch_block(f, file, &line);
        if (status == NEARDUP_OK && oversized && line++ == next_line(f, file))
            status = give(f, &(neardup_text){.form = NEARDUP_JSON, .set_aside = true});
    }
    return status;
}

static neardup_status fetch_singly(fetch *f) {
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK && f->next < f->count) {
        neardup_text text;
        status = nd_slot_fetch(f->corpus, f->slot, f->documents[f->next], &text, f->error);
        if (status == NEARDUP_OK) status = give(f, &text);
    }
    return status;
}

static neardup_status fetch_in_order(fetch *f) {
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK && f->next < f->count) {
        nd_origin place = nd_catalog_place(&f->corpus->catalog, f->documents[f->next]);
        status = place.line == NEARDUP_NONE ? fetch_file(f, place.file) : fetch_lines(f, place.file);
    }
    return status;
}

neardup_status nd_corpus_fetch(nd_corpus *corpus, const uint64_t *documents, size_t count,
                               neardup_status (*take)(void *context, uint64_t document, const neardup_text *text),
                               void *context, neardup_error *error) {
    fetch *f = nd_allocate_zero(1, sizeof *f);
    nd_slot *slot = nd_allocate_zero(1, sizeof *slot);
    neardup_error own = {0};
    neardup_status status = f && slot ? NEARDUP_OK : nd_fail_memory(error);
    if (!status) {
        *f = (fetch){.corpus = corpus, .documents = documents, .count = count, .take = take, .context = context};
        f->slot = slot;
        f->error = error ? error : &own;
        status = nd_corpus_is_random(corpus) ? fetch_singly(f) : fetch_in_order(f);
        nd_lines_release(&f->lines);
        nd_slot_release(slot);
    }
    nd_free(slot);
    nd_free(f);
    return status;
}
