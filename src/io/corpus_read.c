/* SPDX-License-Identifier: MIT */
/* A corpus as a source, the serial half: the start of a reading, and cutting files into blocks. */
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "io/corpus_internal.h"

/* A slot's buffer that a large document has blown up beyond this is given back. */
#define KEEP_BYTES ((size_t)1 << 24)

/* ---- slots ---- */

void nd_slot_release(nd_slot *slot) {
    nd_slot_close(slot);
    nd_buffer_release(&slot->data);
    nd_buffer_release(&slot->joined);
    nd_free(slot->texts);
    nd_free(slot->records);
    nd_free(slot->keys);
    nd_free(slot->bad);
    nd_free(slot->outcomes);
    nd_loader_release(&slot->loader);
}

void nd_corpus_release_reading(nd_corpus *corpus) {
    for (unsigned i = 0; i < corpus->slot_count; i++) nd_slot_release(&corpus->slots[i]);
    nd_free(corpus->slots);
    corpus->slots = NULL;
    corpus->slot_count = 0;
    nd_lines_release(&corpus->reading.lines);
    nd_loader_release(&corpus->reading.loader);
    nd_ahead_free(corpus->reading.ahead);
    corpus->reading.ahead = NULL;
}

static void trim(nd_buffer *buffer) {
    buffer->size = 0;
    if (buffer->capacity > KEEP_BYTES) nd_buffer_release(buffer);
}

void nd_slot_clear(nd_slot *slot, nd_block_kind kind, size_t file, size_t files) {
    slot->kind = kind;
    slot->file = file;
    slot->files = files;
    slot->head = slot->oversized = slot->decoded = slot->unread = slot->taken = false;
    slot->begin = 0;
    slot->bytes = 0;
    slot->trouble.present = false;
    slot->count = slot->bad_count = slot->lines = 0;
    trim(&slot->data);
    trim(&slot->joined);
    trim(&slot->loader.decoded);
}

/* With several threads as many decode what is compressed. They sleep where the pipeline is slower than they are. */
static neardup_status begin_ahead(nd_reading *reading, unsigned slots, neardup_error *error) {
    unsigned threads = 1;
    while (nd_pipeline_slots(threads + 1) <= slots) threads++;
    if (threads == 1) return NEARDUP_OK;
    reading->ahead = reading->loader.ahead = nd_ahead_create(threads, 0);
    return reading->ahead ? NEARDUP_OK : nd_fail_memory(error);
}

neardup_status nd_corpus_begin(void *context, unsigned slots, neardup_error *error) {
    nd_corpus *corpus = context;
    nd_corpus_release_reading(corpus);
    corpus->slots = nd_allocate_zero(slots, sizeof *corpus->slots);
    if (!corpus->slots) return nd_fail_memory(error);
    corpus->slot_count = slots;
    nd_walk_finish(&corpus->walk);
    bool (*wanted)(void *, uint64_t) = corpus->reading.number ? corpus->next_wanted : NULL;
    corpus->reading = (nd_reading){.number = corpus->reading.number + 1,
                                   .wanted = wanted,
                                   .wanted_context = corpus->next_wanted_context,
                                   .commit_file = SIZE_MAX};
    corpus->next_wanted = NULL;
    atomic_store(&corpus->progress, 0);
    return begin_ahead(&corpus->reading, slots, error);
}

/* ---- files ---- */

nd_shape nd_corpus_shape(const nd_corpus *corpus, size_t file) {
    switch (corpus->options->format) {
    case ND_FORMAT_JSONL: return ND_SHAPE_LINES;
    case ND_FORMAT_TEXT: return ND_SHAPE_TEXT;
    default: return nd_sniff_shape(nd_walk_shown(&corpus->walk, file));
    }
}

/* Whether split can read the file on its own. */
static bool is_plain(const nd_corpus *corpus, size_t file) {
    return !nd_walk_file_at(&corpus->walk, file)->special && nd_corpus_shape(corpus, file) == ND_SHAPE_TEXT;
}

/* What a file adds to a block by its size in the listing, so that every reading cuts alike. A compressed one, which may
 * become any size, fills it. */
static uint64_t weight(const nd_corpus *corpus, size_t file) {
    bool packed = nd_sniff_packed_name(nd_walk_shown(&corpus->walk, file));
    return packed ? ND_BATCH_BYTES : nd_walk_file_at(&corpus->walk, file)->bytes;
}

/* The plain files from `file` on that make a block. */
static size_t plan_batch(const nd_corpus *corpus, size_t file) {
    uint64_t bytes = 0;
    size_t count = 0;
    do {
        bytes += weight(corpus, file + count);
        count++;
    } while (count < ND_BATCH_FILES && file + count < corpus->walk.count && is_plain(corpus, file + count) &&
             bytes + weight(corpus, file + count) <= ND_BATCH_BYTES);
    return count;
}

void nd_corpus_end_file(nd_corpus *corpus) {
    nd_reading *r = &corpus->reading;
    if (r->loader.stream) nd_stream_close(r->loader.stream);
    r->lines_open = false;
    r->next_file++;
}

/* Opens the next file and reads the beginning of it. */
static neardup_status open_head(nd_corpus *corpus, size_t file, char *head, size_t *size_out, neardup_error *error) {
    nd_loader *loader = &corpus->reading.loader;
    *size_out = 0;
    neardup_status status = nd_loader_begin(loader, corpus, file, error);
    if (status || loader->trouble.present) return status;
    status = nd_stream_read(loader->stream, head, ND_HEAD_BYTES, size_out, error);
    /* Damage is found again behind the last whole line. */
    return status == NEARDUP_END || status == NEARDUP_ERROR_SOURCE ? NEARDUP_OK
                                                                   : nd_loader_fault(loader, status, error);
}

/* The same for a file whose charset is found out, if it may hold records; trying charsets takes a reading of its own.
 */
static neardup_status open_known(nd_corpus *corpus, size_t file, bool records, nd_span *head, neardup_error *error) {
    nd_loader *loader = &corpus->reading.loader;
    nd_file_facts *facts = &corpus->facts[file];
    char *bytes = corpus->reading.head_bytes;
    size_t size;
    neardup_status status = open_head(corpus, file, bytes, &size, error);
    *head = (nd_span){bytes, size};
    if (status == NEARDUP_OK && !loader->trouble.present) status = nd_loader_check_head(loader, *head, error);
    if (status || loader->trouble.present || !records) return status;
    if (corpus->options->encodings.count && facts->state == ND_FILE_NEW) {
        status = nd_loader_find_charset(loader, *head, error);
        if (status || loader->trouble.present) return status;
        return open_head(corpus, file, bytes, &head->size, error);
    }
    if (facts->charset == ND_CHARSET_NONE && nd_utf16_by_mark(bytes, size))
        facts->charset = bytes[0] == '\xff' ? ND_CHARSET_UTF16LE : ND_CHARSET_UTF16BE;
    return NEARDUP_OK;
}

/* Whether a file is one that is read serially, and compressed as it seems. */
static bool is_shard(const nd_corpus *corpus, size_t file) {
    return !nd_walk_file_at(&corpus->walk, file)->special && corpus->facts[file].state != ND_FILE_PASSED &&
           nd_sniff_packed_name(nd_walk_shown(&corpus->walk, file)) && !is_plain(corpus, file);
}

/* Has the shards that come next decoded already, once one has been met. */
static void offer_next(nd_corpus *corpus) {
    nd_reading *r = &corpus->reading;
    if (!r->ahead || nd_stream_is_raw(r->loader.stream)) return;
    if (r->offered <= r->next_file) r->offered = r->next_file + 1;
    for (; r->offered < corpus->walk.count && nd_ahead_has_room(r->ahead); r->offered++)
        if (is_shard(corpus, r->offered) && (!r->wanted || nd_corpus_wants_file(corpus, r->offered)))
            nd_ahead_offer(r->ahead, r->offered, nd_walk_path(&corpus->walk, r->offered));
}

neardup_status nd_corpus_open_lines(nd_corpus *corpus, size_t file, bool records, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    nd_span head;
    neardup_status status = open_known(corpus, file, records, &head, error);
    if (status || r->loader.trouble.present) return status;
    nd_decoder *decoder = NULL;
    unsigned charset = corpus->facts[file].charset;
    if (records && charset != ND_CHARSET_NONE) status = nd_loader_decoder(&r->loader, charset, &decoder, error);
    if (status) return status;
    status = nd_lines_begin(&r->lines, r->loader.stream, decoder, corpus->limit, head);
    if (status == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
    offer_next(corpus);
    return NEARDUP_OK;
}

/* Notes that the open file ends with an error: what that means for its documents is the split's and commit's. */
static neardup_status fault(nd_corpus *corpus, nd_slot *slot, neardup_status status, neardup_error *error) {
    status = nd_loader_fault(&corpus->reading.loader, status, error);
    slot->trouble = corpus->reading.loader.trouble;
    return status;
}

/* Reads the next lines of the open file. NEARDUP_END: it has no more. */
static neardup_status read_lines(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    nd_slot_clear(slot, ND_BLOCK_LINES, r->next_file, 1);
    slot->head = r->head;
    r->head = false;
    slot->begin = nd_lines_position(&r->lines);
    neardup_status status = nd_lines_next(&r->lines, &slot->data, &slot->oversized, error);
    if (r->lines.decoder || !nd_loader_is_random(&r->loader)) corpus->in_order = true;
    if (slot->oversized) slot->bytes = r->lines.skipped;
    if (status == NEARDUP_OK) return status;
    if (status != NEARDUP_END) status = fault(corpus, slot, status, error);
    nd_corpus_end_file(corpus);
    return status;
}

/* Reads what is left of the open file behind what is in the slot: it is one document. */
static neardup_status read_rest(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    slot->kind = ND_BLOCK_LOADED;
    slot->decoded = r->lines.decoder != NULL;
    /* Of a document whose first line is too large already, the rest need not be read. */
    neardup_status status = slot->oversized ? NEARDUP_ERROR_LIMIT : nd_lines_drain(&r->lines, &slot->data, error);
    if (status == NEARDUP_ERROR_LIMIT) {
        slot->oversized = true;
        slot->bytes = nd_stream_size(r->loader.stream);
        slot->data.size = 0;
        status = NEARDUP_OK;
    } else if (status) {
        status = fault(corpus, slot, status, error);
    }
    nd_corpus_end_file(corpus);
    return status;
}

static bool first_line_is_object(const nd_corpus *corpus, nd_span text) {
    nd_json_value values[ND_JSON_NAMES];
    nd_json_error error;
    size_t mark = nd_sniff_mark(text);
    nd_span line = {NULL, 0}, rest = {text.data + mark, text.size - mark};
    if (!nd_line_next(&rest, &line)) return false;
    return nd_json_scan(corpus->wanted.fields, line, values, &error) == ND_JSON_OBJECT;
}

neardup_status nd_corpus_begin_file(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    size_t file = r->next_file;
    nd_shape shape = nd_corpus_shape(corpus, file);
    nd_slot_clear(slot, ND_BLOCK_NOTHING, file, 1);
    neardup_status status = NEARDUP_OK;
    bool passed = corpus->facts[file].state == ND_FILE_PASSED;
    if (!passed) {
        status = nd_corpus_open_lines(corpus, file, shape != ND_SHAPE_TEXT, error);
        slot->trouble = r->loader.trouble;
    }
    if (status || passed || slot->trouble.present) {
        corpus->facts[file].state = ND_FILE_PASSED;
        nd_corpus_end_file(corpus);
        return status;
    }
    r->lines_open = r->head = true;
    if (shape == ND_SHAPE_TEXT) return read_rest(corpus, slot, error);
    status = read_lines(corpus, slot, error);
    if (shape == ND_SHAPE_LINES) {
        corpus->facts[file].state = ND_FILE_TAKEN;
        corpus->facts[file].records = true;
        return status;
    }
    if (status == NEARDUP_END || (status == NEARDUP_OK && slot->trouble.present)) {
        /* It ends before its first line does: an empty document, or a damaged one. */
        slot->kind = ND_BLOCK_LOADED;
        return NEARDUP_OK;
    }
    if (status) return status;
    if (slot->oversized) return read_rest(corpus, slot, error);
    nd_span text = {slot->data.data, slot->data.size};
    if (!first_line_is_object(corpus, text)) return read_rest(corpus, slot, error);
    corpus->facts[file].state = ND_FILE_TAKEN;
    corpus->facts[file].records = true;
    return NEARDUP_OK;
}

static neardup_status read_block(nd_corpus *corpus, nd_slot *s, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    while (r->next_file < corpus->walk.count) {
        if (!r->lines_open && is_plain(corpus, r->next_file)) {
            size_t count = plan_batch(corpus, r->next_file);
            nd_slot_clear(s, ND_BLOCK_FILES, r->next_file, count);
            r->next_file += count;
            return NEARDUP_OK;
        }
        neardup_status status = r->lines_open ? read_lines(corpus, s, error) : nd_corpus_begin_file(corpus, s, error);
        if (status != NEARDUP_END) return status;
    }
    if (r->closed) return NEARDUP_END;
    r->closed = true;
    nd_slot_clear(s, ND_BLOCK_LAST, corpus->walk.count, 0);
    return NEARDUP_OK;
}

neardup_status nd_corpus_read(void *context, unsigned slot, neardup_error *error) {
    nd_corpus *corpus = context;
    nd_reading *r = &corpus->reading;
    nd_slot *s = &corpus->slots[slot];
    neardup_status status = r->wanted ? nd_corpus_read_wanted(corpus, s, error) : read_block(corpus, s, error);
    s->number = r->next_block;
    r->next_block += status == NEARDUP_OK;
    return status;
}

void nd_corpus_want(void *context, bool (*wanted)(void *wanted_context, uint64_t document), void *wanted_context) {
    nd_corpus *corpus = context;
    corpus->next_wanted = wanted;
    corpus->next_wanted_context = wanted_context;
}
