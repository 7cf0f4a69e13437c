/* SPDX-License-Identifier: MIT */
/* How a corpus opens its files, tells their charset, and reads those that are one document. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/corpus_internal.h"

/* Texts are read in steps of at least this. */
#define STEP ((size_t)1 << 16)

/* A file of more bytes than this is believed to be that large only as it is read. */
#define BELIEVED ((size_t)1 << 26)

static const char not_text[] = "it is not text";

/* ---- loader ---- */

void nd_loader_release(nd_loader *loader) {
    nd_stream_free(loader->stream);
    for (size_t i = 0; i < ND_CHARSETS_MOST; i++) nd_decoder_free(loader->decoders[i]);
    nd_buffer_release(&loader->decoded);
    *loader = (nd_loader){0};
}

neardup_status nd_loader_decoder(nd_loader *loader, unsigned charset, nd_decoder **decoder_out, neardup_error *error) {
    nd_decoder **decoder = &loader->decoders[charset];
    if (!*decoder && charset < ND_CHARSET_FIRST) {
        *decoder = nd_decoder_create_utf16(charset == ND_CHARSET_UTF16BE);
        if (!*decoder) return nd_fail_memory(error);
    } else if (!*decoder) {
        const char *name = loader->corpus->options->encodings.items[charset - ND_CHARSET_FIRST];
        neardup_status status = nd_decoder_create(name, decoder, error);
        if (status) return status;
    }
    nd_decoder_reset(*decoder);
    *decoder_out = *decoder;
    return NEARDUP_OK;
}

static void set_trouble(nd_loader *loader, nd_problem_kind kind, uint64_t byte, const char *message) {
    nd_trouble *trouble = &loader->trouble;
    *trouble = (nd_trouble){.present = true, .kind = kind, .byte = byte};
    memcpy(trouble->message, message, strnlen(message, sizeof trouble->message - 1));
}

static neardup_status set_trouble_number(nd_loader *loader, int number) {
    char reason[128];
    set_trouble(loader, ND_PROBLEM_UNREADABLE, NEARDUP_NONE, nd_file_reason(number, reason, sizeof reason));
    return NEARDUP_OK;
}

/* The path of the file for opening. */
static const char *path_of(const nd_loader *loader) { return nd_walk_path(&loader->corpus->walk, loader->file); }

static nd_file_facts *facts_of(const nd_loader *loader) { return &loader->corpus->facts[loader->file]; }

neardup_status nd_loader_fault(nd_loader *loader, neardup_status status, neardup_error *error) {
    if (status == NEARDUP_ERROR_SOURCE) {
        static const nd_problem_kind kinds[] = {[ND_STREAM_WHOLE] = ND_PROBLEM_UNDECODABLE,
                                                [ND_STREAM_UNREADABLE] = ND_PROBLEM_UNREADABLE,
                                                [ND_STREAM_DAMAGED] = ND_PROBLEM_DAMAGED,
                                                [ND_STREAM_EXPANDED] = ND_PROBLEM_EXPANDED};
        nd_stream_fault fault = nd_stream_fault_of(loader->stream);
        bool known = fault != ND_STREAM_WHOLE && fault != ND_STREAM_EXPANDED;
        uint64_t byte = known ? nd_stream_position(loader->stream) : NEARDUP_NONE;
        set_trouble(loader, kinds[fault], byte, error->text);
        return NEARDUP_OK;
    }
    if (status != NEARDUP_ERROR_SYSTEM) return status;
    neardup_error inner = *error;
    return nd_fail(error, status, "%.250s: %s", nd_corpus_name(loader->corpus, loader->file), inner.text);
}

/* ---- opening ---- */

/* Writes down what a file is when it is first opened; later compares. */
static neardup_status check_facts(nd_loader *loader, const struct stat *s, neardup_error *error) {
    nd_file_facts *facts = facts_of(loader);
    if (facts->state != ND_FILE_NEW) return nd_corpus_check_facts(loader->corpus, loader->file, s, error);
    nd_facts_note(facts, s);
    return NEARDUP_OK;
}

/* Opens a regular file. What was one may have become a FIFO since: opening it must not wait. */
static neardup_status begin_regular(nd_loader *loader, neardup_error *error) {
    int fd = nd_file_open(path_of(loader), O_NONBLOCK);
    struct stat s;
    if (fd < 0 || fstat(fd, &s) != 0) {
        int number = errno;
        char reason[128];
        if (fd >= 0) close(fd);
        if (facts_of(loader)->state != ND_FILE_TAKEN) return set_trouble_number(loader, number);
        return nd_corpus_lost(loader->corpus, loader->file, nd_file_reason(number, reason, sizeof reason), error);
    }
    neardup_status status = NEARDUP_OK;
    if (!S_ISREG(s.st_mode))
        set_trouble(loader, ND_PROBLEM_UNREADABLE, NEARDUP_NONE, "it is no longer a regular file");
    else
        status = check_facts(loader, &s, error);
    if (status || loader->trouble.present) {
        close(fd);
        return status;
    }
    nd_stream_open(loader->stream, &(nd_stream_input){.fd = fd,
                                                      .close = true,
                                                      .offset = -1,
                                                      .expected = (uint64_t)s.st_size,
                                                      .expansion = loader->corpus->options->expansion,
                                                      .progress = &loader->corpus->progress,
                                                      .ahead = loader->ahead,
                                                      .number = loader->file});
    return NEARDUP_OK;
}

const nd_spool *nd_corpus_spool(const nd_corpus *corpus, size_t file) {
    for (size_t i = 0; i < corpus->spool_count; i++)
        if (corpus->spools[i].file == file) return &corpus->spools[i];
    return NULL;
}

static neardup_status add_spool(nd_corpus *corpus, nd_spool spool, neardup_error *error) {
    if (nd_reserve(&corpus->spools, &corpus->spool_capacity, corpus->spool_count + 1, sizeof spool))
        return nd_fail_memory(error);
    corpus->spools[corpus->spool_count++] = spool;
    return NEARDUP_OK;
}

/* A copy of what can be read only once. */
static neardup_status make_copy(nd_loader *loader, nd_reel **reel_out, neardup_error *error) {
    nd_corpus *corpus = loader->corpus;
    const char *folder = corpus->options->temporary ? corpus->options->temporary : "/var/tmp";
    nd_reel *reel = nd_reel_create(folder, corpus->options->copy_memory, &corpus->reeled);
    if (!reel) return nd_fail_memory(error);
    neardup_status status = add_spool(corpus, (nd_spool){.file = loader->file, .reel = reel}, error);
    if (status)
        nd_reel_free(reel);
    else
        *reel_out = reel;
    return status;
}

/* Opens for the first time what can be read only once: it is copied meanwhile, unless it is a file after all. */
static neardup_status begin_once(nd_loader *loader, nd_stream_input *input, neardup_error *error) {
    bool standard = nd_walk_file_at(&loader->corpus->walk, loader->file)->input;
    struct stat s;
    input->fd = standard ? STDIN_FILENO : nd_file_open(path_of(loader), 0);
    if (input->fd < 0 || fstat(input->fd, &s) != 0) return set_trouble_number(loader, errno);
    nd_facts_note(facts_of(loader), &s);
    input->close = !standard;
    off_t offset = standard && S_ISREG(s.st_mode) ? lseek(input->fd, 0, SEEK_CUR) : -1;
    input->offset = offset;
    neardup_status status =
        offset >= 0
            ? add_spool(loader->corpus, (nd_spool){.file = loader->file, .fd = input->fd, .offset = offset}, error)
            : make_copy(loader, &input->copy, error);
    if (status && input->close) close(input->fd);
    return status;
}

bool nd_loader_is_random(const nd_loader *loader) {
    const nd_spool *spool = nd_corpus_spool(loader->corpus, loader->file);
    return nd_stream_is_raw(loader->stream) && (!spool || !spool->reel || nd_reel_is_plain(spool->reel));
}

static neardup_status begin_special(nd_loader *loader, neardup_error *error) {
    nd_stream_input input = {.progress = &loader->corpus->progress, .expansion = loader->corpus->options->expansion};
    const nd_spool *spool = nd_corpus_spool(loader->corpus, loader->file);
    neardup_status status = NEARDUP_OK;
    if (spool) {
        struct stat s;
        input.fd = nd_spool_descriptor(spool);
        input.offset = spool->offset;
        if (spool->reel && !nd_reel_is_plain(spool->reel)) input.expansion = 0; /* it was packed here */
        if (!spool->reel && fstat(spool->fd, &s) == 0) status = check_facts(loader, &s, error);
    } else {
        status = begin_once(loader, &input, error);
    }
    if (status == NEARDUP_OK && !loader->trouble.present) nd_stream_open(loader->stream, &input);
    return status;
}

neardup_status nd_loader_begin(nd_loader *loader, nd_corpus *corpus, size_t file, neardup_error *error) {
    loader->corpus = corpus;
    loader->file = file;
    loader->trouble.present = false;
    if (!loader->stream) loader->stream = nd_stream_create();
    if (!loader->stream) return nd_fail_memory(error);
    return nd_walk_file_at(&corpus->walk, file)->special ? begin_special(loader, error) : begin_regular(loader, error);
}

/* ---- charsets ---- */

static const char no_charset[] = "it is text in none of the given charsets";

/* The number of the UTF-16 charset whose mark the bytes begin with, or ND_CHARSET_NONE. */
static uint8_t charset_by_mark(const void *data, size_t size) {
    const char *name = nd_utf16_by_mark(data, size);
    if (!name) return ND_CHARSET_NONE;
    return strcmp(name, "UTF-16LE") == 0 ? ND_CHARSET_UTF16LE : ND_CHARSET_UTF16BE;
}

/* The decoders of the charsets that are to be tried; NULL for one that is out of the race. */
typedef struct race {
    nd_decoder *decoders[ND_CHARSETS_MOST];
    size_t count;
} race;

neardup_status nd_loader_check_head(nd_loader *loader, nd_span head, neardup_error *error) {
    if (facts_of(loader)->state == ND_FILE_TAKEN) return NEARDUP_OK;
    size_t count = loader->corpus->options->encodings.count;
    unsigned first = charset_by_mark(head.data, head.size), last = first;
    if (first == ND_CHARSET_NONE && count) {
        first = ND_CHARSET_FIRST;
        last = first + (unsigned)count - 1;
    }
    bool binary = nd_sniff_binary(head);
    for (unsigned charset = first; first != ND_CHARSET_NONE && charset <= last; charset++) {
        nd_decoder *decoder = NULL;
        neardup_status status = nd_loader_decoder(loader, charset, &decoder, error);
        if (status) return status;
        loader->decoded.size = 0;
        status = nd_decoder_feed(decoder, head.data, head.size, false, &loader->decoded);
        if (status == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
        bool nul = nd_sniff_binary((nd_span){loader->decoded.data, loader->decoded.size});
        if (status == NEARDUP_OK && !nul) return NEARDUP_OK; /* it may be text in this one */
        binary = binary || nul;
    }
    if (binary) set_trouble(loader, ND_PROBLEM_BINARY, NEARDUP_NONE, not_text);
    return NEARDUP_OK;
}

/* Feeds a piece to every decoder that is still in the race. */
static neardup_status feed_all(race *r, nd_span piece, bool last, nd_buffer *scratch) {
    for (size_t i = 0; i < r->count; i++) {
        if (!r->decoders[i]) continue;
        scratch->size = 0;
        neardup_status status = nd_decoder_feed(r->decoders[i], piece.data, piece.size, last, scratch);
        if (status == NEARDUP_ERROR_MEMORY) return status;
        if (status) r->decoders[i] = NULL;
    }
    return NEARDUP_OK;
}

/* Reads the opened file, of which `head` has been read, through all decoders at a time, unless it begins with a UTF-16
 * mark. */
static neardup_status run_race(nd_loader *loader, race *r, nd_span head, neardup_error *error) {
    facts_of(loader)->charset = charset_by_mark(head.data, head.size);
    if (facts_of(loader)->charset != ND_CHARSET_NONE) return NEARDUP_OK;
    if (feed_all(r, head, false, &loader->decoded)) return nd_fail_memory(error);
    nd_buffer piece = {0};
    if (nd_buffer_reserve(&piece, ND_LINES_BLOCK)) return nd_fail_memory(error);
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK) {
        size_t got = 0;
        status = nd_stream_read(loader->stream, piece.data, ND_LINES_BLOCK, &got, error);
        if (feed_all(r, (nd_span){piece.data, got}, status == NEARDUP_END, &loader->decoded))
            status = nd_fail_memory(error);
    }
    nd_buffer_release(&piece);
    /* Damage is for the reading that follows to find: until there the charset counts. */
    return status < 0 && status != NEARDUP_ERROR_SOURCE ? nd_loader_fault(loader, status, error) : NEARDUP_OK;
}

neardup_status nd_loader_find_charset(nd_loader *loader, nd_span head, neardup_error *error) {
    race r = {.count = loader->corpus->options->encodings.count};
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < r.count; i++)
        status = nd_loader_decoder(loader, ND_CHARSET_FIRST + (unsigned)i, &r.decoders[i], error);
    if (status == NEARDUP_OK) status = run_race(loader, &r, head, error);
    nd_file_facts *facts = facts_of(loader);
    if (status || facts->charset != ND_CHARSET_NONE) return status;
    size_t winner = 0;
    while (winner < r.count && !r.decoders[winner]) winner++;
    if (winner < r.count)
        facts->charset = (uint8_t)(ND_CHARSET_FIRST + winner);
    else
        set_trouble(loader, ND_PROBLEM_UNDECODABLE, NEARDUP_NONE, no_charset);
    return NEARDUP_OK;
}

/* Decodes a whole text by one charset into loader->decoded. */
static neardup_status decode_by(nd_loader *loader, unsigned charset, nd_span raw, neardup_error *error) {
    nd_decoder *decoder = NULL;
    neardup_status status = nd_loader_decoder(loader, charset, &decoder, error);
    if (status) return status;
    loader->decoded.size = 0;
    status = nd_decoder_feed(decoder, raw.data, raw.size, true, &loader->decoded);
    return status == NEARDUP_ERROR_MEMORY ? nd_fail_memory(error) : status;
}

neardup_status nd_loader_decode(nd_loader *loader, nd_buffer *data, size_t offset, neardup_error *error) {
    nd_file_facts *facts = facts_of(loader);
    size_t count = loader->corpus->options->encodings.count;
    nd_span raw = {data->data + offset, data->size - offset};
    unsigned first = charset_by_mark(raw.data, raw.size), last = first;
    if (facts->state == ND_FILE_TAKEN) {
        first = last = facts->charset;
    } else if (first == ND_CHARSET_NONE && count) {
        first = ND_CHARSET_FIRST;
        last = first + (unsigned)count - 1;
    }
    if (first == ND_CHARSET_NONE) return NEARDUP_OK;
    neardup_status status = NEARDUP_ERROR_SOURCE;
    for (unsigned charset = first; status == NEARDUP_ERROR_SOURCE && charset <= last; charset++) {
        status = decode_by(loader, charset, raw, error);
        /* What is known already may be read by others at the same time. */
        if (status == NEARDUP_OK && facts->state != ND_FILE_TAKEN) facts->charset = (uint8_t)charset;
    }
    if (status == NEARDUP_ERROR_SOURCE) {
        bool binary = nd_sniff_binary(raw);
        set_trouble(loader, binary ? ND_PROBLEM_BINARY : ND_PROBLEM_UNDECODABLE, NEARDUP_NONE,
                    binary ? not_text : no_charset);
        return NEARDUP_OK;
    }
    if (status) return status;
    data->size = offset;
    return nd_buffer_append(data, loader->decoded.data, loader->decoded.size) ? nd_fail_memory(error) : NEARDUP_OK;
}

/* ---- whole files ---- */

void nd_loader_judge(nd_loader *loader, nd_span text, neardup_text *text_out) {
    if (nd_sniff_binary(text)) {
        set_trouble(loader, ND_PROBLEM_BINARY, NEARDUP_NONE, not_text);
        return;
    }
    bool html = loader->corpus->options->markup != ND_MARKUP_NONE &&
                (nd_sniff_html_name(nd_walk_shown(&loader->corpus->walk, loader->file)) || nd_sniff_html(text));
    *text_out = (neardup_text){.size = text.size, .form = html ? NEARDUP_HTML : NEARDUP_PLAIN};
}

/* Looks at what has been read of a file, data[offset] on, until it is enough to tell; *known says so. */
static neardup_status look_at_head(nd_loader *loader, const nd_buffer *data, size_t offset, bool *known,
                                   neardup_error *error) {
    size_t size = data->size - offset;
    if (*known) return NEARDUP_OK;
    *known = size >= ND_HEAD_BYTES;
    return nd_loader_check_head(loader, (nd_span){data->data + offset, size < ND_HEAD_BYTES ? size : ND_HEAD_BYTES},
                                error);
}

/* How large a text may be that is put behind `offset` bytes of other files. It matters for compressed files that do not
 * say so by their name and stand in a block with others: together they do not become much larger than one may be. */
static size_t limit_behind(const nd_loader *loader, size_t offset) {
    size_t limit = loader->corpus->limit;
    if (offset <= ND_BATCH_BYTES) return limit;
    return limit > offset - ND_BATCH_BYTES ? limit - (size_t)(offset - ND_BATCH_BYTES) : 0;
}

/* Appends the bytes of the opened file to `data`, up to a little more than the limit, or until it is known to be
 * binary. */
static neardup_status read_whole(nd_loader *loader, nd_buffer *data, neardup_error *error) {
    size_t offset = data->size, limit = limit_behind(loader, offset);
    uint64_t bytes = facts_of(loader)->bytes;
    size_t room = bytes < BELIEVED ? (size_t)bytes + 1 : BELIEVED;
    neardup_status status = NEARDUP_OK;
    bool known = false;
    while (status == NEARDUP_OK && !loader->trouble.present && data->size - offset <= limit) {
        size_t got = 0;
        if (nd_buffer_reserve(data, room)) return nd_fail_memory(error);
        status = nd_stream_read(loader->stream, data->data + data->size, room, &got, error);
        data->size += got;
        /* What ends here, and is not too large, is judged as a whole. */
        bool more = got == room || data->size - offset > limit;
        if (status == NEARDUP_OK && more) status = look_at_head(loader, data, offset, &known, error);
        room = STEP > data->size - offset ? STEP : data->size - offset;
    }
    nd_stream_close(loader->stream);
    return status == NEARDUP_END ? NEARDUP_OK : status;
}

neardup_status nd_loader_text(nd_loader *loader, nd_buffer *data, neardup_text *text_out, neardup_error *error) {
    size_t offset = data->size;
    neardup_status status = read_whole(loader, data, error);
    if (status) {
        status = nd_loader_fault(loader, status, error);
    } else if (!loader->trouble.present && data->size - offset > limit_behind(loader, offset)) {
        data->size = offset;
        *text_out = (neardup_text){.set_aside = true};
        loader->bytes = nd_stream_size(loader->stream);
    } else if (!loader->trouble.present) {
        status = nd_loader_decode(loader, data, offset, error);
        if (status == NEARDUP_OK && !loader->trouble.present)
            nd_loader_judge(loader, (nd_span){data->data + offset, data->size - offset}, text_out);
    }
    if (loader->trouble.present) data->size = offset;
    return status;
}
