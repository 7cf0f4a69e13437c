/* SPDX-License-Identifier: MIT */
/* How a corpus opens its files, tells their charset, and reads those that are one document. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/corpus_internal.h"
#include "io/file.h"

/* Texts are read in steps of at least this. */
#define STEP ((size_t)1 << 16)

/* A file of more bytes than this is believed to be that large only as it is read. */
#define BELIEVED ((size_t)1 << 26)

/* ---- loader ---- */

void nd_loader_release(nd_loader *loader) {
    nd_stream_free(loader->stream);
    for (size_t i = 0; i < ND_CHARSETS_MOST; i++) nd_decoder_free(loader->decoders[i]);
    nd_buffer_release(&loader->decoded);
    *loader = (nd_loader){0};
}

neardup_status nd_loader_decoder(nd_loader *loader, const nd_corpus *corpus, unsigned charset, nd_decoder **decoder_out,
                                 neardup_error *error) {
    nd_decoder **decoder = &loader->decoders[charset];
    if (!*decoder && charset < ND_CHARSET_FIRST) {
        *decoder = nd_decoder_create_utf16(charset == ND_CHARSET_UTF16BE);
        if (!*decoder) return nd_fail_memory(error);
    } else if (!*decoder) {
        const char *name = corpus->options->encodings.items[charset - ND_CHARSET_FIRST];
        neardup_status status = nd_decoder_create(name, decoder, error);
        if (status) return status;
    }
    nd_decoder_reset(*decoder);
    *decoder_out = *decoder;
    return NEARDUP_OK;
}

static void set_trouble(nd_trouble *trouble, nd_problem_kind kind, uint64_t byte, const char *message) {
    *trouble = (nd_trouble){.present = true, .kind = kind, .byte = byte};
    size_t size = strnlen(message, sizeof trouble->message - 1);
    memcpy(trouble->message, message, size);
}

static neardup_status set_trouble_number(nd_trouble *trouble, int number) {
    char reason[128];
    set_trouble(trouble, ND_PROBLEM_UNREADABLE, NEARDUP_NONE, nd_file_reason(number, reason, sizeof reason));
    return NEARDUP_OK;
}

/* The path of a file for an error's sentence. */
static const char *path_of(const nd_corpus *corpus, size_t file) { return nd_walk_path(&corpus->walk, file); }

neardup_status nd_load_trouble(const nd_corpus *corpus, const nd_loader *loader, size_t file, neardup_status status,
                               nd_trouble *trouble, neardup_error *error) {
    if (status == NEARDUP_ERROR_SOURCE) {
        nd_stream_fault fault = nd_stream_fault_of(loader->stream);
        nd_problem_kind kind = fault == ND_STREAM_DAMAGED      ? ND_PROBLEM_DAMAGED
                               : fault == ND_STREAM_UNREADABLE ? ND_PROBLEM_UNREADABLE
                                                               : ND_PROBLEM_UNDECODABLE;
        set_trouble(trouble, kind, nd_stream_position(loader->stream), error->text);
        return NEARDUP_OK;
    }
    if (status == NEARDUP_ERROR_SYSTEM) {
        neardup_error inner = *error;
        return nd_fail(error, status, "%s: %s", path_of(corpus, file), inner.text);
    }
    return status;
}

/* ---- opening ---- */

/* Writes down what a file is when it is first opened; later compares. */
static neardup_status check_facts(nd_corpus *corpus, size_t file, const struct stat *s, neardup_error *error) {
    nd_file_facts *facts = &corpus->facts[file];
    if (facts->state == ND_FILE_NEW) {
        facts->bytes = (uint64_t)s->st_size;
        facts->seconds = s->st_mtim.tv_sec;
        facts->nanoseconds = (int32_t)s->st_mtim.tv_nsec;
        return NEARDUP_OK;
    }
    if (facts->bytes == (uint64_t)s->st_size && facts->seconds == s->st_mtim.tv_sec &&
        facts->nanoseconds == (int32_t)s->st_mtim.tv_nsec)
        return NEARDUP_OK;
    return nd_fail(error, NEARDUP_ERROR_CHANGED,
                   "%s changed while it was being read: start again when nothing writes to it", path_of(corpus, file));
}

static nd_spool *find_spool(const nd_corpus *corpus, size_t file) {
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

/* A temporary file for what can be read only once. */
static neardup_status make_copy(nd_corpus *corpus, size_t file, int *fd_out, neardup_error *error) {
    const char *folder = corpus->options->temporary;
    if (!folder) folder = getenv("TMPDIR");
    if (!folder || !*folder) folder = "/var/tmp";
    char reason[128];
    int fd = nd_file_temporary(folder);
    if (fd < 0)
        return nd_fail(error, NEARDUP_ERROR_SYSTEM,
                       "cannot make a temporary file in %s for a copy of %s: %s; --tmpdir names another folder", folder,
                       path_of(corpus, file), nd_file_reason(errno, reason, sizeof reason));
    neardup_status status = add_spool(corpus, (nd_spool){file, fd, true, 0}, error);
    if (status)
        close(fd);
    else
        *fd_out = fd;
    return status;
}

/* Opens standard input, or a file that is not regular: it is copied while it is read for the first time. */
static neardup_status begin_special(nd_corpus *corpus, nd_loader *loader, size_t file, nd_trouble *trouble,
                                    neardup_error *error) {
    nd_stream_input input = {.copy = -1, .progress = &corpus->progress};
    const nd_spool *spool = find_spool(corpus, file);
    neardup_status status = NEARDUP_OK;
    if (!spool) {
        bool standard = corpus->walk.files[file].input;
        struct stat s;
        input.fd = standard ? STDIN_FILENO : nd_file_open(path_of(corpus, file), 0);
        if (input.fd < 0 || fstat(input.fd, &s) != 0) return set_trouble_number(trouble, errno);
        corpus->facts[file].seconds = s.st_mtim.tv_sec;
        corpus->facts[file].nanoseconds = (int32_t)s.st_mtim.tv_nsec;
        input.close = !standard;
        input.offset = -1;
        off_t offset = S_ISREG(s.st_mode) ? lseek(input.fd, 0, SEEK_CUR) : -1;
        if (offset >= 0 && standard) {
            status = add_spool(corpus, (nd_spool){file, input.fd, false, offset}, error);
            input.offset = offset;
        } else {
            status = make_copy(corpus, file, &input.copy, error);
        }
        if (status && input.close) close(input.fd);
    } else {
        input.fd = spool->fd;
        input.offset = spool->offset;
    }
    if (status == NEARDUP_OK) nd_stream_open(loader->stream, &input);
    return status;
}

neardup_status nd_load_begin(nd_corpus *corpus, nd_loader *loader, size_t file, nd_trouble *trouble,
                             neardup_error *error) {
    trouble->present = false;
    if (!loader->stream) loader->stream = nd_stream_create();
    if (!loader->stream) return nd_fail_memory(error);
    if (corpus->walk.files[file].special) return begin_special(corpus, loader, file, trouble, error);
    /* What was a regular file may have become a FIFO since: opening it must not wait. */
    int fd = nd_file_open(path_of(corpus, file), O_NONBLOCK);
    struct stat s;
    if (fd < 0 || fstat(fd, &s) != 0) {
        int number = errno;
        char reason[128];
        if (fd >= 0) close(fd);
        if (corpus->facts[file].state != ND_FILE_TAKEN) return set_trouble_number(trouble, number);
        return nd_fail(error, NEARDUP_ERROR_CHANGED, "%s was read once but cannot be opened again: %s",
                       path_of(corpus, file), nd_file_reason(number, reason, sizeof reason));
    }
    neardup_status status = NEARDUP_OK;
    if (!S_ISREG(s.st_mode))
        set_trouble(trouble, ND_PROBLEM_UNREADABLE, NEARDUP_NONE, "it is no longer a regular file");
    else
        status = check_facts(corpus, file, &s, error);
    if (status || trouble->present) {
        close(fd);
        return status;
    }
    nd_stream_open(loader->stream, &(nd_stream_input){.fd = fd,
                                                      .close = true,
                                                      .offset = -1,
                                                      .expected = (uint64_t)s.st_size,
                                                      .copy = -1,
                                                      .progress = &corpus->progress});
    return NEARDUP_OK;
}

/* ---- charsets ---- */

/* The number of the UTF-16 charset whose mark the bytes begin with, or ND_CHARSET_NONE. */
static unsigned charset_by_mark(const void *data, size_t size) {
    const char *name = nd_utf16_by_mark(data, size);
    if (!name) return ND_CHARSET_NONE;
    return strcmp(name, "UTF-16LE") == 0 ? ND_CHARSET_UTF16LE : ND_CHARSET_UTF16BE;
}

/* Feeds a piece to every decoder that is still in the race. */
static neardup_status feed_all(nd_decoder **decoders, size_t count, nd_span piece, bool last, nd_buffer *scratch) {
    for (size_t i = 0; i < count; i++) {
        if (!decoders[i]) continue;
        scratch->size = 0;
        neardup_status status = nd_decoder_feed(decoders[i], piece.data, piece.size, last, scratch);
        if (status == NEARDUP_ERROR_MEMORY) return status;
        if (status) decoders[i] = NULL;
    }
    return NEARDUP_OK;
}

/* All decoders see the file in one pass; the first that is left at the end wins. What is damaged ends early. */
neardup_status nd_load_find_charset(nd_corpus *corpus, nd_loader *loader, size_t file, nd_trouble *trouble,
                                    neardup_error *error) {
    size_t count = corpus->options->encodings.count, got = 0;
    nd_decoder *decoders[ND_CHARSETS_MOST] = {0};
    nd_buffer piece = {0};
    neardup_status status = nd_buffer_reserve(&piece, ND_LINES_BLOCK) ? nd_fail_memory(error) : NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < count; i++)
        status = nd_loader_decoder(loader, corpus, ND_CHARSET_FIRST + (unsigned)i, &decoders[i], error);
    bool first = true;
    while (status == NEARDUP_OK) {
        status = nd_stream_read(loader->stream, piece.data, ND_LINES_BLOCK, &got, error);
        corpus->facts[file].charset = first ? (uint8_t)charset_by_mark(piece.data, got) : ND_CHARSET_NONE;
        if (first && corpus->facts[file].charset) break;
        first = false;
        neardup_status fed =
            feed_all(decoders, count, (nd_span){piece.data, got}, status == NEARDUP_END, &loader->decoded);
        if (fed) status = nd_fail_memory(error);
    }
    nd_buffer_release(&piece);
    if (status < 0 && status != NEARDUP_ERROR_SOURCE)
        return nd_load_trouble(corpus, loader, file, status, trouble, error);
    if (corpus->facts[file].charset) return NEARDUP_OK;
    for (size_t i = 0; i < count; i++) {
        if (!decoders[i]) continue;
        corpus->facts[file].charset = (uint8_t)(ND_CHARSET_FIRST + i);
        return NEARDUP_OK;
    }
    set_trouble(trouble, ND_PROBLEM_UNDECODABLE, NEARDUP_NONE, "it is text in none of the given charsets");
    return NEARDUP_OK;
}

/* Decodes data[offset..] by one charset into loader->decoded. */
static neardup_status decode(nd_corpus *corpus, nd_loader *loader, unsigned charset, nd_span raw,
                             neardup_error *error) {
    nd_decoder *decoder;
    neardup_status status = nd_loader_decoder(loader, corpus, charset, &decoder, error);
    if (status) return status;
    loader->decoded.size = 0;
    status = nd_decoder_feed(decoder, raw.data, raw.size, true, &loader->decoded);
    return status == NEARDUP_ERROR_MEMORY ? nd_fail_memory(error) : status;
}

/* Finds the charset of a whole text, or takes the known one, and replaces the text by its UTF-8. */
static neardup_status decode_whole(nd_corpus *corpus, nd_loader *loader, size_t file, nd_buffer *data, size_t offset,
                                   nd_trouble *trouble, neardup_error *error) {
    nd_file_facts *facts = &corpus->facts[file];
    nd_span raw = {data->data + offset, data->size - offset};
    unsigned first = charset_by_mark(raw.data, raw.size), last = first;
    if (facts->state == ND_FILE_TAKEN) {
        first = last = facts->charset;
    } else if (!first && corpus->options->encodings.count) {
        first = ND_CHARSET_FIRST;
        last = first + (unsigned)corpus->options->encodings.count - 1;
    }
    if (!first) return NEARDUP_OK;
    neardup_status status = NEARDUP_ERROR_SOURCE;
    for (unsigned charset = first; status == NEARDUP_ERROR_SOURCE && charset <= last; charset++) {
        status = decode(corpus, loader, charset, raw, error);
        if (status == NEARDUP_OK) facts->charset = (uint8_t)charset;
    }
    if (status == NEARDUP_ERROR_SOURCE) {
        bool binary = nd_sniff_binary(raw);
        set_trouble(trouble, binary ? ND_PROBLEM_BINARY : ND_PROBLEM_UNDECODABLE, NEARDUP_NONE,
                    binary ? "it is not text" : "it is text in none of the given charsets");
        return NEARDUP_OK;
    }
    if (status) return status;
    data->size = offset;
    return nd_buffer_append(data, loader->decoded.data, loader->decoded.size) ? nd_fail_memory(error) : NEARDUP_OK;
}

/* ---- whole files ---- */

neardup_status nd_load_judge(nd_corpus *corpus, nd_loader *loader, size_t file, nd_buffer *data, size_t offset,
                             bool decoded, neardup_text *text_out, nd_trouble *trouble, neardup_error *error) {
    trouble->present = false;
    if (!decoded) {
        neardup_status status = decode_whole(corpus, loader, file, data, offset, trouble, error);
        if (status || trouble->present) return status;
    }
    nd_span text = {data->data + offset, data->size - offset};
    if (nd_sniff_binary(text)) {
        set_trouble(trouble, ND_PROBLEM_BINARY, NEARDUP_NONE, "it is not text");
        return NEARDUP_OK;
    }
    bool html = corpus->options->markup != ND_MARKUP_NONE &&
                (nd_sniff_html_name(nd_walk_shown(&corpus->walk, file)) || nd_sniff_html(text));
    *text_out = (neardup_text){.size = text.size, .form = html ? NEARDUP_HTML : NEARDUP_PLAIN};
    return NEARDUP_OK;
}

neardup_status nd_load_text(nd_corpus *corpus, nd_loader *loader, size_t file, nd_buffer *data, neardup_text *text_out,
                            size_t *offset_out, nd_trouble *trouble, neardup_error *error) {
    size_t offset = data->size;
    neardup_status status = nd_load_begin(corpus, loader, file, trouble, error);
    if (status || trouble->present) return status;
    uint64_t bytes = corpus->facts[file].bytes;
    size_t room = bytes < BELIEVED ? (size_t)bytes + 1 : BELIEVED;
    while (status == NEARDUP_OK && data->size - offset <= corpus->limit) {
        size_t got = 0;
        if (nd_buffer_reserve(data, room)) {
            status = nd_fail_memory(error);
            break;
        }
        status = nd_stream_read(loader->stream, data->data + data->size, room, &got, error);
        data->size += got;
        room = STEP > data->size - offset ? STEP : data->size - offset;
    }
    nd_stream_close(loader->stream);
    *offset_out = offset;
    if (status < 0) {
        data->size = offset;
        return nd_load_trouble(corpus, loader, file, status, trouble, error);
    }
    if (data->size - offset > corpus->limit) {
        data->size = offset;
        *text_out = (neardup_text){.set_aside = true};
        return NEARDUP_OK;
    }
    status = nd_load_judge(corpus, loader, file, data, offset, false, text_out, trouble, error);
    if (trouble->present) data->size = offset;
    return status;
}
