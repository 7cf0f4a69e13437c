/* SPDX-License-Identifier: MIT */
#include "base/spill.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/temporary.h"

enum { TAIL = 1 << 20 };

static const char *folder_of(const nd_spill *spill) { return spill->folder ? spill->folder : "/var/tmp"; }

void nd_spill_release(nd_spill *spill) {
    if (spill->open) close(spill->file);
    nd_free(spill->tail);
    *spill = (nd_spill){.folder = spill->folder};
}

static neardup_status fail_to(const char *what, const nd_spill *spill, neardup_error *error) {
    char reason[128];
    nd_file_reason(errno, reason, sizeof reason);
    return nd_fail(
        error, NEARDUP_ERROR_SYSTEM,
        "temporary data (%.1f MB so far) cannot be %s in %s: %s; name another folder for them (--tmpdir), or "
        "allow more memory (--memory)",
        (double)spill->size / 1e6, what, folder_of(spill), reason);
}

static neardup_status write_out(nd_spill *spill, const void *data, size_t size, neardup_error *error) {
    if (!spill->open) {
        spill->file = nd_temporary_file(folder_of(spill));
        if (spill->file < 0) return fail_to("kept", spill, error);
        spill->open = true;
    }
    return nd_file_write(spill->file, data, size) ? fail_to("written", spill, error) : NEARDUP_OK;
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
    size_t in_file = offset >= tail_begin ? 0 : tail_begin - offset < size ? (size_t)(tail_begin - offset) : size;
    if (in_file && nd_file_read_whole(spill->file, out, in_file, (off_t)offset)) return fail_to("read", spill, error);
    if (size > in_file) memcpy((char *)out + in_file, spill->tail + (offset + in_file - tail_begin), size - in_file);
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
