/* SPDX-License-Identifier: MIT */
#include "io/lines.h"

#include <string.h>

#include "base/error.h"

neardup_status nd_lines_begin(nd_lines *lines, nd_stream *stream, nd_decoder *decoder, size_t limit, nd_span head) {
    lines->stream = stream;
    lines->decoder = decoder;
    lines->limit = limit;
    lines->rest.size = 0;
    lines->read = head.size;
    lines->status = NEARDUP_OK;
    return decoder ? nd_decoder_feed(decoder, head.data, head.size, false, &lines->rest)
                   : nd_buffer_append(&lines->rest, head.data, head.size);
}

void nd_lines_release(nd_lines *lines) {
    nd_buffer_release(&lines->rest);
    nd_buffer_release(&lines->raw);
}

uint64_t nd_lines_position(const nd_lines *lines) { return lines->read - lines->rest.size; }

bool nd_lines_seek(nd_lines *lines, uint64_t position) {
    if (lines->decoder || !nd_stream_seek(lines->stream, position)) return false;
    lines->rest.size = 0;
    lines->read = position;
    lines->status = NEARDUP_OK;
    return true;
}

/* Reads about `size` bytes behind what is in `block`. */
static neardup_status read_more(nd_lines *lines, nd_buffer *block, size_t size, neardup_error *error) {
    nd_buffer *target = lines->decoder ? &lines->raw : block;
    if (lines->decoder) lines->raw.size = 0;
    if (nd_buffer_reserve(target, size)) return nd_fail_memory(error);
    size_t got = 0;
    neardup_status status = nd_stream_read(lines->stream, target->data + target->size, size, &got, error);
    target->size += got;
    lines->read += got;
    if (!lines->decoder || status < 0) return status;
    neardup_status decoded = nd_decoder_feed(lines->decoder, lines->raw.data, got, status == NEARDUP_END, block);
    if (decoded == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
    if (decoded) return nd_fail(error, decoded, "the bytes are not text in the charset");
    return status;
}

/* The same, but once it has given anything else than NEARDUP_OK it goes on giving that. */
static neardup_status fill(nd_lines *lines, nd_buffer *block, size_t size, neardup_error *error) {
    if (lines->status == NEARDUP_OK) {
        lines->status = read_more(lines, block, size, &lines->error);
        if (lines->status == NEARDUP_OK) return NEARDUP_OK;
    }
    if (lines->status < 0 && error) *error = lines->error;
    return lines->status;
}

/* The end of the last whole line in the block, looking no further back than `from`; `from` when there is none. */
static size_t last_line_end(const nd_buffer *block, size_t from) {
    size_t end = block->size;
    while (end > from && block->data[end - 1] != '\n') end--;
    return end;
}

/* Drops a line that is too long, but for what follows it. */
static neardup_status skip_line(nd_lines *lines, nd_buffer *block, neardup_error *error) {
    for (lines->skipped = block->size;; lines->skipped += block->size) {
        block->size = 0;
        neardup_status status = fill(lines, block, ND_LINES_BLOCK, error);
        if (status == NEARDUP_END) return NEARDUP_OK;
        if (status != NEARDUP_OK) return status;
        const char *end = memchr(block->data, '\n', block->size);
        if (!end) continue;
        size_t used = (size_t)(end - block->data) + 1;
        lines->skipped += used - 1;
        bool kept = nd_buffer_append(&lines->rest, block->data + used, block->size - used) == NEARDUP_OK;
        block->size = 0;
        return kept ? NEARDUP_OK : nd_fail_memory(error);
    }
}

/* Fills the block up to a size that fits, or further to the end of a line that is longer. *end_out is the end of its
 * last whole line, 0 where there is none. */
static neardup_status gather(nd_lines *lines, nd_buffer *block, size_t *end_out, neardup_error *error) {
    size_t target = ND_LINES_BLOCK, searched = 0;
    for (;;) {
        neardup_status status = NEARDUP_OK;
        while (status == NEARDUP_OK && block->size < target) status = fill(lines, block, target - block->size, error);
        size_t end = last_line_end(block, searched);
        *end_out = end > searched ? end : 0;
        if (*end_out || status != NEARDUP_OK || block->size > lines->limit) return status;
        searched = block->size;
        target = block->size < lines->limit / 2 ? block->size * 2 : lines->limit + 1;
    }
}

neardup_status nd_lines_next(nd_lines *lines, nd_buffer *block, bool *oversized_out, neardup_error *error) {
    *oversized_out = false;
    block->size = 0;
    if (nd_buffer_append(block, lines->rest.data, lines->rest.size)) return nd_fail_memory(error);
    lines->rest.size = 0;
    size_t end;
    neardup_status status = gather(lines, block, &end, error);
    if (status < 0 && !end) {
        block->size = 0; /* what there is of a line that breaks off is no line */
        return status;
    }
    if (!end && block->size > lines->limit) {
        status = skip_line(lines, block, error);
        *oversized_out = status == NEARDUP_OK;
        return status;
    }
    /* A last line without a line break is a line, unless it is too long: then it gets a block of its own. */
    if (status == NEARDUP_END && block->size - end <= lines->limit) return block->size ? NEARDUP_OK : NEARDUP_END;
    if (nd_buffer_append(&lines->rest, block->data + end, block->size - end)) return nd_fail_memory(error);
    block->size = end;
    return NEARDUP_OK;
}

neardup_status nd_lines_drain(nd_lines *lines, nd_buffer *block, neardup_error *error) {
    neardup_status status = nd_buffer_append(block, lines->rest.data, lines->rest.size);
    if (status) return nd_fail_memory(error);
    lines->rest.size = 0;
    while (status == NEARDUP_OK) {
        if (block->size > lines->limit) return nd_fail(error, NEARDUP_ERROR_LIMIT, "the text is too large");
        status = fill(lines, block, ND_LINES_BLOCK, error);
    }
    return status == NEARDUP_END ? NEARDUP_OK : status;
}
