/* SPDX-License-Identifier: MIT */
#include "io/reel.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/temporary.h"
#include "io/sink.h"
#include "io/stream.h"

/* What is in memory goes to the file in steps of this. */
#define STEP ((size_t)1 << 18)

struct nd_reel {
    const char *folder;
    uint64_t limit, size; /* bytes added */
    atomic_uint_least64_t *held;
    int descriptor;
    bool in_memory, ended;
    nd_sink *sink; /* compresses; NULL: not in a file, or compressed already */
};

nd_reel *nd_reel_create(const char *folder, uint64_t limit, atomic_uint_least64_t *held) {
    nd_reel *reel = nd_allocate_zero(1, sizeof *reel);
    if (!reel) return NULL;
    *reel = (nd_reel){.folder = folder, .limit = limit, .held = held, .descriptor = -1};
    return reel;
}

void nd_reel_free(nd_reel *reel) {
    if (!reel) return;
    if (reel->in_memory) atomic_fetch_sub_explicit(reel->held, reel->size, memory_order_relaxed);
    if (reel->descriptor >= 0) close(reel->descriptor);
    nd_sink_free(reel->sink);
    nd_free(reel);
}

static neardup_status fail(const nd_reel *reel, neardup_error *error) {
    char reason[128];
    nd_file_reason(errno, reason, sizeof reason);
    return nd_fail(error, NEARDUP_ERROR_SYSTEM,
                   "a temporary copy of it cannot be kept in %.200s: %s; it takes %s the size of the input (%.1f MB so "
                   "far): name a folder with more room (--tmpdir), or allow more memory (--memory)",
                   reel->folder, reason, reel->sink ? "a third to all of" : "up to", (double)reel->size / 1e6);
}

/* Writes to the file. */
static neardup_status write_out(nd_reel *reel, const void *data, size_t size, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    if (reel->sink)
        status = nd_sink_write(reel->sink, data, size);
    else if (nd_file_write(reel->descriptor, data, size) != 0)
        status = NEARDUP_ERROR_SYSTEM;
    if (status == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
    return status ? fail(reel, error) : NEARDUP_OK;
}

/* Moves what is in memory to the file. */
static neardup_status move_out(nd_reel *reel, int memory, uint64_t size, neardup_error *error) {
    char *block = nd_allocate(STEP, 1);
    neardup_status status = block ? NEARDUP_OK : nd_fail_memory(error);
    for (uint64_t at = 0; at < size && !status;) {
        ssize_t got = nd_file_read(memory, block, STEP, (off_t)at);
        if (got <= 0) status = fail(reel, error);
        if (got > 0) status = write_out(reel, block, (size_t)got, error);
        at += got > 0 ? (uint64_t)got : 0;
    }
    nd_free(block);
    return status;
}

/* Goes on in a file; `data` are the next bytes, which tell what they are where they are the first. */
static neardup_status leave_memory(nd_reel *reel, const void *data, size_t size, neardup_error *error) {
    unsigned char first[ND_STREAM_MAGIC];
    int memory = reel->in_memory ? reel->descriptor : -1;
    uint64_t held = reel->in_memory ? reel->size : 0;
    ssize_t got = held ? nd_file_read(memory, first, sizeof first, 0) : 0;
    nd_stream_kind kind = got > 0 ? nd_stream_kind_of(first, (size_t)got)
                                  : nd_stream_kind_of(data, size < sizeof first ? size : sizeof first);
    reel->in_memory = false;
    reel->descriptor = nd_temporary_file(reel->folder);
    neardup_status status = reel->descriptor < 0 ? fail(reel, error) : NEARDUP_OK;
    if (!status && kind == ND_STREAM_RAW) {
        reel->sink = nd_sink_create(1);
        if (!reel->sink || nd_sink_open(reel->sink, reel->descriptor, ND_PACKING_FAST, false))
            status = nd_fail_memory(error);
    }
    if (!status) status = move_out(reel, memory, held, error);
    if (memory >= 0) close(memory);
    atomic_fetch_sub_explicit(reel->held, held, memory_order_relaxed);
    return status;
}

neardup_status nd_reel_add(nd_reel *reel, const void *data, size_t size, neardup_error *error) {
    if (!size) return NEARDUP_OK;
    if (reel->descriptor < 0 && reel->limit) {
        reel->descriptor = nd_temporary_memory();
        reel->in_memory = reel->descriptor >= 0;
    }
    bool fits = reel->in_memory && reel->size + size <= reel->limit;
    neardup_status status = NEARDUP_OK;
    if (!fits && (reel->in_memory || reel->descriptor < 0)) status = leave_memory(reel, data, size, error);
    if (!status) status = write_out(reel, data, size, error);
    if (status) return status;
    if (fits) atomic_fetch_add_explicit(reel->held, size, memory_order_relaxed);
    reel->size += size;
    return NEARDUP_OK;
}

neardup_status nd_reel_finish(nd_reel *reel, neardup_error *error) {
    if (reel->descriptor < 0) reel->descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC); /* there was nothing */
    if (reel->ended || !reel->sink) return reel->descriptor < 0 ? fail(reel, error) : NEARDUP_OK;
    reel->ended = true;
    neardup_status status = nd_sink_finish(reel->sink);
    if (status == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
    return status ? fail(reel, error) : NEARDUP_OK;
}

int nd_reel_descriptor(const nd_reel *reel) { return reel->descriptor; }

bool nd_reel_is_plain(const nd_reel *reel) { return !reel->sink; }
