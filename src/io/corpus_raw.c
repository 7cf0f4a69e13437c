/* SPDX-License-Identifier: MIT */
/*
 * The third reading. Blocks are cut at line breaks, so that who takes them sees whole lines; only a line beyond the
 * limit of a document comes in pieces. Lines are counted but not looked into.
 */
#define _GNU_SOURCE /* memrchr */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/corpus_files.h"
#include "io/corpus_internal.h"
#include "text/json_string.h"

/* Blocks of so much or a little more: reading and writing go fastest in 1 to 4 MB. */
#define RAW_BLOCK ((size_t)2 << 20)

struct nd_raw {
    nd_corpus *corpus;
    nd_loader loader;
    size_t file;
    nd_buffer rest; /* what has been read of the next block */
    bool first, ended;
    bool inside;   /* the next block goes on with a line */
    size_t limit;  /* bytes as they stand in the file, beyond which a line comes in pieces */
    uint64_t line; /* the number of the next line, or of the one it is inside of */
    uint64_t document;
    unsigned break_size;
    bool big_endian;
};

neardup_status nd_raw_create(nd_corpus *corpus, nd_raw **raw_out, neardup_error *error) {
    nd_raw *raw = nd_allocate_zero(1, sizeof *raw);
    if (!raw) return nd_fail_memory(error);
    raw->corpus = corpus;
    raw->ended = true;
    atomic_store(&corpus->progress, 0);
    *raw_out = raw;
    return NEARDUP_OK;
}

void nd_raw_free(nd_raw *raw) {
    if (!raw) return;
    nd_loader_release(&raw->loader);
    nd_buffer_release(&raw->rest);
    nd_free(raw);
}

/* ---- line breaks ---- */

/* Finds out how the file's charset writes a line break, and how long a document can be in it: twice what it is in
 * UTF-8. */
static neardup_status find_break(nd_raw *raw, neardup_error *error) {
    unsigned charset = raw->corpus->facts[raw->file].charset;
    raw->limit = charset == ND_CHARSET_NONE ? raw->corpus->limit : 2 * raw->corpus->limit + ND_UTF16_MARK;
    raw->break_size = charset == ND_CHARSET_UTF16LE || charset == ND_CHARSET_UTF16BE ? 2 : 1;
    raw->big_endian = charset == ND_CHARSET_UTF16BE;
    if (charset < ND_CHARSET_FIRST) return NEARDUP_OK;
    nd_decoder *decoder = NULL;
    neardup_status status = nd_loader_decoder(&raw->loader, charset, &decoder, error);
    if (status) return status;
    raw->loader.decoded.size = 0;
    status = nd_decoder_feed(decoder, "a\nb", 3, true, &raw->loader.decoded);
    if (status == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
    if (status == NEARDUP_OK && nd_span_equals((nd_span){raw->loader.decoded.data, raw->loader.decoded.size}, "a\nb"))
        return NEARDUP_OK;
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                   "the lines of %.250s cannot be copied one by one in its charset: convert it to UTF-8 first",
                   nd_walk_path(&raw->corpus->walk, raw->file));
}

size_t nd_raw_line_end(unsigned break_size, bool big_endian, const char *data, size_t from, size_t size) {
    while (from < size) {
        const char *at = memchr(data + from, '\n', size - from);
        if (!at) return 0;
        size_t place = (size_t)(at - data);
        if (break_size == 1) return place + 1;
        size_t unit = place & ~(size_t)1;
        if (unit + 2 > size) return 0;
        if (big_endian ? place == unit + 1 && !data[unit] : place == unit && !data[unit + 1]) return unit + 2;
        from = place + 1;
    }
    return 0;
}

/* The end of the last line break in data[from..size), or 0. */
static size_t find_last_end(const nd_raw *raw, const char *data, size_t from, size_t size) {
    if (raw->break_size == 1) {
        const char *at = size > from ? memrchr(data + from, '\n', size - from) : NULL;
        return at ? (size_t)(at - data) + 1 : 0;
    }
    size_t last = 0;
    for (size_t end = from & ~(size_t)1; (end = nd_raw_line_end(2, raw->big_endian, data, end, size));) last = end;
    return last;
}

bool nd_raw_line(const nd_raw_block *block, nd_span *rest, nd_span *line_out) {
    if (!rest->size) return false;
    size_t end = nd_raw_line_end(block->break_size, block->big_endian, rest->data, 0, rest->size);
    if (!end) end = rest->size;
    *line_out = (nd_span){rest->data, end};
    *rest = (nd_span){rest->data + end, rest->size - end};
    return true;
}

/* ---- reading ---- */

neardup_status nd_raw_open(nd_raw *raw, size_t file, neardup_error *error) {
    neardup_status status = nd_loader_begin(&raw->loader, raw->corpus, file, error);
    if (status) return status;
    if (raw->loader.trouble.present) return nd_corpus_lost(raw->corpus, file, raw->loader.trouble.message, error);
    raw->file = file;
    raw->rest.size = 0;
    raw->first = true;
    raw->ended = raw->inside = false;
    raw->line = 0;
    raw->document = nd_corpus_first_document(raw->corpus, file);
    return find_break(raw, error);
}

/* Fills `data` up to `target` bytes, or to the end of the file. */
static neardup_status fill(nd_raw *raw, nd_buffer *data, size_t target, neardup_error *error) {
    while (!raw->ended && data->size < target) {
        size_t got = 0;
        if (nd_buffer_reserve(data, target - data->size)) return nd_fail_memory(error);
        neardup_status status =
            nd_stream_read(raw->loader.stream, data->data + data->size, target - data->size, &got, error);
        if (status == NEARDUP_ERROR_SOURCE) {
            neardup_error inner = *error;
            return nd_corpus_lost(raw->corpus, raw->file, inner.text, error);
        }
        if (status < 0) return status;
        data->size += got;
        raw->ended = status == NEARDUP_END;
    }
    return NEARDUP_OK;
}

/* Reads until `data` holds the end of a line, or is beyond the limit of one. *end_out is the end of the last one. */
static neardup_status gather(nd_raw *raw, nd_buffer *data, size_t *end_out, neardup_error *error) {
    size_t searched = 0, target = RAW_BLOCK, limit = raw->limit;
    for (;;) {
        neardup_status status = fill(raw, data, target, error);
        if (status) return status;
        *end_out = find_last_end(raw, data->data, searched, data->size);
        if (*end_out || raw->ended || raw->inside || data->size > limit) return NEARDUP_OK;
        searched = data->size & ~(size_t)1;
        target = data->size < limit / 2 ? data->size * 2 : limit + 2;
    }
}

/* Counts the block's lines and documents, and goes on behind them. */
static void count(nd_raw *raw, const nd_buffer *data, nd_raw_block *block) {
    uint64_t breaks = 0;
    size_t at = 0;
    for (size_t end; (end = nd_raw_line_end(raw->break_size, raw->big_endian, data->data, at, data->size)); at = end)
        breaks++;
    bool open = at < data->size;                /* it ends without a line break */
    uint64_t begun = raw->line + breaks + open; /* behind the last line that begins in it */
    block->lines = begun - raw->line - (raw->inside && data->size);
    block->document = raw->document;
    while (raw->document < raw->corpus->catalog.documents) {
        nd_origin place = nd_catalog_place(&raw->corpus->catalog, raw->document);
        if (place.file != raw->file || place.line >= begun) break;
        raw->document++;
    }
    block->documents = raw->document - block->document;
    raw->line += breaks;
    raw->inside = block->continued = open && !block->last;
}

/* What must hold at the end of a file: every document of it has been met, and it is still the same. */
static neardup_status check_end(nd_raw *raw, neardup_error *error) {
    if (raw->document != nd_corpus_first_document(raw->corpus, raw->file + 1))
        return nd_corpus_changed(raw->corpus, raw->file, error);
    return nd_corpus_check_file(raw->corpus, raw->file, error);
}

neardup_status nd_raw_next(nd_raw *raw, nd_buffer *data, nd_raw_block *block_out, neardup_error *error) {
    if (raw->ended && !raw->first && !raw->rest.size) return NEARDUP_END;
    data->size = 0;
    if (nd_buffer_append(data, raw->rest.data, raw->rest.size)) return nd_fail_memory(error);
    raw->rest.size = 0;
    size_t end = 0;
    neardup_status status = gather(raw, data, &end, error);
    if (status) return status;
    nd_raw_block block = {.file = raw->file,
                          .first = raw->first,
                          .last = raw->ended,
                          .continues = raw->inside,
                          .line = raw->line,
                          .break_size = raw->break_size,
                          .big_endian = raw->big_endian};
    if (!raw->ended) {
        if (!end) end = data->size & ~(size_t)1; /* a piece of a line, of whole characters */
        if (nd_buffer_append(&raw->rest, data->data + end, data->size - end)) return nd_fail_memory(error);
        data->size = end;
    }
    raw->first = false;
    count(raw, data, &block);
    if (block.last) status = check_end(raw, error);
    if (!status) *block_out = block;
    return status;
}

bool nd_raw_is_plain(const nd_raw *raw) { return nd_stream_is_raw(raw->loader.stream); }

/* ---- texts ---- */

struct nd_line_reader {
    nd_loader loader;
    nd_buffer decoded, joined, text;
    nd_line line;
};

nd_line_reader *nd_line_reader_create(nd_corpus *corpus) {
    nd_line_reader *reader = nd_allocate_zero(1, sizeof *reader);
    if (reader) reader->loader.corpus = corpus;
    return reader;
}

void nd_line_reader_free(nd_line_reader *reader) {
    if (!reader) return;
    nd_loader_release(&reader->loader);
    nd_buffer_release(&reader->decoded);
    nd_buffer_release(&reader->joined);
    nd_buffer_release(&reader->text);
    nd_free(reader);
}

/* Turns a line into UTF-8. */
static neardup_status decode(nd_line_reader *r, size_t file, nd_span *line, neardup_error *error) {
    unsigned charset = r->loader.corpus->facts[file].charset;
    if (charset == ND_CHARSET_NONE) return NEARDUP_OK;
    nd_decoder *decoder = NULL;
    neardup_status status = nd_loader_decoder(&r->loader, charset, &decoder, error);
    if (status) return status;
    r->decoded.size = 0;
    status = nd_decoder_feed(decoder, line->data, line->size, true, &r->decoded);
    *line = (nd_span){r->decoded.data, r->decoded.size};
    return status;
}

neardup_status nd_line_reader_literal(nd_line_reader *reader, size_t file, bool first, nd_span line,
                                      neardup_text *text_out, neardup_error *error) {
    nd_line_reader *r = reader;
    nd_corpus *corpus = r->loader.corpus;
    neardup_status status = decode(r, file, &line, error);
    if (status) return status;
    size_t mark = nd_sniff_mark(line);
    if (first) line = (nd_span){line.data + mark, line.size - mark};
    if (line.size && line.data[line.size - 1] == '\n') line.size--;
    r->joined.size = 0;
    if (nd_buffer_reserve(&r->joined, line.size)) return nd_fail_memory(error);
    if (!nd_line_parse(corpus, line, false, &r->joined, &r->line)) return nd_corpus_changed(corpus, file, error);
    *text_out = r->line.text;
    return NEARDUP_OK;
}

neardup_status nd_line_reader_text(nd_line_reader *reader, size_t file, bool first, nd_span line, nd_span *text_out,
                                   neardup_error *error) {
    neardup_text literal = {0};
    neardup_status status = nd_line_reader_literal(reader, file, first, line, &literal, error);
    if (status) return status;
    reader->text.size = 0;
    if (nd_json_unescape(literal.data, literal.size, &reader->text)) return nd_fail_memory(error);
    *text_out = (nd_span){reader->text.data, reader->text.size};
    return NEARDUP_OK;
}
