/* SPDX-License-Identifier: MIT */
/* A corpus as a source, asked for one document: its line is read from where the first reading found it, or its file. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "io/corpus_internal.h"

void nd_slot_close(nd_slot *slot) {
    if (slot->fd_open) close(slot->fd);
    slot->fd_open = false;
}

/* Opens a file of lines in the slot, unless it is the one that is open. */
static neardup_status open_file(const nd_corpus *corpus, nd_slot *slot, size_t file, neardup_error *error) {
    if (slot->fd_open && slot->fd_file == file) return NEARDUP_OK;
    nd_slot_close(slot);
    char reason[128];
    int fd = nd_file_open(nd_walk_path(&corpus->walk, file), O_NONBLOCK);
    if (fd < 0) return nd_corpus_lost(corpus, file, nd_file_reason(errno, reason, sizeof reason), error);
    slot->fd = fd;
    slot->fd_file = file;
    slot->fd_open = true;
    struct stat s;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return nd_corpus_changed(corpus, file, error);
    return nd_corpus_check_facts(corpus, file, &s, error);
}

static neardup_status read_extent(const nd_corpus *corpus, nd_slot *slot, size_t file, nd_extent extent,
                                  neardup_error *error) {
    int fd;
    off_t offset = (off_t)extent.begin;
    const nd_spool *spool = nd_walk_file_at(&corpus->walk, file)->special ? nd_corpus_spool(corpus, file) : NULL;
    if (spool) {
        fd = nd_spool_descriptor(spool);
        offset += spool->offset;
    } else {
        neardup_status status = open_file(corpus, slot, file, error);
        if (status) return status;
        fd = slot->fd;
    }
    slot->data.size = 0;
    if (nd_buffer_reserve(&slot->data, (size_t)extent.size)) return nd_fail_memory(error);
    char reason[128];
    if (nd_file_read_whole(fd, slot->data.data, (size_t)extent.size, offset))
        return nd_corpus_lost(corpus, file, nd_file_reason(errno, reason, sizeof reason), error);
    slot->data.size = (size_t)extent.size;
    return NEARDUP_OK;
}

static neardup_status fetch_line(const nd_corpus *corpus, nd_slot *slot, size_t file, uint64_t document,
                                 neardup_text *text_out, neardup_error *error) {
    nd_line line;
    nd_extent extent = nd_extents_at(&corpus->extents, document);
    *text_out = (neardup_text){.form = NEARDUP_JSON, .set_aside = true};
    if (!extent.size || extent.size > corpus->limit) return NEARDUP_OK; /* too large to be read, then as now */
    neardup_status status = read_extent(corpus, slot, file, extent, error);
    if (status) return status;
    slot->joined.size = 0;
    nd_span bytes = {slot->data.data, slot->data.size};
    if (nd_buffer_reserve(&slot->joined, bytes.size)) return nd_fail_memory(error);
    if (!nd_line_parse(corpus, bytes, true, &slot->joined, &line)) return nd_corpus_changed(corpus, file, error);
    *text_out = line.text;
    return NEARDUP_OK;
}

neardup_status nd_slot_fetch_file(nd_corpus *corpus, nd_slot *slot, size_t file, neardup_text *text_out,
                                  neardup_error *error) {
    slot->data.size = 0;
    neardup_status status = nd_loader_begin(&slot->loader, corpus, file, error);
    if (!status && !slot->loader.trouble.present) status = nd_loader_text(&slot->loader, &slot->data, text_out, error);
    if (status) return status;
    if (slot->loader.trouble.present) return nd_corpus_lost(corpus, file, slot->loader.trouble.message, error);
    if (!text_out->set_aside) text_out->data = slot->data.data;
    return NEARDUP_OK;
}

neardup_status nd_slot_fetch(nd_corpus *corpus, nd_slot *slot, uint64_t document, neardup_text *text_out,
                             neardup_error *error) {
    nd_origin place = nd_catalog_place(&corpus->catalog, document);
    if (place.line == NEARDUP_NONE) return nd_slot_fetch_file(corpus, slot, place.file, text_out, error);
    return fetch_line(corpus, slot, place.file, document, text_out, error);
}

neardup_status nd_corpus_fetch_single(void *context, unsigned slot, uint64_t document, neardup_text *text_out,
                                      neardup_error *error) {
    nd_corpus *corpus = context;
    if (!nd_corpus_is_random(corpus)) return NEARDUP_END;
    return nd_slot_fetch(corpus, &corpus->slots[slot], document, text_out, error);
}
