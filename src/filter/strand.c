/* SPDX-License-Identifier: MIT */
#include "filter/strand.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/corpus_files.h"

enum { BLOCK = 1 << 20 };

neardup_status nd_strand_open(nd_strand *strand, const char *path, neardup_error *error) {
    nd_strand *s = strand;
    if (!s->stream) s->stream = nd_stream_create();
    nd_free(s->path);
    s->path = nd_copy(path, strlen(path));
    if (!s->stream || !s->path) return nd_fail_memory(error);
    int descriptor = nd_file_open(path, 0);
    if (descriptor < 0) return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.300s cannot be read: %s", path, strerror(errno));
    nd_stream_open(s->stream, &(nd_stream_input){.fd = descriptor, .close = true, .offset = -1});
    s->block.size = s->at = 0;
    s->ended = false;
    return NEARDUP_OK;
}

/* Reads on where everything has been taken. */
static neardup_status fill(nd_strand *s, neardup_error *error) {
    if (s->at < s->block.size || s->ended) return NEARDUP_OK;
    neardup_error inner = {0};
    s->at = s->block.size = 0;
    if (nd_buffer_reserve(&s->block, BLOCK)) return nd_fail_memory(error);
    neardup_status status = nd_stream_read(s->stream, s->block.data, BLOCK, &s->block.size, &inner);
    s->ended = status == NEARDUP_END;
    if (status >= 0) return NEARDUP_OK;
    return nd_fail(error, status, "%.250s cannot be read: %s", s->path, inner.text);
}

neardup_status nd_strand_take(nd_strand *strand, nd_line_break line_break, uint64_t count, nd_take_bytes *take,
                              void *context, neardup_error *error) {
    nd_strand *s = strand;
    bool inside = false; /* of a line of which some has been taken */
    while (count) {
        neardup_status status = fill(s, error);
        if (status) return status;
        if (s->at == s->block.size) {
            if (inside && count == 1) return NEARDUP_OK; /* the last line ends without a line break */
            return nd_fail(error, NEARDUP_ERROR_SOURCE,
                           "%.250s has fewer lines than the decisions say: it does not belong to them", s->path);
        }
        size_t end = s->at;
        for (size_t next; count && (next = nd_raw_line_end(line_break.size, line_break.big_endian, s->block.data, end,
                                                           s->block.size));
             count--)
            end = next;
        inside = count > 0 && end < s->block.size;
        if (inside) end = s->block.size;
        status = take(context, s->block.data + s->at, end - s->at, error);
        if (status) return status;
        s->at = end;
    }
    return NEARDUP_OK;
}

/* A document has at most 1 GiB, and so has its id. */
static neardup_status gather_json(void *context, const char *data, size_t size, neardup_error *error) {
    nd_buffer *line = context;
    const size_t most = (size_t)3 << 30;
    if (size && (memchr(data, 0, size) || line->size > most - size))
        return nd_fail(error, NEARDUP_ERROR_SOURCE,
                       "there is a line that is no JSON: is this what --decisions and --dropped wrote?");
    return nd_buffer_append(line, data, size) ? nd_fail_memory(error) : NEARDUP_OK;
}

neardup_status nd_strand_take_json(nd_strand *strand, nd_buffer *line, neardup_error *error) {
    line->size = 0;
    return nd_strand_take(strand, (nd_line_break){1, false}, 1, gather_json, line, error);
}

neardup_status nd_strand_at_end(nd_strand *strand, bool *end_out, neardup_error *error) {
    neardup_status status = fill(strand, error);
    if (!status) *end_out = strand->at == strand->block.size;
    return status;
}

void nd_strand_release(nd_strand *strand) {
    nd_stream_free(strand->stream);
    nd_free(strand->path);
    nd_buffer_release(&strand->block);
    *strand = (nd_strand){0};
}
