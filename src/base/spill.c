/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_TMPFILE */
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"

enum { TAIL = 1 << 20 };

static const char *folder_of(const nd_spill *spill) { return spill->folder ? spill->folder : "/var/tmp"; }

void nd_spill_release(nd_spill *spill) {
    if (spill->open) close(spill->file);
    nd_free(spill->tail);
    *spill = (nd_spill){.folder = spill->folder};
}

static neardup_status fail_to(const char *what, const nd_spill *spill, neardup_error *error) {
    int why = errno;
    return nd_fail(error, NEARDUP_ERROR_SYSTEM,
                   "temporary data cannot be %s in %s: %s (%.1f MB are there so far); name another folder for them, or "
                   "allow more memory",
                   what, folder_of(spill), strerror(why), (double)spill->size / 1e6);
}

/* Not every file system knows files without a name: there it gets one for a moment. */
static int make_file(const char *folder) {
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
    char name[PATH_MAX];
    if ((size_t)snprintf(name, sizeof name, "%s/neardup-XXXXXX", folder) >= sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    file = mkostemp(name, O_CLOEXEC);
    if (file >= 0) unlink(name);
    return file;
}

static neardup_status write_out(nd_spill *spill, const char *data, size_t size, neardup_error *error) {
    if (!spill->open) {
        spill->file = make_file(folder_of(spill));
        if (spill->file < 0) return fail_to("kept", spill, error);
        spill->open = true;
    }
    while (size) {
        ssize_t written = write(spill->file, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_to("written", spill, error);
        data += written;
        size -= (size_t)written;
    }
    return NEARDUP_OK;
}

neardup_status nd_spill_write(nd_spill *spill, const void *data, size_t size, nd_piece *piece_out,
                              neardup_error *error) {
    if (!spill->tail) spill->tail = nd_allocate(TAIL, 1);
    if (!spill->tail) return nd_fail_memory(error);
    neardup_status status = NEARDUP_OK;
    if (spill->tail_size + size > TAIL) {
        status = write_out(spill, spill->tail, spill->tail_size, error);
        if (status) return status;
        spill->tail_size = 0;
    }
    if (size > TAIL) {
        status = write_out(spill, data, size, error);
        if (status) return status;
    } else if (size) {
        memcpy(spill->tail + spill->tail_size, data, size);
        spill->tail_size += size;
    }
    if (piece_out) *piece_out = (nd_piece){spill->size, nd_hash64(data, size, 0), size};
    spill->size += size;
    return NEARDUP_OK;
}

neardup_status nd_spill_read_at(const nd_spill *spill, uint64_t offset, size_t size, void *out, neardup_error *error) {
    uint64_t tail_begin = spill->size - spill->tail_size;
    char *to = out;
    while (size && offset < tail_begin) {
        size_t most = tail_begin - offset < size ? (size_t)(tail_begin - offset) : size;
        ssize_t got = pread(spill->file, to, most, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) errno = EIO;
        if (got <= 0) return fail_to("read", spill, error);
        to += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    if (size) memcpy(to, spill->tail + (offset - tail_begin), size);
    return NEARDUP_OK;
}

neardup_status nd_spill_read(const nd_spill *spill, const nd_piece *piece, void *out, neardup_error *error) {
    neardup_status status = nd_spill_read_at(spill, piece->offset, piece->size, out, error);
    if (status || nd_hash64(out, piece->size, 0) == piece->checksum) return status;
    return nd_fail(error, NEARDUP_ERROR_SYSTEM,
                   "temporary data in %s are not what was written there: its disk or file system is at fault; name "
                   "another folder for them",
                   folder_of(spill));
}
